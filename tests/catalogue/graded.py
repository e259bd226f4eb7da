"""Grades the catalogue through nbgrader: each entry is the submission of a student whose other answers are right."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from attention_lib.assignment.check_records import completed_records
from course.checkout import CHECKOUT
from grading.demo import answers
from grading.demo.class_of_twelve import Student
from tests.bench.class_of_many import Course, without_lesson_only
from tests.catalogue.entries import Entry
from tests.catalogue.verdicts import Verdict

HEAD = "attention_head"


class CatalogueNotGraded(Exception):
    """The grader failed; the message is what it said."""


def graded(folder: Path, chosen: tuple[Entry, ...], command: list[str] | None = None) -> list[Verdict]:
    """The verdicts, in the order of the entries.

    folder: for the course that is made
    command: what grades; plain `nbgrader autograde attention` if left out
    Raises CatalogueNotGraded.
    """
    whole = nbformat.read(CHECKOUT / "source/attention/attention.ipynb", as_version=4)
    course = Course(folder / "course", without_lesson_only(whole))
    course.compile()
    names = {f"e{number:03}": entry for number, entry in enumerate(chosen)}
    students = [
        Student(name, entry.what, answers.PRODUCTS | {entry.answer: entry.source}) for name, entry in names.items()
    ]
    course.hand_in(students, course.released())
    done = subprocess.run(
        [sys.executable, "-m", *(command or ["nbgrader", "autograde", "attention"])],
        cwd=course.working_folder,
        env=course.environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CatalogueNotGraded(f"{done.stderr[-3000:]}\nThe catalogue could not be graded.")
    points = course.scores()
    return [_verdict(course, name, entry, points[name]) for name, entry in names.items()]


def _verdict(course: Course, name: str, entry: Entry, points: dict[str, float | None]) -> Verdict:
    path = course.folder / "autograded" / name / "attention" / "attention.ipynb"
    notebook = json.loads(path.read_text(), object_hook=NotebookNode)
    (test,) = (c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"test_{entry.answer}")
    records = completed_records(test.outputs)
    if (points[entry.answer] == 1) != all(record.passed is True for record in records):
        raise CatalogueNotGraded(f"{name} ({entry.what}): points and records of {entry.answer} disagree.")
    return Verdict(entry, records, None if entry.answer == HEAD else points[HEAD] == 1)
