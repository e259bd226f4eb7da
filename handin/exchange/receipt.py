"""What a student is told after handing in: what it was, when, and whether that was on time."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handin.exchange.published_deadline import Deadline
from handin.exchange.same_content import work_digest

HASH_LENGTH = 12  # hexadecimal digits
EARLIER_COMPARED = 20
_ADDED = frozenset(("timestamp.txt", "submission_secret.txt", "receipt.txt"))


def content_hash(folder: str | Path) -> str:
    """Stands for the names and contents of all files that were handed in, in HASH_LENGTH digits.

    In a shell, in the folder: the first digits of `sha256sum FILES | sha256sum`, in the order of the names' bytes.
    """
    lines = []
    for path in Path(folder).rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name not in _ADDED and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            lines.append((os.fsencode(name), digest.encode()))
    text = b"".join(digest + b"  " + name + b"\n" for name, digest in sorted(lines))
    return hashlib.sha256(text).hexdigest()[:HASH_LENGTH]


@dataclass(frozen=True)
class Receipt:
    """`sentence` tells all is well; `warnings` are sentences about what the student should know."""

    sentence: str
    warnings: tuple[str, ...]


def receipt(assignment: str, content: str, submitted: datetime, deadline: Deadline, same: datetime | None) -> Receipt:
    """Put it in words.

    content: see `content_hash`
    submitted: in UTC, without a zone
    same: when the same work was handed in before, in UTC, without a zone; None if it was not
    """
    zone, due = deadline.zone, deadline.due
    late = due is not None and submitted > due
    when = f"{zone.words(submitted)}"
    state = "no deadline is known here" if due is None else (
        f"{'AFTER' if late else 'before'} the deadline, {zone.words(due)}"
    )  # fmt: skip
    warnings = []
    if same is not None:
        warning = f"You handed in the same work before: {zone.words(same)}."
        if late and same <= due:
            warning += " That was on time, and it is the one that counts unless your course says otherwise."
        warnings.append(warning)
    elif late:
        warnings.append("This is late, unless you were given more time.")
    return Receipt(f"Receipt: {assignment}, content {content}, handed in {when}: {state}.", tuple(warnings))


def same_work_before(cache: Path, assignment: str, latest: str, deadline: Deadline) -> datetime | None:
    """When the work in `cache/latest` was handed in before, in UTC, without a zone: first on time, else last.

    cache: nbgrader's folder of what this student handed in, each named "student+assignment+time"
    """
    work = work_digest(cache / latest, f"{assignment}.ipynb")
    times = []
    for name in sorted(os.listdir(cache), reverse=True):
        parts = name.split("+")
        if name == latest or len(parts) != 3 or parts[1] != assignment or parts[0] != latest.split("+")[0]:
            continue
        try:
            time = deadline.zone.parse(parts[2])
        except ValueError:
            continue
        times.append((time, name))
    same = [
        time
        for time, name in sorted(times, reverse=True)[:EARLIER_COMPARED]
        if work and work_digest(cache / name, f"{assignment}.ipynb") == work
    ]
    on_time = [time for time in same if deadline.due is None or time <= deadline.due]
    return (on_time or same or [None])[0]
