"""Judges every graded submission anew, in the sandbox. Writes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from grading.course import CourseError, autograded_ids, gradebook_trouble, submitted_ids
from grading.feedback.page import FeedbackExporter
from grading.judging.run import RunNotebook
from grading.regrade.earlier import Earlier, NotToRegrade, earlier_grading
from grading.regrade.rejudged import Rejudged, compare
from grading.workers.pool import Answer, LocalPool, Task
from grading.workers.request import common_request


@dataclass(frozen=True)
class Rejudgement:
    """The class judged anew: the submissions, by id; and why others were left alone or could not be judged."""

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
    Raises CourseError where the gradebook cannot be read, or no wall stands.
    """
    with pool, Gradebook(course.db_url, course.course_id) as gradebook:
        common = common_request(course, assignment, config, RunNotebook(config=config).limits())
        shown = FeedbackExporter(config=config).reveal_hidden_tests
        result, earlier = Rejudgement(), _earlier_gradings(gradebook, course, assignment)
        result.left.update({student: found for student, found in earlier.items() if isinstance(found, str)})
        earlier = {student: found for student, found in earlier.items() if isinstance(found, Earlier)}
        pool.prepare(common, len(earlier))
        warned = False
        for done, answer in enumerate(pool.answers(_tasks(course, assignment, earlier)), start=1):
            _take(answer, earlier, result, shown)
            if answer.answer.get("warning") and not warned:
                warn(answer.answer["warning"])
                warned = True
            tell(answer.student, done, len(earlier))
    return result


def _earlier_gradings(gradebook: Gradebook, course: CourseDirectory, assignment: str) -> dict[str, Earlier | str]:
    """What was decided before, or why a submission is left alone, by student."""
    found = {}
    for student in sorted({*submitted_ids(course, assignment), *autograded_ids(course, assignment)}):
        try:
            found[student] = earlier_grading(gradebook, course, assignment, student)
        except NotToRegrade as reason:
            found[student] = str(reason)
        except OperationalError as error:
            raise CourseError(gradebook_trouble(course, error)) from None
    return found


def _tasks(course: CourseDirectory, assignment: str, students: dict[str, Earlier]) -> Iterator[Task]:
    for student in students:
        folder = Path(course.format_path(course.submitted_directory, student, assignment))
        yield Task(student, {"submitted": str(folder / f"{assignment}.ipynb")})


def _take(answer: Answer, earlier: dict[str, Earlier], result: Rejudgement, tests_are_shown: bool) -> None:
    if "refused" in answer.answer:
        raise CourseError(answer.answer["refused"])
    if failure := answer.failure or answer.answer.get("failed"):
        result.failed[answer.student] = failure
        return
    result.judged[answer.student] = compare(earlier[answer.student], answer.answer["notebook"], tests_are_shown)
