"""`nbgrader submit`: without the wheel of `attention_lib`, which everybody has, and with a receipt."""

import os
from datetime import datetime
from pathlib import Path

from nbgrader.exchange.default.submit import ExchangeSubmit

from attention_lib.handin.hashes import folder_hash
from attention_lib.handin.receipt import in_words
from handin.exchange.collect import EARLIER_COMPARED, work_in
from handin.exchange.published_deadline import Deadline, published_deadline
from handin.lateness import lateness
from handin.receipt import receipt


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
        published = published_deadline(os.path.join(self.root, self.coursedir.course_id), assignment)
        deadline = published or Deadline()
        # What was handed in is in the cache under the same name, without the random part.
        name = self.assignment_filename
        name = name.rsplit("+", 1)[0] if self.add_random_string else name
        submitted = deadline.zone.parse(self.timestamp)
        written = receipt(
            name.split("+")[0],
            assignment,
            self.timestamp,
            submitted,
            folder_hash(Path(self.cache_path, name)),
            deadline.due,
            published is not None,
            deadline.zone,
            _note(submitted, self._same_work_before(name, deadline), deadline),
        )
        self.log.info("Receipt:\n%s", in_words(written))

    def _same_work_before(self, latest: str, deadline: Deadline) -> datetime | None:
        """When the work in the cache's folder `latest` was handed in before, in UTC: first on time, else last.

        The folders there, of what this student handed in, are named "student+assignment+time".
        """
        work = self._work(latest)
        times = []
        for name in os.listdir(self.cache_path):
            parts = name.split("+")
            if name == latest or len(parts) != 3 or parts[:2] != latest.split("+")[:2]:
                continue
            try:
                times.append((deadline.zone.parse(parts[2]), name))
            except ValueError:
                continue
        earlier = sorted(times, reverse=True)[:EARLIER_COMPARED]
        same = [time for time, name in earlier if work and self._work(name) == work]
        on_time = [time for time in same if not lateness(time, deadline.due)]
        return (on_time or same or [None])[0]

    def _work(self, name: str) -> str:
        return work_in(Path(self.cache_path, name), f"{self.coursedir.assignment_id}.ipynb")


def _note(submitted: datetime, same: datetime | None, deadline: Deadline) -> str:
    late = lateness(submitted, deadline.due) > 0
    if same is None:
        return "This is late, unless you were given more time." if late else ""
    note = f"You handed in the same work before: {deadline.zone.words(same)}."
    if late and not lateness(same, deadline.due):
        note += " That was on time, and it is the one that counts unless your course says otherwise."
    return note
