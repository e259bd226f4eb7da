"""The file beside the notebook that remembers what was checked: `progress/lesson_progress.json`."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from attention_lib.written_file import write_file


@dataclass(frozen=True)
class CellProgress:
    """passed: in the last check; attempts: checks of a written answer, up to its first pass; checked: ISO time, UTC."""

    passed: bool
    attempts: int
    checked: str


@dataclass
class LessonProgress:
    """What earlier checks left. `first_passed` holds the answers that have passed once: their attempts are final."""

    cells: dict[str, CellProgress] = field(default_factory=dict)
    first_passed: set[str] = field(default_factory=set)


def progress_folder(notebook: Path) -> Path:
    return notebook.parent / "progress"


def load_progress(notebook: Path) -> tuple[LessonProgress, str]:
    """What is remembered, and a sentence to say ("" where all is well). Never raises.

    A damaged file is kept aside as `lesson_progress.damaged.json`, and nothing is remembered.
    """
    path = progress_folder(notebook) / "lesson_progress.json"
    try:
        cells = _read_cells(path)
    except (FileNotFoundError, NotADirectoryError):
        return LessonProgress(), ""
    except OSError as error:
        said = f"{_short(path)} could not be read ({error.strerror}), so attempts are counted from the start."
        return LessonProgress(), said
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return LessonProgress(), _put_aside(path)
    passed = {answer for answer, cell in cells.items() if cell.passed}
    with suppress(OSError, ValueError, TypeError, RecursionError):
        passed |= set(json.loads((path.parent / "first_passed.json").read_text("utf-8"))) & set(cells)
    return LessonProgress(cells, passed), ""


def save_progress(notebook: Path, result: dict, first_passed: set[str]) -> str:
    """Write what `verify()` returns, and the answers that have passed once. Each file is whole or the old one stays.

    Returns a sentence that says why it could not be written, "" where it was. Never raises OSError.
    """
    folder = progress_folder(notebook)
    try:
        folder.mkdir(exist_ok=True)
        for name, content in (("lesson_progress", result), ("first_passed", sorted(first_passed))):
            write_file(folder / f"{name}.json", json.dumps(content, indent=1), mode=0o644)
    except OSError as error:
        return (
            f"This result could not be written to {_short(folder / 'lesson_progress.json')} "
            f"({error.strerror or error}). The check itself is not affected. Make the folder writable, or free some "
            "disk space, to keep your progress."
        )
    return ""


def _read_cells(path: Path) -> dict[str, CellProgress]:
    stored = json.loads(path.read_text("utf-8"))["cells"]
    cells = {answer: CellProgress(**stored[answer]) for answer in stored}
    for cell in cells.values():
        right = (type(cell.passed), type(cell.attempts), type(cell.checked)) == (bool, int, str) and cell.attempts >= 0
        if not right:
            raise ValueError(cell)
    return cells


def _put_aside(path: Path) -> str:
    aside = path.with_name("lesson_progress.damaged.json")
    try:
        os.replace(path, aside)
    except (OSError, ValueError) as error:
        return f"{_short(path)} is damaged and could not be put aside ({error}). Attempts are counted from the start."
    return f"{_short(path)} was damaged. It is kept as {aside.name}, and attempts are counted from the start."


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
