"""A submitted folder packed into JSON, for a worker that does not see the course's file system."""

import base64
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grading.grade.submission.handed_in_files import files_in, whose_content_counts
from handin.timestamp import is_linked

MOST_BYTES = 51_000_000  # more than `read_notebook` reads


def packed(path: Path) -> dict:
    """What `read_submission(path)` looks at: the content of what may be the notebook, and all else by its name."""
    folder, entries = path.parent, []
    if is_linked(folder):
        return {"name": path.name, "linked": True, "entries": entries}
    read = set(whose_content_counts(folder, path.name))
    for found in files_in(folder):
        name = base64.b64encode(os.fsencode(str(found))).decode()
        entries.append([name, *_content(folder / found, found in read)])
    return {"name": path.name, "linked": False, "is_folder": path.is_dir(), "entries": entries}


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
            if parcel["is_folder"]:
                (folder / parcel["name"]).mkdir()
        for name, kind, content in parcel["entries"]:
            place = folder / os.fsdecode(base64.b64decode(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            match kind:
                case "file":
                    place.write_bytes(base64.b64decode(content))
                case "large":
                    with place.open("wb") as file:
                        file.truncate(content)
                case "link":
                    place.symlink_to("nowhere")
                case "unreadable":
                    place.touch(mode=0)
                case _:
                    os.mkfifo(place)
        yield folder / parcel["name"]


def _content(path: Path, is_read: bool) -> tuple[str, object]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "link", None
    if not stat.S_ISREG(status.st_mode):
        return "special", None
    if not is_read:
        return "file", ""
    if status.st_size > MOST_BYTES:
        return "large", MOST_BYTES
    try:
        return "file", base64.b64encode(path.read_bytes()).decode()
    except OSError:
        return "unreadable", None
