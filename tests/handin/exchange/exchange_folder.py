"""A temporary course with an exchange, and what students put into it, with nbgrader's and our own parts run on it."""

import json
import logging
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from traitlets.config import Config

from course.folders import load_config

DUE = datetime(2026, 11, 25, 23, 0)
ON_TIME, LATE = "2026-11-25 22:50:00.000000 UTC", "2026-11-25 23:05:00.000000 UTC"


def notebook(text: str, output: str = "") -> str:
    """A notebook with one cell."""
    cell = v4.new_code_cell(text, outputs=[v4.new_output("stream", text=output)] if output else [])
    return json.dumps(v4.new_notebook(cells=[cell]))


@cache
def _new_gradebook() -> bytes:
    """An empty one. To make one takes seconds."""
    load_config()  # nbgrader starts a program of ours by its bare name.
    with tempfile.TemporaryDirectory() as folder:
        Gradebook(f"sqlite:///{folder}/gradebook.db").close()
        return (Path(folder) / "gradebook.db").read_bytes()


class ExchangeFolder:
    """`course` is the course's folder, `root` the exchange, `inbound` and `feedback` its folders of the course."""

    def __init__(self, folder: Path, due: datetime | None = DUE):
        self.course, self.root = folder / "course", folder / "exchange"
        self.inbound, self.feedback = self.root / "c101" / "inbound", self.root / "c101" / "feedback"
        self.inbound.mkdir(parents=True)
        self.course.mkdir()
        self.source = self.course / "source" / "attention" / "attention.ipynb"
        self.source.parent.mkdir(parents=True)
        self.source.write_text("the reference solution")
        (self.course / "gradebook.db").write_bytes(_new_gradebook())
        self.set_due(due)

    def set_due(self, due: datetime | None) -> None:
        with Gradebook(self._db_url) as gradebook:
            gradebook.update_or_create_assignment("attention", duedate=due)

    @property
    def _db_url(self) -> str:
        return f"sqlite:///{self.course / 'gradebook.db'}"

    def gradebook(self) -> Gradebook:
        return Gradebook(self._db_url)

    def hand_in(self, student: str, when: str = ON_TIME, content: str = "", secret: str = "s" * 128) -> Path:
        """A folder in `inbound/`, as nbgrader's submit writes it."""
        folder = self.inbound / f"{student}+attention+{when}+cmFuZG9t"
        folder.mkdir()
        (folder / "attention.ipynb").write_text(content or notebook(f"x = {student!r}"))
        (folder / "timestamp.txt").write_text(when)
        if secret:
            (folder / "submission_secret.txt").write_text(secret)
        return folder

    def run(self, part: type, config: dict | None = None, **options: object) -> tuple[str, str]:
        """Run one of the exchange's parts. Returns what it logged, and why it failed at the end ("" if it did not)."""
        settings = Config(config or {})
        settings.Exchange.root = str(self.root)
        settings.Exchange.setdefault("cache", str(self.root.parent / "cache"))
        settings.CourseDirectory.merge(Config(course_id="c101", root=str(self.course)))
        course = CourseDirectory(config=settings, assignment_id="attention")
        if "student_id" in options:
            course.student_id = options.pop("student_id")
        log = logging.Logger("exchange")
        lines: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        log.addHandler(handler)
        running = part(
            coursedir=course, authenticator=Authenticator(config=settings), config=settings, log=log, **options
        )
        try:
            running.start()
            failure = ""
        except ExchangeError as error:
            failure = str(error)
        return "\n".join(lines), failure

    def submitted(self, student: str) -> Path:
        return self.course / "submitted" / student / "attention"

    def submitted_files(self, student: str) -> list[str]:
        folder = self.submitted(student)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def stamp(time: datetime) -> str:
    """nbgrader's way to write a time."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
