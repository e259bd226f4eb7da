"""Second stage of grading: run the canonical notebook, and leave the checks' records in it."""

import json

import nbformat
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from course.folders import course_of
from grading.grade.gradebook.completed import seal, submission_digest
from grading.grade.judging.limits import Limits
from grading.grade.judging.reference import REFERENCE, in_words, take_out, tests_at_fault
from grading.grade.workers.local_worker import ask_own_worker
from grading.grade.workers.request import common_request

# What a run of nbgrader's converter has found out of the reference: by request, the tests at fault.
_at_fault: dict[str, dict[str, str]] = {}


def end_in_error_where_tests_are_at_fault(converter: type) -> None:
    """Let plain `nbgrader autograde` fail at its end where a test judged nobody. May be called any number of times.

    converter: nbgrader's `Autograde`
    """
    if "ends_in_error" in vars(converter):
        return
    converter.ends_in_error = True
    plain = converter.start

    def start(self) -> None:
        _at_fault.clear()
        plain(self)
        if sentences := [sentence for found in _at_fault.values() for sentence in in_words(found)]:
            raise NbGraderException("\n".join(sentences))

    converter.start = start


def _judged(answer: dict) -> NotebookNode:
    if "refused" in answer:
        # Nothing else stops nbgrader from trying every other student, too.
        raise SystemExit(answer["refused"])
    if "failed" in answer:
        raise RuntimeError(answer["failed"])
    return nbformat.from_dict(json.loads(answer["notebook"]))


class RunNotebook(NbGraderPreprocessor):
    """Stands in nbgrader's list where `Execute` does."""

    cell_seconds = Float(20.0, help="Seconds that one cell may take.").tag(config=True)
    total_seconds = Float(180.0, help="Seconds that all runs of one submission may take together.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        given, course = resources["nbgrader"], course_of(self)
        request = common_request(course, given["assignment"], self.config, self.limits())
        answer = ask_own_worker(request | {"canonical": json.dumps(nb)}, self.log.warning)
        notebook = _judged(answer)
        take_out(notebook, self._tests_at_fault(request))
        seal(notebook, submission_digest(course, given["assignment"], given["student"]))
        return notebook, resources

    def _tests_at_fault(self, request: dict) -> dict[str, str]:
        """Judges the reference once in a run."""
        key = json.dumps(request, sort_keys=True)
        if key not in _at_fault:
            _at_fault.clear()
            _at_fault[key] = tests_at_fault(_judged(ask_own_worker(request | REFERENCE, self.log.warning)))
            for sentence in in_words(_at_fault[key]):
                self.log.error("%s It judges nobody.", sentence)
        return _at_fault[key]

    def limits(self) -> Limits:
        """The two limits of time."""
        return Limits(self.cell_seconds, self.total_seconds)
