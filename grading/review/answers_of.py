"""The answers of an autograded notebook, as a review needs them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS, completed_records
from attention_lib.assignment.declaration import declared
from course.folders import source_path
from grading.review.answer import Outcome, ReviewedAnswer
from grading.source.released import read_source, released_version

_MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION *\n?", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """What the instructor wrote for one answer: the task as students get it, and the reference."""

    task: str
    reference: str


@dataclass(frozen=True)
class AnswerCells:
    """An answer and where it stands.

    cells: positions in the notebook, with the number of lines of the answer that stand before each
    untouched: whether the student left it as it was handed out
    """

    answer: ReviewedAnswer
    cells: tuple[tuple[int, int], ...]
    untouched: bool

    def place(self, first: int, last: int) -> tuple[int, tuple[int, int]]:
        """The cell's position and the lines in it of the answer's lines `first` to `last`, counted from 1."""
        position, before = next((p, b) for p, b in reversed(self.cells) if b < last or b == 0)
        return position, (max(1, first - before), last - before)


def instructors_cells(course: CourseDirectory, assignment: str) -> dict[str, Cell]:
    """Task and reference of each answer. Raises CourseError for an unknown assignment."""
    source = read_source(source_path(course, assignment))
    tasks, references = _answer_texts(released_version(source)), _answer_texts(source)
    return {cell: Cell(tasks[cell], without_marks(references[cell])) for cell in declared(source).ids}


def without_marks(reference: str) -> str:
    """The instructor's answer without nbgrader's marks around the solution."""
    return _MARK.sub("", reference)


def answers_of(notebook: NotebookNode, cells: Mapping[str, Cell]) -> list[AnswerCells]:
    """The student's answers, in the order of `cells`. An answer that stands in several cells is one text."""
    return [_answer(notebook, name, cell) for name, cell in cells.items()]


def _answer(notebook: NotebookNode, name: str, cell: Cell) -> AnswerCells:
    places, texts, before = [], [], 0
    for position, found in enumerate(notebook.cells):
        if found.cell_type == "code" and view(found).answer == name:
            places.append((position, before))
            texts.append(found.source)
            before += found.source.count("\n") + 1
    source = "\n".join(texts)
    records = [
        record
        for found in notebook.cells
        if view(found).tested == name
        for record in completed_records(found.get("outputs", []))
        if record.code != JUDGED_OVER_CORRECT_FUNCTIONS
    ]
    outcomes = tuple(Outcome(record.check, record.passed) for record in records)
    right = bool(outcomes) and all(outcome.passed is True for outcome in outcomes)
    answer = ReviewedAnswer(name, source, outcomes, right, cell.reference, cell.task)
    return AnswerCells(answer, tuple(places), _same(source, cell.task))


def _answer_texts(notebook: NotebookNode) -> dict[str, str]:
    return {seen.grade_id: cell.source for cell in notebook.cells if (seen := view(cell)).is_answer}


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())
