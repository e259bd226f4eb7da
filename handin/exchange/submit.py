"""`nbgrader submit`: without the wheel of `attention_lib`, which everybody has, and with a receipt."""

import os
from pathlib import Path

from nbgrader.exchange.default.submit import ExchangeSubmit

from handin.exchange.published_deadline import published_deadline
from handin.exchange.receipt import content_hash, receipt, same_work_before


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
        deadline = published_deadline(os.path.join(self.root, self.coursedir.course_id), assignment)
        # What was handed in is in the cache under the same name, without the random part.
        name = self.assignment_filename
        name = name.rsplit("+", 1)[0] if self.add_random_string else name
        cache = Path(self.cache_path)
        written = receipt(
            assignment,
            content_hash(cache / name),
            deadline.zone.parse(self.timestamp),
            deadline,
            same_work_before(cache, assignment, name, deadline),
        )
        self.log.info(written.sentence)
        for warning in written.warnings:
            self.log.warning(warning)
