"""A submitted folder packed into JSON, for a worker that does not see the course's file system."""

import base64
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 51_000_000  # more than `read_notebook` reads


def packed(path: Path) -> dict:
    """What `read_submission(path)` looks at: the notebooks of the folder, and what is no file but should be one."""
    entries = []
    if path.parent.is_symlink() or path.parent.parent.is_symlink():
        return {"name": path.name, "linked": True, "entries": entries}
    for found in sorted(path.parent.iterdir()) if path.parent.is_dir() else []:
        if found.suffix == ".ipynb":
            name = base64.b64encode(os.fsencode(found.name)).decode()
            entries.append([name, *_content(found)])
    return {"name": path.name, "linked": False, "entries": entries}


@contextmanager
def unpacked(parcel: dict) -> Iterator[Path]:
    """A folder like the one that was packed; gives the path at which the notebook should be."""
    with tempfile.TemporaryDirectory(prefix="attention101-") as scratch:
        folder = Path(scratch) / "student" / "assignment"
        if parcel["linked"]:
            folder.parent.mkdir()
            folder.symlink_to("nowhere")
        else:
            folder.mkdir(parents=True)
        for name, kind, content in parcel["entries"]:
            place = folder / os.fsdecode(base64.b64decode(name))
            match kind:
                case "file":
                    place.write_bytes(base64.b64decode(content))
                case "large":
                    with place.open("wb") as file:
                        file.truncate(content)
                case "link":
                    place.symlink_to("nowhere")
                case "folder":
                    place.mkdir()
                case "unreadable":
                    place.touch(mode=0)
                case _:
                    os.mkfifo(place)
        yield folder / parcel["name"]


def _content(path: Path) -> tuple[str, object]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "link", None
    if stat.S_ISDIR(status.st_mode):
        return "folder", None
    if not stat.S_ISREG(status.st_mode):
        return "special", None
    if status.st_size > MOST_BYTES:
        return "large", MOST_BYTES
    try:
        return "file", base64.b64encode(path.read_bytes()).decode()
    except OSError:
        return "unreadable", None
