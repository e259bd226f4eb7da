"""Who handed in, when, whether it was late, and what a person graded: what the gradebook knows beside the points."""

from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

from course.zone import course_zone
from handin.lateness import deadline, in_words, lateness


@dataclass(frozen=True)
class Submission:
    """Facts for a page's head, in words; "" where nothing is known.

    submitted, due: times in the course's zone; the student's deadline, an extension included
    lateness: the delay, such as "2 days 3 hours"; "" if it is not late
    to_grade: the gradebook's cells that nbgrader keeps for a person to grade
    by_hand: those whose points a person set
    """

    assignment: str = ""
    student: str = ""
    name: str = ""
    submitted: str = ""
    due: str = ""
    lateness: str = ""
    to_grade: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()


def find_submission(resources: dict, config: Config | None = None) -> Submission:
    """Look up a submission in the gradebook that nbgrader's converter names in `resources["nbgrader"]`.

    config: tells the course's time zone
    Without such an entry the result holds what `resources` alone tells.
    """
    zone = course_zone(config)
    given = resources.get("nbgrader") or {}
    assignment, student = str(given.get("assignment", "")), str(given.get("student", ""))
    if not (assignment and student and given.get("db_url")):
        return Submission(assignment, student)
    with Gradebook(given["db_url"]) as gradebook:
        try:
            found = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return Submission(assignment, student)
        grades = [grade for notebook in found.notebooks for grade in notebook.grades]
        due = deadline(found.assignment.duedate, found.extension)
        return Submission(
            assignment,
            student,
            name=" ".join(filter(None, (found.student.first_name, found.student.last_name))),
            submitted=zone.words(found.timestamp) if found.timestamp else "",
            due=zone.words(due) if due else "",
            lateness=in_words(lateness(found.timestamp, due)),
            to_grade=frozenset(grade.name for grade in grades if grade.needs_manual_grade),
            by_hand=frozenset(grade.name for grade in grades if grade.manual_score is not None),
        )
