"""What lies in a submission's folder, and which of it could be the notebook, whatever it is called."""

import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from attention_lib.handin.handed_in import is_left_out
from handin.timestamp import is_linked

MOST_FILES = 1_000
MOST_DEPTH = 8  # of folders in folders
MOST_LOOKED_INTO = 20
# Names that a browser, a mail program or an editor gives to a notebook. Those of data are looked into as well.
_ENDINGS = (".ipynb", ".txt", ".json")


def files_in(folder: Path) -> list[PurePosixPath]:
    """The paths, relative to `folder`, of all that is no folder, the higher ones first; links are not followed.

    Left out is what no student hands in, and what is beyond MOST_FILES or MOST_DEPTH.
    """
    found: list[PurePosixPath] = []
    waiting = deque() if is_linked(folder) else deque([PurePosixPath()])
    while waiting and len(found) < MOST_FILES:
        below = waiting.popleft()
        try:
            with os.scandir(folder / below) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in inside:
            path = below / entry.name
            if entry.is_dir(follow_symlinks=False):
                if len(path.parts) <= MOST_DEPTH and not is_aside(path):
                    waiting.append(path)
            elif not is_aside(path):
                found.append(path)
    return found[:MOST_FILES]


def is_aside(path: PurePosixPath) -> bool:
    """Whether it is nothing that a student hands in: hidden, made by a program, or added by macOS or by handing in."""
    return is_left_out(str(path)) or "__MACOSX" in path.parts


def is_zip(path: PurePosixPath) -> bool:
    """Whether its name is that of a zip archive."""
    return path.suffix.lower() == ".zip"


def is_called_notebook(path: PurePosixPath, name: str) -> bool:
    """Whether its name is that of some notebook, or that of the file `name` but for its ending."""
    return not is_zip(path) and (".ipynb" in path.name.lower() or _stem(path.name) == _stem(name))


def could_be_the_notebook(paths: Iterable[PurePosixPath], name: str) -> list[PurePosixPath]:
    """Those at the top or one folder deeper that may be the notebook `name`, the likeliest first.

    The right name comes before another, the top before a folder, what is called a notebook before data.
    """
    likely = [path for path in paths if len(path.parts) <= 2 and _may_be_a_notebook(path, name)]
    return sorted(likely, key=lambda path: (*rank(path, name), not is_called_notebook(path, name)))[:MOST_LOOKED_INTO]


def rank(path: PurePosixPath, name: str) -> tuple[bool, int]:
    """The lower, the sooner it is taken for the notebook `name`."""
    return _stem(path.name) != _stem(name), len(path.parts)


def whose_content_counts(folder: Path, name: str) -> list[PurePosixPath]:
    """The files that decide what is graded: all notebooks at the top if the one called `name` is there, else all that
    may be the notebook, zip archives included."""
    if os.path.lexists(folder / name):
        return [path for path in files_in(folder) if len(path.parts) == 1 and path.suffix == ".ipynb"]
    files = files_in(folder)
    return [*could_be_the_notebook(files, name), *zips(files)]


def zips(paths: Iterable[PurePosixPath]) -> list[PurePosixPath]:
    """The zip archives at the top or one folder deeper."""
    return [path for path in paths if len(path.parts) <= 2 and is_zip(path)][:MOST_LOOKED_INTO]


def _may_be_a_notebook(path: PurePosixPath, name: str) -> bool:
    return is_called_notebook(path, name) or path.suffix.lower() in ("", *_ENDINGS)


def _stem(name: str) -> str:
    stem = name.lower()
    while ending := next((ending for ending in _ENDINGS if stem.endswith(ending)), ""):
        stem = stem.removesuffix(ending)
    return stem
