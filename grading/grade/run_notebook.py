"""Second stage of grading: run the canonical notebook, and leave the checks' records in it."""

import json
from dataclasses import replace

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float
from traitlets.config import Config

from attention_lib.verification.culprits import CELL_LIMIT_S, TOTAL_LIMIT_S
from course.checkout import CourseError
from course.folders import course_of, source_path
from course.secrets import secret_of
from grading.grade.gradebook.completed import seal, submission_digest
from grading.grade.judging import TimeLimits
from grading.grade.judging.reference import in_words, take_out, tests_at_fault
from grading.grade.workers.messages import Request
from grading.grade.workers.pool import ask_own_worker
from grading.in_place_of import in_place_of
from grading.sandbox.settings import Sandbox
from grading.source.released import read_source, released_version, stub_checksums


def end_in_error_where_tests_are_at_fault(converter: type) -> None:
    """Let plain `nbgrader autograde` fail at its end where a test judged nobody.

    converter: nbgrader's `Autograde`
    """

    @in_place_of(converter, "start")
    def start(plain, self) -> None:
        plain(self)
        if at_fault := getattr(self, "tests_at_fault", None):
            raise NbGraderException("\n".join(in_words(at_fault)))


class RunNotebook(NbGraderPreprocessor):
    """Stands in nbgrader's list where `Execute` does."""

    cell_seconds = Float(CELL_LIMIT_S, help="Seconds that one cell may take.").tag(config=True)
    total_seconds = Float(TOTAL_LIMIT_S, help="Seconds that all runs of one submission may take together.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        given, course = resources["nbgrader"], course_of(self)
        request = common_request(course, given["assignment"], self.config)
        notebook = self._judged(replace(request, canonical=json.dumps(nb)))
        take_out(notebook, self._tests_at_fault(request))
        seal(notebook, submission_digest(course, given["assignment"], given["student"]))
        return notebook, resources

    def _tests_at_fault(self, request: Request) -> dict[str, str]:
        """Judges the reference once in a run of nbgrader's converter."""
        converter = self.parent.parent
        if not hasattr(converter, "tests_at_fault"):
            converter.tests_at_fault = tests_at_fault(self._judged(replace(request, reference=True)))
            for sentence in in_words(converter.tests_at_fault):
                self.log.error("%s It judges nobody.", sentence)
        return converter.tests_at_fault

    def _judged(self, request: Request) -> NotebookNode:
        try:
            outcome = ask_own_worker(request, self.log.warning)
        except CourseError as refusal:
            # Nothing else stops nbgrader from trying every other student, too.
            raise SystemExit(str(refusal)) from None
        if outcome.failed:
            raise RuntimeError(outcome.failed)
        return outcome.judged


def settings_request(config: Config) -> Request:
    """What a worker needs to get ready: sandbox and limits."""
    run = RunNotebook(config=config)
    return Request(Sandbox(config=config).trait_values(config=True), TimeLimits(run.cell_seconds, run.total_seconds))


def common_request(course: CourseDirectory, assignment: str, config: Config) -> Request:
    """What a worker is told for every submission of an assignment: these settings, and the instructor's notebook."""
    source = read_source(source_path(course, assignment))
    released = released_version(source, config)
    texts = {"source": json.dumps(source), "released": json.dumps(released)}
    return replace(settings_request(config), **texts, stubs=stub_checksums(released), seed=secret_of(course, "checks"))
