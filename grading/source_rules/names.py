"""Rules on names: what a test reads, and who gives it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from attention_lib.cell_code import CellCode, read_code
from grading.source_rules.source import Source, SourceCell, SourceFault, listed


def definition_faults(source: Source) -> Iterator[SourceFault]:
    """Solutions that define nothing that their test reads, and names that two answers define."""
    answers = source.assignment.answers
    for answer in answers:
        solution, test = source.find(answer.grade_id), source.find(answer.test)
        if answer.names or not (_is_read(solution) and _is_read(test)):
            continue
        by_set_up = solution.code.defines & _reads(test.code) & source.set_up.defines
        if by_set_up:
            yield solution.fault(
                f"defines {listed(sorted(by_set_up))}, which the set-up cell gives already, and nothing else that "
                "its test reads: let the two have different names."
            )
        else:
            yield solution.fault(
                f"is a solution that defines none of the names that `{answer.test}` reads. It defines "
                f"{_some(solution.code.defines)}, and the test reads {_some(_reads(test.code))}: use the same name."
            )
    for one, other in combinations(answers, 2):
        texts = source.find(one.grade_id).code.defines, source.find(other.grade_id).code.defines
        both = (set(one.names) & texts[1]) | (set(other.names) & texts[0])
        if both:
            yield source.find(other.grade_id).fault(
                f"and the answer `{one.grade_id}` both define {listed(sorted(both))}, which is tested: rename it in "
                "one of them; what both import belongs into the set-up cell."
            )


def reading_faults(source: Source, released: list[str] | None) -> Iterator[SourceFault]:
    """Names that a test reads and nothing gives.

    released: the text of each cell as students get it, if that is known
    """
    if "*" in source.set_up.defines or (source.cells and _set_up_is_unread(source)):
        return
    for test in source.tests:
        answer = source.assignment.answer(test.view.tested)
        if not answer or not answer.names or not _is_read(test) or "*" in test.code.defines:
            continue
        given = set(source.set_up.defines)
        for each in source.assignment.answers:
            if source.find(each.grade_id).number < test.number or each.grade_id == answer.grade_id:
                given.update(each.names)
        missing = _reads(test.code) - given
        for name in sorted(missing):
            yield test.fault(f"reads `{name}`, which {_who_gives(source, name)}.")
        text = test.text if released is None else released[test.number - 1]
        if hidden := sorted(_reads(read_code(text)) - given - missing):
            yield test.fault(
                f"reads {listed(hidden)} outside of the hidden tests, but defines it within them, so that students do "
                "not have it: move the definition above the hidden tests."
            )


def _who_gives(source: Source, name: str) -> str:
    below = next((each for each in source.assignment.answers if name in each.names), None)
    if below:
        return f"only the answer `{below.grade_id}` below it defines: move the test below that answer"
    other = next((cell for cell in source.cells if cell.view.is_code and name in cell.code.defines), None)
    if other:
        return (
            f"only {other.called} defines, and no test has that in grading: define it in the test or in the set-up cell"
        )
    return "nothing gives: define or import it in the test or in the set-up cell, or mend the name"


def _set_up_is_unread(source: Source) -> bool:
    first = next((cell for cell in source.cells if cell.view.is_code), None)
    return first is not None and first.code.tree is None


def _is_read(cell: SourceCell | None) -> bool:
    return cell is not None and cell.code.tree is not None


def _reads(code: CellCode) -> set[str]:
    return set(code.needs_at_once | code.needs_later)


def _some(names) -> str:
    return listed(sorted(names)[:8]) if names else "nothing"
