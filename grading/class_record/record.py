"""A class's record for one assignment: the gradebook's points, and the checks' records in the autograded notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from attention_lib.assignment.cells import noted, view
from attention_lib.assignment.check_records import completed_records, is_at_fault
from attention_lib.assignment.declaration import Assignment, declared
from course.folders import CourseError, autograded_ids, source_path, submitted_ids
from course.student_ids import trouble_with
from course.zone import course_zone
from grading.class_record.formats import one_line
from grading.class_record.gradebook import ClassPoints, Points, utc
from grading.class_record.not_graded import kept_reasons
from grading.class_record.reasons import reason_of
from grading.class_record.student import GRADED, MISSING, NOT_GRADED, PARTLY_GRADED, WAITS, Student
from grading.grade.gradebook.completed import graded_digest, read_autograded, submission_digest
from grading.source.released import read_source
from handin.lateness import lateness
from handin.timestamp import read_timestamp


@dataclass(frozen=True)
class ClassRecord:
    """students: in the order of their ids; due: in UTC, or None; of: the points that each column can get. There is a
    column for each graded cell, in the notebook's order, named by the grade_id of the answer or of the manually graded
    cell."""

    assignment: str
    students: list[Student]
    due: datetime | None
    of: dict[str, float]

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return list(self.of)

    @property
    def handed_in(self) -> list[Student]:
        """The students who handed in something."""
        return [student for student in self.students if student.status != MISSING]

    def with_status(self, status: str) -> list[Student]:
        """The students with this status."""
        return [student for student in self.students if student.status == status]


def class_record(course: CourseDirectory, assignment: str, not_graded: Mapping[str, str] | None = None) -> ClassRecord:
    """Everybody who handed in something or is in the gradebook.

    not_graded: reasons, as clauses by student id, of a run whose reasons could perhaps not be kept
    Raises CourseError, see `ClassPoints`.
    """
    cells = declared(read_source(source_path(course, assignment)))
    reader = _Reader(course, assignment, cells, kept_reasons(course, assignment) | dict(not_graded or {}))
    return ClassRecord(assignment, reader.students(), reader.due, {cell.grade_id: cell.points for cell in cells.graded})


class _Reader:
    def __init__(self, course: CourseDirectory, assignment: str, cells: Assignment, reasons: dict[str, str]):
        self._course, self._assignment, self._cells, self._reasons = course, assignment, cells, reasons
        self._book = ClassPoints(course, assignment, cells)
        self.due = self._book.due
        self._submitted = set(submitted_ids(course, assignment))
        # An extension alone makes an entry in the gradebook, too.
        entered = {student for student, points in self._book.points.items() if points.scores}
        self._handed_in = self._submitted | set(autograded_ids(course, assignment)) | entered

    def students(self) -> list[Student]:
        return [self._student(student) for student in sorted(self._handed_in | set(self._book.names))]

    def _student(self, student: str) -> Student:
        name = self._book.names.get(student, "")
        if student not in self._handed_in:
            return Student(student, name, MISSING, reason="Nothing was handed in.")
        points = self._book.points.get(student)
        if trouble := trouble_with(student):
            return self._not_graded(student, None, str(trouble))
        notebook = read_autograded(self._course, self._assignment, student)
        again = f"run `python -m grading autograde {self._assignment}`"
        unfinished = f"its grading was not begun, or not finished ({again})"
        if notebook is None or points is None:
            return self._not_graded(student, points, unfinished)
        if student in self._submitted and graded_digest(notebook) != submission_digest(
            self._course, self._assignment, student
        ):
            return self._not_graded(student, points, f"it was handed in again after it had been graded ({again})")
        try:
            judged = self._judged(student, name, points, notebook)
        except (AttributeError, KeyError, TypeError, ValueError):
            reason = f"its autograded notebook is damaged (delete its folder and {again})"
            return self._not_graded(student, points, reason)
        return judged or self._not_graded(student, points, unfinished)

    def _judged(self, student: str, name: str, points: Points, notebook: NotebookNode) -> Student | None:
        """A submission that was graded; None where the gradebook lacks points without which it was not."""
        records = {tested: completed_records(cell.outputs) for cell in notebook.cells if (tested := view(cell).tested)}
        # Where a person gave points all the same, nothing is open.
        at_fault = [a for a in self._cells.ids if is_at_fault(records.get(a, [])) and a not in points.by_hand]
        manual = [cell.grade_id for cell in self._cells.manual]
        if not points.known.issuperset(manual) or set(self._cells.ids) - set(points.scores) - set(at_fault):
            return None
        waits = [cell for cell in manual if cell in points.to_grade or cell not in points.scores]
        scores = {column: score for column, score in points.scores.items() if column not in at_fault}
        entry = noted(notebook)
        problem = one_line(entry.get("problem") or "")
        record = Student(
            student,
            name,
            PARTLY_GRADED if at_fault else WAITS if waits else GRADED,
            scores=scores,
            by_hand=points.by_hand,
            score=max(0.0, points.total - points.penalty) if scores else None,
            penalty=points.penalty,
            submitted=points.submitted,
            late_by=lateness(points.submitted, self.due, points.extension),
            mended=tuple(dict.fromkeys(one_line(note["message"]) for note in entry.get("mended", []))),
            unusable=bool(problem),
            records={answer: of_one for answer, of_one in records.items() if not is_at_fault(of_one)},
            at_fault=tuple(at_fault),
            waits=tuple(waits),
        )
        return replace(record, reason=reason_of(record, self._cells, problem))

    def _not_graded(self, student: str, points: Points | None, reason: str) -> Student:
        submitted = points.submitted if points else None
        if student in self._submitted and not trouble_with(student):
            folder = Path(self._course.format_path(self._course.submitted_directory, student, self._assignment))
            try:
                submitted = utc(read_timestamp(folder, course_zone(self._course.config))) or submitted
            except CourseError as error:
                submitted, reason = None, str(error)
        return Student(
            student,
            self._book.names.get(student, ""),
            NOT_GRADED,
            submitted=submitted,
            late_by=lateness(submitted, self.due, points.extension if points else None),
            reason=one_line(f"Not graded, because {self._reasons.get(student, reason).rstrip('.')}."),
        )
