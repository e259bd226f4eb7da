"""The desk as a command: it says where it is, ends at Ctrl-C, and says what is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from course.checkout import CourseError
from course.folders import CHECKOUT
from grading.review.desk.class_drafts import ClassDrafts
from grading.review.records.store import ReviewStore, StoredComment
from tests.grading.review.desk.desk_course import PLAIN

RUN = "import sys; from grading.review.desk.command import run; sys.exit(run('attention', {port}, False))"


@pytest.fixture
def command(course):
    """Starts the desk over a course with one comment; ends it, whatever happens."""
    course.grade("ann", {"project_qkv": PLAIN})
    course.say(PLAIN, StoredComment((1, 1), "other", "Something."))
    started = []

    def start(port: int = 0, **environment: str) -> subprocess.Popen:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
        process = subprocess.Popen(
            [sys.executable, "-c", RUN.format(port=port)],
            cwd=CHECKOUT,
            env=kept | {"ATTENTION101_COURSE": str(course.folder)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_opens_answers_and_ends_at_ctrl_c(command):
    process = command()
    lines = [process.stdout.readline() for _ in range(3)]
    url = re.search(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", lines[1])[0]
    with httpx.Client(timeout=30) as client:
        assert client.get(url).status_code == 200
        [group] = client.get(url.split("?")[0] + "queue").json()["waiting"]
    assert [card["text"] for card in group["cards"]] == ["Something."]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out == "The desk is closed. All decisions are kept.\n"
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_named(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        out, err = command(port).communicate(timeout=60)
    assert f"CourseError: The desk cannot be opened at port {port} of 127.0.0.1" in err
    assert "Choose another one with --port" in err


def test_a_hub_that_names_no_place_is_told(command):
    environment = {"JUPYTERHUB_SERVICE_PREFIX": "/services/desk/", "JUPYTERHUB_API_TOKEN": "secret"}
    out, err = command(**environment).communicate(timeout=60)
    assert "CourseError: JUPYTERHUB_SERVICE_URL is ''" in err


def test_closing_ends_the_reading_of_a_class(course):
    for number in range(3):
        course.grade(f"s{number}", {"project_qkv": PLAIN})
    with ReviewStore(course.course.db_url) as store:
        comments = ClassDrafts(course.course, "attention", course.settings, store)
        comments.close()
        with pytest.raises(CourseError, match="being closed"):
            comments.now()
