"""Tells a submission that was graded to its end from one that was interrupted, or that was handed in again since."""

import hashlib
import json
import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from attention_lib.assignment.cells import noted, notes_of
from attention_lib.assignment.declaration import Assignment
from attention_lib.handin.handed_in import TIMESTAMP
from grading.grade.submission.handed_in_files import whose_content_counts
from handin.timestamp import is_linked


def seal(notebook: NotebookNode, digest: str) -> None:
    """Write into an autograded notebook which submission it is of. Interrupted gradings leave none."""
    notes_of(notebook)["graded"] = digest


def graded_digest(notebook: NotebookNode) -> str:
    """Which submission an autograded notebook is of; "" for one that was not written to its end."""
    return noted(notebook).get("graded", "")


def submission_digest(course: CourseDirectory, assignment: str, student: str) -> str:
    """Stands for what decides the grade of a submission, and its time stamp; changes when one of them does."""
    digest = hashlib.sha256()
    folder = Path(course.format_path(course.submitted_directory, student, assignment))
    if not is_linked(folder):
        for path in sorted(map(str, [*whose_content_counts(folder, f"{assignment}.ipynb"), TIMESTAMP])):
            _add(digest, folder, path)
    return digest.hexdigest()


def _add(digest, folder: Path, path: str) -> None:
    file = folder / path
    if not os.path.lexists(file):
        return
    digest.update(os.fsencode(path) + b"\0")
    if file.is_file() and not file.is_symlink():
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())


def read_autograded(course: CourseDirectory, assignment: str, student: str) -> NotebookNode | None:
    """The autograded notebook; None if there is none, or none that was written to its end."""
    return read_judged(autograded_path(course, assignment, student))


def read_judged(path: Path) -> NotebookNode | None:
    """The notebook that grading has written there; None if there is none, or none that was written to its end."""
    try:
        # Written by us, and so not validated again: that takes most of the time.
        # Plain nbgrader writes each text as a list of lines.
        notebook = rejoin_lines(nbformat.from_dict(json.loads(path.read_bytes())))
        return notebook if graded_digest(notebook) else None
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def autograded_path(course: CourseDirectory, assignment: str, student: str) -> Path:
    """Where the autograded notebook is, or is to be."""
    return Path(course.format_path(course.autograded_directory, student, assignment)) / f"{assignment}.ipynb"


def is_graded(gradebook: Gradebook, course: CourseDirectory, assignment: str, student: str, cells: Assignment) -> bool:
    """Whether the submission that is there now was graded to its end, and its points are in the gradebook.

    cells: what is declared; each test must have given points
    """
    notebook = read_autograded(course, assignment, student)
    if notebook is None or graded_digest(notebook) != submission_digest(course, assignment, student):
        return False
    try:
        grades = gradebook.find_submission_notebook(assignment, assignment, student).grades
    except MissingEntry:
        return False
    return {grade.name for grade in grades if grade.auto_score is not None}.issuperset(cells.tests)
