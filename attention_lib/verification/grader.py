"""How the grader runs notebooks, as far as a released notebook tells."""

from dataclasses import dataclass

from nbformat import NotebookNode

from attention_lib.assignment.cells import noted
from attention_lib.verification.culprits import CELL_LIMIT_S, TOTAL_LIMIT_S


@dataclass(frozen=True)
class Grader:
    """python: its version, such as (3, 11), None if not known; the limits: in seconds, for one cell and for all."""

    python: tuple[int, int] | None = None
    cell_seconds: float = CELL_LIMIT_S
    total_seconds: float = TOTAL_LIMIT_S


def grader_of(notebook: NotebookNode) -> Grader:
    """What a notebook carries of it since it was handed out. What is damaged counts as not said."""
    entry = noted(notebook).get("grader")
    entry = entry if isinstance(entry, dict) else {}
    return Grader(
        _version(entry.get("python")),
        _seconds(entry.get("cell_seconds"), CELL_LIMIT_S),
        _seconds(entry.get("total_seconds"), TOTAL_LIMIT_S),
    )


def _version(text: object) -> tuple[int, int] | None:
    major, _, minor = text.partition(".") if isinstance(text, str) else ("", "", "")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None


def _seconds(value: object, otherwise: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < 86_400 else otherwise
