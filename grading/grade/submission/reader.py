"""First stage of grading: read what was handed in, whatever it is, and put its text into the instructor's notebook."""

from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List, Unicode

from attention_lib.assignment.declaration import declared
from course.folders import CourseError, course_of, source_path
from course.student_ids import trouble_with
from grading.grade.submission.canonical import canonical_submission
from grading.grade.submission.files import UncopiedFolders, bring_along
from grading.grade.submission.read_submission import read_submission
from grading.source.released import read_source, released_version, stub_checksums


class SubmissionReader(NotebookExporter):
    """The exporter of nbgrader's `Autograde`: lenient with a student's file, plain with the one that we wrote."""

    kept_files = List(
        Unicode(),
        help=(
            "Names or patterns of files beside the notebook that go along to autograded/. All others are left behind, "
            "and so are links. A file of a type that a browser might run, such as page.html or picture.svg, goes "
            "along with .txt at the end of its name, so that it is never run in the browser of whoever looks at it."
        ),
    ).tag(config=True)

    def __init__(self, config=None, **kw):
        super().__init__(config=config, **kw)
        if isinstance(self.parent, BaseConverter):
            self.parent.coursedir = UncopiedFolders.of(self.parent.coursedir)

    def from_filename(self, filename: str, resources=None, **kw):
        """Read a notebook, and hand it to the preprocessors.

        In the first of nbgrader's two stages a file without a usable notebook becomes an empty notebook whose
        `metadata.attention101.problem` says why, in a sentence for the student.

        Raises CourseError for a student id that nbgrader cannot handle.
        """
        if not self.parent._sanitizing:
            return super().from_filename(filename, resources=resources, **kw)
        path = Path(filename)
        given = resources["nbgrader"]
        course = self.parent.coursedir
        if trouble := trouble_with(given["student"]):
            raise CourseError(f"{given['student']!r} was not graded, because {trouble}")
        bring_along(
            path.parent,
            Path(course.format_path(course.source_directory, ".", given["assignment"])),
            Path(self.parent._format_dest(given["assignment"], given["student"])),
            self.kept_files,
            course.max_file_size * 1000,
        )
        source = read_source(source_path(course, given["assignment"]))
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(read_submission(path, declared(source)), resources=resources, **kw)


class Canonicalize(NbGraderPreprocessor):
    """Makes the canonical notebook out of what `SubmissionReader` read."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        source = read_source(source_path(course_of(self), resources["nbgrader"]["assignment"]))
        released = released_version(source, self.config)
        return canonical_submission(nb, source, released, stub_checksums(released)), resources
