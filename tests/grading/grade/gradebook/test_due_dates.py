"""Deadlines that are typed in formgrader, and on the command line, mean the course's clock (R28 c)."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime

import nbgrader.utils
import pytest
from nbgrader.api import Gradebook

from course.zone import CourseZone
from handin.deadline import Due
from handin.exchange.published_deadline import published_deadline
from tests.course_folder import ROOT, CourseFolder

pytestmark = pytest.mark.kernel


def test_what_plain_nbgrader_gets_wrong():
    in_the_night = datetime(2026, 10, 25, 1, 30)  # 02:30 in Berlin, an hour after the clock went back
    assert nbgrader.utils.as_timezone(in_the_night, "Europe/Berlin").hour == 3
    assert nbgrader.utils.parse_utc("2026-07-10 23:59 +0200") == datetime(2026, 7, 10, 23, 55, 40)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return CourseFolder(tmp_path_factory.mktemp("course"))


def due(course) -> datetime | None:
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        return gradebook.find_assignment("attention").duedate


@pytest.fixture(scope="module")
def formgrader(course, tmp_path_factory):
    """Asks formgrader, in a Jupyter server of a course in Berlin: `formgrader(method, path, body)`."""
    home, token = tmp_path_factory.mktemp("home"), secrets.token_hex(8)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    (home / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(course.folder / 'exchange')!r}")
    folders = {f"JUPYTER_{name}_DIR": str(home) for name in ("CONFIG", "RUNTIME", "DATA")}
    settings = {"ATTENTION101_COURSE": str(course.folder), "ATTENTION101_TIMEZONE": "Europe/Berlin"}
    options = [f"--ServerApp.root_dir={course.folder}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    options += ["--no-browser", "--allow-root", f"--IdentityProvider.token={token}"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=ROOT, env=os.environ | folders | settings, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip

        def ask(method: str, path: str, body: dict | None = None) -> str:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/formgrader/{path}",
                method=method,
                data=json.dumps(body).encode() if body is not None else None,
                headers={"Authorization": f"token {token}"},
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode()

        try:
            for _ in range(600):
                assert process.poll() is None, (home / "log").read_text()[-3000:]
                try:
                    ask("GET", "api/assignments")
                    break
                except OSError:
                    time.sleep(0.2)
            yield ask
        finally:
            process.terminate()
            process.wait(timeout=60)


def put(formgrader, when: str | None, zone: str | None) -> dict:
    body = {"duedate_notimezone": when, "duedate_timezone": zone}
    return json.loads(formgrader("PUT", "api/assignment/attention", body))


@pytest.mark.parametrize(
    "typed, zone, stored",
    [
        ("2026-01-15T23:59", "Europe/Berlin", datetime(2026, 1, 15, 22, 59)),
        ("2026-07-10T23:59", "Europe/Berlin", datetime(2026, 7, 10, 21, 59)),
        ("2026-03-28T23:59", "Europe/Berlin", datetime(2026, 3, 28, 22, 59)),
        ("2026-03-29T23:59", "Europe/Berlin", datetime(2026, 3, 29, 21, 59)),
        ("2026-10-24T23:59", "Europe/Berlin", datetime(2026, 10, 24, 21, 59)),
        ("2026-10-25T02:30", "Europe/Berlin", datetime(2026, 10, 25, 1, 30)),
        ("2026-10-25T23:59", "", datetime(2026, 10, 25, 22, 59)),
        ("2026-07-10T23:59", None, datetime(2026, 7, 10, 21, 59)),
        ("2026-07-10T23:59", "+0100", datetime(2026, 7, 10, 22, 59)),
        ("2026-07-10T23:59", "UTC", datetime(2026, 7, 10, 23, 59)),
    ],
)
def test_formgrader_takes_and_shows_the_course_s_clock(course, formgrader, typed, zone, stored):
    answer = put(formgrader, typed, zone)
    assert due(course) == stored
    if zone in ("Europe/Berlin", "", None):
        assert answer["duedate_notimezone"] == f"{typed}:00"
        assert answer["display_duedate"].startswith(typed.replace("T", " "))
        assert answer["display_duedate"][-4:].strip() in ("CET", "CEST")
    # What the dialog shows, saved again without a change, changes nothing.
    put(formgrader, answer["duedate_notimezone"], answer["duedate_timezone"])
    assert due(course) == stored


@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-10", "2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
def test_half_an_hour_before_is_on_time_and_a_minute_after_is_late(course, formgrader, day):
    put(formgrader, f"{day}T23:59", "Europe/Berlin")
    berlin = CourseZone("Europe/Berlin")
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student("ada")
        for clock, seconds in (("23:30", 0), ("23:59", 0), ("23:59:01", 1)):
            # As `nbgrader submit` writes it.
            stamp = f"{berlin.parse(f'{day} {clock}'):%Y-%m-%d %H:%M:%S.%f} UTC"
            submission = gradebook.update_or_create_submission("attention", "ada", timestamp=stamp)
            assert submission.total_seconds_late == seconds


def test_formgrader_s_dialog_begins_with_the_zone_s_name_and_refuses_what_is_none(course, formgrader):
    assert 'default_timezone = "Europe/Berlin"' in formgrader("GET", "manage_assignments")
    put(formgrader, "2026-07-10T23:59", "")
    with pytest.raises(urllib.error.HTTPError) as refused:
        put(formgrader, "2026-07-11T23:59", "MOON")
    assert refused.value.code == 400 and due(course) == datetime(2026, 7, 10, 21, 59)
    put(formgrader, None, None)
    assert due(course) is None


def test_what_students_are_told_follows(course, formgrader):
    exchange = course.folder / "exchange" / "attention101"
    (exchange / "outbound" / "attention").mkdir(parents=True)
    put(formgrader, "2026-07-10T23:59", "")
    berlin = CourseZone("Europe/Berlin")
    assert published_deadline(exchange, "attention") == Due(datetime(2026, 7, 10, 21, 59), berlin)
    put(formgrader, None, None)
    assert published_deadline(exchange, "attention") == Due(None, berlin)


@pytest.mark.parametrize("typed", ["2026-07-10 23:59", "2026-07-10 23:59 +0200", "2026-07-10T21:59:00 UTC"])
def test_the_command_line_takes_the_course_s_clock(course, monkeypatch, typed):
    monkeypatch.setenv("ATTENTION101_TIMEZONE", "Europe/Berlin")
    answer = course.command("nbgrader", "db", "assignment", "add", "attention", f"--duedate={typed}")
    assert answer.returncode == 0, answer.stderr
    assert due(course) == datetime(2026, 7, 10, 21, 59)


def test_the_command_line_refuses_what_is_no_time(course, monkeypatch):
    monkeypatch.setenv("ATTENTION101_TIMEZONE", "Europe/Berlin")
    before = due(course)
    answer = course.command("nbgrader", "db", "assignment", "add", "attention", "--duedate=tomorrow")
    assert answer.returncode == 1 and "'tomorrow' is no time" in answer.stderr
    assert due(course) == before == datetime(2026, 7, 10, 21, 59)


def test_a_zone_that_is_none_is_said(course, monkeypatch):
    monkeypatch.setenv("ATTENTION101_TIMEZONE", "Europe/Berlni")
    answer = course.command("nbgrader", "db", "assignment", "list")
    assert answer.returncode != 0 and "'Europe/Berlni' is no time zone" in answer.stderr
