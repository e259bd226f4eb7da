"""One mistake costs one point: a head that fails is judged again over correct versions of the four functions."""

from attention_lib.canonical import ANSWERS
from attention_lib.fresh_run import answer_of
from attention_lib.notebook_file import new_cell, new_notebook
from nbformat import NotebookNode

HEAD = "attention_head"
FUNCTIONS = [answer for answer in ANSWERS if answer != HEAD]
JUDGED_OVER_CORRECT_FUNCTIONS = "judged over correct functions"


def notebook_over_correct_functions(canonical: NotebookNode, source: NotebookNode, left_out: list[int]) -> NotebookNode:
    """What to run to judge the head alone: all cells above the head's test but other tests, the instructor's four
    functions, and the head's test, which is the last cell.

    left_out: positions of cells that met a limit or ended the process; of these only the head's own are kept.
    """
    cells = []
    for index, cell in enumerate(canonical.cells):
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade_id") == f"test_{HEAD}":
            cells.append(new_cell("code", "correct-functions", correct_functions(source), NotebookNode()))
            cells.append(cell)
            break
        if cell.cell_type != "code" or nbgrader.get("grade") or (index in left_out and answer_of(cell) != HEAD):
            continue
        cells.append(cell)
    return new_notebook(cells, canonical.metadata)


def correct_functions(source: NotebookNode) -> str:
    """The instructor's text of the four functions."""
    return "\n\n".join(cell.source for cell in source.cells if answer_of(cell) in FUNCTIONS)


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
