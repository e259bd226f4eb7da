import os
import pwd
import stat
from pathlib import Path

import pytest

from hub.class_folders import secure_folders
from hub.class_site import Site, SiteError

pytestmark = [pytest.mark.slow, pytest.mark.needs("root")]


def site(tmp_path: Path) -> Site:
    return Site(
        grader="nobody",
        course=tmp_path / "course",
        exchange=tmp_path / "exchange",
        for_students=tmp_path / "for_students",
        state=tmp_path / "state",
    )


def test_owners_and_modes_are_set_and_mended(tmp_path):
    for _ in range(2):
        secure_folders(site(tmp_path))
        found = {
            str(path.relative_to(tmp_path)): (stat.S_IMODE(path.stat().st_mode), path.owner())
            for path in sorted(tmp_path.rglob("*"))
        }
        assert found == {
            "course": (0o700, "nobody"),
            "exchange": (0o755, "nobody"),
            "exchange/attention101": (0o755, "nobody"),
            "exchange/attention101/outbound": (0o755, "nobody"),
            "exchange/attention101/inbound": (0o700, "nobody"),
            "exchange/attention101/feedback": (0o711, "nobody"),
            "state": (0o700, "root"),
        }
        os.chmod(tmp_path / "exchange/attention101/inbound", 0o777)


def test_a_link_or_the_folder_of_another_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "course").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SiteError, match="must be a folder"):
        secure_folders(site(tmp_path))
    (tmp_path / "course").unlink()
    (tmp_path / "course").mkdir()
    os.chown(tmp_path / "course", pwd.getpwnam("daemon").pw_uid, 0)
    with pytest.raises(SiteError, match="belongs to the user"):
        secure_folders(site(tmp_path))
    assert (tmp_path / "elsewhere").owner() == "root"
