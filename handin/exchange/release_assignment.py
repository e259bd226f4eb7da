"""`nbgrader release_assignment` tells students the deadline, too."""

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.exchange.default.release_assignment import ExchangeReleaseAssignment

from course.zone import course_zone
from handin.deadline import read_due
from handin.exchange.published_deadline import publish_deadline


class ReleaseWithDeadline(ExchangeReleaseAssignment):
    """Writes the deadline beside `outbound/`, for the receipt that `nbgrader submit` shows."""

    def ensure_root(self) -> None:
        """Make the exchange if it is missing, with the sticky bit; leave another one's mode as the site has set it.

        nbgrader would open it to 0777, and then anybody may rename a whole course away.
        """
        root = Path(self.root)
        if not root.exists():
            try:
                root.mkdir(parents=True)
                root.chmod(0o1777)
            except OSError as error:
                self.fail(f"The exchange {root} could not be made ({error.strerror}). Make it, or set Exchange.root.")
        elif root.stat().st_mode & 0o1002 == 0o0002:
            try:
                root.chmod(root.stat().st_mode | 0o1000)
            except PermissionError:
                self.log.warning("Anybody can rename what is in %s: its owner should run `chmod +t` on it.", root)

        if not root.stat().st_mode & 0o0002:
            self.log.info("To submit through the file system takes `chmod 1777 %s`; the hub's service does not.", root)

    def copy_files(self) -> None:
        super().copy_files()
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            due = read_due(gradebook.db, self.coursedir.assignment_id, course_zone(self.config))
        publish_deadline(self.course_path, self.coursedir.assignment_id, due)
        when = f"due {due.zone.words(due.date)}" if due.date else "without a deadline"
        self.log.info("Students are told: %s, %s", self.coursedir.assignment_id, when)
