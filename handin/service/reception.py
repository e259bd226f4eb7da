"""Takes in one submission that has arrived: checks it, recognises what was handed in before, stores it."""

import re
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from attention_lib.handin.handed_in import UploadLimits
from attention_lib.handin.hashes import content_hash
from handin.deadline import Due
from handin.exchange.inbound import Arrival
from handin.lateness import lateness
from handin.service.deadline import Deadlines
from handin.service.inbound import Inbound
from handin.service.refusal import Denied
from handin.service.unpacking import unpack

# Of one student for one assignment. Far more than anybody needs, and an end to filling the disk.
MOST_SUBMISSIONS = 200
LEAST_FREE = 500_000_000  # bytes that stay free on the exchange's disk
_LONGEST_NAME = 255  # bytes, of a submission's folder


class Reception:
    """May be used by several threads, with one submission of a student at a time."""

    def __init__(self, inbound: Inbound, outbound: Path, deadlines: Deadlines, limits: UploadLimits):
        self.inbound = inbound
        self.limits = limits
        self._outbound = outbound
        self._deadlines = deadlines
        self._zone = deadlines.zone

    def check(self, student: str, assignment: str) -> None:
        """Raises Denied where this student cannot hand in for this assignment."""
        if not re.fullmatch(r"\w[\w .-]{0,99}", assignment) or not (self._outbound / assignment).is_dir():
            raise Denied(404, f"There is no released assignment {assignment[:100]!r}. Look at the assignment list.")
        if len(f"{student}+{assignment}++".encode()) + 50 > _LONGEST_NAME:
            raise Denied(403, "Your user name is too long for a folder's name. Ask your instructor for another one.")

    def check_room(self, student: str, assignment: str) -> None:
        """Raises Denied where the disk, or the student's share of it, is full."""
        if len(self.inbound.of(student, assignment)) >= MOST_SUBMISSIONS:
            raise Denied(
                429,
                f"You have handed in {MOST_SUBMISSIONS} times, and no more is kept. The latest one counts. Ask your "
                "instructor to remove some.",
            )
        if shutil.disk_usage(self.inbound.folder).free < LEAST_FREE:
            raise Denied(507, "The hub's disk is full, so nothing was taken. Tell your instructor at once.")

    def take_in(self, room: Path, upload: Path, student: str, assignment: str, when: datetime) -> dict:
        """Store the archive `upload` as handed in at `when` (UTC). Returns the receipt and the secret, ready for JSON.

        Where the student's latest submission holds the same, that one stays the latest, and its receipt is returned.
        """
        self.inbound.shut()
        when = when.astimezone(UTC).replace(tzinfo=None)
        files = room / "files"
        files.mkdir(mode=0o700)
        full_hash = content_hash(unpack(upload, files, self.limits).items())
        due = self._deadlines.of(assignment)
        earlier = self.inbound.of(student, assignment)
        latest = earlier[-1] if earlier else None
        if latest and self.inbound.hash_of(latest) == full_hash and self.inbound.secret_of(latest):
            stored, note = latest, self._same_again(latest, due.of(student), when)
        else:
            stored = self.inbound.store(files, full_hash, student, assignment, when, secrets.token_hex(64))
            note = self._same_as_before(earlier, full_hash, due.of(student), when)
        return self._receipt(stored, student, assignment, due, note) | {"secret": self.inbound.secret_of(stored)}

    def receipts(self, student: str, assignment: str) -> list[dict]:
        """The receipts, ready for JSON, of all that the student has handed in, the latest first, without secrets."""
        due = self._deadlines.of(assignment)
        found = reversed(self.inbound.of(student, assignment))
        return [self._receipt(stored, student, assignment, due) for stored in found]

    def _receipt(self, stored: Arrival, student: str, assignment: str, due: Due, note: str = "") -> dict:
        content = self.inbound.hash_of(stored)
        return vars(due.receipt(student, assignment, stored.stamp, stored.time, content, note))

    def _same_again(self, latest: Arrival, date: datetime | None, now: datetime) -> str:
        if lateness(now, date) and not lateness(latest.time, date):
            return self._counts(latest)
        return f"You handed in the same at {self._zone.words(latest.time)}; that one counts."

    def _same_as_before(self, earlier: list[Arrival], full_hash: str, date: datetime | None, now: datetime) -> str:
        """Stored all the same, as something else came between: collect then takes the one that was on time."""
        for stored in reversed(earlier) if lateness(now, date) else ():
            if not lateness(stored.time, date) and self.inbound.hash_of(stored) == full_hash:
                return self._counts(stored)
        return ""

    def _counts(self, stored: Arrival) -> str:
        return f"You handed in the same before the deadline, at {self._zone.words(stored.time)}; that one counts."
