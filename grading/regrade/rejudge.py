"""Judges every graded submission again, in the sandbox. Writes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from attention_lib.assignment.declaration import Assignment, declared
from course.folders import CourseError, autograded_ids, gradebook_trouble, source_path, submitted_ids
from grading.grade.judging.reference import require_right
from grading.grade.run_notebook import common_request
from grading.grade.workers.messages import THE_REFERENCE, Request
from grading.grade.workers.pool import LocalPool
from grading.pages.feedback.page import FeedbackExporter
from grading.regrade.earlier import Earlier, NotToRegrade
from grading.regrade.rejudged import Rejudged
from grading.source.released import read_source


@dataclass(frozen=True)
class Rejudgement:
    """The class judged again: the submissions, by id; and why others were left alone or could not be judged."""

    judged: dict[str, Rejudged] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def rejudge_class(
    course: CourseDirectory,
    assignment: str,
    config: Config,
    pool: LocalPool,
    tell: Callable[[str, int, int], None] = lambda student, done, of: None,
    warn: Callable[[str], None] = lambda sentence: None,
) -> Rejudgement:
    """Judge with the source notebook's tests as they are now, and compare with what was decided before.

    pool: workers, which are closed at the end
    tell: called with a student's id, how many are done, and how many there are, after each one
    warn: called once with what the walls do not protect, if so
    Raises CourseError where the gradebook cannot be read, no wall stands, or the reference itself loses a point.
    """
    with pool, Gradebook(course.db_url, course.course_id) as gradebook:
        common = common_request(course, assignment, config)
        cells = declared(read_source(source_path(course, assignment)))
        shown = FeedbackExporter(config=config).reveal_hidden_tests
        result = Rejudgement()
        earlier = _earlier_gradings(gradebook, course, assignment, cells, result.left)
        pool.prepare(common, len(earlier))
        warned = False
        for outcome in pool.outcomes(_requests(course, assignment, common, earlier)):
            student = outcome.student
            if student == THE_REFERENCE:
                require_right(outcome.judged, outcome.failed)
            elif outcome.failed:
                result.failed[student] = outcome.failed
            else:
                result.judged[student] = Rejudged(earlier[student], outcome.judged, shown)
            if outcome.warning and not warned:
                warn(outcome.warning)
                warned = True
            tell(student, len(result.judged) + len(result.failed), len(earlier))
    return result


def _earlier_gradings(
    gradebook: Gradebook, course: CourseDirectory, assignment: str, cells: Assignment, left: dict[str, str]
) -> dict[str, Earlier]:
    """What was decided before, by student. Into `left` goes why others are left alone."""
    found = {}
    for student in sorted({*submitted_ids(course, assignment), *autograded_ids(course, assignment)}):
        try:
            found[student] = Earlier(gradebook, course, assignment, student, cells)
        except NotToRegrade as reason:
            left[student] = str(reason)
        except OperationalError as error:
            raise CourseError(gradebook_trouble(course, error)) from None
    return found


def _requests(
    course: CourseDirectory, assignment: str, common: Request, students: dict[str, Earlier]
) -> Iterator[Request]:
    yield replace(common, reference=True)
    for student in students:
        folder = Path(course.format_path(course.submitted_directory, student, assignment))
        yield replace(common, student=student, submitted=str(folder / f"{assignment}.ipynb"))
