"""Copies a folder that somebody hostile owns, and may change meanwhile: regular files of its owner, and within limits.

Every file is opened by its name in a folder that is open already, without following links, and is looked at again once
it is open. So there is no moment at which a name could come to mean something else.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from attention_lib.assignment.notebook_file import kind

CHUNK = 1 << 20  # bytes
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class NotTaken(Exception):
    """Something that is not taken; the message is a clause that says why."""


@dataclass(frozen=True)
class CopyLimits:
    """What is copied at most. bytes: of one file; all_bytes, files: of all; depth: of folders; name: characters."""

    bytes: int
    all_bytes: int
    files: int
    depth: int
    name: int


@dataclass
class Copied:
    """files, bytes: how many; left_out: a clause for each; changed: when the last of it was changed (POSIX time)."""

    files: int = 0
    bytes: int = 0
    left_out: list[str] = field(default_factory=list)
    changed: float = 0.0


def shown(name: str) -> str:
    """A name on one line, with all that cannot be printed spelt out."""
    return ascii(name) if not name.isprintable() else repr(name)


@contextmanager
def open_folder(name: str | Path, parent: int | None = None) -> Iterator[int]:
    """Open a folder, in `parent` if that is given. Raises NotTaken for all else, links to folders included."""
    try:
        folder = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=parent)
    except OSError as error:
        try:
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except OSError:
            raise NotTaken(f"it cannot be opened ({error.strerror})") from None
        if not stat.S_ISDIR(status.st_mode):
            raise NotTaken(f"it is {kind(status)}, not a folder") from None
        raise NotTaken(f"it cannot be opened ({error.strerror})") from None
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def open_file(name: str, folder: int) -> Iterator[int]:
    """Open a regular file of the folder's owner. Raises NotTaken for all else, without waiting."""
    owner = os.fstat(folder)
    try:
        # Looked at before, too: to open a device can do something.
        _require_own_file(os.stat(name, dir_fd=folder, follow_symlinks=False), owner)
        descriptor = os.open(name, _OPEN, dir_fd=folder)
    except OSError as error:
        raise NotTaken(f"it cannot be read ({error.strerror})") from None
    try:
        _require_own_file(os.fstat(descriptor), owner)
        yield descriptor
    finally:
        os.close(descriptor)


def read_small(name: str, folder: int, most: int) -> bytes | None:
    """What is in a file of `folder`; None if it is no regular file of its owner, or has more than `most` bytes."""
    try:
        with open_file(name, folder) as descriptor, open(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    except NotTaken:
        return None
    return content if len(content) <= most else None


def read_from(folder: str | Path, name: str, most: int, parent: int | None = None) -> bytes | None:
    """`read_small` of a folder that is yet to be opened, in `parent` if that is given; None also if it cannot be."""
    try:
        with open_folder(folder, parent) as opened:
            return read_small(name, opened, most)
    except NotTaken:
        return None


def copy_folder(
    folder: int, target: Path, limits: CopyLimits, unwanted: Callable[[str, bool], bool], first: list[str]
) -> Copied:
    """Copy what is in the open `folder` into the empty folder `target`.

    unwanted: says of a name, and whether it is a folder's, that it is to be left behind; nothing is said of those
    first: names of files that are taken before all others; they are all that is taken of a folder with too many files
    Raises OSError where `target` cannot be written.
    """
    return _Copy(limits, unwanted, os.fstat(folder)).copy(folder, target, first)


class _Copy:
    def __init__(self, limits: CopyLimits, unwanted: Callable[[str, bool], bool], owner: os.stat_result):
        self._limits, self._unwanted, self._owner = limits, unwanted, owner
        self._done = Copied(changed=owner.st_ctime)

    def copy(self, folder: int, target: Path, first: list[str]) -> Copied:
        present = [name for name in first if os.access(name, os.F_OK, dir_fd=folder, follow_symlinks=False)]
        for name in present:
            self._take_file(name, folder, target, name)
        if self._count(folder, 1, self._limits.files) < 0:
            self._done.left_out.append(
                f"it holds more than {self._limits.files:,} files, and of these only {', '.join(first)} may be taken"
            )
        else:
            self._take_all(folder, target, "", 1, frozenset(present))
        return self._done

    def _count(self, folder: int, depth: int, room: int) -> int:
        """How much of `room` is left beside what is in the folder, below 0 if it is more."""
        with os.scandir(folder) as entries:
            for entry in entries:
                room -= 1
                if room < 0:
                    return room
                is_folder = entry.is_dir(follow_symlinks=False)
                if self._unwanted(entry.name, is_folder) or depth >= self._limits.depth:
                    continue
                if is_folder:
                    with suppress(NotTaken), open_folder(entry.name, folder) as inside:
                        room = self._count(inside, depth + 1, room)
        return room

    def _take_all(self, folder: int, target: Path, path: str, depth: int, taken: frozenset[str]) -> None:
        with os.scandir(folder) as entries:
            # More may have come since they were counted.
            names = sorted(entry.name for entry in islice(entries, self._limits.files))
        for name in names:
            if name in taken:
                continue
            here = f"{path}{name}"
            try:
                is_folder = stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
                if self._unwanted(name, is_folder):
                    continue
                self._require_name(name)
                if is_folder:
                    self._take_folder(name, folder, target, here, depth)
                    continue
            except NotTaken as reason:
                self._leave(here, reason)
                continue
            except OSError as error:
                self._leave(here, f"it cannot be read ({error.strerror})")
                continue
            self._take_file(name, folder, target, here)

    def _take_folder(self, name: str, folder: int, target: Path, here: str, depth: int) -> None:
        if depth >= self._limits.depth:
            raise NotTaken(f"it lies deeper than {self._limits.depth} folders")
        with open_folder(name, folder) as inside:
            _require_owner(os.fstat(inside), self._owner)
            (target / name).mkdir(mode=0o700)
            self._take_all(inside, target / name, f"{here}/", depth + 1, frozenset())

    def _take_file(self, name: str, folder: int, target: Path, here: str) -> None:
        try:
            with open_file(name, folder) as descriptor:
                status = os.fstat(descriptor)
                self._require_room(status.st_size)
                size = _copy_bytes(descriptor, target / name, self._room())
                if size is None:
                    self._require_room(self._room() + 1)
        except NotTaken as reason:
            self._leave(here, reason)
            return
        self._done.files += 1
        self._done.bytes += size
        self._done.changed = max(self._done.changed, status.st_ctime)

    def _room(self) -> int:
        return min(self._limits.bytes, self._limits.all_bytes - self._done.bytes)

    def _require_room(self, size: int) -> None:
        if size > self._limits.bytes:
            raise NotTaken(f"it is larger than {self._limits.bytes / 1e6:g} MB")
        if size > self._limits.all_bytes - self._done.bytes:
            raise NotTaken(f"with it there would be more than {self._limits.all_bytes / 1e6:g} MB")
        if self._done.files >= self._limits.files:
            raise NotTaken(f"there are more than {self._limits.files:,} files")

    def _require_name(self, name: str) -> None:
        if not name.isprintable():
            raise NotTaken("its name holds characters that cannot be printed")
        if "\\" in name:
            raise NotTaken("its name holds a backslash")
        if len(name) > self._limits.name:
            raise NotTaken(f"its name is longer than {self._limits.name} characters")

    def _leave(self, here: str, reason: object) -> None:
        self._done.left_out.append(f"{shown(here[:200])}: {reason}")


def _copy_bytes(descriptor: int, target: Path, most: int) -> int | None:
    """Copy an open file to a new one; None, and no new file, if there come more than `most` bytes."""
    size = 0
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        while chunk := os.read(descriptor, min(CHUNK, most + 1 - size)):
            size += len(chunk)
            if size > most:
                break
            file.write(chunk)
    if size > most:
        target.unlink()
        return None
    return size


def _require_own_file(status: os.stat_result, owner: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotTaken(f"it is {kind(status)}, not a file")
    _require_owner(status, owner)


def _require_owner(status: os.stat_result, owner: os.stat_result) -> None:
    # A hard link to somebody's file is a regular file, too; it keeps that owner.
    if status.st_uid != owner.st_uid:
        raise NotTaken("it belongs to somebody else than the folder")
    if status.st_dev != owner.st_dev:
        raise NotTaken("it lies on another disk than the folder")
