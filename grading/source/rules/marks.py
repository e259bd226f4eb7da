"""Rules on the marks of solutions, hidden tests and mark schemes, which nbgrader takes out of what students get."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from attention_lib.assignment.cells import CellView
from grading.source.rules.written_source import Source, SourceCell, SourceFault, shown

# A comment that is nothing else.
_ALIKE = re.compile(r"\s*#+\s*(begin|end)[\s_-]*(solutions?|(hidden)?[\s_-]*tests?|mark[\s_-]*schemes?)[\s#]*", re.I)


@dataclass(frozen=True)
class Marks:
    """A pair of marks: the texts that nbgrader looks for in a line, and where they may stand."""

    begin: str
    end: str
    may_stand_in: Callable[[CellView], bool]
    home: str


def marks_of(config: Config | None) -> list[Marks]:
    """The pairs that nbgrader is configured for."""
    solutions, hidden, schemes = (maker(config=config) for maker in (ClearSolutions, ClearHiddenTests, ClearMarkScheme))
    return [
        Marks(
            solutions.begin_solution_delimeter,
            solutions.end_solution_delimeter,
            lambda cell: cell.solution,
            "a solution: tick that it is one, or take the marks out",
        ),
        Marks(
            hidden.begin_test_delimeter,
            hidden.end_test_delimeter,
            lambda cell: cell.is_test,
            "a test: move the hidden tests into one, or take the marks out",
        ),
        Marks(
            schemes.begin_mark_scheme_delimeter,
            schemes.end_mark_scheme_delimeter,
            lambda cell: cell.is_task,
            "a task that a person grades: move the mark scheme into one, or take the marks out",
        ),
    ]


def mark_faults(source: Source) -> Iterator[SourceFault]:
    """Marks without a partner, within another pair, in a wrong cell, or misspelled."""
    pairs = marks_of(source.config)
    for cell in source.cells:
        for marks in pairs:
            yield from _faults(cell, marks)
        if cell.view.is_code:
            yield from _misspelled(cell, pairs)


def _faults(cell: SourceCell, marks: Marks) -> Iterator[SourceFault]:
    # A line counts as nbgrader counts it: where it holds both marks, it begins.
    open_since = None
    is_marked = False
    for number, line in enumerate(cell.text.split("\n"), start=1):
        if marks.begin in line:
            is_marked = True
            if open_since is not None:
                yield cell.fault(
                    f"has `{marks.begin}` in line {number} though the one of line {open_since} is still open: put "
                    f"`{marks.end}` between them, or delete one."
                )
            open_since = number
        elif marks.end in line:
            is_marked = True
            if open_since is None:
                yield cell.fault(
                    f"has `{marks.end}` in line {number} without `{marks.begin}` before it: add that, or delete this."
                )
            open_since = None
    if open_since is not None:
        yield cell.fault(
            f"has `{marks.begin}` in line {open_since}, which nothing ends: put `{marks.end}` in a line below it."
        )
    if is_marked and not marks.may_stand_in(cell.view):
        yield cell.fault(f"has the marks `{marks.begin}` or `{marks.end}`, but is not {marks.home}.")


def _misspelled(cell: SourceCell, pairs: list[Marks]) -> Iterator[SourceFault]:
    known = [mark for marks in pairs for mark in (marks.begin, marks.end)]
    for number, line in enumerate(cell.text.split("\n"), start=1):
        if _ALIKE.fullmatch(line) and not any(mark in line for mark in known):
            yield cell.fault(
                f"has `{shown(line)}` in line {number}, which nbgrader does not take for a mark, so that students "
                f"would get what it should hide: write one of {', '.join(f'`{mark}`' for mark in known)}."
            )
