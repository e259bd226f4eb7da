"""First stage of grading: the submission's text put into the instructor's notebook."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from course.folders import course_of, source_path
from grading.grade.submission.canonical import canonical_submission
from grading.source.released import read_source, released_version, stub_checksums


class Canonicalize(NbGraderPreprocessor):
    """Makes the canonical notebook out of what `SubmissionReader` read."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        source = read_source(source_path(course_of(self), resources["nbgrader"]["assignment"]))
        released = released_version(source, self.config)
        return canonical_submission(nb, source, released, stub_checksums(released)), resources
