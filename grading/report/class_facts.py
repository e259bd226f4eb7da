"""What is known of a class: the gradebook's points, and the checks' records in the autograded notebooks."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from attention_lib.canonical import ANSWERS
from attention_lib.check_records import completed_records
from grading.course import CourseError, autograded_ids, submitted_ids
from grading.gradebook.class_table import printable
from grading.gradebook.completed import read_autograded, submission_digest
from grading.report.not_graded import kept_reasons
from grading.report.points import ClassPoints, Points, class_points, utc
from grading.report.student import Student
from grading.submission.files import read_timestamp
from grading.submission.student_ids import trouble_with


@dataclass(frozen=True)
class ClassFacts:
    """students: in the order of their ids; due: in UTC, or None; of: the points that each answer can get."""

    assignment: str
    students: list[Student]
    due: datetime | None
    of: dict[str, float]

    def with_status(self, status: str) -> list[Student]:
        """The students with this status."""
        return [student for student in self.students if student.status == status]


def class_facts(course: CourseDirectory, assignment: str) -> ClassFacts:
    """Everybody who handed in something or is in the gradebook. Raises CourseError, see `class_points`."""
    reader = _Reader(course, assignment, class_points(course, assignment))
    return ClassFacts(assignment, reader.students(), reader.book.due, reader.book.of)


class _Reader:
    def __init__(self, course: CourseDirectory, assignment: str, book: ClassPoints):
        self.book = book
        self._course, self._assignment = course, assignment
        self._reasons = kept_reasons(course, assignment)
        self._submitted = set(submitted_ids(course, assignment))
        # An extension alone makes an entry in the gradebook, too.
        entered = {student for student, points in book.points.items() if points.complete}
        self._handed_in = self._submitted | set(autograded_ids(course, assignment)) | entered

    def students(self) -> list[Student]:
        return [self._student(student) for student in sorted(self._handed_in | set(self.book.names))]

    def _student(self, student: str) -> Student:
        name = self.book.names.get(student, "")
        if student not in self._handed_in:
            return Student(student, name, "missing", reason="Nothing was handed in.")
        points = self.book.points.get(student)
        if reason := trouble_with(student):
            return self._not_graded(student, reason)
        notebook = read_autograded(self._course, self._assignment, student)
        again = f"run `python -m grading autograde {self._assignment}`"
        if notebook is None or points is None or not points.complete:
            return self._not_graded(student, f"its grading was not begun, or not finished ({again})")
        if student in self._submitted and notebook.metadata["attention101"]["graded"] != submission_digest(
            self._course, self._assignment, student
        ):
            return self._not_graded(student, f"it was handed in again after it had been graded ({again})")
        try:
            return _graded(student, name, points, self.book.of, notebook)
        except (AttributeError, KeyError, TypeError, ValueError):
            return self._not_graded(student, f"its autograded notebook is damaged (delete its folder and {again})")

    def _not_graded(self, student: str, reason: str) -> Student:
        submitted = late_by = None
        if student in self._submitted and not trouble_with(student):
            folder = Path(self._course.format_path(self._course.submitted_directory, student, self._assignment))
            try:
                submitted = utc(read_timestamp(folder))
            except CourseError as error:
                reason = str(error)
        if submitted and self.book.due:
            late_by = (submitted - self.book.due).total_seconds()
        return Student(
            student,
            self.book.names.get(student, ""),
            "not graded",
            submitted=submitted,
            late_by=max(0.0, late_by or 0.0),
            reason=one_line(f"Not graded, because {self._reasons.get(student, reason).rstrip('.')}."),
        )


def one_line(text: str) -> str:
    """The text on one line, with what cannot be printed spelt out."""
    return printable(" ".join(text.split()))


def _graded(student: str, name: str, points: Points, of: dict[str, float], notebook: NotebookNode) -> Student:
    entry = notebook.metadata["attention101"]
    records = {
        cell.metadata.nbgrader.grade_id.removeprefix("test_"): completed_records(cell.outputs)
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    problem = one_line(entry.get("problem") or "")
    sentences = [problem] if problem else []
    for answer in ANSWERS:
        if points.scores[answer] < of[answer] and (not problem or answer in points.by_hand):
            sentences.append(one_line(_why(answer, points, of, records.get(answer, []))))
    if points.penalty:
        taken = number(points.penalty)
        sentences.append(f"{taken} point{'' if points.penalty == 1 else 's'} taken off for being late.")
    return Student(
        student,
        name,
        "graded",
        scores=points.scores,
        by_hand=points.by_hand,
        score=points.score,
        penalty=points.penalty,
        submitted=points.submitted,
        late_by=points.late_by,
        reason=" ".join(sentences),
        mended=tuple(dict.fromkeys(one_line(note["message"]) for note in entry.get("mended", []))),
        unusable=bool(problem),
        records=records,
    )


def _why(answer: str, points: Points, of: dict[str, float], records: list[dict]) -> str:
    if answer in points.by_hand:
        return f"{answer}: a grader gave {number(points.scores[answer])} of {number(of[answer])}."
    # What could not be checked comes second: it waits for something else.
    found = [r["message"] for r in records if r["passed"] is False]
    found += [r["message"] for r in records if r["passed"] is None]
    if not found:
        return f"{answer}: its checks did not come to their end."
    more = len(set(found)) - 1
    first = found[0] if found[0].startswith(f"`{ANSWERS[answer]}`") else f"{answer}: {found[0]}"
    return first + (f" ({more} more finding{'' if more == 1 else 's'}.)" if more else "")


def number(points: float) -> str:
    """Points as people write them: 1, 0.5."""
    return f"{round(points, 6) + 0:.10g}"
