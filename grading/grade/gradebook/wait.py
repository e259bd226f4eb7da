"""Lets whoever uses an SQLite gradebook wait while another process holds it, instead of failing after 5 seconds."""

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine

_seconds = 5.0


def wait_for_gradebook(seconds: float) -> None:
    """From now on every connection of this process to an SQLite database waits up to `seconds` for a lock.

    In the database's URL the same setting would break `nbgrader db upgrade`, which takes the URL's end for a file name.
    May be called again; the last value counts. Other databases have settings of their own.
    """
    global _seconds
    _seconds = seconds
    if not event.contains(Engine, "connect", _set_wait):
        event.listen(Engine, "connect", _set_wait)


def _set_wait(connection: object, record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {int(_seconds * 1000)}")
