"""What nbgrader's metadata and ours say of a notebook and its cells: one typed view of a cell, and our notes."""

from dataclasses import dataclass

from nbformat import NotebookNode

LESSON_ONLY = "lesson-only"
TEST = "test_"


@dataclass(frozen=True)
class CellView:
    """What a cell is. Made by `view`; damaged metadata counts as none.

    grade_id: the cell's id, "" if it has none
    points: as the metadata has them, a number or a text; None for anything else
    score, comment: what nbgrader's `GetGrades` puts in for a feedback page; None and "" without it
    part_of: the grade_id of the answer of which a canonical notebook's cell is an earlier part, or ""
    is_own: whether it is the student's own, in a canonical notebook
    left_out: why it was left out when the notebook was run, or ""
    """

    is_code: bool
    grade_id: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | str | None
    score: float | None
    comment: str
    tags: tuple[str, ...]
    part_of: str
    is_own: bool
    left_out: str

    @property
    def is_answer(self) -> bool:
        """Whether it is the place of an answer that a test judges: code, a solution, not graded itself."""
        return self.is_code and self.solution and not self.grade

    @property
    def is_manual(self) -> bool:
        """Whether a student writes into it, code or text, and a person grades it."""
        return self.solution and self.grade

    @property
    def is_task(self) -> bool:
        """Whether it is a task of nbgrader's, which students answer in cells below it and a person grades."""
        return self.task and not self.solution and not self.grade

    @property
    def is_test(self) -> bool:
        """Whether it is a test: graded code that students do not write."""
        return self.is_code and self.grade and not self.solution

    @property
    def tested(self) -> str:
        """The grade_id of the answer that a test judges; "" for another cell, or a test of another name."""
        return self.grade_id.removeprefix(TEST) if self.is_test and self.grade_id.startswith(TEST) else ""

    @property
    def answer(self) -> str:
        """The grade_id of the answer whose code this cell holds, as its place or as a part of it; "" if none."""
        return self.part_of or (self.grade_id if self.solution else "")

    @property
    def is_marked(self) -> bool:
        """Whether nbgrader does anything with it."""
        return self.grade or self.solution or self.locked or self.task

    @property
    def is_lesson_only(self) -> bool:
        """Whether it is part of the lesson alone, and not run in grading."""
        return LESSON_ONLY in self.tags


def view(cell: NotebookNode) -> CellView:
    """The view of a cell, of whatever notebook."""
    nbgrader, ours, tags = nbgrader_entry(cell), noted(cell), _dict(cell.get("metadata")).get("tags")
    points, score = nbgrader.get("points"), nbgrader.get("score")
    return CellView(
        is_code=cell.get("cell_type") == "code",
        grade_id=_text(nbgrader.get("grade_id")),
        grade=bool(nbgrader.get("grade")),
        solution=bool(nbgrader.get("solution")),
        task=bool(nbgrader.get("task")),
        locked=bool(nbgrader.get("locked")),
        points=points if isinstance(points, int | float | str) else None,
        score=score if isinstance(score, int | float) else None,
        comment=_text(nbgrader.get("comment")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        part_of=_text(ours.get("answer")),
        is_own=bool(ours.get("own")),
        left_out=_text(ours.get("left_out")),
    )


def nbgrader_entry(cell: NotebookNode) -> dict:
    """What nbgrader's metadata say of a cell, of whatever types; empty where they are damaged. For rules and copies."""
    return _dict(_dict(cell.get("metadata")).get("nbgrader"))


def noted(node: NotebookNode) -> dict:
    """What this project has noted about a notebook or a cell; empty where that is nothing, or damaged."""
    return _dict(_dict(node.get("metadata")).get("attention101"))


def notes_of(node: NotebookNode) -> NotebookNode:
    """The same, to be written into."""
    return node.metadata.setdefault("attention101", NotebookNode())


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
