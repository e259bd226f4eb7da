"""A small class in which everything happens that a report has to tell, graded once."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.commands.autograde import autograde_class
from tests.course_folder import RIGHT, at
from tests.grading.kept_pool import pool
from tests.grading.pages.report.written_report import config_of, report_of

DUE = datetime(2026, 11, 25, 12, 0)
RAISES = "def attention_scores(Q, K, scale=None):\n    raise ValueError(';=HYPERLINK(\"http://x\") <script>1</script>')"


@pytest.fixture(scope="package")
def empty_course(course, tmp_path_factory) -> Path:
    """A course in which nobody is and nothing was handed in."""
    return Path(shutil.copytree(course.folder, tmp_path_factory.mktemp("empty") / "course"))


@pytest.fixture(scope="package")
def course(compiled_course, tmp_path_factory):
    return compiled_course.copied_to(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="package")
def graded(course, empty_course):
    """The class. What its students stand for is in their ids."""
    wrong = {**RIGHT, "attention_scores": "def attention_scores(Q, K, scale=None):\n    return 0"}
    for student in ("right", "extra credit", "late", "interrupted", "again", "=1", "star*", "tab\there"):
        course.hand_in(student, course.submission(RIGHT))
    # Not every file system takes bytes that are no UTF-8; where one does, such a name is a folder like any other.
    try:
        course.hand_in(os.fsdecode(b"latin-\xe9"), course.submission(RIGHT))
    except OSError:
        pass
    course.hand_in("wrong", course.submission(wrong))
    course.hand_in("by hand", course.submission(wrong))
    course.hand_in("raises", course.submission({**RIGHT, "attention_scores": RAISES}))
    course.hand_in("blank", course.submission())
    course.hand_in("renamed", course.submission(RIGHT), "attention (1).ipynb")
    changed = course.submission(wrong)
    at(changed, "test_attention_scores").source = "print('passed')"
    course.hand_in("changed test", changed)
    course.hand_in("no notebook", "", "essay.txt")
    (course.hand_in("no time", course.submission(RIGHT)) / "timestamp.txt").write_text("yesterday, I think")
    (course.folder / "submitted/late/attention/timestamp.txt").write_text("2026-11-26 13:30:00 UTC")
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "attention101") as gradebook:
        gradebook.update_or_create_assignment("attention", duedate=DUE)
        gradebook.update_or_create_student("right", first_name="Ada", last_name="<b>Lovelace</b>")
        gradebook.update_or_create_student("missing", first_name="Rosa", last_name="<script>1</script>")
        gradebook.update_or_create_student("@missing")
    course.run = autograde_class("attention", config_of(course.folder), pool=pool())
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "attention101") as gradebook:

        def notebook(student):
            return gradebook.find_submission_notebook("attention", "attention", student)

        def grade(student):
            return gradebook.find_grade("test_attention_scores", "attention", "attention", student)

        notebook("late").late_submission_penalty = 1.5
        grade("extra credit").extra_credit = 0.5
        grade("by hand").manual_score = 0.5
        gradebook.db.commit()
    course.replace_autograded("interrupted", '{"cells": [')
    course.hand_in("again", course.submission())
    return course


@pytest.fixture(scope="package")
def report(graded):
    return report_of(graded.folder)
