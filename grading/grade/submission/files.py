"""What of a submission's folder goes along to `autograded/` beside the notebook: the time stamp, and what is named."""

import errno
import os
import shutil
import stat
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree

from attention_lib.handin.handed_in import TIMESTAMP
from course.zone import course_zone
from handin.timestamp import is_linked, read_timestamp

# Types that no browser takes for a page, a picture with scripts, or a program.
_INERT = frozenset(
    ".txt .csv .tsv .json .npy .npz .png .jpg .jpeg .gif .py .md .yaml .yml .toml .pt .safetensors".split()
)


class UncopiedFolders(CourseDirectory):
    """A course's folders for a converter that shall copy no file by itself.

    nbgrader follows links while it copies what lies beside a notebook: into a source notebook, or into a device that
    never ends.
    """

    @classmethod
    def of(cls, course: CourseDirectory) -> "UncopiedFolders":
        """The same folders and settings."""
        settings = {name: getattr(course, name) for name in course.trait_names(config=True)}
        return cls(parent=course.parent, **settings | {"ignore": ["*", ".*"]})

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """The time in the folder's time stamp, None if it has none. Raises CourseError if it cannot be read."""
        return read_timestamp(Path(dest_path), course_zone(self.config))


def bring_along(submitted: Path, master: Path, destination: Path, patterns: list[str], largest: int) -> None:
    """Make `destination` hold the time stamp of `submitted`, the files that `patterns` name, and nothing else.

    Where `master`, the instructor's folder, has a file of the same name, that one is taken. Notebooks, links, pipes and
    devices are left behind, as are files of more than `largest` bytes and those whose name gets too long. A file of a
    type that a browser might run gets ".txt" at the end of its name.
    """
    if destination.is_dir():
        rmtree(str(destination))
    destination.mkdir(parents=True)
    if is_linked(submitted):
        return
    if _is_regular(submitted / TIMESTAMP):
        shutil.copyfile(submitted / TIMESTAMP, destination / TIMESTAMP, follow_symlinks=False)
    for parent, _, files in os.walk(submitted) if patterns else ():
        for name in files:
            relative = Path(parent, name).relative_to(submitted)
            if not _named(relative, patterns) or relative.as_posix() == TIMESTAMP or relative.suffix == ".ipynb":
                continue
            file = master / relative if _is_regular(master / relative) else submitted / relative
            if _is_regular(file) and file.stat().st_size <= largest:
                _copy(file, destination / relative.with_name(_inert_name(name)))


def _copy(file: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target, follow_symlinks=False)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise


def _named(relative: Path, patterns: list[str]) -> bool:
    return any(fnmatch(relative.as_posix(), pattern) for pattern in patterns)


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _inert_name(name: str) -> str:
    return name if Path(name).suffix.lower() in _INERT else f"{name}.txt"
