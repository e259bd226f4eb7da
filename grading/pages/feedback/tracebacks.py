"""An error of a student's cell, told by the student's own lines alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grading.pages.feedback.plain_text import cut_lines, plain_text

MOST_FRAMES = 8
MOST_ENTRIES = 200  # of a traceback that are looked at

_PLACE = re.compile(r"^\s*Cell In ?\[[^\]]*\], line (\d+)", re.MULTILINE)
_ARROW = re.compile(r"^-+> ?(\d+) (.*)$", re.MULTILINE)
_FILE_OF_A_CELL = re.compile(r" \((?:<[^>]*>|[^() ]+\.py), line (\d+)\)$")


@dataclass(frozen=True)
class StudentCell:
    """A cell of the student's: what to call it in a sentence, and its text."""

    name: str
    source: str


@dataclass(frozen=True)
class Frame:
    """A line of the student's that took part in an error. `cell` is empty for the cell that is shown."""

    cell: str
    number: int
    code: str


@dataclass(frozen=True)
class CellError:
    """What went wrong, as `kind: message`, and the student's lines that led there, outermost first."""

    kind: str
    message: str
    frames: tuple[Frame, ...]


def cell_error(output: dict, here: StudentCell, others: Sequence[StudentCell]) -> CellError:
    """Read an `error` output of the student's cell `here`.

    A frame is kept only where the student has that very line at that very number, in this cell or in one of `others`.
    So no line of a test, of a library or of the lesson can come through.
    """
    entries = output.get("traceback") or []
    entries = entries[:MOST_ENTRIES] if isinstance(entries, list) else [entries]
    frames: list[Frame] = []
    for entry in entries:
        entry = plain_text(str(entry)[:100_000])
        for number, code in _places(entry):
            frame = _frame(number, code, here, others)
            if frame is not None and frame not in frames:
                frames.append(frame)
    if len(frames) > MOST_FRAMES:
        frames = frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]
    kind, _ = cut_lines(plain_text(output.get("ename")) or "Error", 1, 100, 100)
    message, _ = cut_lines(plain_text(output.get("evalue")).strip(), 12, 1_500, 500)
    return CellError(kind, _FILE_OF_A_CELL.sub(r" (line \1)", message), tuple(frames))


def _places(entry: str) -> list[tuple[int, str | None]]:
    """The line numbers that a traceback's entry points at, with the code there if it is shown."""
    arrows = [(int(number), code.strip()) for number, code in _ARROW.findall(entry)]
    if arrows:
        return arrows
    # A syntax error has no arrow: the line itself follows the one that names the place.
    found = _PLACE.search(entry)
    if found is None:
        return []
    following = entry[found.end() :].split("\n")[1:2]
    return [(int(found.group(1)), following[0].strip() if following else None)]


def _frame(number: int, code: str | None, here: StudentCell, others: Sequence[StudentCell]) -> Frame | None:
    if not code:
        return None
    for cell in (here, *others):
        lines = cell.source.split("\n")
        if 0 < number <= len(lines) and lines[number - 1].strip() == code:
            shown, _ = cut_lines(code, 1, 300, 300)
            return Frame("" if cell is here else cell.name, number, shown)
    return None
