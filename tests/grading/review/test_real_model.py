"""A real language model reviews part of the demo's class, over HTTP, with the real client."""

import shutil
from datetime import timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.checkout import CHECKOUT
from course.folders import load_config, open_course
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.demo.class_of_twelve import CLASS
from grading.demo.command import ASSIGNMENT, DUE, run_nbgrader
from grading.review.class_review import review_class
from tests.ollama_protocol.gguf_process import MODEL, gguf_server

pytestmark = [pytest.mark.slow(minutes=6), pytest.mark.needs("network"), pytest.mark.timeout(2_000)]

STUDENTS = ("katherine", "carl")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(CHECKOUT / "source", folder / "source", ignore=shutil.ignore_patterns("progress"))
    run_nbgrader(folder, "generate_assignment", ASSIGNMENT)
    config = load_config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{folder / 'gradebook.db'}"
    config.Sandbox.walls = "none"
    with Gradebook(config.CourseDirectory.db_url, "attention101") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    release = nbformat.read(folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for student in CLASS:
        if student.student in STUDENTS:
            target = folder / "submitted" / student.student / ASSIGNMENT
            target.mkdir(parents=True)
            nbformat.write(student.notebook(release), target / f"{ASSIGNMENT}.ipynb")
            (target / "timestamp.txt").write_text(f"{DUE - timedelta(hours=1):%Y-%m-%d %H:%M:%S.%f} UTC")
    assert not autograde_class(ASSIGNMENT, config, jobs=1).not_graded
    return config


def test_a_real_model_writes_drafts_and_only_findings_are_shown(course):
    with gguf_server() as host:
        course.CodeReview.update(
            {"host": host, "model": MODEL, "parallel": 2, "answer_seconds": 300.0, "drafts": "all"}
        )
        done = review_class(open_course(ASSIGNMENT, course), ASSIGNMENT, course)
        print(done.in_words)
        assert not done.pending and done.answers == 10 and done.asked == 9, "the class shares one of the answers"
        again = review_class(open_course(ASSIGNMENT, course), ASSIGNMENT, course)
        assert again.asked == 0 and again.counts == done.counts
    pages, failed = generate_feedback_for_class(ASSIGNMENT, course)
    assert not failed
    for student, page in pages.items():
        text = page.read_text(encoding="utf-8")
        assert text.count('class="remark found"') == done.counts[student].findings
        assert MODEL in text and "approved by a person" not in text
