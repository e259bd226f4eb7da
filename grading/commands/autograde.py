"""`python -m grading autograde`: grades every folder of `submitted/`, those that nbgrader's command skips included."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from attention_lib.assignment.declaration import Assignment, declared
from attention_lib.sentences import error_in_words
from course.folders import CourseError, load_config, open_course, require_gradebook, source_path, submitted_ids
from course.student_ids import trouble_with
from grading.class_record.not_graded import keep_reasons
from grading.grade.gradebook.completed import is_graded, submission_digest
from grading.grade.gradebook.late_penalty import reassess_lateness
from grading.grade.gradebook.writer import GradebookWriter
from grading.grade.judging.reference import take_out, tests_at_fault
from grading.grade.run_notebook import common_request, settings_request
from grading.grade.workers.dask_pool import DaskPool
from grading.grade.workers.messages import THE_REFERENCE, Outcome, Request
from grading.grade.workers.parcel import packed
from grading.grade.workers.pool import LocalPool, Pool
from grading.source.faults import require_sound_source
from grading.source.released import graded_cells, read_source


@dataclass(frozen=True)
class ClassRun:
    """What came of grading a class: ids, and for those that were not graded the reason; in which walls.

    late_again: those of `unchanged` whose late penalty changed, because the deadline was moved
    at_fault: the tests that fail over the instructor's own solution, by answer, with what they say; they judge nobody
    """

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_graded: dict[str, str] = field(default_factory=dict)
    walls: set[str] = field(default_factory=set)
    late_again: list[str] = field(default_factory=list)
    at_fault: dict[str, str] = field(default_factory=dict)


def autograde_class(
    assignment: str,
    config: Config | None = None,
    tell: Callable[[str, int, int], None] = lambda student, done, of: None,
    warn: Callable[[str], None] = lambda sentence: None,
    jobs: int = 1,
    scheduler: str = "",
    pool: Pool | None = None,
) -> ClassRun:
    """Grade all that is in `submitted/` and not graded yet, also after an interruption.

    tell: called with a student's id, how many are done, and how many there are, after each one
    warn: called once with what the walls do not protect, if so
    jobs: how many submissions are judged side by side on this machine
    scheduler: address of a Dask scheduler, whose workers judge instead of this machine's
    pool: workers that were started before, which are closed at the end; `jobs` and `scheduler` are then not used
    Raises CourseError where the source notebook or the gradebook's entry for it is missing, or no wall stands.
    """
    if pool is None:
        pool = DaskPool(scheduler) if scheduler else LocalPool(jobs)
    with pool:
        config = load_config() if config is None else config
        course = open_course(assignment, config)
        pool.prepare(settings_request(config), len(submitted_ids(course, assignment)))
        # Meanwhile the workers get ready.
        require_sound_source(course, assignment)
        source = read_source(source_path(course, assignment))
        common = common_request(course, assignment, config)
        require_gradebook(course, assignment, graded_cells(source))
        cells = declared(source)
        with Gradebook(course.db_url, course.course_id) as gradebook:
            run = _ClassGrading(course, assignment, config, gradebook, cells, common, tell, warn).grade(pool)
    keep_reasons(course, assignment, run.not_graded)
    return run


@dataclass
class _ClassGrading:
    course: CourseDirectory
    assignment: str
    config: Config
    gradebook: Gradebook
    cells: Assignment
    common: Request
    tell: Callable[[str, int, int], None]
    warn: Callable[[str], None]

    def __post_init__(self):
        self._writer = GradebookWriter(self.gradebook, self.course, self.assignment, self.config)
        self._run = ClassRun()
        self._students = submitted_ids(self.course, self.assignment)
        self._digests: dict[str, str] = {}
        # Nothing is written before it is known which tests are at fault.
        self._reference_is_judged = False
        self._waiting: list[Outcome] = []

    def grade(self, pool: Pool) -> ClassRun:
        self._sees_the_course = isinstance(pool, LocalPool)
        for outcome in pool.outcomes(self._requests()):
            if outcome.student == THE_REFERENCE:
                self._take_reference(outcome)
            elif self._reference_is_judged:
                self._take(outcome)
            else:
                self._waiting.append(outcome)
        return self._run

    def _requests(self) -> Iterator[Request]:
        """What there is to judge, the reference first; what is not to be judged goes straight into the result."""
        to_judge = self._submissions()
        first = next(to_judge, None)
        if first is not None:
            yield from (replace(self.common, reference=True), first)
            yield from to_judge

    def _submissions(self) -> Iterator[Request]:
        for student in self._students:
            if trouble := trouble_with(student):
                self._done(student, str(trouble))
                continue
            try:
                if is_graded(self.gradebook, self.course, self.assignment, student, self.cells):
                    self._run.unchanged.append(student)
                    if reassess_lateness(self.gradebook, self.assignment, student, self.config):
                        self._run.late_again.append(student)
                    self._done(student)
                    continue
                self._digests[student] = submission_digest(self.course, self.assignment, student)
                yield self._request(student)
            except Exception as error:
                self._done(student, _failure(error))

    def _request(self, student: str) -> Request:
        folder = Path(self.course.format_path(self.course.submitted_directory, student, self.assignment))
        path = folder / f"{self.assignment}.ipynb"
        given = {"submitted": str(path)} if self._sees_the_course else {"parcel": packed(path)}
        return replace(self.common, student=student, **given)

    def _take_reference(self, outcome: Outcome) -> None:
        if outcome.failed:
            raise CourseError(
                f"Nothing was graded: the instructor's own solution could not be judged: {outcome.failed}"
            )
        self._run.at_fault.update(tests_at_fault(outcome.judged))
        self._reference_is_judged = True
        for early in self._waiting:
            self._take(early)
        self._waiting.clear()

    def _take(self, outcome: Outcome) -> None:
        student = outcome.student
        if outcome.failed:
            self._done(student, outcome.failed)
            return
        if outcome.warning and outcome.walls not in self._run.walls:
            self.warn(outcome.warning)
        self._run.walls.add(outcome.walls)
        try:
            notebook = outcome.judged
            take_out(notebook, self._run.at_fault)
            self._writer.write(student, notebook, self._digests.pop(student))
            self._run.graded.append(student)
            self._done(student)
        except Exception as error:
            self._done(student, _failure(error))

    def _done(self, student: str, reason: str = "") -> None:
        if reason:
            self._run.not_graded[student] = reason
        run = self._run
        self.tell(student, len(run.graded) + len(run.unchanged) + len(run.not_graded), len(self._students))


def _failure(error: Exception) -> str:
    if isinstance(error, CourseError):
        return str(error)
    # nbgrader wraps the former into the latter in some places.
    if isinstance(error, OperationalError | InvalidEntry):
        return f"the gradebook could not be written: {' '.join(str(error).split())[:300]}"
    return f"the grader failed: {error_in_words(error)}"
