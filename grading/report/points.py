"""All that the gradebook knows of a class and one assignment, read with a handful of queries."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload, undefer

from attention_lib.canonical import ANSWERS
from grading.course import CourseError, gradebook_trouble, require_gradebook


@dataclass(frozen=True)
class Points:
    """What the gradebook holds of one student's submission.

    scores: points by answer, those that a person set and extra credit included
    by_hand: the answers whose points a person set or added to
    total: nbgrader's score, the late penalty not yet taken off
    penalty: points to be taken off for being late
    submitted: when, in UTC; None if it is not known
    late_by: seconds after the due date, extensions included; 0 if it is not late
    complete: whether every graded cell has been graded
    """

    scores: dict[str, float]
    by_hand: frozenset[str]
    total: float
    penalty: float
    submitted: datetime | None
    late_by: float
    complete: bool

    @property
    def score(self) -> float:
        """The points that count, as nbgrader's own export has them."""
        return max(0.0, self.total - self.penalty)


@dataclass(frozen=True)
class ClassPoints:
    """names: full names ("" where there is none) of all students, by id; points: by id; due: in UTC, or None;
    of: the points that each answer can get."""

    names: dict[str, str] = field(default_factory=dict)
    points: dict[str, Points] = field(default_factory=dict)
    due: datetime | None = None
    of: dict[str, float] = field(default_factory=dict)


def class_points(course: CourseDirectory, assignment: str) -> ClassPoints:
    """Read them. Raises CourseError where the gradebook cannot be used, or does not have the assignment's cells."""
    require_gradebook(course, assignment, [f"test_{answer}" for answer in ANSWERS])
    try:
        with Gradebook(course.db_url, course.course_id) as gradebook:
            due = utc(gradebook.find_assignment(assignment).duedate)
            cells = gradebook.find_notebook(assignment, assignment).grade_cells
            return ClassPoints(
                {s.id: " ".join(filter(None, (s.first_name, s.last_name))) for s in gradebook.students},
                {each.student.id: _points(each, due) for each in _submissions(gradebook.db, assignment)},
                due,
                {_answer(cell.name): float(cell.max_score or 0) for cell in cells if _answer(cell.name) in ANSWERS},
            )
    except OperationalError as error:
        raise CourseError(gradebook_trouble(course, error)) from None


def utc(time: datetime | None) -> datetime | None:
    """nbgrader's times, which are in UTC and do not say so, as times that say it."""
    return time.replace(tzinfo=UTC) if time is not None else None


def _submissions(session: Session, assignment: str) -> list[SubmittedAssignment]:
    # One by one, each property would be a query of its own.
    grades = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades)
    return (
        session.query(SubmittedAssignment)
        .join(Assignment)
        .filter(Assignment.name == assignment)
        .options(
            grades.selectinload(Grade.cell),
            selectinload(SubmittedAssignment.student),
            undefer(SubmittedAssignment.score),
            undefer(SubmittedAssignment.late_submission_penalty),
        )
        .all()
    )


def _points(submission: SubmittedAssignment, due: datetime | None) -> Points:
    grades = {_answer(grade.name): grade for notebook in submission.notebooks for grade in notebook.grades}
    submitted = utc(submission.timestamp)
    extended = due + submission.extension if due and submission.extension else due
    return Points(
        scores={answer: float(grades[answer].score) for answer in ANSWERS if answer in grades},
        by_hand=frozenset(
            answer
            for answer in ANSWERS
            if answer in grades and (grades[answer].manual_score is not None or grades[answer].extra_credit)
        ),
        total=float(submission.score),
        penalty=float(submission.late_submission_penalty),
        submitted=submitted,
        late_by=max(0.0, (submitted - extended).total_seconds()) if submitted and extended else 0.0,
        complete=all(answer in grades and grades[answer].auto_score is not None for answer in ANSWERS),
    )


def _answer(cell: str) -> str:
    return cell.removeprefix("test_")
