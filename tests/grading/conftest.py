from collections.abc import Iterator

import pytest

from tests.course_folder import alembic_asked_once, compiled_course, course  # noqa: F401
from tests.grading.kept_pool import end_pools


@pytest.fixture(scope="session")
def every_status(tmp_path_factory):
    """A graded class with every status in it, of an assignment of another kind than the lesson."""
    from tests.grading.written_course import class_with_every_status

    return class_with_every_status(tmp_path_factory.mktemp("every-status"))


@pytest.fixture(scope="session", autouse=True)
def kept_pools() -> Iterator[None]:
    """The shared worker is ended with the last test."""
    yield
    end_pools()
