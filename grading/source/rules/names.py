"""Rules on names: what a test reads, and who gives it."""

from collections.abc import Iterator
from itertools import combinations

from attention_lib.assignment.cell_code import CellCode, read_code
from grading.source.rules.written_source import Source, SourceCell, SourceFault, listed


def definition_faults(source: Source) -> Iterator[SourceFault]:
    """Solutions that define nothing that their test reads, and names that two answers define."""
    answers = source.assignment.answers
    for answer in answers:
        solution, test = source.find(answer.grade_id), source.find(answer.test)
        if answer.names or not (_is_read(solution) and _is_read(test)):
            continue
        by_set_up = solution.code.defines & _reads(test.code) & (source.set_up.code.defines if source.set_up else set())
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
    for one, other in combinations({answer.grade_id: answer for answer in answers}.values(), 2):
        texts = source.find(one.grade_id).code.defines, source.find(other.grade_id).code.defines
        both = (set(one.names) & texts[1]) | (set(other.names) & texts[0])
        if both:
            yield source.find(other.grade_id).fault(
                f"and the answer `{one.grade_id}` both define {listed(sorted(both))}, which is tested: rename it in "
                "one of them; what both import belongs into the set-up cell."
            )


def solution_reading_faults(source: Source) -> Iterator[SourceFault]:
    """Names that a solution reads and nothing above its test gives in grading."""
    for answer in source.assignment.answers:
        solution, test = source.find(answer.grade_id), source.find(answer.test)
        above = [source.gives(cell) for cell in source.cells[: test.number] if not cell.view.is_test]
        if None in above or source.gives(solution) is None:
            continue
        for name in sorted(_reads(solution.code).difference(*above)):
            yield solution.fault(
                f"reads `{name}`, which {_who_gives(source, name, 'in this answer', 'stands further down')}."
            )


def test_reading_faults(source: Source, released: list[str]) -> Iterator[SourceFault]:
    """Names that a test reads and nothing gives.

    released: the text of each cell as students get it
    """
    by_set_up = source.gives(source.set_up) if source.set_up else set()
    if by_set_up is None:
        return
    for test in source.tests:
        answer = source.assignment.answer(test.view.tested)
        if not answer or not answer.names or source.gives(test) is None:
            continue
        given = by_set_up.union(answer.names)
        for each in source.assignment.answers:
            if source.find(each.grade_id).number < test.number:
                given.update(each.names)
        missing = _reads(test.code) - given
        for name in sorted(missing):
            yield test.fault(
                f"reads `{name}`, which {_who_gives(source, name, 'in this test', 'is not the set-up cell')}."
            )
        if hidden := sorted(_reads(read_code(released[test.number - 1])) - given - missing):
            yield test.fault(
                f"reads {listed(hidden)} outside of the hidden tests, but defines it within them, so that students do "
                "not have it: move the definition above the hidden tests."
            )


def _who_gives(source: Source, name: str, here: str, why: str) -> str:
    below = next((each for each in source.assignment.answers if name in each.names), None)
    if below:
        return f"the answer `{below.grade_id}` defines only further down: move that answer up"
    set_up = f"`{source.set_up.view.grade_id}`" if source.set_up and source.set_up.view.grade_id else "the first one"
    remedy = f"define or import it {here}, or in the set-up cell ({set_up})"
    places = (cell for cell in source.cells if cell.view.is_code and not cell.view.is_test)
    other = next((cell for cell in places if name in cell.code.defines), None)
    if not other:
        return f"nothing gives: {remedy}, or mend the name"
    why = "is lesson-only and not run in grading" if other.view.is_lesson_only else why
    return f"only {other.called} defines, which {why}: {remedy}"


def _is_read(cell: SourceCell | None) -> bool:
    return cell is not None and cell.tree is not None


def _reads(code: CellCode) -> set[str]:
    return set(code.needs_at_once | code.needs_later)


def _some(names) -> str:
    return listed(sorted(names)[:8]) if names else "nothing"
