"""The course's folders on a server with real Unix users: who owns them, and who may read what."""

import os
import pwd
import stat
from pathlib import Path

from hub.class_site import Site, SiteError


def secure_folders(site: Site) -> None:
    """Make the course's folders with the owner and the mode that they need; run as root, as often as you like.

    Students read what is handed out. They enter `feedback` without seeing what is in it, as nbgrader names each page
    by a secret of its author. `inbound`, the course and the hub's state are closed to them.
    Raises SiteError where something else than the grader's own folder stands at one of these places.
    """
    account = pwd.getpwnam(site.grader)
    owner = account.pw_uid, account.pw_gid
    exchange = site.exchange / site.course_id
    site.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(site.state, 0o700)
    for folder, mode in (
        (site.course, 0o700),
        (site.exchange, 0o755),
        (exchange, 0o755),
        (exchange / "outbound", 0o755),
        (exchange / "inbound", 0o700),
        (exchange / "feedback", 0o711),
    ):
        _secure(folder, owner, mode)


def _secure(folder: Path, owner: tuple[int, int], mode: int) -> None:
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, *owner)
    except FileExistsError:
        pass
    # Opened first, so that nothing can be put into its place between look and change.
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise SiteError(f"{folder} must be a folder ({error.strerror}). Move away what is there.") from None
    try:
        found = os.fstat(handle)
        if found.st_uid not in (owner[0], 0):
            name = pwd.getpwuid(owner[0]).pw_name
            raise SiteError(
                f"{folder} belongs to the user {found.st_uid}. Look what is in it, then: chown {name} {folder}"
            )
        os.fchown(handle, *owner)
        if stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(handle, mode)
    finally:
        os.close(handle)
