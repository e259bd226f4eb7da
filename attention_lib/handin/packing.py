"""An assignment's folder as one archive, without following a link."""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path
from typing import IO

from attention_lib.handin.handed_in import STANDARD, UploadLimits, is_left_out, trouble_with_name
from attention_lib.handin.hashes import content_hash


class TooMuch(Exception):
    """The folder holds more than may be handed in; the message says what, and the remedy."""


@dataclass
class Packed:
    """An archive to send. `files` are the relative names in it, `left_behind` sentences about what is not."""

    archive: IO[bytes]
    files: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    hash: str = ""


@contextmanager
def packed(folder: Path, ignore: list[str] = (), limits: UploadLimits = STANDARD) -> Iterator[Packed]:
    """Pack the regular files of `folder` into a temporary archive (tar, gzip).

    ignore: patterns of names that stay behind without a word, as `CourseDirectory.ignore`
    Raises TooMuch, or OSError where a file cannot be read.
    """
    with tempfile.TemporaryFile() as archive:
        result, digests, total = Packed(archive), {}, 0
        with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as tar:
            for name in _names(folder, "", ignore, limits, result.left_behind):
                content = (folder / name).read_bytes()
                total += len(content)
                if total > limits.total:
                    raise TooMuch(_too_big(folder, total, limits.total))
                digests[name] = hashlib.sha256(content).hexdigest()
                if len(digests) > limits.files:
                    raise TooMuch(
                        f"The folder {folder.name} holds more than {limits.files} files. Move what does not belong to "
                        "the assignment elsewhere, and submit again."
                    )
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o600
                tar.addfile(entry, BytesIO(content))
        result.files, result.hash = sorted(digests), content_hash(digests.items())
        if archive.tell() > limits.upload:
            raise TooMuch(_too_big(folder, archive.tell(), limits.upload))
        archive.seek(0)
        yield result


def write_out(parcel: Packed, folder: Path) -> None:
    """Write the files of what `packed` made below `folder`, which has none of them. Raises OSError."""
    parcel.archive.seek(0)
    # One by one: `extractall` has had its filter only since Python 3.11.4.
    with tarfile.open(fileobj=parcel.archive, mode="r:gz") as tar:
        for entry in tar:
            file = folder / entry.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600, exist_ok=False)
            file.write_bytes(tar.extractfile(entry).read())


def _names(folder: Path, below: str, ignore: list[str], limits: UploadLimits, left_behind: list[str]) -> Iterator[str]:
    with os.scandir(folder / below) as entries:
        entries = sorted(entries, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{below}/{entry.name}" if below else entry.name
        if any(fnmatch(entry.name, pattern) for pattern in ignore) or is_left_out(name):
            continue
        if why := trouble_with_name(name, limits):
            left_behind.append(f"{name!r} stays behind: {why}.")
        elif entry.is_dir(follow_symlinks=False):
            yield from _names(folder, name, ignore, limits, left_behind)
        elif not entry.is_file(follow_symlinks=False):
            what = "a link" if entry.is_symlink() else "no plain file"
            left_behind.append(f"{name!r} stays behind: it is {what}.")
        elif (size := entry.stat().st_size) <= limits.file:
            yield name
        elif name.endswith(".ipynb"):
            raise TooMuch(
                f"{name} has {_megabytes(size)}, more than the {_megabytes(limits.file)} that are taken. Clear its "
                "outputs (Edit > Clear Outputs of All Cells), save it, and submit again."
            )
        else:
            most = _megabytes(limits.file)
            left_behind.append(f"{name!r} stays behind: it has {_megabytes(size)}, and {most} is the most.")


def _too_big(folder: Path, size: int, most: int) -> str:
    return (
        f"The folder {folder.name} has {_megabytes(size)} or more; {_megabytes(most)} is the most that is taken. Clear "
        "outputs, move large files elsewhere, and submit again."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
