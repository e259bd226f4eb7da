import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from course_folder import CourseFolder  # noqa: E402


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> CourseFolder:
    """A course of the small lesson, compiled by plain nbgrader, twice, as on a clean clone."""
    course = CourseFolder(tmp_path_factory.mktemp("course"))
    for _ in range(2):
        answer = course.command("nbgrader", "generate_assignment", "attention")
        assert answer.returncode == 0, answer.stderr
    return course


@pytest.fixture(scope="session")
def every_status(tmp_path_factory):
    """A graded class with every status in it, of an assignment of another kind than the lesson."""
    from tests.grading.written_course import class_with_every_status

    return class_with_every_status(tmp_path_factory.mktemp("every-status"))
