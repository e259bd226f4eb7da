"""What lies in the exchange's `inbound/`: folders that tell in their names who handed in what, and when."""

import os
import pwd
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from attention_lib.assignment.notebook_file import kind
from course.student_ids import trouble_with
from course.zone import CourseZone
from handin.exchange.untrusted_files import NotTaken

# Clocks of two machines differ a little.
MOST_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class Arrival:
    """folder: its name; time: in UTC, without a zone; stamp: the time as the name has it; owner: the system's id."""

    folder: str
    student: str
    time: datetime
    stamp: str
    owner: int = -1


def read_name(folder: str, assignment: str, zone: CourseZone) -> Arrival | None:
    """What a folder's name tells; None if it is of another assignment.

    folder: such as "ada+attention+2026-11-25 10:00:00.000000 UTC+Zm9vYmFy", the last part may be missing
    Raises NotTaken where it cannot be read, or holds an id that nbgrader's commands cannot handle.
    """
    if f"+{assignment}+" not in folder:
        return None
    if not folder.isprintable():
        raise NotTaken("its name holds characters that cannot be printed")
    parts = folder.split("+")
    if len(parts) not in (3, 4) or parts[1] != assignment:
        raise NotTaken("its name is not student, assignment, time and a random part, with + between them")
    student, _, stamp = parts[:3]
    if not student:
        raise NotTaken("it names no student")
    if trouble := trouble_with(student):
        raise NotTaken(trouble.reason)
    try:
        time = zone.parse(stamp)
    except ValueError as error:
        raise NotTaken(str(error)) from None
    return Arrival(folder, student, time, stamp)


def arrivals(
    inbound: int, assignment: str, students: str, zone: CourseZone, owner_matters: bool, accept_own: bool
) -> tuple[dict[str, list[Arrival]], dict[str, str]]:
    """All that may be collected, the newest first, by student; and why what else is there may not be, by folder.

    inbound: the open folder
    students: a pattern of ids, as nbgrader's `--student`
    owner_matters: whether a folder must belong to the system's user who is named like the student
    accept_own: whether folders of the collector's own account count as whatever student they name
    """
    found: dict[str, list[Arrival]] = {}
    refused: dict[str, str] = {}
    for folder in sorted(os.listdir(inbound)):
        # A hand-in service builds a folder under such a name and renames it when it is complete.
        if folder.startswith(".") and not folder.startswith("..+"):
            continue
        try:
            arrival = read_name(folder, assignment, zone)
            if arrival is None or not fnmatchcase(arrival.student, students):
                continue
            if arrival.time > datetime.now(UTC).replace(tzinfo=None) + MOST_AHEAD:
                raise NotTaken(f"its time, {arrival.stamp}, has not come yet")
            status = os.stat(folder, dir_fd=inbound, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                raise NotTaken(f"it is {kind(status)}, not a folder")
            if owner_matters:
                _require_owner(status.st_uid, arrival.student, accept_own)
            found.setdefault(arrival.student, []).append(replace(arrival, owner=status.st_uid))
        except NotTaken as reason:
            refused[folder] = str(reason)
        except OSError as error:
            refused[folder] = f"it cannot be looked at ({error.strerror})"
    for records in found.values():
        records.sort(key=lambda arrival: arrival.time, reverse=True)
    return found, refused


def _require_owner(uid: int, student: str, accept_own: bool) -> None:
    if accept_own and uid == os.geteuid():
        return
    try:
        owner = pwd.getpwuid(uid).pw_name
    except KeyError:
        owner = f"the unknown user {uid}"
    if owner != student:
        raise NotTaken(
            f"it claims to be {student}'s and belongs to {owner}. Ask both; where students' ids are not the names of "
            "system users, set c.ExchangeCollect.check_owner to False"
        )
