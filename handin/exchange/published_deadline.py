"""The deadline as students' machines see it: a small file in the exchange, as only staff have the gradebook."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from attention_lib.written_file import write_file
from course.checkout import CourseError
from course.zone import CourseZone
from handin.exchange.untrusted_files import read_from

FOLDER = "deadlines"
MOST_BYTES = 10_000


@dataclass(frozen=True)
class Deadline:
    """due: in UTC, without a zone; None if there is none, or none is known. zone: the course's."""

    due: datetime | None = None
    zone: CourseZone = CourseZone()


def publish_deadline(course_path: str | Path, assignment: str, deadline: Deadline) -> None:
    """Write it for students to read. Raises OSError where the exchange's folder of the course cannot be written.

    course_path: the exchange's folder of the course, whose owner alone may write it
    """
    folder = Path(course_path) / FOLDER
    if not folder.is_dir():
        folder.mkdir()
        folder.chmod(0o755)
    due = deadline.due.replace(tzinfo=UTC).isoformat() if deadline.due else None
    content = json.dumps({"due": due, "zone": deadline.zone.name})
    write_file(folder / f"{assignment}.json", content, mode=0o644)


def published_deadline(course_path: str | Path, assignment: str) -> Deadline | None:
    """What was published; None where nothing was, or it cannot be read."""
    content = read_from(Path(course_path) / FOLDER, f"{assignment}.json", MOST_BYTES)
    try:
        found = json.loads(content or b"")
        due = datetime.fromisoformat(found["due"]).astimezone(UTC).replace(tzinfo=None) if found["due"] else None
        return Deadline(due, CourseZone(found["zone"]))
    except (ValueError, TypeError, LookupError, AttributeError, CourseError):
        return None
