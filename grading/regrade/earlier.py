"""What was decided about a submission before: by whose tests, with which points, and whether it may be regraded."""

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from attention_lib.assignment.declaration import Assignment
from course.student_ids import trouble_with
from grading.grade.gradebook.completed import graded_digest, is_graded, read_autograded, submission_digest
from grading.regrade.backup import Backup
from grading.regrade.verdict import points_of


class NotToRegrade(Exception):
    """A submission that is left to `autograde`; the message says why, as a clause."""


class Earlier:
    """What the gradebook and `autograded/` say of one submission as it was graded.

    digest: stands for what was handed in
    notebook: the autograded notebook
    points: what the tests gave, by test cell
    by_hand: points that a person set, by test cell
    begun: whether a regrading of it was interrupted
    Raises NotToRegrade where it was not graded to its end, or was handed in again since.
    """

    def __init__(self, gradebook: Gradebook, course: CourseDirectory, assignment: str, student: str, cells: Assignment):
        if trouble := trouble_with(student):
            raise NotToRegrade(str(trouble))
        self.student, self.digest = student, submission_digest(course, assignment, student)
        notebook = read_autograded(course, assignment, student)
        before = Backup(course, assignment, student).notebook(self.digest)
        if is_graded(gradebook, course, assignment, student, cells):
            grades = grades_of(gradebook, assignment, student)
            self.points = {name: grade.auto_score for name, grade in grades.items() if name in cells.tests}
        elif before is not None and (grades := grades_of(gradebook, assignment, student)):
            # Interrupted somewhere between the gradebook and the notebook, so only the notebook of before is sure.
            notebook, self.points = before, points_of(before)
        elif notebook is None:
            raise NotToRegrade("it is not graded yet")
        elif graded_digest(notebook) != self.digest:
            raise NotToRegrade("what is in submitted/ is not what was graded: it was handed in again, or taken away")
        else:
            raise NotToRegrade("its points are not in the gradebook")
        self.notebook, self.begun = notebook, before is not None
        self.by_hand = {name: grade.manual_score for name, grade in grades.items() if grade.manual_score is not None}


def grades_of(gradebook: Gradebook, assignment: str, student: str) -> dict:
    """The gradebook's entries for a submission, by test cell; empty where it has none."""
    try:
        found = gradebook.find_submission_notebook(assignment, assignment, student)
    except MissingEntry:
        return {}
    return {grade.name: grade for grade in found.grades}
