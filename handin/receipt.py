"""The receipt of a submission, for the exchange and for the hand-in service."""

from datetime import datetime

from attention_lib.handin.hashes import SHORT_HASH
from attention_lib.handin.receipt import Receipt
from course.zone import CourseZone
from handin.lateness import lateness


def receipt(
    student: str,
    assignment: str,
    timestamp: str,
    submitted: datetime,
    content: str,
    due: datetime | None,
    known: bool,
    zone: CourseZone,
    note: str = "",
) -> Receipt:
    """timestamp: `submitted` as nbgrader writes it; content: see `content_hash`; known: whether the deadline is."""
    return Receipt(
        student=student,
        assignment=assignment,
        timestamp=timestamp,
        submitted=zone.local(submitted).isoformat(),
        zone=zone.name,
        hash=content[:SHORT_HASH],
        due=zone.local(due).isoformat() if due else None,
        late=lateness(submitted, due) > 0 if known else None,
        note=note,
    )
