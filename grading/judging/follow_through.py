"""One mistake costs one point: a head that fails is judged again over correct versions of the four functions.

That is a run of its own, in a student's process of its own that is thrown away: all that the student wrote above the
head's test, then the instructor's functions, then the head's test.
"""

from nbformat import NotebookNode

from attention_lib.canonical import ANSWERS
from attention_lib.check_records import FOR_NOW
from attention_lib.fresh_run import answer_of
from attention_lib.notebook_file import new_cell, new_notebook

HEAD = "attention_head"
HEAD_TEST = f"test_{HEAD}"
FUNCTIONS = [answer for answer in ANSWERS if answer != HEAD]
JUDGED_OVER_CORRECT_FUNCTIONS = "judged over correct functions"


def test_position(notebook: NotebookNode, grade_id: str = HEAD_TEST) -> int | None:
    """Where a test cell stands; None if there is none."""
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return index
    return None


def head_over_correct_functions(canonical: NotebookNode, source: NotebookNode, left_out: list[int]) -> NotebookNode:
    """All code cells above the head's test but other tests, the instructor's functions, and at its end the head's test.

    left_out: positions of cells that met a limit or ended the process; of these only the head's own are kept.
    """
    index = test_position(canonical)
    cells = [
        cell
        for position, cell in enumerate(canonical.cells[:index])
        if cell.cell_type == "code"
        and not cell.metadata.get("nbgrader", {}).get("grade")
        and (position not in left_out or answer_of(cell) == HEAD)
    ]
    cells += [new_cell("code", "correct-functions", correct_functions(source), NotebookNode()), canonical.cells[index]]
    return new_notebook(cells, canonical.metadata)


def correct_functions(source: NotebookNode) -> str:
    """The instructor's text of the four functions."""
    return "\n\n".join(cell.source for cell in source.cells if answer_of(cell) in FUNCTIONS)


def failed_over_correct_functions(record: dict, over_own: dict | None) -> dict:
    """The record of a check of a head that fails over correct functions.

    record: from there; its message is the check's rule, because values might give the correct functions away
    over_own: the same check's record over the student's own functions
    """
    if record["passed"] is True:
        return record
    if over_own is not None and over_own["passed"] is False:
        return over_own
    message = f"This does not hold, over correct versions of the four functions either: {record['message']}"
    if over_own is not None and over_own["passed"] is None:
        message += f" Over yours: {over_own['message'].partition(FOR_NOW)[2]}"
    return record | {"message": message}


def judged_over_correct_functions(not_passing: list[str]) -> dict:
    """The record that says that the head kept its point by this; `not_passing`: the student's functions that failed."""
    if not_passing:
        names = " and ".join(filter(None, (", ".join(f"`{n}`" for n in not_passing[:-1]), f"`{not_passing[-1]}`")))
        why = f"{names} {'does' if len(not_passing) == 1 else 'do'} not pass yet"
    else:
        why = "it does not pass over yours, although each of yours passes its own test"
    return {
        "check": JUDGED_OVER_CORRECT_FUNCTIONS,
        "passed": True,
        "message": f"Your head is right. It was judged over correct versions of the four functions, because {why}.",
        "hidden": False,
    }
