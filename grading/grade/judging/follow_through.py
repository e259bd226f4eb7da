"""One mistake costs one point: an answer that fails is judged again over correct versions of the answers it calls.

Which these are, its test declares. That is a run of its own, in a student's process of its own that is thrown away: all
that the student wrote above the test, then the instructor's versions, then the test.
"""

from collections.abc import Iterable
from dataclasses import replace

from nbformat import NotebookNode

from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS, WAITS_FOR_OTHERS, CheckRecord
from attention_lib.assignment.declaration import Answer, Assignment, with_what_they_call
from attention_lib.assignment.notebook_file import new_cell, new_notebook
from attention_lib.sentences import listed_names


def over_correct_answers(
    answer: Answer, canonical: NotebookNode, source: NotebookNode, assignment: Assignment, left_out: Iterable[int]
) -> NotebookNode:
    """All code cells above the answer's test but other tests, the instructor's versions, and at its end the test.

    left_out: positions of cells that met a limit or ended the process; of these only the answer's own are kept
    """
    index = next(i for i, cell in enumerate(canonical.cells) if view(cell).tested == answer.grade_id)
    cells = [
        cell
        for position, cell in enumerate(canonical.cells[:index])
        if (seen := view(cell)).is_code
        and not seen.is_test
        and (position not in left_out or seen.answer == answer.grade_id)
    ]
    correct = new_cell("code", "correct-versions", correct_versions(answer, source, assignment), NotebookNode())
    return new_notebook([*cells, correct, canonical.cells[index]], canonical.metadata)


def correct_versions(answer: Answer, source: NotebookNode, assignment: Assignment) -> str:
    """The instructor's text of the answers that this one is built over, and of what those call; never its own."""
    wanted = set(with_what_they_call(answer.over, assignment, source)) - {answer.grade_id}
    return "\n\n".join(cell.source for cell in source.cells if view(cell).is_answer and view(cell).grade_id in wanted)


def failed_over_correct_answers(record: CheckRecord, over_own: CheckRecord | None) -> CheckRecord:
    """The record of a check that fails over correct answers.

    record: from there; its message is the check's rule, because values might give the correct answers away
    over_own: the same check's record over the student's own answers
    """
    if record.passed is True:
        return record
    if over_own is not None and over_own.passed is False:
        return over_own
    message = f"This does not hold, over correct versions of what it calls either: {record.message}"
    if over_own is not None and over_own.code == WAITS_FOR_OTHERS:
        message += f" Over yours: {over_own.fields['for_now']}"
    return replace(record, message=message)


def judged_over_correct_answers(answer: Answer, not_passing: list[str]) -> CheckRecord:
    """The record that says that an answer kept its point by this.

    not_passing: the names of those that it calls and that failed
    """
    if not_passing:
        why = f"{listed_names(not_passing)} {'does' if len(not_passing) == 1 else 'do'} not pass yet"
    else:
        why = "it does not pass over yours, although each of yours passes its own test"
    message = f"Your `{answer.name}` is right. It was judged over correct versions of what it calls, because {why}."
    return CheckRecord(JUDGED_OVER_CORRECT_FUNCTIONS, True, message, code=JUDGED_OVER_CORRECT_FUNCTIONS)
