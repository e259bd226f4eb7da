"""What a student is told about a submission."""

from datetime import datetime

from attention_lib.handin.handed_in import SHORT_HASH
from course.zone import CourseZone
from handin.service.deadline import Due
from handin.service.inbound import Stored


def receipt(stored: Stored, full_hash: str, student: str, assignment: str, due: Due, zone: CourseZone) -> dict:
    """Ready for JSON. `submitted` and `due` are ISO times in the course's zone; `late` is None if nobody knows."""
    date = due.of(student)
    return {
        "student": student,
        "assignment": assignment,
        "timestamp": stored.timestamp,
        "submitted": zone.local(stored.when).isoformat(),
        "zone": zone.name,
        "hash": full_hash[:SHORT_HASH],
        "due": zone.local(date).isoformat() if date else None,
        "late": is_late(stored.when, date) if due.known else None,
        "note": "",
    }


def is_late(when: datetime, date: datetime | None) -> bool:
    """nbgrader's own rule: late is what came after the deadline, and never what came at it."""
    return date is not None and when > date
