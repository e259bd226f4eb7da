"""A gradebook on PostgreSQL: the course from compiling to feedback, reviews and decisions in it."""

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from course.folders import load_config, open_course
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.review.class_review import class_reviewables, review_class
from grading.review.records.store import DecidedMeanwhile, Order, ReviewStore, StoredComment
from grading.review.settings import CodeReview
from tests.course_folder import RIGHT, CourseFolder
from tests.grading.grade.gradebook.postgresql_server import postgresql
from tests.ollama_protocol.server import MODEL, OllamaServer

pytestmark = [pytest.mark.slow, pytest.mark.needs("postgresql")]

DEAD_LINE = (
    "def attention_scores(Q, K, scale=None):\n    leftover = Q\n    return Q * K * (1 if scale is None else scale)"
)
WRONG = "def attention_scores(Q, K, scale=None):\n    return Q + K"
NICE = StoredComment((2, 2), "other", "Short and clear.")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with postgresql() as url:
        course = CourseFolder(tmp_path_factory.mktemp("course"))
        for command in ("generate_assignment", "generate_solution"):
            done = course.command("nbgrader", command, "attention", "--db", url)
            assert done.returncode == 0, done.stderr
        for student, text in (("ada", DEAD_LINE), ("bob", WRONG), ("eve", RIGHT["attention_scores"])):
            course.hand_in(student, course.submission(RIGHT | {"attention_scores": text}))
        config = load_config()
        config.CourseDirectory.root = str(course.folder)
        config.CourseDirectory.db_url = url
        config.Sandbox.walls = "none"
        config.CodeReview.update({"model": MODEL, "drafts": "all"})
        yield config


@pytest.fixture(scope="module")
def graded(course: Config):
    assert not autograde_class("attention", course, jobs=1).not_graded
    return course


def test_points_are_in_the_gradebook_and_a_second_run_has_nothing_to_do(graded):
    with Gradebook(graded.CourseDirectory.db_url, "attention101") as gradebook:
        scores = {each.student.id: each.score for each in gradebook.assignment_submissions("attention")}
    assert scores == {"ada": 5, "bob": 4, "eve": 5}
    again = autograde_class("attention", graded, jobs=1)
    assert len(again.unchanged) == 3 and not again.graded


def test_reviews_and_decisions_are_kept_and_reach_the_feedback(graded):
    url, course = graded.CourseDirectory.db_url, open_course("attention", graded)
    with OllamaServer() as server:
        graded.CodeReview.host = server.host
        done = review_class(course, "attention", graded)
        assert not done.pending and done.asked == 7
        assert review_class(course, "attention", graded).asked == 0
    settings = CodeReview(config=graded)
    (mine,) = [
        each
        for each in class_reviewables(course, "attention", settings)
        if each.student == "ada" and each.cells.answer.cell == "attention_scores"
    ]
    with ReviewStore(url) as store:
        order = Order(mine.answer_key, NICE, "approved", NICE.text)
        (decision,) = store.decide([order], "tina", {})
        with pytest.raises(DecidedMeanwhile):
            store.decide([order], "tom", {decision.comment_key: decision.number - 1})
        assert store.best_replies([mine.question_key], "other:7b")[mine.question_key].model == MODEL
    pages, failed = generate_feedback_for_class("attention", graded)
    assert not failed
    assert {student: "Short and clear." in page.read_text() for student, page in pages.items()} == {
        "ada": True,
        "bob": False,
        "eve": False,
    }
