"""nbgrader's own `GenerateFeedback`, a real gradebook, and our page."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from handin.lateness import in_words

DUE = datetime(2026, 11, 24, 12, 0)


@pytest.fixture
def course(samples, tmp_path, monkeypatch):
    """A course folder with a graded, late submission of ada: a wrong answer with a comment and a point set by hand."""
    # nbgrader starts `alembic` by its bare name.
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    wrong = [samples.record("shape", False, "The shape is wrong.")]
    folder = tmp_path / "autograded" / "ada" / "attention"
    folder.mkdir(parents=True)
    notebook = samples.autograded(
        records={"project_qkv": wrong, "attention_scores": wrong}, scores=dict.fromkeys(samples.ANSWERS, False)
    )
    nbformat.write(notebook, folder / "attention.ipynb")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("attention", duedate=DUE)
        gradebook.add_notebook("attention", "attention")
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace")
        for answer in samples.ANSWERS:
            gradebook.add_grade_cell(f"test_{answer}", "attention", "attention", max_score=1, cell_type="code")
            gradebook.add_solution_cell(answer, "attention", "attention")
        gradebook.add_submission("attention", "ada", timestamp=DUE + timedelta(days=1, hours=2, minutes=5))
        for answer in samples.ANSWERS:
            grade = gradebook.find_grade(f"test_{answer}", "attention", "attention", "ada")
            grade.auto_score = 0 if answer in ("project_qkv", "attention_scores") else 1
            if answer == "attention_scores":
                grade.manual_score = 0.5
        gradebook.find_comment("project_qkv", "attention", "attention", "ada").manual_comment = "See you on *Tuesday*."
        gradebook.db.commit()
    return tmp_path


def generate(course):
    config = Config()
    config.GenerateFeedback.exporter_class = "grading.pages.feedback.page.FeedbackExporter"
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    config.CourseDirectory.assignment_id = "attention"
    coursedir = CourseDirectory(config=config)
    GenerateFeedback(coursedir=coursedir, config=config).start()
    return course / "feedback" / "ada" / "attention" / "attention.html"


def test_nbgrader_makes_the_page_with_the_gradebooks_points_and_comments(course):
    page = BeautifulSoup(generate(course).read_text(encoding="utf-8"), "html.parser")
    header = " ".join(page.header.get_text(" ").split())
    assert "3.5 of 5" in header and "Ada Lovelace (ada)" in header
    assert "Wednesday, 25 November 2026, 14:05 UTC" in header and "1 day 2 hours late" in header
    first, second = (page.find(id=f"answer-{n}").find_parent("section").get_text(" ") for n in (1, 2))
    assert "Tuesday" in first and "The shape is wrong." in first
    assert "0.5 of 1" in " ".join(second.split()) and "A grader set these points by hand" in second


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (-5, ""),
        (1, "1 minute"),
        (3_600, "1 hour"),
        (90_061, "1 day 1 hour"),
        (2 * 86_400 + 120, "2 days 2 minutes"),
    ],
)
def test_lateness_in_words(seconds, words):
    assert in_words(seconds) == words
