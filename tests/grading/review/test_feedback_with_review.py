"""However the reviewer fails: the same scores, findings for everybody, on time, and no word of a model unapproved."""

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
from grading.review.class_review import class_reviewables
from grading.review.records.store import Order, ReviewStore, StoredComment
from grading.review.settings import CodeReview
from tests.grading.review.graded_class import DEAD_LINE, WRONG, GradedClass
from tests.grading.review.review_samples import DEAD, saying
from tests.grading.review.test_connection import BAD_ENVIRONMENT
from tests.ollama_protocol import misbehaviours as m
from tests.ollama_protocol.memory import peak_of
from tests.ollama_protocol.server import OllamaServer

pytestmark = pytest.mark.kernel

PENDING = "still reading your answers"
FOUND = "Nothing reads <code>leftover</code>."
OTHER = "http://127.0.0.1:9/another/api/chat"
FREE = {"lines": [2, 2], "kind": "other", "text": "Nice name, `factor`."}
CLASS = {"ada": {"attention_scores": DEAD_LINE}, "bob": {"attention_scores": WRONG}, "eve": {}}


@pytest.fixture(scope="module")
def graded(course):
    return GradedClass(course, CLASS)


@pytest.fixture
def twin(graded, tmp_path):
    return graded.copy(tmp_path / "course")


def test_findings_are_there_without_a_server_and_nothing_is_promised(twin):
    with OllamaServer(refuse=True) as server:
        pages = twin.pages(server)
    without = twin.pages(enabled=False)
    for found in (pages, without):
        assert FOUND in found["ada"] and "Line 3" in found["ada"] and "costs no points" in found["ada"]
        assert not any(PENDING in page or "language model" in page for page in found.values())
        assert FOUND not in found["eve"]


def test_no_word_of_a_model_is_shown_and_what_it_points_at_is_named_as_its_part(twin):
    with OllamaServer(saying(DEAD, FREE)) as server:
        pages = twin.pages(server)
    assert FOUND in pages["ada"] and DEAD["text"].replace("`", "") not in pages["ada"].replace("<code>", "")
    assert "Nice name" not in "".join(pages.values())
    assert PENDING not in pages["ada"] and "reviewer:1b" in pages["ada"]
    assert "1 comment of it waits for a person" in pages["ada"] and "for a person" not in pages["bob"]


def test_findings_that_cannot_be_had_cost_no_page(twin, monkeypatch):
    monkeypatch.setattr("grading.review.reviewable.findings_in", lambda *given: 1 / 0)
    pages = twin.pages(enabled=False)
    assert len(pages) == 3 and FOUND not in pages["ada"]


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
        with OllamaServer(saying(DEAD, FREE), **how) as server:
            given = {"host": server.host + path, "load_seconds": 2.0, "feedback_seconds": 8.0}
            pages, grown = peak_of(lambda given=given: twin.pages(**given))
        seconds = time.monotonic() - started
        pending = sum(PENDING in page for page in pages.values())
        figures.append(f"{name:22} pages {len(pages)}  pending {pending}  {seconds:5.1f} s  {grown:4.0f} MB")
        assert pages.keys() == CLASS.keys() and pending == 0, name
        assert FOUND in pages["ada"] and "Nice name" not in "".join(pages.values()), name
        assert "SECRET THOUGHT" not in "".join(pages.values()), name
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
    assert FOUND in pages[0] and PENDING not in "".join(pages)
    assert bool(settings) != ("OLLAMA_HOST is 'http://127.0.0.1: 99999'" in done.stderr)


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
def test_what_a_model_says_is_not_shown(twin, misbehaviour):
    with OllamaServer(chat=m.every_question(misbehaviour)) as server:
        pages = "".join(twin.pages(server).values())
    assert 'class="remark"' not in pages, "only what code finds"


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

    with OllamaServer(saying(FREE)) as server:
        assert "waits for a person" in asyncio.run(button())["ada"]


def test_plain_nbgrader_asks_itself_and_gives_up_after_the_first_page_that_had_to_wait(twin):
    with OllamaServer(saying(FREE), m.every_question(m.hang)) as server:
        started = time.monotonic()
        pages = generate(twin, server, feedback_seconds=3.0)
        assert time.monotonic() - started < 15 and not any(PENDING in page for page in pages.values())
    with OllamaServer(saying(FREE)) as server:
        assert "waits for a person" in generate(twin, server)["ada"]


def test_a_reviewer_that_answers_some_in_time_is_promised_for_the_others(twin):
    with OllamaServer(saying(FREE), lambda number: (m.hang,) if number > 2 else ()) as server:
        pages = twin.pages(server, feedback_seconds=2.0, answer_seconds=30.0)
        assert any(PENDING in page for page in pages.values())
    with OllamaServer(saying(FREE)) as server:
        assert not any(PENDING in page for page in twin.pages(server).values())


def test_feedback_may_leave_the_asking_to_the_review_command(twin):
    with OllamaServer(saying(FREE)) as server:
        assert PENDING not in twin.pages(server, feedback_seconds=0)["ada"] and not server.requests
        twin.review(server, drafts="mistakes")
        asked = len(server.requests)
        pages = twin.pages(server, feedback_seconds=0)
        assert len(server.requests) == asked
        assert PENDING in pages["eve"], "by the records it answers, and it has not come to right answers"
        pages = twin.pages(server, feedback_seconds=0, drafts="mistakes")
        assert not any(PENDING in page for page in pages.values())


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
        assert FOUND in pages["ada"] and "reviewer:1b" in pages["ada"], "what is stored counts"
        lock.close()


def test_a_gradebook_that_is_locked_before_there_are_records(twin, locked, monkeypatch, capsys):
    with OllamaServer(saying(DEAD)) as server:
        lock = locked(1, monkeypatch)
        started = time.monotonic()
        pages = twin.pages(server)
        assert time.monotonic() - started < 20
        lock.close()
    assert FOUND in pages["ada"] and len(pages) == 3
    assert "could not be used" in capsys.readouterr().err


def test_records_that_are_damaged_cost_the_review_alone(twin, capsys):
    with OllamaServer(saying(DEAD)) as server:
        twin.review(server)
    with sqlite3.connect(twin.course.folder / "gradebook.db") as gradebook:
        gradebook.execute("update attention101_review_reply set comments = 'no JSON'")
    pages = twin.pages(server)
    assert len(pages) == 3 and FOUND in pages["ada"] and not any(PENDING in page for page in pages.values())
    assert "could not be used" in capsys.readouterr().err


def test_a_fault_of_the_review_itself_costs_no_pages(twin, monkeypatch, capsys):
    monkeypatch.setattr("grading.commands.feedback.ask_class", lambda *args, **kw: 1 / 0)
    assert len(twin.pages()) == 3
    assert "Drafts of the model are missing: division by zero" in capsys.readouterr().err


def test_what_a_person_approves_is_shown_and_what_one_rejects_is_not(twin):
    with OllamaServer(saying(FREE, FREE | {"text": "Another one."})) as server:
        twin.review(server)
        held, other = (StoredComment((1, 1), "other", text) for text in (FREE["text"], "Another one."))
        config = twin.config(server)
        settings = CodeReview(config=config)
        found = class_reviewables(open_course("attention", config), "attention", settings)
        (mine,) = [each for each in found if (each.student, each.cells.answer.cell) == ("ada", "attention_scores")]
        with ReviewStore(config.CourseDirectory.db_url) as store:
            store.decide([Order(mine.answer_key, held, "approved", held.text)], "tina", {})
            store.decide([Order(mine.answer_key, other, "rejected", other.text)], "tina", {})
        page = twin.pages(server)["ada"]
    assert "Nice name, <code>factor</code>." in page and "approved by a person" in page
    assert "Another one." not in page
