"""Brings the gradebook's copy of the instructor's cells up to the source notebook. Leaves `release/` alone."""

from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from traitlets.config import Config

from grading.course import CourseError, require_gradebook, source_path
from grading.released import read_source, released_version


def require_same_cells(course: CourseDirectory, assignment: str) -> None:
    """Raises CourseError where the source has other cells than the gradebook: nbgrader keeps those of graded work."""
    source = read_source(source_path(course, assignment))
    require_gradebook(course, assignment, [cell.metadata.nbgrader.grade_id for cell in source.cells if is_grade(cell)])
    kinds = (is_grade, is_solution, is_task, is_locked)
    now = {cell.metadata.nbgrader.grade_id for cell in source.cells if any(kind(cell) for kind in kinds)}
    with Gradebook(course.db_url, course.course_id) as gradebook:
        before = {cell.name for cell in gradebook.find_notebook(assignment, assignment).source_cells}
    if now != before:
        added, removed = (", ".join(sorted(cells)) or "none" for cells in (now - before, before - now))
        raise CourseError(
            f"{source_path(course, assignment)} has other cells than those that were graded (added: {added}; removed: "
            f"{removed}). Where submissions are graded, nbgrader lets only the text of cells change. Give the cells "
            "the ids that they had, and put what is new into one of them. Nothing was changed."
        )


def update_cells(course: CourseDirectory, assignment: str, config: Config) -> None:
    """Do what `nbgrader generate_assignment` does to the gradebook: text, points and type of each cell."""
    converter = GenerateAssignment(coursedir=course, config=config)
    names = {"notebook": assignment, "assignment": assignment, "student": ".", "db_url": course.db_url}
    notebook, resources = read_source(source_path(course, assignment)), ResourcesDict(nbgrader=names)
    for preprocessor in converter.preprocessors[: converter.preprocessors.index(SaveCells) + 1]:
        notebook, resources = preprocessor(parent=converter).preprocess(notebook, resources)


def release_lags(course: CourseDirectory, assignment: str, config: Config) -> bool:
    """Whether `release/` has a student version, and another one than the source notebook gives."""
    path = source_path(course, assignment)
    released = Path(course.format_path(course.release_directory, ".", assignment)) / path.name
    return released.is_file() and _texts(read_source(released)) != _texts(released_version(read_source(path), config))


def _texts(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source.strip()) for cell in notebook.cells]
