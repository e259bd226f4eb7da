"""Grading as this project does it."""

import sys

from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS
from tests.bench.class_of_many import ASSIGNMENT, Course
from tests.bench.process_tree import Measured, measure


def grade(course: Course, **options) -> Measured:
    """Grade all that is in `submitted/`, start-up included.

    options: of `python -m grading autograde`, such as `jobs=2` and `walls="inner"`
    """
    command = [sys.executable, "-m", "grading", "autograde", ASSIGNMENT]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    return measure(command, course.working_folder, course.environment)


def judged_over_correct_functions(course: Course, student: str) -> bool:
    """Whether this student's head kept its point only by follow-through, which plain nbgrader does not have."""
    notebook = course.folder / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    return JUDGED_OVER_CORRECT_FUNCTIONS in notebook.read_text()
