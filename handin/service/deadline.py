"""When an assignment is due, as the gradebook has it; only ever read."""

import logging
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

log = logging.getLogger("hand-in")


@dataclass(frozen=True)
class Due:
    """The deadline, with the students' extensions. `known` is False where the gradebook could not be read."""

    date: datetime | None = None
    extensions: Mapping[str, timedelta] = field(default_factory=dict)
    known: bool = True

    def of(self, student: str) -> datetime | None:
        """The student's own deadline, in UTC; None if there is none."""
        return None if self.date is None else self.date + self.extensions.get(student, timedelta())


class Deadlines:
    """Asks the gradebook `db_url` at most once in `seconds` about an assignment. May be used by several threads."""

    def __init__(self, db_url: str, seconds: float = 5.0):
        self._engine = _reading(db_url)
        self._seconds = seconds
        self._known: dict[str, tuple[float, Due]] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, assignment: str) -> Due:
        """The deadline. What was read last, where the gradebook cannot be read now."""
        with self._one_at_a_time:
            then, due = self._known.get(assignment, (float("-inf"), Due(known=False)))
            if time.monotonic() - then < self._seconds:
                return due
            try:
                due = self._read(assignment)
            except (SQLAlchemyError, sqlite3.Error) as error:
                log.warning("The gradebook could not be asked for the deadline of %s: %s", assignment, error)
            self._known[assignment] = (time.monotonic(), due)
            return due

    def _read(self, assignment: str) -> Due:
        with self._engine.connect() as connection:
            date = connection.execute(select(Assignment.duedate).where(Assignment.name == assignment)).scalar()
            if date is None:
                return Due()
            extensions = connection.execute(
                select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .where(Assignment.name == assignment, SubmittedAssignment.extension.is_not(None))
            )
            return Due(date.replace(tzinfo=UTC), {student: extra for student, extra in extensions})


def _reading(db_url: str) -> Engine:
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return create_engine(url, poolclass=NullPool)
    # Never made if it is missing, never written to.
    file = f"file:{quote(url.database)}?mode=ro"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file, uri=True), poolclass=NullPool)
    # The course's configuration has every connection wait for minutes; a student who hands in shall not.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 2000"))
    return engine
