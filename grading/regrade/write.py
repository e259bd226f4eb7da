"""Writes what was judged again, one submission after the other: points, notebook, feedback page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, InvalidEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config

from attention_lib.sentences import error_in_words
from course.folders import CourseError
from grading.commands.feedback import SubmissionFeedback
from grading.grade.gradebook.completed import submission_digest
from grading.grade.gradebook.writer import GradebookWriter
from grading.regrade.backup import Backup
from grading.regrade.earlier import grades_of
from grading.regrade.gradebook_cells import update_cells
from grading.regrade.rejudged import Rejudged


@dataclass(frozen=True)
class Written:
    """What was written: the students; the pages made again; and why others were not written, by student."""

    students: list[str] = field(default_factory=list)
    pages: dict[str, Path] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def write_all(
    course: CourseDirectory,
    assignment: str,
    config: Config,
    judged: list[Rejudged],
    written: Written,
    tell: Callable[[str, int, int], None] = lambda student, done, of: None,
) -> None:
    """Write these. May be interrupted anywhere: who is not written to the end is found by the next run.

    written: is filled as it goes on
    tell: called with a student's id, how many are done, and how many there are, after each one
    Raises CourseError where the gradebook cannot be written.
    """
    try:
        update_cells(course, assignment, config)
        with Gradebook(course.db_url, course.course_id) as gradebook:
            writing = _Writing(gradebook, course, assignment, config)
            for done, item in enumerate(judged, start=1):
                writing.write(item, written)
                tell(item.earlier.student, done, len(judged))
    except (DBAPIError, InvalidEntry) as error:
        raise CourseError(
            f"The gradebook {course.db_url} could not be written ({' '.join(str(error).split())[:200]}). "
            f"{len(written.students)} of {len(judged)} submissions were written before, and nothing is lost of the "
            "others. Close what else works with the gradebook, see that its disk has room and that you may write to it "
            "and to its folder, then run the same command again: it does the rest."
        ) from None


class _Writing:
    def __init__(self, gradebook: Gradebook, course: CourseDirectory, assignment: str, config: Config):
        self._gradebook, self._course, self._assignment, self._config = gradebook, course, assignment, config
        self._writer = KeepingWriter(gradebook, course, assignment, config)

    def write(self, item: Rejudged, written: Written) -> None:
        earlier, student = item.earlier, item.earlier.student
        if submission_digest(self._course, self._assignment, student) != earlier.digest:
            written.failed[student] = (
                f"it was handed in again meanwhile (run `python -m grading autograde {self._assignment}`)"
            )
            return
        backup = Backup(self._course, self._assignment, student)
        try:
            if not earlier.begun:
                backup.begin()
            self._write_or_put_back(item, backup)
            if item.new_page:
                page = SubmissionFeedback(coursedir=self._course, config=self._config)
                written.pages[student] = page.make_page(self._assignment, student)
            backup.remove()
            written.students.append(student)
        except (DBAPIError, InvalidEntry):
            raise
        except Exception as error:
            written.failed[student] = f"{error_in_words(error)} (mend that, then run the same command again)"

    def _write_or_put_back(self, item: Rejudged, backup: Backup) -> None:
        try:
            self._writer.write(item.earlier.student, item.notebook, item.earlier.digest)
        except Exception:
            if not item.earlier.begun and self._has_points_of_before(item):
                backup.restore()
            raise

    def _has_points_of_before(self, item: Rejudged) -> bool:
        grades = grades_of(self._gradebook, self._assignment, item.earlier.student)
        return {name: grade.auto_score for name, grade in grades.items()} == item.earlier.points


class KeepingWriter(GradebookWriter):
    """Leaves a grader's own points as settled as they were, unless the tests now say something else about the cell.

    nbgrader itself marks every cell with points set by hand as one to be looked at again.
    """

    def _write_points(self, student: str, notebook: NotebookNode, timestamp: datetime | None) -> SubmittedAssignment:
        grades = grades_of(self._gradebook, self._assignment, student)
        before = {name: (grade.auto_score, grade.needs_manual_grade) for name, grade in grades.items()}
        submission = super()._write_points(student, notebook, timestamp)
        for name, grade in grades_of(self._gradebook, self._assignment, student).items():
            points, open_before = before[name]
            if grade.auto_score == points:
                grade.needs_manual_grade = open_before
        return submission
