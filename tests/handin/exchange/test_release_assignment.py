"""Nobody but its owner may rename what is in the exchange."""

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory

from handin.exchange.release_assignment import ReleaseWithDeadline


@pytest.mark.parametrize(
    ("before", "after"), [(None, 0o1777), (0o777, 0o1777), (0o1777, 0o1777), (0o755, 0o755), (0o2775, 0o2775)]
)
def test_the_exchange_keeps_its_mode_unless_everybody_could_rename_courses(tmp_path, before, after):
    root = tmp_path / "exchange"
    if before is not None:
        root.mkdir()
        root.chmod(before)
    release = ReleaseWithDeadline(coursedir=CourseDirectory(), authenticator=Authenticator(), root=str(root))
    release.ensure_root()
    assert root.stat().st_mode & 0o7777 == after


def test_an_exchange_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    root = tmp_path / "file" / "exchange"
    release = ReleaseWithDeadline(coursedir=CourseDirectory(), authenticator=Authenticator(), root=str(root))
    with pytest.raises(Exception, match="could not be made .*Exchange.root"):
        release.ensure_root()
