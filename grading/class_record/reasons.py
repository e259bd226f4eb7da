"""Why a graded submission lost points, or has some open still, in sentences."""

from attention_lib.assignment.check_records import CheckRecord
from attention_lib.assignment.declaration import TEST, Answer, Assignment, ManualCell
from attention_lib.sentences import listed_names
from grading.class_record.formats import number, one_line
from grading.class_record.gradebook import Points


def reason_of(
    cells: Assignment,
    scores: dict[str, float],
    points: Points,
    records: dict[str, list[CheckRecord]],
    at_fault: list[str],
    waits: list[str],
    problem: str,
) -> str:
    """All there is to say; "" if nothing.

    scores: points by column, without those that are open
    records: by answer
    at_fault: answers whose test was at fault
    waits: manually graded cells that wait for a person
    problem: why no notebook could be read out of the submission, or ""
    """
    sentences = [problem] if problem else []
    sentences += [
        f"`{TEST}{answer}` fails over the instructor's own solution, too, so it judges nobody." for answer in at_fault
    ]
    sentences += _waiting([cell for cell in waits if cell not in scores], "")
    again = " to read it again; the points are those given before"
    sentences += _waiting([cell for cell in waits if cell in scores], again)
    for cell in cells.graded:
        column = cell.grade_id
        lost = column in scores and scores[column] < cell.points
        if lost and column not in waits and (not problem or column in points.by_hand):
            sentences.append(one_line(_why(cell, scores[column], column in points.by_hand, records.get(column, []))))
    if points.penalty:
        taken = number(points.penalty)
        sentences.append(f"{taken} point{'' if points.penalty == 1 else 's'} taken off for being late.")
    return " ".join(sentences)


def _waiting(cells: list[str], again: str) -> list[str]:
    if not cells:
        return []
    return [f"{listed_names(cells)} wait{'s' if len(cells) == 1 else ''} for a person{again}."]


def _why(cell: Answer | ManualCell, score: float, by_hand: bool, records: list[CheckRecord]) -> str:
    if by_hand:
        return f"{cell.grade_id}: a grader gave {number(score)} of {number(cell.points)}."
    if isinstance(cell, ManualCell):
        return f"{cell.grade_id}: nothing was written there."
    # What could not be checked comes second: it waits for something else.
    found = [record.message for passed in (False, None) for record in records if record.passed is passed]
    if not found:
        return f"{cell.grade_id}: its checks did not come to their end."
    more = len(set(found)) - 1
    named = found[0].startswith(tuple(f"`{name}`" for name in cell.names))
    first = found[0] if named else f"{cell.grade_id}: {found[0]}"
    return first + (f" ({more} more finding{'' if more == 1 else 's'}.)" if more else "")
