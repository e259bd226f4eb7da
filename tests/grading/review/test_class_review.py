"""A class's review asks each different question once, goes on after it was killed, and asks nothing twice."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.course_folder import RIGHT, ROOT, CourseFolder
from tests.grading.review.graded_class import GradedClass
from tests.grading.review.review_samples import saying
from tests.ollama_protocol import misbehaviours as m
from tests.ollama_protocol.server import MODEL, OllamaServer

pytestmark = pytest.mark.kernel

CLASS_OF = 30
QUESTIONS = 5 * (1 + CLASS_OF * 2 // 5)
DIFFERENT = {
    "project_qkv": "def project_qkv(x, W_q, W_k, W_v):\n    mine = {n}\n    return x * W_q, x * W_k, x * W_v",
    "attention_scores": "def attention_scores(Q, K, scale=None):\n    mine = {n}\n    return Q * K * (scale or 1)",
    "attention_weights": "def attention_weights(scores, mask=None):\n    mine = {n}\n    return scores + 1",
    "aggregate_values": "def aggregate_values(weights, V):\n    mine = {n}\n    return weights * V",
    "attention_head": RIGHT["attention_head"].replace("class", "mine = {n}\nclass"),
}


def answers(number: int) -> dict[str, str]:
    """Of three in five the code is the same; comments and layout are everybody's own."""
    if number % 5 >= 3:
        return {name: text.format(n=number) for name, text in DIFFERENT.items()}
    blanks = "\n" * (number % 4)
    return {name: f"# {number}: my answer{blanks}\n{text.replace(' * ', '*')}  # done" for name, text in RIGHT.items()}


@pytest.fixture(scope="module")
def graded(course):
    return GradedClass(course, {f"s{number:03}": answers(number) for number in range(CLASS_OF)})


def questions(server: OllamaServer) -> list[str]:
    return [body["messages"][1]["content"] for body in server.requests if body.get("messages")]


def check_requests(twin: GradedClass) -> None:
    with OllamaServer() as server:
        done = twin.review(server, answer_seconds=60.0)
        asked = questions(server)
        assert not done.pending and len(asked) == done.asked == len(set(asked))
        print(f"{done.answers} answers, {len(asked)} requests: {len(asked) / done.answers:.1%}")
        # 40 % of the answers are different ones, and the 60 % that are alike cost one request a cell.
        assert len(asked) <= 0.4 * done.answers + 5
        again = twin.review(server)
        assert again.asked == 0 and len(questions(server)) == len(asked)
        assert server.most_at_once <= 4


def test_a_class_that_shares_answers_makes_few_requests_and_a_second_run_makes_none(graded, tmp_path):
    check_requests(graded.copy(tmp_path / "course"))


@pytest.mark.slow
def test_a_class_of_200_that_shares_60_percent_makes_at_most_41_percent_of_the_requests(tmp_path):
    course = CourseFolder(tmp_path)
    assert course.command("nbgrader", "generate_assignment", "attention").returncode == 0
    check_requests(GradedClass(course, {f"s{number:03}": answers(number) for number in range(200)}))


def command(twin: GradedClass, host: str) -> subprocess.Popen:
    environment = os.environ | {"ATTENTION101_COURSE": str(twin.course.folder), "OLLAMA_HOST": host}
    program = (
        "import sys, course.folders as course; config = course.load_config();"
        f"config.CodeReview.update(model={MODEL!r}, drafts='all'); course.load_config = lambda: config;"
        "from grading.__main__ import main; sys.exit(main(['review', 'attention']))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_killed_in_the_middle_it_goes_on(graded, tmp_path):
    twin = graded.copy(tmp_path / "course")
    with OllamaServer(seconds=0.02) as server:
        first = command(twin, server.host)
        wait_for(lambda: server.answered >= 20)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        before = len(questions(server))
        second = command(twin, server.host)
        output, _ = second.communicate(timeout=200)
        assert second.returncode == 0, output
        assert "0 answers pending" in output
        # Those that were under way when it was killed are asked again, and no others.
        assert len(questions(server)) - len(set(questions(server))) <= 8
        assert before < QUESTIONS and len(set(questions(server))) == QUESTIONS


def test_ctrl_c_ends_it_at_once_and_what_was_answered_stays(graded, tmp_path):
    twin = graded.copy(tmp_path / "course")
    with OllamaServer(chat=lambda number: (m.hang,) if number > 20 else ()) as server:
        first = command(twin, server.host)
        wait_for(lambda: len(questions(server)) > 20)
        started = time.monotonic()
        first.send_signal(signal.SIGINT)
        output, _ = first.communicate(timeout=30)
        assert time.monotonic() - started < 10
        assert first.returncode == 130 and "Interrupted" in output, output
    with OllamaServer() as server:
        assert QUESTIONS - 30 <= twin.review(server).asked < QUESTIONS


def test_a_dead_server_is_said_in_one_line(graded, tmp_path):
    twin = graded.copy(tmp_path / "course")
    with OllamaServer(refuse=True) as server:
        run = command(twin, server.host)
        output, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert f"{5 * CLASS_OF} answers: review pending, because no Ollama server answers at" in output


def test_a_new_version_of_the_model_is_asked_anew(graded, tmp_path):
    twin = graded.copy(tmp_path / "course")
    with OllamaServer() as server:
        twin.review(server)
    with OllamaServer(saying(), digest="f" * 64) as newer:
        assert twin.review(newer).asked == QUESTIONS
        assert twin.review(newer).asked == 0
