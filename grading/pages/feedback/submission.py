"""Who handed in, when, whether it was late, and what a person graded: what the gradebook knows beside the points."""

from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

from course.zone import CourseZone, course_zone
from grading.class_record.gradebook import utc
from handin.lateness import deadline, in_words, lateness


@dataclass(frozen=True)
class Submission:
    """Facts for a page's head. Times are in UTC; `submitted` is None and `late_by` 0 (seconds) where nothing is known.

    due: the student's deadline, an extension included
    zone: the one in which a page shows the times
    to_grade: the gradebook's cells that nbgrader keeps for a person to grade
    by_hand: those whose points a person set
    """

    assignment: str = ""
    student: str = ""
    name: str = ""
    submitted: datetime | None = None
    due: datetime | None = None
    late_by: float = 0.0
    zone: CourseZone = CourseZone()
    to_grade: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()

    @property
    def handed_in(self) -> str:
        """When, in words, with the zone; empty if it is not known."""
        return self.zone.words(self.submitted) if self.submitted else ""

    @property
    def deadline(self) -> str:
        """The deadline in words, with the zone; empty if there is none."""
        return self.zone.words(self.due) if self.due else ""

    @property
    def lateness(self) -> str:
        """The delay in words, such as "2 days 3 hours"; empty if it is not late."""
        return in_words(self.late_by)


def find_submission(resources: dict, config: Config | None = None) -> Submission:
    """Look up a submission in the gradebook that nbgrader's converter names in `resources["nbgrader"]`.

    config: tells the course's time zone
    Without such an entry the result holds what `resources` alone tells.
    """
    zone = course_zone(config)
    given = resources.get("nbgrader") or {}
    assignment, student = str(given.get("assignment", "")), str(given.get("student", ""))
    if not (assignment and student and given.get("db_url")):
        return Submission(assignment, student, zone=zone)
    with Gradebook(given["db_url"]) as gradebook:
        try:
            found = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return Submission(assignment, student, zone=zone)
        grades = [grade for notebook in found.notebooks for grade in notebook.grades]
        due = found.assignment.duedate
        return Submission(
            assignment,
            student,
            name=" ".join(filter(None, (found.student.first_name, found.student.last_name))),
            submitted=utc(found.timestamp),
            due=utc(deadline(due, found.extension)),
            late_by=lateness(found.timestamp, due, found.extension),
            zone=zone,
            to_grade=frozenset(grade.name for grade in grades if grade.needs_manual_grade),
            by_hand=frozenset(grade.name for grade in grades if grade.manual_score is not None),
        )
