"""The same lesson and the same submissions, graded by nbgrader as it is shipped."""

import shutil
import sys
from pathlib import Path

from tests.bench.class_of_many import ASSIGNMENT, Course
from tests.bench.process_tree import Measured, measure

# Limits of time are wide, so that a slow machine fails nobody; all else is nbgrader's default.
CONFIGURATION = """\
c = get_config()
c.CourseDirectory.course_id = "bench"
c.Execute.timeout = {cell_seconds}
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 120
"""
CELL_SECONDS = 120
NBGRADERS_CELL_SECONDS = 30


class PlainCourse(Course):
    """A course with the lesson of `other` in a folder of its own, with nbgrader's default preprocessors.

    cell_seconds: the limit for a cell
    """

    def __init__(self, folder: Path, other: Course, cell_seconds: int = CELL_SECONDS):
        self.folder = folder
        shutil.copytree(other.folder / "source", folder / "source")
        (folder / "nbgrader_config.py").write_text(CONFIGURATION.format(cell_seconds=cell_seconds))

    @property
    def working_folder(self) -> Path:
        return self.folder


def grade(course: PlainCourse) -> Measured:
    """Grade what is in `submitted/` and was not graded yet; where all was, this is the start-up alone."""
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--db", course.database]
    return measure(command, course.working_folder, course.environment)
