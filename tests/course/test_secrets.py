import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from nbgrader.coursedir import CourseDirectory

from course.checkout import CourseError
from course.secrets import secret_of


@pytest.fixture
def course(tmp_path):
    return CourseDirectory(root=str(tmp_path))


def test_a_secret_is_made_once_for_the_owner_alone(course, tmp_path):
    found = secret_of(course, "checks")
    path = tmp_path / ".secrets" / "checks"
    assert len(found) == 64 and secret_of(course, "checks") == found != secret_of(course, "other")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(os.listdir(path.parent)) == ["checks", "other"]


def test_all_who_ask_at_once_get_the_same(course):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret_of(course, "checks"), range(40)))) == 1


def test_an_empty_one_is_named_with_a_remedy(course, tmp_path):
    secret_of(course, "checks")
    (tmp_path / ".secrets" / "checks").write_text("")
    with pytest.raises(CourseError, match="checks is empty. Take it from a backup"):
        secret_of(course, "checks")
