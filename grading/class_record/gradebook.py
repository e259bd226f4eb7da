"""All that the gradebook knows of a class and one assignment, read with a handful of queries."""

from datetime import UTC, datetime

from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload, undefer

from attention_lib.assignment.declaration import Answer, Assignment
from course.folders import CourseError, gradebook_trouble, require_gradebook


class Points:
    """What the gradebook holds of one student's submission. Columns are those of the class record.

    known: the columns for which there is an entry
    scores: points by column, those that a person set and extra credit included; none where neither tests nor a person
        gave any
    by_hand: the columns whose points a person set or added to
    to_grade: the columns that nbgrader keeps for a person to grade
    total: nbgrader's score, the late penalty not yet taken off
    penalty: points to be taken off for being late
    submitted: when, in UTC; None if it is not known
    extension: what was granted to the student, or None
    """

    def __init__(self, submission: SubmittedAssignment, declared: Assignment):
        found = {declared.column(grade.name): grade for part in submission.notebooks for grade in part.grades}
        grades = {cell.grade_id: found[cell.grade_id] for cell in declared.graded if cell.grade_id in found}
        scored = {c: grade for c, grade in grades.items() if (grade.auto_score, grade.manual_score) != (None, None)}
        self.known = frozenset(grades)
        self.scores = {column: float(grade.score) for column, grade in scored.items()}
        self.by_hand = frozenset(c for c, g in scored.items() if g.manual_score is not None or g.extra_credit)
        self.to_grade = frozenset(column for column, grade in grades.items() if grade.needs_manual_grade)
        self.total, self.penalty = float(submission.score), float(submission.late_submission_penalty)
        self.submitted, self.extension = utc(submission.timestamp), submission.extension


class ClassPoints:
    """names: full names ("" where there is none) of all students, by id; points: by id; due: in UTC, or None.

    Raises CourseError where the gradebook cannot be used, or does not have the assignment's cells.
    """

    def __init__(self, course: CourseDirectory, assignment: str, declared: Assignment):
        cells = [cell.test if isinstance(cell, Answer) else cell.grade_id for cell in declared.graded]
        require_gradebook(course, assignment, cells)
        try:
            with Gradebook(course.db_url, course.course_id) as gradebook:
                students, submissions = gradebook.students, _submissions(gradebook.db, assignment)
                self.names = {s.id: " ".join(filter(None, (s.first_name, s.last_name))) for s in students}
                self.points = {each.student.id: Points(each, declared) for each in submissions}
                self.due = utc(gradebook.find_assignment(assignment).duedate)
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
        .join(AssignmentRow)
        .filter(AssignmentRow.name == assignment)
        .options(
            grades.selectinload(Grade.cell),
            selectinload(SubmittedAssignment.student),
            undefer(SubmittedAssignment.score),
            undefer(SubmittedAssignment.late_submission_penalty),
        )
        .all()
    )
