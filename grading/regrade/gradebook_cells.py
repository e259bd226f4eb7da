"""Brings the gradebook's copy of the instructor's cells up to the source notebook. Leaves `release/` alone."""

from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config

from attention_lib.assignment.cells import view
from course.folders import source_path
from grading.source.released import read_source, released_version


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
    return [(view(cell).grade_id, cell.source.strip()) for cell in notebook.cells]
