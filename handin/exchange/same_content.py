"""Whether two copies of a notebook hold the same work: the same cells with the same text, whatever their outputs."""

import hashlib
import json
import os
from pathlib import Path

from handin.exchange.untrusted_files import Refused, open_folder, read_small

# What JSON of this size takes of memory is bearable.
MOST_BYTES = 20_000_000


def work_digest(folder: str | Path, notebook: str, parent: int | None = None) -> str:
    """Stands for the text of all cells of a submission's notebook; "" if it cannot be read, or is too large.

    folder: the submission, in the open folder `parent` if that is given; it may be a hostile one
    notebook: the file's name
    """
    try:
        opened = open_folder(folder, parent)
    except Refused:
        return ""
    try:
        content = read_small(notebook, opened, MOST_BYTES)
    finally:
        os.close(opened)
    if content is None:
        return ""
    try:
        cells = json.loads(content)["cells"]
        texts = [(cell["cell_type"], _joined(cell["source"])) for cell in cells]
    except (ValueError, TypeError, KeyError, RecursionError):
        # No notebook: then it is the same only if it is the same file.
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
