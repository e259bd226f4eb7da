"""However the reviewer fails: the same scores, feedback for everybody, on time, and nothing unchecked on a page."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time

import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from course.folders import open_course
from grading.review import comments
from grading.review.class_review import class_reviewables
from grading.review.records.store import ReviewStore, StoredComment
from grading.review.settings import CodeReview
from tests.grading.review.graded_class import DEAD_LINE, WRONG, GradedClass
from tests.grading.review.review_samples import DEAD, saying
from tests.grading.review.test_connection import BAD_ENVIRONMENT
from tests.ollama_protocol import misbehaviours as m
from tests.ollama_protocol.memory import peak_of
from tests.ollama_protocol.server import OllamaServer

pytestmark = pytest.mark.kernel

PENDING = "Review pending"
OTHER = "http://127.0.0.1:9/another/api/chat"
UNCHECKED = {"lines": [2, 2], "kind": "dead_code", "text": "`factor` is assigned, but never used."}
CLASS = {"ada": {"attention_scores": DEAD_LINE}, "bob": {"attention_scores": WRONG}, "eve": {}}


@pytest.fixture(scope="module")
def graded(course):
    return GradedClass(course, CLASS)


@pytest.fixture
def twin(graded, tmp_path):
    return graded.copy(tmp_path / "course")


def test_confirmed_comments_stand_beside_their_lines_and_say_who_wrote_them(twin):
    with OllamaServer(saying(DEAD, UNCHECKED)) as server:
        pages = twin.pages(server)
    assert PENDING not in pages["ada"] and "<code>leftover</code> is assigned, but never used." in pages["ada"]
    assert "Line 3" in pages["ada"] and "checked by rules" in pages["ada"] and "reviewer:1b" in pages["ada"]
    assert "<code>factor</code> is assigned" not in "".join(pages.values())
    assert "never used" not in pages["eve"]


@pytest.mark.slow
def test_every_way_to_fail_gives_the_same_scores_and_all_pages(twin, record_property):
    before, figures = twin.course.scores(), []
    ways = {
        "refuses": {"refuse": True},
        "hangs": {"chat": m.always(m.hang)},
        "hangs at questions": {"chat": m.every_question(m.hang)},
        "drips bytes": {"chat": m.every_question(m.Drip(0.2))},
        "loads for ever": {"load_seconds": 600.0},
        "drops": {"chat": m.every_question(m.drop)},
        "500": {"chat": m.every_question(m.server_error)},
        "error in the stream": {"chat": m.every_question(m.error_in_stream)},
        "503 always": {"chat": m.always(m.busy)},
        "404": {"chat": m.always(m.no_model)},
        "400 for the window": {"chat": m.every_question(m.window_exceeded)},
        "cuts the prompt": {"chat": m.every_question(m.cut_prompt)},
        "count far too low": {"chat": m.every_question(m.count_far_too_low)},
        "invalid JSON": {"chat": m.every_question(m.invalid_json)},
        "no JSON": {"chat": m.every_question(m.no_json)},
        "unknown kind": {"chat": m.every_question(m.unknown_kind)},
        "missing field": {"chat": m.every_question(m.missing_field)},
        "only thinks": {"chat": m.every_question(m.Thinks())},
        "drips its list": {"elsewhere": [m.Drip(0.2)]},
        "line without end": {"chat": m.every_question(m.endless_line())},
        "packed without end": {"chat": m.every_question(m.endless_packed_line())},
        "list without end": {"elsewhere": [m.endless_packed_line()]},
        "sends us on": {"chat": m.every_question(m.redirect(OTHER)), "elsewhere": [m.redirect(OTHER)]},
        "another server": {"chat": m.always(m.no_such_path), "elsewhere": [m.no_such_path]},
        "a path too much": {"path": "/v1"},
    }
    for name, how in ways.items():
        started, path = time.monotonic(), how.pop("path", "")
        with OllamaServer(saying(DEAD, UNCHECKED), **how) as server:
            given = {"host": server.host + path, "load_seconds": 2.0, "feedback_seconds": 8.0}
            pages, grown = peak_of(lambda given=given: twin.pages(**given))
        seconds = time.monotonic() - started
        pending = sum(PENDING in page for page in pages.values())
        figures.append(f"{name:22} pages {len(pages)}  pending {pending}  {seconds:5.1f} s  {grown:4.0f} MB")
        assert pages.keys() == CLASS.keys() and pending == 3, name
        assert "never used" not in "".join(pages.values()) and "SECRET THOUGHT" not in "".join(pages.values()), name
        assert twin.course.scores() == before, name
        assert OTHER not in "".join(pages.values()) and server.host not in "".join(pages.values()), name
        assert seconds < 25 and grown < 150, name
    print("\n".join(figures))
    record_property("figures", figures)


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["", "config.CodeReview.enabled = False;"])
def test_what_the_environment_says_costs_nobody_a_page(twin, settings):
    program = (
        "import sys, course.folders as course; config = course.load_config(); config.Sandbox.walls = 'none';"
        f"{settings} course.load_config = lambda: config;"
        "from grading.__main__ import main; sys.exit(main(['feedback', 'attention']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | BAD_ENVIRONMENT | {"ATTENTION101_COURSE": str(twin.course.folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    pages = [(twin.course.folder / "feedback" / each / "attention" / "attention.html").read_text() for each in CLASS]
    assert done.returncode == 0 and len(pages) == 3, done.stderr
    assert bool(settings) != (PENDING in pages[0] and "OLLAMA_HOST is 'http://127.0.0.1: 99999'" in done.stderr)


@pytest.mark.parametrize(
    "misbehaviour",
    [
        m.wrong_language,
        m.obeyed_injection,
        m.hallucinated_lines,
        m.Leaks("return Q * K * (1 if scale is None else scale)"),
        m.Says("This is wrong. It fails the hidden tests.", "other"),
        m.Says("`leftover` is never used. [More](https://example.org/cheat)", "dead_code", (3, 3)),
        m.Says("`leftover` is never used <script>alert(1)</script>", "dead_code", (3, 3)),
    ],
)
def test_what_a_model_says_is_not_shown_unchecked(twin, misbehaviour):
    with OllamaServer(chat=m.every_question(misbehaviour)) as server:
        pages = "".join(twin.pages(server).values())
    assert PENDING not in pages
    assert 'class="remark"' not in pages


def test_blanks_and_a_missing_count_cost_nothing(twin):
    plan = m.every_question(m.Blanks(), m.no_count)
    with OllamaServer(saying(DEAD), plan) as server:
        assert "never used" in twin.pages(server)["ada"]


def generate(twin: GradedClass, server: OllamaServer, **settings) -> dict[str, str]:
    """Plain nbgrader's own command."""
    config = twin.config(server, **settings)
    config.CourseDirectory.assignment_id = "attention"
    GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()
    folder = twin.course.folder / "feedback"
    return {student: (folder / student / "attention" / "attention.html").read_text() for student in CLASS}


def test_formgrader_asks_too_though_its_server_has_an_event_loop_of_its_own(twin):
    async def button():
        return generate(twin, server)

    with OllamaServer(saying(DEAD)) as server:
        assert "never used" in asyncio.run(button())["ada"]


def test_plain_nbgrader_asks_itself_and_gives_up_after_the_first_page_that_had_to_wait(twin):
    with OllamaServer(saying(DEAD), m.every_question(m.hang)) as server:
        started = time.monotonic()
        pages = generate(twin, server, feedback_seconds=3.0)
        assert time.monotonic() - started < 15 and all(PENDING in page for page in pages.values())
    with OllamaServer(saying(DEAD)) as server:
        pages = generate(twin, server)
        assert not any(PENDING in page for page in pages.values()) and "never used" in pages["ada"]


def test_feedback_may_leave_the_asking_to_the_review_command(twin):
    with OllamaServer(saying(DEAD)) as server:
        assert PENDING in twin.pages(server, feedback_seconds=0)["ada"] and not server.requests
        twin.review(server)
        asked = len(server.requests)
        assert "never used" in twin.pages(server, feedback_seconds=0)["ada"] and len(server.requests) == asked


def test_replies_are_shown_when_the_server_is_gone(twin):
    with OllamaServer(saying(DEAD)) as server:
        twin.review(server)
    pages = twin.pages(server)
    assert "never used" in pages["ada"] and PENDING not in pages["ada"]


@pytest.fixture
def locked(twin):
    """Somebody else writes to the gradebook and does not come to an end."""

    def lock(seconds: int, monkeypatch):
        monkeypatch.setattr("grading.review.records.store._SECONDS_FOR_A_LOCK", seconds)
        connection = sqlite3.connect(twin.course.folder / "gradebook.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    return lock


def test_a_gradebook_that_is_locked_costs_the_new_comments_and_not_the_time(twin, locked, monkeypatch):
    with OllamaServer(saying(DEAD)) as server:
        twin.review(server)
        twin.course.hand_in("ada", twin.course.submission({"attention_scores": DEAD_LINE}))
        lock = locked(1, monkeypatch)
        started = time.monotonic()
        with OllamaServer(saying(DEAD), digest="e" * 64) as newer:
            pages = twin.pages(newer)
        assert time.monotonic() - started < 20
        assert "never used" in pages["ada"], "what is stored is shown"
        lock.close()


def test_a_gradebook_that_is_locked_before_there_are_records(twin, locked, monkeypatch, capsys):
    with OllamaServer(saying(DEAD)) as server:
        lock = locked(1, monkeypatch)
        started = time.monotonic()
        pages = twin.pages(server)
        assert time.monotonic() - started < 20
        lock.close()
    assert all(PENDING in page for page in pages.values()) and len(pages) == 3
    assert "could not be used" in capsys.readouterr().err


def test_records_that_are_damaged_cost_the_review_alone(twin, capsys):
    with OllamaServer(saying(DEAD)) as server:
        twin.review(server)
    with sqlite3.connect(twin.course.folder / "gradebook.db") as gradebook:
        gradebook.execute("update attention101_review_reply set comments = 'no JSON'")
    pages = twin.pages(server)
    assert len(pages) == 3 and all(PENDING in page for page in pages.values())
    assert "could not be used" in capsys.readouterr().err


def test_a_fault_of_the_review_itself_costs_no_pages(twin, monkeypatch, capsys):
    monkeypatch.setattr("grading.commands.feedback.ask_class", lambda *args, **kw: 1 / 0)
    assert len(twin.pages()) == 3
    assert "Code reviews are pending: division by zero" in capsys.readouterr().err


def test_comments_are_judged_once_in_a_feedback_run(twin, monkeypatch):
    really_judge, judged = comments.judge, []

    def judge(found, answer, **settings):
        judged.append((answer.cell, answer.source))
        return really_judge(found, answer, **settings)

    with OllamaServer(saying(DEAD)) as server:
        twin.review(server)
        config = twin.config(server)
        monkeypatch.setattr(comments, "judge", judge)
        twin.pages(server)
    answers = class_reviewables(open_course("attention", config), "attention", CodeReview(config=config))
    assert sorted(judged) == sorted((each.cells.answer.cell, each.cells.answer.source) for each in answers)


def test_a_review_can_be_switched_off(twin):
    with OllamaServer(saying(DEAD)) as server:
        page = twin.pages(server, enabled=False)["ada"]
    assert not server.requests and PENDING not in page and "About the code review" not in page


def test_what_a_person_approves_is_shown_and_what_one_rejects_is_not(twin):
    with OllamaServer(saying(DEAD, UNCHECKED)) as server:
        twin.review(server)
        config = twin.config(server)
        held = StoredComment((2, 2), "other", "Nice name, `factor`.")
        with ReviewStore(config.CourseDirectory.db_url) as store:
            answers = {row.answer_key: row for row in _replies(twin, store)}
            (key,) = [k for k, row in answers.items() if any(c.lines == (2, 2) for c in row.comments)]
            shown = next(c for c in answers[key].comments if c.kind == "dead_code" and "leftover" in c.text)
            store.decide(key, [held], "approved", "tina", {})
            store.decide(key, [shown], "rejected", "tina", {})
        page = twin.pages(server)["ada"]
    assert "Nice name, <code>factor</code>." in page and "approved by a person" in page
    assert "never used" not in page


def _replies(twin, store):
    config = twin.config()
    found = class_reviewables(open_course("attention", config), "attention", CodeReview(config=config))
    mine = [each for each in found if each.student == "ada" and each.cells.answer.cell == "attention_scores"]
    return store.replies([each.question_key for each in mine], "reviewer:1b").values()
