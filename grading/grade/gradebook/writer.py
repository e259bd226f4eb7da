"""Writes what came of a submission: its points into the gradebook, its notebook into `autograded/`. One writer only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from traitlets.config import Config

from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import completed_records, is_at_fault
from attention_lib.written_file import write_file
from course.zone import course_zone
from grading.grade.gradebook.completed import autograded_path, seal
from grading.grade.gradebook.late_penalty import set_penalty
from grading.grade.submission.files import bring_along
from grading.grade.submission.reader import SubmissionReader
from handin.timestamp import read_timestamp


@contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """nbgrader commits after each of its steps. In here all of them are committed at the end, or none is."""
    session = gradebook.db
    commit = session.commit
    session.commit = session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


class GradebookWriter:
    """Does for one submission what nbgrader's `Autograde` does, with nbgrader's own parts, over one open gradebook."""

    def __init__(self, gradebook: Gradebook, course: CourseDirectory, assignment: str, config: Config):
        self._gradebook, self._course, self._assignment = gradebook, course, assignment
        self._converter = Autograde(coursedir=course, config=config)
        self._kept_files = SubmissionReader(config=config).kept_files
        self._grades = SavePoints(config=config)
        self._grades.gradebook = gradebook
        self._grades.notebook_id = self._grades.assignment_id = assignment
        self._config = config

    def write(self, student: str, notebook: nbformat.NotebookNode, digest: str) -> None:
        """Write one. The notebook comes last and at once: without it the submission counts as not graded.

        notebook: the judged notebook
        digest: stands for the submission that it is of
        Raises CourseError, OSError, and SQLAlchemy's errors; nothing is then left that looks graded.
        """
        path = autograded_path(self._course, self._assignment, student)
        folder = Path(self._course.format_path(self._course.submitted_directory, student, self._assignment))
        timestamp = read_timestamp(folder, course_zone(self._config))
        master = Path(self._course.format_path(self._course.source_directory, ".", self._assignment))
        bring_along(folder, master, path.parent, self._kept_files, self._course.max_file_size * 1000)
        with one_transaction(self._gradebook):
            submission = self._write_points(student, notebook, timestamp)
        self._assign_penalty(student, submission)
        seal(notebook, digest)
        write_file(path, json.dumps(notebook, indent=1, sort_keys=True) + "\n")
        self._converter.set_permissions(self._assignment, student)

    def _write_points(
        self, student: str, notebook: nbformat.NotebookNode, timestamp: datetime | None
    ) -> SubmittedAssignment:
        book = self._gradebook
        book.update_or_create_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        submission = book.update_or_create_submission(self._assignment, student, **when)
        self._grades.student_id = student
        for index, cell in enumerate(notebook.cells):
            self._grades.preprocess_cell(cell, {}, index)
        return submission

    def _assign_penalty(self, student: str, submission: SubmittedAssignment) -> None:
        if set_penalty(submission, self._config):
            self._gradebook.db.commit()


class SavePoints(SaveAutoGrades):
    """Stands in nbgrader's list where `SaveAutoGrades` does.

    A test at fault gives no points, not even 0, and is nobody's to grade by hand.
    """

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_score(cell, resources)
        seen = view(cell)
        if seen.is_test and is_at_fault(completed_records(cell.outputs)):
            names = seen.grade_id, self.notebook_id, self.assignment_id, self.student_id
            grade = self.gradebook.find_grade(*names)
            grade.auto_score, grade.needs_manual_grade = None, False
            self.gradebook.db.commit()
