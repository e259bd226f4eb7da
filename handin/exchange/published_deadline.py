"""The deadline as students' machines see it: a small file in the exchange, as only staff have the gradebook."""

import json
from datetime import UTC, datetime
from pathlib import Path

from attention_lib.written_file import write_file
from course.checkout import CourseError
from course.zone import CourseZone
from handin.deadline import Due
from handin.exchange.untrusted_files import read_from

FOLDER = "deadlines"
MOST_BYTES = 10_000


def publish_deadline(course_path: str | Path, assignment: str, due: Due) -> None:
    """Write it for students to read. Raises OSError where the exchange's folder of the course cannot be written.

    course_path: the exchange's folder of the course, whose owner alone may write it
    """
    folder = Path(course_path) / FOLDER
    if not folder.is_dir():
        folder.mkdir()
        folder.chmod(0o755)
    date = due.date.replace(tzinfo=UTC).isoformat() if due.date else None
    content = json.dumps({"due": date, "zone": due.zone.name})
    write_file(folder / f"{assignment}.json", content, mode=0o644)


def published_deadline(course_path: str | Path, assignment: str) -> Due | None:
    """What was published; None where nothing was, or it cannot be read."""
    content = read_from(Path(course_path) / FOLDER, f"{assignment}.json", MOST_BYTES)
    try:
        found = json.loads(content or b"")
        date = datetime.fromisoformat(found["due"]).astimezone(UTC).replace(tzinfo=None) if found["due"] else None
        return Due(date, CourseZone(found["zone"]))
    except (ValueError, TypeError, LookupError, AttributeError, CourseError):
        return None
