"""Saves what the tests gave into the gradebook, as nbgrader's own part does, and what nbgrader knows no way to say."""

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import completed_records, is_at_fault


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
