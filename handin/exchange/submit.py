"""`nbgrader submit`: without the wheel of `attention_lib`, which everybody has, and with a receipt."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from nbgrader.exchange.default.submit import ExchangeSubmit

from attention_lib.handin.hashes import folder_hash
from attention_lib.handin.receipt import in_words
from handin.deadline import Due
from handin.exchange.collect import EARLIER_COMPARED, work_in
from handin.exchange.inbound import read_name
from handin.exchange.published_deadline import published_deadline
from handin.exchange.untrusted_files import NotTaken
from handin.lateness import lateness


class SubmitWithoutWheels(ExchangeSubmit):
    """nbgrader's `CourseDirectory.ignore` would keep wheels out of release and fetch, too."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy all but wheels."""
        ignore = self.coursedir.ignore
        self.coursedir.ignore = [*ignore, "*.whl"]
        try:
            super().do_copy(src, dest, log)
        finally:
            self.coursedir.ignore = ignore

    def copy_files(self) -> None:
        """Hand in, and show the receipt."""
        super().copy_files()
        try:
            self._show_receipt()
        except (OSError, ValueError) as error:
            self.log.warning("It is handed in, but no receipt could be made (%s).", error)

    def _show_receipt(self) -> None:
        assignment = self.coursedir.assignment_id
        course = os.path.join(self.root, self.coursedir.course_id)
        due = published_deadline(course, assignment) or Due(known=False)
        # What was handed in is in the cache under the same name, without the random part.
        name = self.assignment_filename
        name = name.rsplit("+", 1)[0] if self.add_random_string else name
        submitted = due.zone.parse(self.timestamp)
        note = _note(submitted, self._same_work_before(name, due), due)
        content = folder_hash(Path(self.cache_path, name))
        receipt = due.receipt(name.split("+")[0], assignment, self.timestamp, submitted, content, note)
        self.log.info("Receipt:\n%s", in_words(receipt))

    def _same_work_before(self, latest: str, due: Due) -> datetime | None:
        """When the work in the cache's folder `latest` was handed in before, in UTC: first on time, else last.

        The folders there, of what this student handed in, are named "student+assignment+time".
        """
        work, student = self._work(latest), latest.split("+")[0]
        earlier = []
        for name in os.listdir(self.cache_path):
            with suppress(NotTaken):
                known = read_name(name, self.coursedir.assignment_id, due.zone)
                if known and known.student == student and name != latest:
                    earlier.append((known.time, name))
        newest = sorted(earlier, reverse=True)[:EARLIER_COMPARED]
        same = [time for time, name in newest if work and self._work(name) == work]
        on_time = [time for time in same if not lateness(time, due.date)]
        return (on_time or same or [None])[0]

    def _work(self, name: str) -> str:
        return work_in(Path(self.cache_path, name), f"{self.coursedir.assignment_id}.ipynb")


def _note(submitted: datetime, same: datetime | None, due: Due) -> str:
    late = lateness(submitted, due.date) > 0
    if same is None:
        return "This is late, unless you were given more time." if late else ""
    note = f"You handed in the same work before: {due.zone.words(same)}."
    if late and not lateness(same, due.date):
        note += " That was on time, and it is the one that counts unless your course says otherwise."
    return note
