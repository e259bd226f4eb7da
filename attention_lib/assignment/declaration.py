"""What an assignment's notebook declares. This is the one place that knows it; all others ask here.

An answer is a solution cell `x` with a test `test_x`. It must define the names that the instructor's solution defines
and its test reads. Its points are the test's, and what it is built over is what the test's `Checks(over=…)` says.
"""

import ast
import sys
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.cells import TEST, CellView, noted, view

ENTRY = "declared"


@dataclass(frozen=True)
class Answer:
    """An answer that a test judges.

    grade_id: of its cell, such as "attention_head"
    names: what it must define, the name that its checks speak of first; such as ("AttentionHead",)
    points: what it can get
    over: the grade_ids of the answers that it may call, of which correct versions may stand in
    """

    grade_id: str
    names: tuple[str, ...]
    points: float
    over: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What sentences call it."""
        return self.names[0] if self.names else self.grade_id

    @property
    def test(self) -> str:
        """The grade_id of its test."""
        return TEST + self.grade_id


@dataclass(frozen=True)
class ManualCell:
    """A cell that a person grades: free text, code, or a task."""

    grade_id: str
    points: float


@dataclass(frozen=True)
class Assignment:
    """All that is graded, in the notebook's order.

    notebook: the notebook's name without its ending; "" where it does not say
    """

    graded: tuple[Answer | ManualCell, ...]
    notebook: str = ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers that tests judge."""
        return tuple(cell for cell in self.graded if isinstance(cell, Answer))

    @property
    def manual(self) -> tuple[ManualCell, ...]:
        """The cells that a person grades."""
        return tuple(cell for cell in self.graded if isinstance(cell, ManualCell))

    @property
    def ids(self) -> tuple[str, ...]:
        """The grade_ids of the answers."""
        return tuple(answer.grade_id for answer in self.answers)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that answers must define."""
        return tuple(name for answer in self.answers for name in answer.names)

    @property
    def tests(self) -> tuple[str, ...]:
        """The grade_ids of the tests."""
        return tuple(answer.test for answer in self.answers)

    def answer(self, grade_id: str) -> Answer | None:
        """The answer with this grade_id."""
        return next((answer for answer in self.answers if answer.grade_id == grade_id), None)

    def column(self, gradebook_id: str) -> str:
        """What a cell of the gradebook is called in tables: a test by its answer; "" for a cell that is not graded."""
        by_cell = {cell.test if isinstance(cell, Answer) else cell.grade_id: cell.grade_id for cell in self.graded}
        return by_cell.get(gradebook_id, "")


@dataclass(frozen=True)
class ChecksCall:
    """How a test makes its checks: `Checks(answer, name=…, over=…)`.

    over: None where it is not written as a literal
    """

    answer: str | None
    name: str | None
    over: tuple[str, ...] | None


def declared(notebook: NotebookNode) -> Assignment:
    """What a notebook of the instructor's declares, the source or a released one.

    A released notebook carries its declaration, since its solutions and hidden tests are gone. Never raises: what is
    wrong with a source, `grading.source.faults` says.
    """
    carried = _carried(notebook)
    if carried is not None:
        return carried
    cells = tuple((view(cell), cell.source if cell.cell_type == "code" else "") for cell in notebook.cells)
    return _read(cells)


def as_entry(assignment: Assignment) -> dict:
    """A declaration as the released notebook carries it, under `metadata.attention101[ENTRY]`."""
    graded = [asdict(cell) | {"manual": isinstance(cell, ManualCell)} for cell in assignment.graded]
    return {"notebook": assignment.notebook, "graded": graded}


def checks_calls(test: str) -> list[ChecksCall]:
    """The calls of `Checks` in a test's text; none where it is not Python."""
    tree = read_code(test).tree
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    return [_checks_call(call) for call in calls if _called(call) == "Checks"]


def with_what_they_call(answers: Iterable[str], assignment: Assignment, source: NotebookNode) -> list[str]:
    """The grade_ids of these answers and of all that the instructor's versions of them call, in order."""
    texts = {seen.grade_id: read_code(cell.source) for cell in source.cells if (seen := view(cell)).is_answer}
    by_name = {name: answer.grade_id for answer in assignment.answers for name in answer.names}
    found, new = set(), set(answers)
    while new:
        found |= new
        read = {name for each in new if each in texts for name in texts[each].needs_at_once | texts[each].needs_later}
        new = {by_name[name] for name in read if name in by_name} - found
    return [answer for answer in assignment.ids if answer in found]


def set_up_of(notebook: NotebookNode) -> str:
    """The text of the set-up cell: the first code cell, if students do not write it."""
    return _set_up_among((view(cell), cell.source) for cell in notebook.cells)


def _set_up_among(cells: Iterable[tuple[CellView, str]]) -> str:
    first = next(((cell, text) for cell, text in cells if cell.is_code), None)
    return first[1] if first and not (first[0].solution or first[0].grade) else ""


# The instructor's texts are the same with every submission.
@lru_cache(maxsize=32)
def _read(cells: tuple[tuple[CellView, str], ...]) -> Assignment:
    tests = {cell.tested: (cell, text) for cell, text in cells if cell.tested}
    set_up = read_code(_set_up_among(cells)).defines
    found: list[Answer | ManualCell] = []
    for cell, text in cells:
        if cell.is_answer and cell.grade_id in tests:
            test, checks = tests[cell.grade_id]
            call = next(iter(checks_calls(checks)), ChecksCall(None, None, ()))
            names = _names(text, checks, set_up, call.name or cell.grade_id)
            found.append(Answer(cell.grade_id, names, as_points(test.points) or 0.0, call.over or ()))
        elif cell.is_manual or cell.is_task:
            found.append(ManualCell(cell.grade_id, as_points(cell.points) or 0.0))
    answers = [cell for cell in found if isinstance(cell, Answer)]
    return Assignment(tuple(_resolved(cell, answers) if isinstance(cell, Answer) else cell for cell in found))


def as_points(points: object) -> float | None:
    """Points as a number; None unless they are one that can be given."""
    is_number = isinstance(points, int | float) and not isinstance(points, bool)
    return float(points) if is_number and 0 <= points <= sys.float_info.max else None


def _names(solution: str, test: str, given: Collection[str], first: str) -> tuple[str, ...]:
    """The names that the solution defines and the test reads, but those that are `given`."""
    code = read_code(test)
    names = (read_code(solution).defines & (code.needs_at_once | code.needs_later)) - set(given) - {"*"}
    return tuple(sorted(names, key=lambda name: (name != first, name)))


def _resolved(answer: Answer, answers: list[Answer]) -> Answer:
    """`over` names answers by grade_id or by what they define; here by grade_id, unknown ones left out."""
    named = tuple(each.grade_id for each in answers if {each.grade_id, *each.names} & set(answer.over))
    return replace(answer, over=named)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _checks_call(call: ast.Call) -> ChecksCall:
    given = dict(zip(("answer", "name", "over"), call.args)) | {keyword.arg: keyword.value for keyword in call.keywords}
    over = _literal(given["over"]) if "over" in given else ()
    is_list = isinstance(over, tuple | list) and all(isinstance(name, str) for name in over)
    answer, name = (_literal(given.get(key)) for key in ("answer", "name"))
    return ChecksCall(
        answer if isinstance(answer, str) else None,
        name if isinstance(name, str) else None,
        tuple(over) if is_list and None not in given else None,
    )


def _literal(node: ast.expr | None) -> object:
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _carried(notebook: NotebookNode) -> Assignment | None:
    """The declaration in a released notebook's metadata; None where there is none, or one that is damaged."""
    entry = noted(notebook).get(ENTRY)
    try:
        return Assignment(tuple(map(_graded, entry["graded"])), _plain(entry["notebook"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _graded(entry: dict) -> Answer | ManualCell:
    grade_id, points = _plain(entry["grade_id"]), as_points(entry["points"])
    if points is None or not grade_id:
        raise ValueError(entry)
    if entry["manual"]:
        return ManualCell(grade_id, points)
    return Answer(grade_id, tuple(map(_plain, entry["names"])), points, tuple(map(_plain, entry["over"])))


def _plain(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(text)
    return text
