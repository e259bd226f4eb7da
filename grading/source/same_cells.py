"""Where submissions are graded, nbgrader lets only the text of the instructor's cells change."""

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError

from attention_lib.assignment.cells import view
from course.folders import CourseError, gradebook_trouble, source_path
from grading.source.released import read_source


def require_same_cells(course: CourseDirectory, assignment: str) -> None:
    """Raises CourseError where submissions are graded, and the source has other cells than the gradebook.

    nbgrader itself finds out in the middle of its work, and by then has deleted the released version.
    """
    path = source_path(course, assignment)
    now = {seen.grade_id for cell in read_source(path).cells if (seen := view(cell)).is_marked}
    try:
        with Gradebook(course.db_url, course.course_id) as gradebook:
            notebook = gradebook.find_notebook(assignment, assignment)
            before = {cell.name for cell in notebook.source_cells}
            if now == before or not notebook.submissions:
                return
    except MissingEntry:
        return
    except OperationalError as error:
        raise CourseError(gradebook_trouble(course, error)) from None
    added, removed = (", ".join(sorted(cells)) or "none" for cells in (now - before, before - now))
    raise CourseError(
        f"{path} has other cells than those that were graded (added: {added}; removed: {removed}). Where submissions "
        "are graded, nbgrader lets only the text of cells change. Give the cells the ids that they had, and put what "
        "is new into one of them. Nothing was changed."
    )
