"""Second stage of grading: run the canonical notebook, and leave the checks' records in it."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from grading.completed import seal
from grading.course import course_of, source_path
from grading.judge import Limits, judge
from grading.released import read_source


class RunNotebook(NbGraderPreprocessor):
    """Stands in nbgrader's list where `Execute` does."""

    cell_seconds = Float(20.0, help="Seconds that one cell may take.").tag(config=True)
    total_seconds = Float(180.0, help="Seconds that all runs of one submission may take together.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        given, course = resources["nbgrader"], course_of(self)
        source = read_source(source_path(course, given["assignment"]))
        notebook = judge(nb, source, Limits(self.cell_seconds, self.total_seconds))
        seal(notebook, course, given["assignment"], given["student"])
        return notebook, resources
