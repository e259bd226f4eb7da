"""The time at which a folder was submitted, as the exchange and the hand-in service leave it beside the notebook."""

import os
import stat
from datetime import datetime
from pathlib import Path

from attention_lib.handin.handed_in import TIMESTAMP
from course.checkout import CourseError
from course.zone import CourseZone

LONGEST_TIMESTAMP = 200  # bytes


def read_timestamp(folder: Path, zone: CourseZone) -> datetime | None:
    """The time, in UTC and without a zone, at which a folder was submitted; None if it does not say.

    zone: the course's, in which a time is read that does not name its own
    Raises CourseError, with the remedy, where the time stamp is a link, a pipe, too long, or no time.
    """
    path = folder / TIMESTAMP
    try:
        if not os.path.lexists(path):
            return None
        if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > LONGEST_TIMESTAMP:
            raise ValueError
        text = path.read_text(encoding="utf-8").strip()
        return zone.parse(text) if text else None
    except (OSError, ValueError):
        raise CourseError(f"{path} holds no time that can be read; correct it or remove it") from None


def is_linked(folder: Path) -> bool:
    """Whether a submission's folder, or the student's folder that it lies in, is a symbolic link."""
    return folder.is_symlink() or folder.parent.is_symlink()
