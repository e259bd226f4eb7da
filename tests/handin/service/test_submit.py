"""`nbgrader submit` and the Assignment List in a student's server, against the real service under a real hub."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from nbgrader.utils import notebook_hash

from attention_lib.handin.receipt import Receipt, in_words, write_beside
from hub.student.ask_service import NotHandedIn, send
from tests.handin.service.real_hub import COURSE, ROOT, RealHub
from tests.handin.service.student_home import SUBMIT_AS_THE_ASSIGNMENT_LIST, Home

# Most tests here run nbgrader several times.
pytestmark = [pytest.mark.slow, pytest.mark.kernel]

RECEIPT = Receipt(
    student="ada",
    assignment="attention",
    timestamp="2026-07-10 18:59:00.000000 UTC",
    submitted="2026-07-10T20:59:00+02:00",
    due="2026-07-10T23:59:00+02:00",
    zone="Europe/Berlin",
    hash="0123456789ab",
    late=False,
)
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture(scope="module")
def home(hub: RealHub) -> Home:
    name = "c.d@uni-example.org"
    return Home(hub, name, hub.server(name))


def fetched(home: Home, assignment: str, due: datetime | None = None) -> Path:
    """The assignment, released and fetched."""
    home.hub.release(assignment, due, NOTEBOOK)
    answer = home.nbgrader("fetch_assignment", assignment)
    assert answer.returncode == 0, answer.stdout
    return home.folder / assignment


def test_fetch_submit_list_and_fetch_feedback(home: Home) -> None:
    hour = timedelta(hours=1)
    folder = fetched(home, "story", datetime.now(UTC).replace(tzinfo=None) + hour)
    (folder / "notes.txt").write_text("mine")
    (folder / "link.html").symlink_to("/etc/passwd")
    answer = home.nbgrader("submit", "story")
    assert answer.returncode == 0, answer.stdout
    (stored,) = home.hub.stored("story")
    student, _, timestamp, _ = stored.name.split("+")
    assert student == "c.d@uni-example.org"
    assert sorted(path.name for path in stored.iterdir()) == [
        "notes.txt",
        "story.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    receipt = home.hub.receipts("story", home.environment["JUPYTERHUB_API_TOKEN"]).json()["receipts"][0]
    for words in (answer.stdout, (folder / "receipt.txt").read_text()):
        assert f"Contents:  {receipt['hash']}" in words and ": on time" in words
        assert "'link.html' stays behind: it is a link." in words

    kept = home.cache / f"{student}+story+{timestamp}"
    for name in ["notes.txt", "story.ipynb", "submission_secret.txt", "timestamp.txt"]:
        assert (kept / name).read_bytes() == (stored / name).read_bytes()
    listed = home.nbgrader("list", "--cached")
    assert f"{COURSE} {student} story {timestamp} (no feedback available)" in listed.stdout, listed.stdout

    feedback = home.hub.exchange / COURSE / "feedback"
    feedback.mkdir(mode=0o711, exist_ok=True)
    secret = (stored / "submission_secret.txt").read_text()
    (feedback / f"{notebook_hash(secret=secret, notebook_id='story')}.html").write_text("well done")
    answer = home.nbgrader("fetch_feedback", "story")
    assert answer.returncode == 0, answer.stdout
    assert (folder / "feedback" / timestamp / "story.html").read_text() == "well done"

    again = home.nbgrader("submit", "story")
    assert again.returncode == 0 and "You handed in the same at" in again.stdout, again.stdout
    assert home.hub.stored("story") == [stored]


def test_the_exchange_need_not_be_writable(home: Home) -> None:
    home.hub.release("closed", notebook=NOTEBOOK)
    home.hub.exchange.chmod(0o555)
    try:
        for command in ["list", "fetch_assignment", "submit"]:
            answer = home.nbgrader(command, *(["closed"] if command != "list" else []))
            assert answer.returncode == 0, answer.stdout
    finally:
        home.hub.exchange.chmod(0o755)
    assert len(home.hub.stored("closed")) == 1


def test_the_assignment_list_submits_and_says_what_went_wrong(home: Home) -> None:
    folder = fetched(home, "list")
    answer, listed = _by_the_list(home, "list")
    assert answer == {"success": True}
    (shown,) = [each for each in listed["value"] if each["assignment_id"] == "list" and each["status"] == "submitted"]
    assert shown["student_id"] == "c.d@uni-example.org" and len(shown["submissions"]) == 1
    assert "Handed in: list, by c.d@uni-example.org" in (folder / "receipt.txt").read_text()
    home.hub.remove_from_course("c.d@uni-example.org")
    try:
        (folder / "list.ipynb").write_text(NOTEBOOK + " ")
        answer, _ = _by_the_list(home, "list")
        refused = home.nbgrader("submit", "list")
    finally:
        home.hub.add_to_course("c.d@uni-example.org")
    assert answer["success"] is False
    last_line = answer["value"].strip().splitlines()[-1]
    assert answer["value"].count("Traceback") == 1
    sentence = "NOT handed in. c.d@uni-example.org is not in this course (the hub's group nbgrader-attention101)"
    assert sentence in last_line
    assert refused.returncode != 0 and sentence in refused.stdout
    assert len(home.hub.stored("list")) == 1


def _by_the_list(home: Home, assignment: str) -> tuple[dict, dict]:
    answer = home.run("-c", SUBMIT_AS_THE_ASSIGNMENT_LIST, assignment)
    assert answer.returncode == 0, answer.stdout
    return json.loads(answer.stdout.strip().splitlines()[-1])


def test_after_the_deadline_the_words_say_so(home: Home) -> None:
    fetched(home, "late", datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1))
    answer = home.nbgrader("submit", "late")
    assert answer.returncode == 0 and ": LATE" in answer.stdout, answer.stdout


@pytest.mark.parametrize("missing", ["ATTENTION101_HAND_IN_URL", "JUPYTERHUB_API_TOKEN"])
def test_what_is_not_set_is_named(home: Home, missing: str) -> None:
    if not (home.folder / "unset").exists():
        fetched(home, "unset")
    # nbgrader's own plugin asks the hub with the token before anything else, but not for a submit.
    answer = home.nbgrader("submit", "unset", **{missing: ""})
    assert answer.returncode != 0 and f"{missing} is not set" in answer.stdout, answer.stdout


def test_no_room_for_nbgrader_s_copy(home: Home) -> None:
    """The student is told that it is handed in, and submits again when there is room."""
    folder = fetched(home, "room")
    home.cache.parent.mkdir(parents=True, exist_ok=True)
    kept = home.cache.rename(home.cache.with_name("away")) if home.cache.exists() else None
    home.cache.write_text("a file in the way")
    try:
        answer = home.nbgrader("submit", "room")
    finally:
        home.cache.unlink()
        if kept:
            kept.rename(home.cache)
    assert answer.returncode != 0 and "NOT handed in" not in answer.stdout, answer.stdout
    assert "It was handed in: room, by c.d@uni-example.org, at " in answer.stdout
    assert "Your own copy, which feedback is fetched with, could not be made because of this: " in answer.stdout
    assert "Handed in: room" in (folder / "receipt.txt").read_text()
    answer = home.nbgrader("submit", "room")
    assert answer.returncode == 0 and len(home.hub.stored("room")) == 1, answer.stdout
    assert len(list(home.cache.glob("*+room+*"))) == 1


def test_a_folder_without_a_notebook_is_not_handed_in(home: Home) -> None:
    folder = fetched(home, "empty")
    (folder / "empty.ipynb").unlink()
    answer = home.nbgrader("submit", "empty")
    assert answer.returncode != 0 and "NOT handed in. No notebook is in" in answer.stdout, answer.stdout
    assert home.hub.stored("empty") == []
    (folder / "Empty.ipynb.txt").write_text("{}")
    answer = home.nbgrader("submit", "empty")
    assert answer.returncode == 0 and len(home.hub.stored("empty")) == 1, answer.stdout


def test_whatever_fails_here_once_the_service_has_said_yes(home: Home) -> None:
    """Any error at all, in nbgrader and in the Assignment List: the last line says what is true."""
    fetched(home, "yes")
    for failing in ("hub.student.submit.write_out", "hub.student.submit.in_words"):
        program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom unittest.mock import patch\n"
        program += f"patch({failing!r}, side_effect=TypeError('filter')).start()\n"
        answer = home.run("-c", program + SUBMIT_AS_THE_ASSIGNMENT_LIST, "yes")
        said, listed = json.loads(answer.stdout.strip().splitlines()[-1])
        last_line = said["value"].strip().splitlines()[-1]
        assert said["success"] is False and said["value"].count("Traceback") == 1
        assert "It was handed in: yes, by c.d@uni-example.org, at " in last_line and "TypeError: filter" in last_line
        assert "NOT handed in" not in last_line
    assert len(home.hub.stored("yes")) == 1
    assert _by_the_list(home, "yes")[0] == {"success": True}, "and then the copy is there"
    assert len(list(home.cache.glob("*+yes+*"))) == 1


class FailsAtFirst(BaseHTTPRequestHandler):
    """Answers 503, breaks the connection, and then gives a receipt; `asked` counts."""

    asked = 0

    def do_POST(self):
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.asked == 1:
            self.send_response(503)
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(b'{"message": "Very many are handing in just now."}')
        elif self.asked == 2:
            self.connection.close()
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(vars(RECEIPT) | {"secret": "s"}).encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def unreliable() -> str:
    FailsAtFirst.asked = 0
    server = HTTPServer(("127.0.0.1", 0), FailsAtFirst)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_submit_tries_again(unreliable: str, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"archive")
    with open(tmp_path / "archive", "rb") as archive:
        assert send(unreliable, "token", archive) == (RECEIPT, "s")
    assert FailsAtFirst.asked == 3


def test_submit_gives_up_and_says_what_it_knows(unreliable: str, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"archive")
    with open(tmp_path / "archive", "rb") as archive:
        with pytest.raises(NotHandedIn, match="NOT handed in. Very many .* Tried for 1 seconds.*before the deadline"):
            send(unreliable, "token", archive, patience=1)
        with pytest.raises(NotHandedIn, match="No receipt came, so count it as NOT handed in. .* did not answer"):
            send("http://127.0.0.1:9/", "token", archive, patience=1)


def test_receipts_are_kept_the_latest_on_top_and_no_link_is_written_through(tmp_path: Path) -> None:
    words = in_words(RECEIPT)
    assert "Received:  Fri 10 Jul 2026, 20:59:00 Europe/Berlin (UTC+02:00)" in words
    assert "Deadline:  Fri 10 Jul 2026, 23:59:00 Europe/Berlin (UTC+02:00): on time" in words
    assert "LATE" in in_words(replace(RECEIPT, late=True)) and "none" in in_words(replace(RECEIPT, due=None))
    assert "could not be looked up" in in_words(replace(RECEIPT, late=None, due=None))
    folder = tmp_path / "attention"
    folder.mkdir()
    (tmp_path / "other").write_text("untouched")
    (folder / "receipt.txt").symlink_to(tmp_path / "other")
    for each in ("first", "second", "second"):
        write_beside(folder, each)
    assert (folder / "receipt.txt").read_text() == "second\n\nfirst\n\n"
    assert (tmp_path / "other").read_text() == "untouched"


def test_students_servers_need_nothing_of_staff_s() -> None:
    code = "import sys, hub.student.submit; print(sorted({m.split('.')[0] for m in sys.modules} & {'grading', 'hub'}), "
    code += "sorted(m for m in sys.modules if m.startswith('hub.') and not m.startswith('hub.student')))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == "['hub'] []", answer.stderr
