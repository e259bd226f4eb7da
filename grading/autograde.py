"""`python -m grading autograde`: grades every folder of `submitted/`, those that nbgrader's command skips included."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbconvert.writers import FilesWriter
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import is_grade, parse_utc, rmtree
from traitlets.config import Config

from grading.completed import is_graded
from grading.course import CourseError, load_config, open_course, require_gradebook, source_path, submitted_ids
from grading.released import read_source
from grading.student_ids import trouble_with
from grading.submission_reader import TIMESTAMP


@dataclass(frozen=True)
class ClassRun:
    """What came of grading a class: ids in order, and for those that were not graded the reason."""

    graded: list[str]
    unchanged: list[str]
    not_graded: dict[str, str]


def autograde_class(
    assignment: str,
    config: Config | None = None,
    tell: Callable[[str, int, int], None] = lambda student, done, of: None,
) -> ClassRun:
    """Grade all that is in `submitted/` and not graded yet, also after an interruption.

    tell: called with a student's id, how many are done, and how many there are, before each one
    Raises CourseError where the source notebook or the gradebook's entry for it is missing.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    source = read_source(source_path(course, assignment))
    require_gradebook(course, assignment, [cell.metadata.nbgrader.grade_id for cell in source.cells if is_grade(cell)])
    students = submitted_ids(course, assignment)
    run = ClassRun([], [], {})
    for done, student in enumerate(students):
        tell(student, done, len(students))
        if reason := trouble_with(student):
            run.not_graded[student] = reason
            continue
        try:
            if is_graded(course, assignment, student):
                run.unchanged.append(student)
            else:
                SubmissionAutograde(coursedir=course, config=config).grade(assignment, student)
                run.graded.append(student)
        except CourseError as error:
            run.not_graded[student] = str(error)
        except Exception as error:
            run.not_graded[student] = f"the grader failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return run


class _TimestampAlone(BaseConverter):
    """Copies nothing from beside a submitted notebook but its time stamp."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        destination = Path(self._format_dest(assignment_id, student_id))
        destination.mkdir(parents=True)
        timestamp = Path(self._format_source(assignment_id, student_id)) / TIMESTAMP
        if timestamp.is_file() and not timestamp.is_symlink():
            shutil.copy(timestamp, destination)


class SubmissionAutograde(Autograde, _TimestampAlone):
    """nbgrader's own two stages for one submission, whatever its folder holds."""

    def grade(self, assignment: str, student: str) -> None:
        """Grade anew. If that fails, what was written is removed, and the error is raised."""
        destination = self._format_dest(assignment, student)
        self.notebooks = [os.path.join(self._format_source(assignment, student), f"{assignment}.ipynb")]
        notebook = self.notebooks[0]
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self._require_timestamp(assignment, student)
        _remove(destination)
        try:
            self.init_assignment(assignment, student)
            self.convert_single_notebook(notebook)
            self.set_permissions(assignment, student)
        except BaseException:
            _remove(destination)
            raise

    def _require_timestamp(self, assignment: str, student: str) -> None:
        path = Path(self._format_source(assignment, student)) / TIMESTAMP
        try:
            text = path.read_text().strip() if path.exists() else ""
            if text:
                parse_utc(text)
        except (OSError, ValueError, OverflowError):
            raise CourseError(f"{path} holds no time that can be read; correct it or remove it") from None


def _remove(folder: str) -> None:
    if os.path.lexists(folder):
        rmtree(folder)
