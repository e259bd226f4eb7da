"""Saves what the tests gave into the gradebook, as nbgrader's own part does, and what nbgrader knows no way to say."""

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade
from nbgrader.preprocessors import SaveAutoGrades

from attention_lib.assignment.cells import view
from attention_lib.check_records import completed_records, is_at_fault


class SavePoints(SaveAutoGrades):
    """Stands in nbgrader's list where `SaveAutoGrades` does.

    A test at fault gives no points, not even 0, and is nobody's to grade by hand. A cell that came into the notebook
    after a student had handed in for the first time is graded, too.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        if cell_index == 0:
            self._add_missing_entries()
        return super().preprocess_cell(cell, resources, cell_index)

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_score(cell, resources)
        seen = view(cell)
        if seen.is_test and is_at_fault(completed_records(cell.outputs)):
            names = seen.grade_id, self.notebook_id, self.assignment_id, self.student_id
            grade = self.gradebook.find_grade(*names)
            grade.auto_score, grade.needs_manual_grade = None, False
            self.gradebook.db.commit()

    def _add_missing_entries(self) -> None:
        submitted = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
        cells = submitted.notebook
        for kind, there, wanted in (
            (Grade, submitted.grades, [*cells.grade_cells, *cells.task_cells]),
            (Comment, submitted.comments, [*cells.solution_cells, *cells.task_cells]),
        ):
            known = {entry.cell_id for entry in there}
            self.gradebook.db.add_all(kind(cell_id=c.id, notebook=submitted) for c in wanted if c.id not in known)
        self.gradebook.db.commit()
