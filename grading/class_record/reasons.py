"""Why a graded submission lost points, or has some open still, in sentences."""

from attention_lib.assignment.declaration import TEST, Answer, Assignment, ManualCell
from attention_lib.sentences import listed_names
from grading.class_record.formats import number, one_line
from grading.class_record.student import Student


def reason_of(student: Student, cells: Assignment, problem: str) -> str:
    """All there is to say; "" if nothing.

    problem: why no notebook could be read out of the submission, or ""
    """
    scores = student.scores
    sentences = [problem] if problem else []
    for answer in student.at_fault:
        sentences.append(f"`{TEST}{answer}` fails over the instructor's own solution, too, so it judges nobody.")
    sentences += _waiting([cell for cell in student.waits if cell not in scores], "")
    again = " to read it again; the points are those given before"
    sentences += _waiting([cell for cell in student.waits if cell in scores], again)
    for cell in cells.graded:
        lost = cell.grade_id in scores and scores[cell.grade_id] < cell.points
        if lost and cell.grade_id not in student.waits and (not problem or cell.grade_id in student.by_hand):
            sentences.append(one_line(_why(cell, student)))
    if student.penalty:
        plural = "" if student.penalty == 1 else "s"
        sentences.append(f"{number(student.penalty)} point{plural} taken off for being late.")
    return " ".join(sentences)


def _waiting(cells: list[str], again: str) -> list[str]:
    if not cells:
        return []
    return [f"{listed_names(cells)} wait{'s' if len(cells) == 1 else ''} for a person{again}."]


def _why(cell: Answer | ManualCell, student: Student) -> str:
    if cell.grade_id in student.by_hand:
        return f"{cell.grade_id}: a grader gave {number(student.scores[cell.grade_id])} of {number(cell.points)}."
    if isinstance(cell, ManualCell):
        return f"{cell.grade_id}: nothing was written there."
    # What could not be checked comes second: it waits for something else.
    records = student.records.get(cell.grade_id, [])
    found = [record.message for passed in (False, None) for record in records if record.passed is passed]
    if not found:
        return f"{cell.grade_id}: its checks did not come to their end."
    more = len(set(found)) - 1
    named = found[0].startswith(tuple(f"`{name}`" for name in cell.names))
    first = found[0] if named else f"{cell.grade_id}: {found[0]}"
    return first + (f" ({more} more finding{'' if more == 1 else 's'}.)" if more else "")
