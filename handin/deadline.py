"""When an assignment is due, as the gradebook has it: for the exchange, and for the hand-in service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from attention_lib.handin.hashes import SHORT_HASH
from attention_lib.handin.receipt import Receipt
from course.zone import CourseZone
from handin.lateness import deadline, lateness


@dataclass(frozen=True)
class Due:
    """The deadline, in UTC, with the students' extensions and the course's zone. `known` is False where nobody knew."""

    date: datetime | None = None
    zone: CourseZone = CourseZone()
    extensions: Mapping[str, timedelta] = field(default_factory=dict)
    known: bool = True

    def of(self, student: str) -> datetime | None:
        """The student's own deadline; None if there is none."""
        return deadline(self.date, self.extensions.get(student))

    def receipt(
        self, student: str, assignment: str, timestamp: str, submitted: datetime, content: str, note: str = ""
    ) -> Receipt:
        """timestamp: `submitted` as nbgrader writes it; content: see `content_hash`."""
        due = self.of(student)
        return Receipt(
            student=student,
            assignment=assignment,
            timestamp=timestamp,
            submitted=self.zone.local(submitted).isoformat(),
            zone=self.zone.name,
            hash=content[:SHORT_HASH],
            due=self.zone.local(due).isoformat() if due else None,
            late=lateness(submitted, due) > 0 if self.known else None,
            note=note,
        )


def read_due(gradebook: Connection | Session, assignment: str, zone: CourseZone) -> Due:
    """Times are in UTC, without a zone, as nbgrader keeps them. Raises SQLAlchemy's errors."""
    date = gradebook.execute(select(Assignment.duedate).where(Assignment.name == assignment)).scalar()
    extensions = gradebook.execute(
        select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment, SubmittedAssignment.extension.is_not(None))
    )
    return Due(date, zone, {student: extra for student, extra in extensions})
