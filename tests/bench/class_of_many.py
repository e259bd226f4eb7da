"""A class as large as one likes: mostly right answers in three styles, the classic mistakes, no two texts the same."""

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from attention_lib.assignment.cells import LESSON_ONLY
from course.folders import CHECKOUT
from grading.demo import answers
from grading.demo.class_of_twelve import CLASS, Student
from tests.lesson_answers import ANSWERS

ASSIGNMENT = "attention"

_MANY_PRINTS = """
def show(name, value):
    for number in range(300):
        print(name, number, tuple(value.shape))

show("Q", torch.ones(2, 3))
"""

_BY_NAME = {student.student: student for student in CLASS} | {
    "printer": Student(
        "printer",
        "all right, with hundreds of printed lines",
        answers.BY_HAND | {"attention_scores": answers.SCORES_BY_HELPER},
        helper=answers.HELPER_CELL + _MANY_PRINTS,
    )
}
_TROUBLE = _BY_NAME["leslie"]

KINDS: tuple[Student, ...] = tuple(
    _BY_NAME[name]
    for name in (
        *("ada", "emmy", "blaise", "katherine", "ada", "carl", "emmy", "dorothy", "ada", "edsger"),
        *("katherine", "grace", "emmy", "hedy", "ada", "printer", "john", "emmy", "ida", "ada"),
    )
)
"""What a class is made of, in turn: of twenty, twelve have everything right."""


def class_of(size: int, with_trouble: bool = False) -> list[Student]:
    """Students `s0001`, `s0002`, ... with all of `KINDS` in turn, each with comments of their own.

    with_trouble: the last of each twenty writes an endless loop
    """
    students = []
    for number in range(size):
        place = number % len(KINDS)
        kind = _TROUBLE if with_trouble and place == len(KINDS) - 1 else KINDS[place]
        texts = {name: f"{text.rstrip()}\n# my answer no. {number + 1} to {name}" for name, text in kind.texts.items()}
        students.append(replace(kind, student=f"s{number + 1:04}", texts=texts, late=False))
    return students


def sample(students: list[Student], size: int) -> list[Student]:
    """So many of them, evenly over the kinds, in the order of the ids."""
    by_kind = sorted(students, key=lambda student: (student.shows, student.student))
    size = min(size, len(students))
    chosen = [by_kind[(2 * place + 1) * len(by_kind) // (2 * size)] for place in range(size)]
    return sorted(chosen, key=lambda student: student.student)


class Course:
    """A course with this checkout's lesson in a folder of its own, graded by the checkout's configuration.

    lesson: the source notebook; None is the checkout's
    """

    def __init__(self, folder: Path, lesson: NotebookNode | None = None):
        self.folder = folder
        target = folder / "source" / ASSIGNMENT
        shutil.copytree(CHECKOUT / "source" / ASSIGNMENT, target, ignore=shutil.ignore_patterns("progress", ".ipynb*"))
        if lesson is not None:
            nbformat.write(lesson, target / f"{ASSIGNMENT}.ipynb")

    @property
    def working_folder(self) -> Path:
        """Where commands are run; the configuration that lies there is the one that counts."""
        return CHECKOUT

    @property
    def environment(self) -> dict[str, str]:
        """What commands for this course are run with; a user's own Jupyter settings stay out of it."""
        programs = str(Path(sys.executable).parent)
        return os.environ | {
            "ATTENTION101_COURSE": str(self.folder),
            "JUPYTER_CONFIG_DIR": str(self.folder / "no-settings"),
            "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        }

    @property
    def database(self) -> str:
        """The gradebook, as SQLAlchemy names it."""
        return f"sqlite:///{self.folder / 'gradebook.db'}"

    def compile(self) -> None:
        """Make the released notebook and the gradebook's entry. Raises RuntimeError with the end of nbgrader's log."""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--db", self.database],
            cwd=self.working_folder,
            env=self.environment,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode:
            raise RuntimeError(f"{done.stderr[-2000:]}\nnbgrader generate_assignment failed in {self.folder}")
        shutil.copy(self.folder / "gradebook.db", self.folder / "gradebook-empty.db")

    def lesson(self) -> NotebookNode:
        """The instructor's notebook."""
        return nbformat.read(self.folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)

    def released(self) -> NotebookNode:
        """The notebook that students get."""
        return nbformat.read(self.folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)

    def hand_in(self, students: list[Student], release: NotebookNode) -> None:
        """Start over with these submissions, each where nbgrader's exchange puts it at `collect`; nothing is graded."""
        shutil.rmtree(self.folder / "submitted", ignore_errors=True)
        for student in students:
            target = self.folder / "submitted" / student.student / ASSIGNMENT
            target.mkdir(parents=True)
            nbformat.write(student.notebook(release), target / f"{ASSIGNMENT}.ipynb")
            (target / "timestamp.txt").write_text("2026-03-02 12:00:00.000000 UTC")
        self.forget_grading()

    def forget_grading(self) -> None:
        """Back to a course in which nothing was graded yet."""
        shutil.rmtree(self.folder / "autograded", ignore_errors=True)
        for file in self.folder.glob("gradebook.db*"):
            file.unlink()
        shutil.copy(self.folder / "gradebook-empty.db", self.folder / "gradebook.db")

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Points by student and answer, out of the gradebook; None where the grader left none."""
        found = {}
        with Gradebook(self.database) as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                points = {grade.name: grade.auto_score for each in submission.notebooks for grade in each.grades}
                found[submission.student.id] = {answer: points.get(f"test_{answer}") for answer in ANSWERS}
        return found


def without_lesson_only(notebook: NotebookNode) -> NotebookNode:
    """A copy with those cells alone that are not tagged `lesson-only`: what grading runs."""
    notebook = deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if LESSON_ONLY not in cell.metadata.get("tags", [])]
    return notebook
