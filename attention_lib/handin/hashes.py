"""The two hashes of a submission: of the contents of all its files, and of its notebook's cells alone."""

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from attention_lib.handin.handed_in import is_left_out

SHORT_HASH = 12  # hexadecimal digits


def content_hash(files: Iterable[tuple[str, str]]) -> str:
    """The SHA-256, in hexadecimal, over pairs of a relative name and the SHA-256 of the file's contents.

    In a shell, in the folder: `sha256sum FILES | sha256sum`, with the files in the order of their names' bytes.
    """
    lines = sorted((name.encode("utf-8", "surrogateescape"), digest) for name, digest in files)
    return hashlib.sha256(b"".join(digest.encode() + b"  " + name + b"\n" for name, digest in lines)).hexdigest()


def folder_hash(folder: Path) -> str:
    """`content_hash` of a submission's folder: of its regular files, but those that are not handed in."""
    found = []
    for parent, _, names in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            relative = path.relative_to(folder).as_posix()
            if not is_left_out(relative) and stat.S_ISREG(path.lstat().st_mode):
                with open(path, "rb") as file:
                    found.append((relative, hashlib.file_digest(file, "sha256").hexdigest()))
    return content_hash(found)


def work_hash(notebook: bytes) -> str:
    """The same for two notebooks that hold the same work: cells of the same type and text, whatever their outputs."""
    try:
        texts = [(cell["cell_type"], _joined(cell["source"])) for cell in json.loads(notebook)["cells"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        # No notebook: then it is the same only if it is the same file.
        return hashlib.sha256(notebook).hexdigest()
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
