"""The course that a command works on: its folders and its configuration, as plain `nbgrader` has them."""

import os
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from traitlets.config import Config, PyFileConfigLoader

from course.checkout import CHECKOUT, CourseError

__all__ = ["CHECKOUT", "CourseError"]


def load_config() -> Config:
    """The configuration in the checkout's `nbgrader_config.py`."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(CHECKOUT)).load_config()


def open_course(assignment: str, config: Config | None = None) -> CourseDirectory:
    """The course's folders. Raises CourseError where `assignment` has no source notebook."""
    config = load_config() if config is None else config
    course = CourseDirectory(config=config, assignment_id=assignment)
    source_path(course, assignment)
    return course


def course_of(configurable) -> CourseDirectory:
    """The course of a preprocessor or an exporter that nbgrader's converter has made."""
    while configurable is not None:
        if getattr(configurable, "coursedir", None) is not None:
            return configurable.coursedir
        configurable = configurable.parent
    raise CourseError("This part runs only within nbgrader's converters, which know the course's folders.")


def source_path(course: CourseDirectory, assignment: str) -> Path:
    """The instructor's notebook. Raises CourseError if it is not there."""
    path = Path(course.format_path(course.source_directory, ".", assignment)) / f"{assignment}.ipynb"
    if not path.is_file():
        folder = path.parent.parent
        known = sorted(p.name for p in folder.iterdir() if (p / f"{p.name}.ipynb").is_file()) if folder.is_dir() else []
        there = f"The course has: {', '.join(known)}." if known else f"No assignment is in {folder}."
        what = "is a folder, and no notebook file" if path.is_dir() else "is missing"
        raise CourseError(
            f"There is no assignment {assignment!r}: {path} {what}. {there} Check the name, and "
            "ATTENTION101_COURSE if you have set it."
        )
    return path


def submitted_ids(course: CourseDirectory, assignment: str) -> list[str]:
    """The names of all folders in `submitted/` that hold something for the assignment, in order."""
    return _ids(course, course.submitted_directory, assignment)


def autograded_ids(course: CourseDirectory, assignment: str) -> list[str]:
    """The names of all folders in `autograded/` with the assignment, in order."""
    return _ids(course, course.autograded_directory, assignment)


def feedback_ids(course: CourseDirectory, assignment: str) -> list[str]:
    """The names of all folders in `feedback/` with the assignment, in order."""
    return _ids(course, course.feedback_directory, assignment)


def _ids(course: CourseDirectory, step: str, assignment: str) -> list[str]:
    folder = Path(course.root) / step
    if not folder.is_dir():
        return []
    # Whatever stands there, a file or a broken link too, was handed in, and is answered for.
    return sorted(p.name for p in folder.iterdir() if os.path.lexists(p / assignment) or not p.exists())


def require_gradebook(course: CourseDirectory, assignment: str, grade_ids: list[str]) -> None:
    """Raises CourseError unless the gradebook has the assignment with these graded cells."""
    remedy = f"Run `nbgrader generate_assignment {assignment}`, then try again."
    try:
        with Gradebook(course.db_url, course.course_id) as gradebook:
            notebook = gradebook.find_notebook(assignment, assignment)
            found = {cell.name for cell in (*notebook.grade_cells, *notebook.task_cells)}
    except MissingEntry:
        raise CourseError(f"The gradebook {course.db_url} has no assignment {assignment!r}. {remedy}") from None
    except OperationalError as error:
        raise CourseError(gradebook_trouble(course, error)) from None
    missing = [grade_id for grade_id in grade_ids if grade_id not in found]
    if missing:
        raise CourseError(f"The gradebook {course.db_url} has no cell {', '.join(missing)}. {remedy}")


def gradebook_trouble(course: CourseDirectory, error: OperationalError) -> str:
    """Why the gradebook could not be used, with the remedy."""
    return (
        f"The gradebook {course.db_url} could not be used ({error.orig}). Close what else works with it, see that its "
        "disk has room and that you may write to it and to its folder, and run the same command again."
    )
