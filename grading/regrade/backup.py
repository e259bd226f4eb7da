"""The autograded folder of before, kept aside until a submission's regrading is done: the mark of one that is not."""

import os
import shutil
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from grading.grade.gradebook.completed import autograded_path, graded_digest, read_judged


class Backup:
    """The place for one submission's folder. nbgrader does not see it, because its name begins with a dot."""

    def __init__(self, course: CourseDirectory, assignment: str, student: str):
        self._notebook = autograded_path(course, assignment, student)
        self._folder = self._notebook.parent
        self._backup = self._folder.with_name(f".{assignment}.before")

    def notebook(self, digest: str) -> NotebookNode | None:
        """The notebook of before; None unless a regrading was begun and not finished.

        digest: stands for the submission that is there now; a notebook of another one does not count
        """
        notebook = read_judged(self._backup / self._notebook.name)
        return notebook if notebook and graded_digest(notebook) == digest else None

    def begin(self) -> None:
        """Begin: without its folder the submission counts as not graded, for every other command too."""
        _remove(self._backup)
        os.replace(self._folder, self._backup)

    def restore(self) -> None:
        """Give up: all is as it was before."""
        _remove(self._folder)
        os.replace(self._backup, self._folder)

    def remove(self) -> None:
        """The regrading is done."""
        _remove(self._backup)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
