"""Out of an upload into a folder: plain files within limits, and nothing else, whatever the archive says."""

import gzip
import hashlib
import os
import tarfile
import zlib
from pathlib import Path
from typing import IO

from attention_lib.handin.handed_in import UploadLimits, is_left_out, trouble_with_name
from handin.service.refusal import Denied

_PIECE = 1 << 16
_HEADERS = 4_000  # bytes of the archive's own per file or folder
_NOT_PLAIN = "{!r} is a link, or else no plain file, so nothing was taken. Put a copy in its place."
_DAMAGED = "What arrived is no archive (tar, gzip) that can be read to its end. Submit again."


def unpack(upload: Path, folder: Path, limits: UploadLimits) -> dict[str, str]:
    """Write the files of the archive `upload` below `folder`, new and empty, to the disk.

    Returns each file's relative name with the SHA-256 of its contents. Raises Denied (400, 413) and leaves `folder` as
    it is then. Reads no more than the limits allow, however small the upload is packed.
    """
    try:
        with open(upload, "rb") as packed:
            unpacked = gzip.GzipFile(fileobj=packed) if packed.peek(2)[:2] == b"\x1f\x8b" else packed
            reader = _Bounded(unpacked, limits.total + _HEADERS * (limits.files + limits.folders))
            found = _unpack(reader, folder, limits)
            # To the end, where gzip's checksum stands.
            while reader.read(_PIECE):
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, OverflowError, RecursionError):
        raise Denied(400, _DAMAGED) from None
    if not found:
        raise Denied(400, "The archive holds no file to hand in, so nothing was taken.")
    return found


class _PlainEntry(tarfile.TarInfo):
    """Refuses what is no plain file before `tarfile` acts on it.

    Long headers too: some versions of `tarfile` search them in a time that grows with the square of their length.
    """

    _PLAIN = frozenset((tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE))
    _MORE_ABOUT_THE_NEXT = frozenset((tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME))

    def _proc_member(self, archive):
        if self.type in self._MORE_ABOUT_THE_NEXT:
            if not 0 <= self.size <= _HEADERS:
                raise Denied(400, "The archive's headers are too long, so nothing was taken.")
        elif self.type not in self._PLAIN:
            raise Denied(400, _NOT_PLAIN.format(self.name[:200]))
        return super()._proc_member(archive)


class _Bounded:
    """A stream to read on, which ends in a refusal where an honest archive would have ended."""

    def __init__(self, stream: IO[bytes], most: int):
        self._stream = stream
        self._left = most

    def read(self, size: int) -> bytes:
        pieces = []
        while size > 0 and (piece := self._stream.read(min(size, _PIECE))):
            self._left -= len(piece)
            if self._left < 0:
                raise Denied(413, "The archive unpacks to more than is taken, so nothing was. Move large files away.")
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)


def _unpack(reader: _Bounded, folder: Path, limits: UploadLimits) -> dict[str, str]:
    found: dict[str, str] = {}
    total = members = 0
    folders = {folder}
    with tarfile.open(fileobj=reader, mode="r|", encoding="utf-8", tarinfo=_PlainEntry) as tar:
        for member in tar:
            members += 1
            name = member.name.removeprefix("./")
            if members > limits.files + limits.folders:
                raise Denied(413, f"More than {limits.files} files are not taken; move what does not belong away.")
            if member.type == tarfile.DIRTYPE:
                continue
            if member.sparse is not None:
                raise Denied(400, _NOT_PLAIN.format(name[:200]))
            if why := trouble_with_name(name, limits):
                raise Denied(400, f"{name[:200]!r} is refused: {why}. Nothing was taken. Rename it.")
            if not 0 <= member.size <= limits.file:
                raise Denied(413, f"{name!r} is larger than {limits.file} bytes, so nothing was taken.")
            if is_left_out(name):
                continue
            total += member.size
            if total > limits.total:
                raise Denied(413, f"More than {limits.total} bytes are not taken. Move large files away.")
            _make_folders(folder, name, folders, limits)
            found[name] = _write(tar.extractfile(member), folder / name, member.size)
    return found


def _make_folders(folder: Path, name: str, made: set[Path], limits: UploadLimits) -> None:
    for parent in reversed((folder / name).parents):
        if folder in parent.parents and parent not in made:
            if len(made) > limits.folders:
                raise Denied(413, f"More than {limits.folders} folders are not taken.")
            try:
                parent.mkdir(mode=0o700)
            except FileExistsError:
                raise Denied(400, f"{name!r} stands below a file, so nothing was taken.") from None
            made.add(parent)


def _write(content: IO[bytes], path: Path, size: int) -> str:
    digest = hashlib.sha256()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Denied(400, f"{path.name!r} stands twice in the archive, so nothing was taken.") from None
    with os.fdopen(handle, "wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
            size -= len(piece)
        if size:
            raise Denied(400, _DAMAGED)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
