"""`nbgrader release_assignment` tells students the deadline, too."""

from nbgrader.exchange.default.release_assignment import ExchangeReleaseAssignment

from grading.course_zone import course_zone
from grading.exchange.published_deadline import Deadline, deadline_in_gradebook, publish_deadline


class ReleaseWithDeadline(ExchangeReleaseAssignment):
    """Writes the deadline beside `outbound/`, for the receipt that `nbgrader submit` shows."""

    def copy_files(self) -> None:
        super().copy_files()
        due = deadline_in_gradebook(self.coursedir.db_url, self.coursedir.course_id, self.coursedir.assignment_id)
        deadline = Deadline(due, course_zone(self.config))
        publish_deadline(self.course_path, self.coursedir.assignment_id, deadline)
        when = f"due {deadline.zone.words(due)}" if due else "without a deadline"
        self.log.info("Students are told: %s, %s", self.coursedir.assignment_id, when)
