"""Secrets of the course, in `.secrets/` beside the gradebook: made at first use, for the owner's eyes alone."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from course.checkout import CourseError

FOLDER = ".secrets"


def secret_of(course: CourseDirectory, name: str) -> str:
    """The course's secret of this name, 64 hexadecimal digits; the same ever after, whichever process asks first.

    Raises CourseError where it can be neither read nor made.
    """
    path = Path(course.root) / FOLDER / name
    try:
        if not path.exists():
            _make(path)
        if found := path.read_text(encoding="ascii").strip():
            return found
    except (OSError, UnicodeError) as error:
        raise CourseError(
            f"The course's secret {path} could not be read or made ({error}). It may be read and written by you alone: "
            "see who owns it, and that the disk has room; or take it from a backup."
        ) from None
    raise CourseError(f"The course's secret {path} is empty. Take it from a backup, or remove the file for a new one.")


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}.unfinished")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        # Unlike a move, this leaves in place what another process has made meanwhile.
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
