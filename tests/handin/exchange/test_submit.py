"""The receipt that plain `nbgrader submit` shows."""

import re
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from attention_lib.handin.hashes import folder_hash
from course.zone import CourseZone
from handin.deadline import Due
from handin.exchange.collect import CollectRegularFiles
from handin.exchange.published_deadline import publish_deadline, published_deadline
from handin.exchange.release_assignment import ReleaseWithDeadline
from handin.exchange.submit import SubmitWithoutWheels
from tests.handin.exchange.exchange_folder import notebook

BERLIN = {"NbGraderAPI": {"timezone": "Europe/Berlin"}}


@pytest.fixture
def course(exchange):
    release = exchange.course / "release" / "attention"
    release.mkdir(parents=True)
    (release / "attention.ipynb").write_text(notebook("pass"))
    set_due(exchange, hours=1)
    log, failure = exchange.run(ReleaseWithDeadline, BERLIN)
    assert not failure and "Students are told: attention, due " in log
    return exchange


def set_due(exchange, hours: float) -> datetime:
    due = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(hours=hours)
    exchange.set_due(due)
    return due


def submit(exchange, text: str = "x = 1", output: str = "", zone: str = "UTC") -> str:
    work = exchange.root.parent / "home" / "attention"
    work.mkdir(parents=True, exist_ok=True)
    (work / "attention.ipynb").write_text(notebook(text, output))
    (work / "attention101-0.1.0-py3-none-any.whl").write_text("x")
    settings = {
        "Exchange": {"assignment_dir": str(work.parent), "timezone": zone},
        "CourseDirectory": {"student_id": "ada"},
    }
    log, failure = exchange.run(SubmitWithoutWheels, settings)
    assert not failure
    return log


def test_tells_what_when_and_that_it_was_on_time_in_the_course_s_zone(course):
    log = submit(course)
    assert "Handed in: attention, by ada" in log
    content = re.search("Contents:  ([0-9a-f]{12}) ", log)
    received = re.search("Received:  (.*)", log)
    assert re.search(r"Deadline:  .* Europe/Berlin \(UTC\+0[12]:00\): on time", log), log
    assert re.search(r"\w{3} \d+ \w{3} \d{4}, \d\d:\d\d:\d\d Europe/Berlin \(UTC\+0[12]:00\)$", received[1]), log
    handed_in = next(course.inbound.iterdir())
    assert content[1] == folder_hash(handed_in)[:12]
    when = CourseZone().parse((handed_in / "timestamp.txt").read_text())
    assert received[1].startswith(f"{CourseZone('Europe/Berlin').local(when):%a %d %b %Y, %H:%M:%S} ")
    assert "You handed in" not in log and not list(handed_in.glob("*.whl"))


def test_the_hash_is_of_names_and_contents(tmp_path):
    def hashed(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "inner").mkdir(parents=True)
        for name, text in files.items():
            (folder / name.replace("__", "/")).write_text(text)
        return folder_hash(folder)[:12]

    first = hashed(a="1", inner__b="2")
    assert first == hashed(a="1", inner__b="2") and len(first) == 12
    assert len({first, hashed(a="1", b="2"), hashed(a="2", inner__b="1"), hashed(a="1")}) == 4
    shell = subprocess.run("sha256sum a inner/b | sha256sum", shell=True, cwd=tmp_path / "0", capture_output=True)
    assert shell.stdout.decode().startswith(first)


def test_the_same_work_again_is_said(course):
    assert "You handed in the same work before" not in submit(course, output="1")
    assert "You handed in the same work before: " in submit(course, output="2")
    assert "You handed in the same work before" not in submit(course, "x = 2")


def test_after_the_deadline(course):
    """R28 (a): the student's side; and a deadline that staff moved is known after the next collection."""
    submit(course)
    due = set_due(course, hours=0.001)
    while datetime.now(UTC).replace(tzinfo=None) <= due:
        time.sleep(0.05)
    course.run(CollectRegularFiles, BERLIN)
    log = submit(course)
    assert ": LATE" in log and "That was on time, and it is the one that counts" in log
    log = submit(course, "x = 2")
    assert "This is late, unless you were given more time." in log and "same work" not in log


def test_it_is_handed_in_also_where_no_receipt_can_be_made(course):
    log = submit(course, zone="America/New_York")
    assert re.search("It is handed in, but no receipt could be made .'E[SD]T' in", log)
    assert len(list(course.inbound.iterdir())) == 1 and "Receipt:" not in log


def test_without_a_deadline_in_the_gradebook_none_is_claimed(course):
    course.set_due(None)
    course.run(CollectRegularFiles, BERLIN)
    assert re.search(r"Received: .* Europe/Berlin .*\n.*\nDeadline:  none", submit(course))


def test_the_published_deadline(tmp_path):
    assert published_deadline(tmp_path, "attention") is None
    deadline = Due(datetime(2026, 7, 10, 21, 59), CourseZone("Europe/Berlin"))
    publish_deadline(tmp_path, "attention", deadline)
    assert published_deadline(tmp_path, "attention") == deadline and published_deadline(tmp_path, "x") is None
    file = tmp_path / "deadlines" / "attention.json"
    assert file.stat().st_mode & 0o777 == 0o644 and file.parent.stat().st_mode & 0o777 == 0o755
    for damaged in ("", "[]", '{"due": 3}', '{"zone": "Moon"}', '{"due": "2026"'):
        Path(file).write_text(damaged)
        assert published_deadline(tmp_path, "attention") is None
