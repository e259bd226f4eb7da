"""A receipt, in words for the screen and for the file beside the notebook."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from attention_lib.handin.handed_in import RECEIPT
from attention_lib.written_file import write_file

_OLDER = 50_000  # characters of older receipts to keep


@dataclass(frozen=True)
class Receipt:
    """What is said of a submission.

    timestamp: when it was submitted, as nbgrader writes it
    submitted, due: ISO times in the zone; due is None where there is no deadline
    hash: the first digits of `content_hash`
    late: None where the deadline is not known
    """

    student: str
    assignment: str
    timestamp: str
    submitted: str
    zone: str
    hash: str
    due: str | None
    late: bool | None
    note: str = ""


def in_words(receipt: Receipt) -> str:
    """A few lines of plain text."""
    lines = [
        f"Handed in: {receipt.assignment}, by {receipt.student}",
        f"Received:  {_time(receipt.submitted, receipt.zone)}",
        f"Contents:  {receipt.hash} (the same hash means the same contents)",
        f"Deadline:  {_deadline(receipt)}",
    ]
    if receipt.note:
        lines.append(f"Note:      {receipt.note}")
    return "\n".join(lines)


def write_beside(folder: Path, words: str) -> None:
    """Put `words` on top of `receipt.txt` in the assignment's folder, above the earlier receipts."""
    path = folder / RECEIPT
    earlier = ""
    if path.is_file() and not path.is_symlink():
        earlier = path.read_text(encoding="utf-8", errors="replace")[:_OLDER]
    if earlier.startswith(words):
        return
    write_file(path, f"{words}\n\n{earlier}", mode=0o600)


def _deadline(receipt: Receipt) -> str:
    if receipt.late is None:
        return "could not be looked up just now; the time above counts"
    if receipt.due is None:
        return "none"
    return f"{_time(receipt.due, receipt.zone)}: {'LATE' if receipt.late else 'on time'}"


def _time(iso: str, zone: str) -> str:
    time = datetime.fromisoformat(iso)
    offset = time.strftime("%z")
    return f"{time:%a %d %b %Y, %H:%M:%S} {zone} (UTC{offset[:3]}:{offset[3:5]})"
