"""What a judged notebook says: the points, and all else that a student is told."""

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from attention_lib.assignment.cells import noted, view
from attention_lib.assignment.check_records import CheckRecord, completed_records


def points_of(notebook: NotebookNode) -> dict[str, float]:
    """The points that nbgrader reads out of a judged notebook, by test cell."""
    return {grade_id: determine_grade(cell)[0] for grade_id, cell in tests_of(notebook).items()}


def tests_of(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The test cells, by grade_id."""
    return {seen.grade_id: cell for cell in notebook.cells if (seen := view(cell)).is_test}


def records_of(notebook: NotebookNode, test_id: str) -> list[CheckRecord]:
    """The checks' records of one test cell; an empty list where there are none."""
    cell = tests_of(notebook).get(test_id)
    return completed_records(cell.outputs) if cell is not None else []


def sentences_of(notebook: NotebookNode) -> list:
    """What a student is told beside points and code: checks' records, what was mended, what was left out."""
    return [_entry(notebook), [(noted(cell), _records(cell)) for cell in notebook.cells]]


def written_of(notebook: NotebookNode) -> list:
    """All that is worth writing again if it changes: everything but what the student's own cells showed."""
    return [
        notebook.metadata | {"attention101": _entry(notebook)},
        [(cell.cell_type, cell.source, cell.metadata, _records(cell)) for cell in notebook.cells],
    ]


def _entry(notebook: NotebookNode) -> dict:
    return {key: value for key, value in noted(notebook).items() if key != "graded"}


def _records(cell: NotebookNode) -> list[CheckRecord] | None:
    return completed_records(cell.outputs) if view(cell).is_test else None
