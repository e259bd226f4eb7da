"""The instructor's own solution, judged like a submission: a test that fails over it is at fault, not the student."""

from collections.abc import Mapping

from nbformat import NotebookNode

from attention_lib.assignment import check_records
from attention_lib.assignment.cells import TEST, view
from attention_lib.assignment.notebook_file import copied
from course.checkout import CourseError


def as_submission(source: NotebookNode) -> NotebookNode:
    """The source notebook as `read_submission` would give it."""
    notebook = copied(source)
    notebook.metadata = NotebookNode(attention101=NotebookNode(mended=[]))
    return notebook


def tests_at_fault(judged: NotebookNode) -> dict[str, str]:
    """The answers whose tests fail over the judged reference, each with what the first check that fails says."""
    found = {}
    for cell in judged.cells:
        if answer := view(cell).tested:
            records = check_records.completed_records(cell.outputs)
            if not check_records.all_passed(records):
                failed = [record.message for record in records if record.passed is not True]
                found[answer] = failed[0] if failed else "it made no records of its checks."
    return found


def require_right(judged: NotebookNode | None, failure: str = "") -> None:
    """Raises CourseError where the reference loses a point, or could not be judged because of `failure`."""
    if judged is None:
        raise CourseError(f"The instructor's own solution could not be judged: {failure}. Nothing was changed.")
    if at_fault := tests_at_fault(judged):
        raise CourseError("\n".join([*in_words(at_fault), "Nothing was changed."]))


def in_words(at_fault: Mapping[str, str]) -> list[str]:
    """A sentence for the instructor about each of these tests."""
    return [
        f"{TEST}{answer} fails over the instructor's own {answer}: {said} Correct the test, or the solution."
        for answer, said in at_fault.items()
    ]


def take_out(judged: NotebookNode, at_fault: Mapping[str, str]) -> None:
    """Put one record into each test that is at fault, in place of what it said of this student. Changes `judged`."""
    for cell in judged.cells:
        if view(cell).tested in at_fault:
            message = f"`{view(cell).grade_id}` judges nobody: it fails over the instructor's own solution, too."
            record = check_records.CheckRecord("the test", None, message, code=check_records.TEST_AT_FAULT)
            check_records.set_records(cell, [record])
