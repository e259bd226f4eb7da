"""The tasks as students get them, and the reference, from the lesson's own notebooks."""

import re
from pathlib import Path

import nbformat

_ROOT = Path(__file__).parents[4]


def _answer_cells(notebook: str) -> dict[str, str]:
    cells = nbformat.read(_ROOT / notebook, as_version=4).cells
    marked = [(cell.metadata.get("nbgrader", {}), cell.source) for cell in cells]
    return {mark["grade_id"]: source for mark, source in marked if mark.get("solution")}


TASKS = _answer_cells("release/attention/attention.ipynb")
REFERENCES = {
    name: re.sub(r"^ *### (?:BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE)
    for name, source in _answer_cells("source/attention/attention.ipynb").items()
}
