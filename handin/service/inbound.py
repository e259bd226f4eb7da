"""The exchange's `inbound/`: submissions as nbgrader's collect expects them, out of every student's reach."""

import base64
import fcntl
import logging
import os
import shutil
import stat
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from attention_lib.handin.handed_in import SECRET, TIMESTAMP
from attention_lib.handin.hashes import folder_hash
from attention_lib.written_file import write_file
from course.checkout import CourseError
from course.zone import CourseZone
from handin.exchange.inbound import Arrival, read_name
from handin.exchange.untrusted_files import NotTaken

log = logging.getLogger("hand-in")

# What is being received has such a name, which nbgrader's patterns do not match.
_INCOMING = ".incoming-"
_LOCK = ".hand-in.lock"


class Inbound:
    """`folder` belongs to this process's user alone, and to one service at a time."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._hashes: dict[str, str] = {}
        self._lock: int | None = None

    def open(self, patience: float = 10.0) -> None:
        """Make the folder and shut it to others; remove what an interrupted service left half.

        Raises CourseError if it belongs to somebody else, or another service has not let go of it within `patience`
        seconds.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.shut()
            self._lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            self._take_lock(patience)
        except OSError as error:
            raise CourseError(
                f"The exchange's folder {self.folder} cannot be used ({error.strerror}). It must belong to the account "
                "that runs the hand-in service, and its parent let that account enter."
            ) from None
        for left in self.folder.glob(f"{_INCOMING}*"):
            log.warning("Removing %s, which an interrupted service left half", left.name)
            shutil.rmtree(left, ignore_errors=True)

    def shut(self) -> None:
        """Take others' rights on the folder away. Raises CourseError if it is not ours.

        nbgrader's release opens it, and the exchange's root, for all to write.
        """
        status = self.folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise CourseError(
                f"{self.folder} is no folder of the account that runs the hand-in service (its owner is the user "
                f"{status.st_uid}, the service runs as {os.geteuid()}). Move it away, or give it to that account."
            )
        if stat.S_IMODE(status.st_mode) != 0o700:
            os.chmod(self.folder, 0o700)
        # Who may write to a folder may rename what is in it, the whole course, unless it is sticky.
        for parent in (self.folder.parent, self.folder.parent.parent):
            found = parent.stat()
            mode = stat.S_IMODE(found.st_mode)
            if mode & 0o022 and not mode & stat.S_ISVTX and found.st_uid == os.geteuid():
                os.chmod(parent, mode | stat.S_ISVTX)

    def close(self) -> None:
        """Let another service have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self, patience: float) -> None:
        end = time.monotonic() + patience
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise CourseError(
                        f"Another hand-in service works on {self.folder}. End it, or give this course another exchange."
                    ) from None
                time.sleep(0.2)

    def room_to_receive(self) -> Path:
        """A new folder for one upload. Whoever asks for it calls `clear` with it."""
        return Path(tempfile.mkdtemp(dir=self.folder, prefix=_INCOMING))

    def clear(self, room: Path) -> None:
        shutil.rmtree(room, ignore_errors=True)

    def of(self, student: str, assignment: str) -> list[Arrival]:
        """What the student has handed in for the assignment, the earliest first."""
        start = f"{student}+{assignment}+"
        found = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if not entry.name.startswith(start) or not entry.is_dir(follow_symlinks=False):
                    continue
                # A folder of a student's own, from before the service: its time is what the student says.
                if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
                    continue
                try:
                    found.append(read_name(entry.name, assignment, CourseZone()))
                except NotTaken as reason:
                    log.warning("%s does not count, because %s", entry.name, reason)
        return sorted(found, key=lambda stored: stored.time)

    def hash_of(self, stored: Arrival) -> str:
        """The hash over its names and contents; read once, unless `store` was told."""
        if stored.folder not in self._hashes:
            self._hashes[stored.folder] = folder_hash(self.folder / stored.folder)
        return self._hashes[stored.folder]

    def secret_of(self, stored: Arrival) -> str:
        """ "" for a submission from before the service."""
        path = self.folder / stored.folder / SECRET
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def store(
        self, files: Path, full_hash: str, student: str, assignment: str, when: datetime, secret: str
    ) -> Arrival:
        """Turn `files`, a folder within a room, into a submission: after a power cut it is there whole, or not at all.

        full_hash: of these files, see `hash_of`
        when: in UTC, without a zone; moved on by microseconds where the student has handed in at the same one
        """
        taken = {stored.stamp for stored in self.of(student, assignment)}
        while (timestamp := when.strftime("%Y-%m-%d %H:%M:%S.%f UTC")) in taken:
            when += timedelta(microseconds=1)
        write_file(files / TIMESTAMP, timestamp, mode=0o600, to_disk=True)
        write_file(files / SECRET, secret, mode=0o600, to_disk=True)
        for parent, _, _ in os.walk(files):
            _to_disk(Path(parent))
        chance = base64.urlsafe_b64encode(os.urandom(9)).decode("ascii")
        name = f"{student}+{assignment}+{timestamp}+{chance}"
        os.rename(files, self.folder / name)
        _to_disk(self.folder)
        self._hashes[name] = full_hash
        return Arrival(name, student, when, timestamp)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
