"""A zip archive that somebody hostile may have made. Nothing of it is written to the disk."""

import stat
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from attention_lib.assignment.notebook_file import UnreadableNotebook
from grading.grade.submission.handed_in_files import is_aside

MOST_ENTRIES = 2_000
_ENTRY_BEGINS = b"PK\x01\x02"
_ENCRYPTED = 0x1
_CHUNK = 1 << 20  # bytes
_REMEDY = "Hand in the notebook itself, without a zip."


class Zipped:
    """The files in a zip archive.

    content: the archive
    name: what reasons call it
    Raises UnreadableNotebook where it is none, or has more than MOST_ENTRIES entries.
    """

    def __init__(self, content: bytes, name: str):
        self._name = name
        # `ZipFile` reads the list of entries whole, whatever its end says of their number.
        if content.count(_ENTRY_BEGINS) > MOST_ENTRIES:
            raise UnreadableNotebook(
                f"The zip {name} has more than {MOST_ENTRIES:,} entries, and was not looked into. {_REMEDY}"
            )
        try:
            self._zip = ZipFile(BytesIO(content))
        # What a damaged archive raises is more than `zipfile` documents: struct.error, ValueError, OverflowError ...
        except Exception:
            raise UnreadableNotebook(f"The file {name} is no zip archive that can be opened. {_REMEDY}") from None
        entries = [(_path(entry), entry) for entry in self._zip.infolist() if not entry.is_dir()]
        self.entries: list[tuple[PurePosixPath, ZipInfo]] = [
            (path, entry) for path, entry in entries if path is not None and not is_aside(path)
        ]

    def read(self, entry: ZipInfo, limit_mb: float) -> bytes:
        """The content of one of `entries`.

        limit_mb: most of it that is unpacked, in units of 10**6 bytes
        Raises UnreadableNotebook.
        """
        name = f"{_path(entry)} in the zip {self._name}"
        limit = int(limit_mb * 1e6)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnreadableNotebook(f"The file {name} is a symbolic link. {_REMEDY}")
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableNotebook(f"The file {name} is encrypted. {_REMEDY}")
        # The others unpack without a limit.
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableNotebook(f"The file {name} is packed in a way that is not read here. {_REMEDY}")
        content = bytearray()
        try:
            with self._zip.open(entry) as file:
                while len(content) <= limit and (chunk := file.read(_CHUNK)):
                    content += chunk
        except BadZipFile as error:
            raise UnreadableNotebook(f"The file {name} is damaged ({error}). {_REMEDY}") from None
        except Exception:
            raise UnreadableNotebook(f"The file {name} is damaged. {_REMEDY}") from None
        if len(content) > limit:
            raise UnreadableNotebook(
                f"The file {name} is larger than {limit_mb:g} MB once it is unpacked. Clear the outputs (Edit, Clear "
                f"Outputs of All Cells), and save the notebook. {_REMEDY}"
            )
        return bytes(content)


def _path(entry: ZipInfo) -> PurePosixPath | None:
    """Where an entry lies in the archive; None for one that would lie outside of it."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    leads_out = path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0].endswith(":")
    return None if leads_out else path
