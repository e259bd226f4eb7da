"""The gradebook's deadlines, read again and again while the service runs, and never written."""

import logging
import sqlite3
import threading
import time
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from course.zone import CourseZone
from handin.deadline import Due, read_due

log = logging.getLogger("hand-in")


class Deadlines:
    """Asks the gradebook `db_url` at most once in `seconds` about an assignment. May be used by several threads."""

    def __init__(self, db_url: str, zone: CourseZone, seconds: float = 5.0):
        self.zone = zone
        self._engine = _reading(db_url)
        self._seconds = seconds
        self._known: dict[str, tuple[float, Due]] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, assignment: str) -> Due:
        """The deadline; what was read last, where the gradebook cannot be read now."""
        with self._one_at_a_time:
            then, due = self._known.get(assignment, (float("-inf"), Due(zone=self.zone, known=False)))
            if time.monotonic() - then < self._seconds:
                return due
            try:
                with self._engine.connect() as connection:
                    due = read_due(connection, assignment, self.zone)
            except (SQLAlchemyError, sqlite3.Error) as error:
                log.warning("The gradebook could not be asked for the deadline of %s: %s", assignment, error)
            self._known[assignment] = (time.monotonic(), due)
            return due


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
