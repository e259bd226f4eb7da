import pytest

from tests.grading.review.desk.desk_course import DeskCourse


@pytest.fixture
def course(tmp_path) -> DeskCourse:
    """A course without students."""
    return DeskCourse(tmp_path)
