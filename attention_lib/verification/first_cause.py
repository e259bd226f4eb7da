"""Why a name is missing: a cell that was to define it stopped before it came to that."""

import re
from collections.abc import Iterable

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import read_code, seems_to_define
from attention_lib.assignment.cells import view

_MISSING = re.compile(r"name '([^\W\d]\w*)' is not defined")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONGEST_ERROR = 300
LONGEST_NAME = 80


def first_cause(cells: Iterable[NotebookNode], answer: str, messages: Iterable[str]) -> str:
    """A sentence about the cell to which a missing name goes back, "" if there is none.

    cells: those that were run above the answer's test, with their outputs
    answer: the grade_id of the answer, whose own cells are not looked at
    messages: what is said of the answer; where they tell that a name is not defined, it is looked for
    """
    missing = {name for message in messages for name in _MISSING.findall(message)}
    for cell in cells if missing else ():
        seen = view(cell)
        if not seen.is_code or not (seen.is_own or seen.answer) or seen.answer == answer:
            continue
        error = next((out for out in cell.get("outputs", []) if out.output_type == "error"), None)
        names = [name for name in sorted(missing) if _would_define(cell.source, name)] if error else []
        if names:
            which = f"The cell `{seen.answer}`" if seen.answer else "A cell of your own"
            never = " and ".join(f"`{name}`" for name in names)
            said = f"{which} stopped with {error_text(error)}, so it never came to define {never}."
            return said + _remedy(error)
    return ""


def error_text(error: NotebookNode) -> str:
    """The error that ended a cell, on one line: its name, and what it says."""
    value = " ".join(_COLOURS.sub("", str(error.get("evalue", ""))).split())[:LONGEST_ERROR]
    name = str(error.get("ename", "an error"))[:LONGEST_NAME]
    return f"{name}: {value}".rstrip(".") if value else name


def _would_define(source: str, name: str) -> bool:
    return name in read_code(source).defines or seems_to_define(source, name)


def _remedy(error: NotebookNode) -> str:
    module = _MODULE.search(str(error.get("evalue", "")))
    if not module:
        return " Mend that cell first."
    return (
        f" The package {module[1]} is not there: take its import out, or put it below the others, in a cell of its own."
    )
