"""First stage of grading: the submission's text put into the instructor's notebook."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, is_solution

from attention_lib.canonical import canonical_notebook
from grading.course import course_of, source_path
from grading.released import read_source, released_version


class Canonicalize(NbGraderPreprocessor):
    """Makes the canonical notebook out of what `SubmissionReader` read."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        source = read_source(source_path(course_of(self), resources["nbgrader"]["assignment"]))
        released = released_version(source, self.config)
        notebook = canonical_notebook(source, nb, released).notebook
        read = nb.metadata["attention101"]
        entry = notebook.metadata["attention101"]
        if read.get("problem"):
            entry.update(mended=read["mended"], problem=read["problem"])
        else:
            entry["mended"] = [*read["mended"], *entry["mended"]]
        _set_stub_checksums(notebook, released)
        return notebook, resources


def _set_stub_checksums(notebook: NotebookNode, released: NotebookNode) -> None:
    """By the checksum of the stub nbgrader tells an answer from no response."""
    stubs = {cell.metadata.nbgrader["grade_id"]: compute_checksum(cell) for cell in released.cells if is_solution(cell)}
    for cell in notebook.cells:
        if is_solution(cell):
            cell.metadata.nbgrader["checksum"] = stubs[cell.metadata.nbgrader["grade_id"]]
