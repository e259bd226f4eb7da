"""When an assignment is due, as the gradebook has it: for the exchange, and for the hand-in service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from handin.lateness import deadline


@dataclass(frozen=True)
class Due:
    """The deadline, with the students' extensions. `known` is False where the gradebook could not be read."""

    date: datetime | None = None
    extensions: Mapping[str, timedelta] = field(default_factory=dict)
    known: bool = True

    def of(self, student: str) -> datetime | None:
        """The student's own deadline; None if there is none."""
        return deadline(self.date, self.extensions.get(student))


def read_due(gradebook: Connection | Session, assignment: str) -> Due:
    """Times are in UTC, without a zone, as nbgrader keeps them. Raises SQLAlchemy's errors."""
    date = gradebook.execute(select(Assignment.duedate).where(Assignment.name == assignment)).scalar()
    extensions = gradebook.execute(
        select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment, SubmittedAssignment.extension.is_not(None))
    )
    return Due(date, {student: extra for student, extra in extensions})
