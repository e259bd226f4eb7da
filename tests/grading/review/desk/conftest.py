import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk_course import DeskCourse  # noqa: E402


@pytest.fixture
def course(tmp_path) -> DeskCourse:
    """A course without students."""
    return DeskCourse(tmp_path)
