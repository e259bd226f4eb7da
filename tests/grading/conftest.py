import pytest

from tests.course_folder import compiled_course, course  # noqa: F401


@pytest.fixture(scope="session")
def every_status(tmp_path_factory):
    """A graded class with every status in it, of an assignment of another kind than the lesson."""
    from tests.grading.written_course import class_with_every_status

    return class_with_every_status(tmp_path_factory.mktemp("every-status"))
