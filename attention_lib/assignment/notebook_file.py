"""Reads a notebook file as students hand it in: damaged, converted, renamed, or not a notebook at all."""

import errno
import json
import os
import re
import shlex
import stat
from pathlib import Path

from nbformat import NotebookNode

MOST_CELLS = 2_000
MOST_CHARACTERS = 5_000_000
_SAVE_AGAIN = "Open your notebook in JupyterLab, save it, and hand in that file."
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Nothing in JSON can begin a line like this.
_CONFLICT_MARK = re.compile(r"^(<{7}|>{7})(?: .*)?$", re.MULTILINE)
_BEGINNINGS = (
    (b"PK\x03\x04", "it is a zip archive, or a document of an office program"),
    (b"%PDF", "it is a PDF"),
    (b"\x1f\x8b", "it is a gzip archive"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
)
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISREG, "a file"),
)


class UnreadableNotebook(Exception):
    """No notebook could be read from a file.

    reason: one or two sentences that name the file, what is wrong with it, and the remedy
    """

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def encodable(text: str) -> str:
    """The text with each lone surrogate, which no file can hold as UTF-8, replaced by U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def clean_source(source) -> str:
    """A cell's text, encodable and with line feeds alone; anything but a string is no text."""
    return encodable(source).replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""


def new_cell(cell_type: str, cell_id: str, source: str, metadata: dict) -> NotebookNode:
    """A cell of format 4.5 without outputs. nbformat's own makers validate each cell, and refuse odd metadata."""
    cell = NotebookNode(cell_type=cell_type, id=cell_id, metadata=metadata, source=source)
    if cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


def new_notebook(cells: list[NotebookNode], metadata: dict) -> NotebookNode:
    """A notebook of format 4.5."""
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells)


def new_output(output_type: str, **entries) -> NotebookNode:
    """An output in nbformat's form. nbformat's own maker validates it, which takes longer than all else about it."""
    node = NotebookNode(output_type=output_type)
    if output_type in ("display_data", "execute_result"):
        node["metadata"] = NotebookNode()
    node.update(entries)
    return node


def copied(value):
    """A deep copy of a notebook or a part of it. `copy.deepcopy` does the same, ten times more slowly."""
    if isinstance(value, dict):
        node = NotebookNode()
        for key, item in value.items():
            dict.__setitem__(node, key, copied(item))
        return node
    return [copied(item) for item in value] if isinstance(value, list) else value


def kind(status: os.stat_result) -> str:
    """What a name stands for, in words."""
    return next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "a special file")


def read_notebook(path: str | os.PathLike, limit_mb: float = 50) -> NotebookNode:
    """Reads a notebook of whatever format version, as far as it can be understood.

    Only what is written by hand is kept: each cell has `cell_type` (code, markdown or raw), `source` (a string with
    line feeds), `metadata` (a dictionary) and a fresh `id`; outputs and attachments are dropped. A heading of
    format 3 becomes Markdown, a cell of unknown type raw text unless it has what only code cells have.

    path: a regular file; links, folders and pipes are refused without waiting for them
    limit_mb: largest size that is read, in units of 10**6 bytes
    Returns a notebook of format 4.5. Metadata is kept as it was, so that it may still break nbformat's schema.
    Raises UnreadableNotebook, with a reason to show to the student, whenever no notebook comes of it, or one of more
    than MOST_CELLS cells or MOST_CHARACTERS in them.
    """
    return parse_notebook(read_bytes(path, limit_mb), encodable(Path(path).name))


def parse_notebook(content: bytes, name: str, file: str = "") -> NotebookNode:
    """What `read_notebook` makes of a file's content; the errors are the same.

    name: what reasons call the file
    file: its name for a command line, if that is another
    """
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise UnreadableNotebook(f"The file {name} is empty. {_SAVE_AGAIN}")
    if kind_of_file := next((words for bytes_, words in _BEGINNINGS if content.startswith(bytes_)), ""):
        raise UnreadableNotebook(f"The file {name} is not a notebook: {kind_of_file}. {_SAVE_AGAIN}")
    text = _decode(content)
    try:
        return _notebook(_parse(text, name, file or name), name)
    except (RecursionError, MemoryError):
        raise UnreadableNotebook(
            f"The file {name} is not a usable notebook: its JSON is nested too deeply. {_SAVE_AGAIN}"
        ) from None


def conflict_mark(text: str) -> int:
    """The line, counted from 1, of the first mark that git left where two versions could not be merged; 0 if none."""
    found = list(_CONFLICT_MARK.finditer(text))
    if {mark[1][0] for mark in found} != {"<", ">"}:
        return 0
    return text.count("\n", 0, found[0].start()) + 1


def read_bytes(path: str | os.PathLike, limit_mb: float) -> bytes:
    """The content of a regular file, without following a link or waiting for a pipe.

    limit_mb: largest size, in units of 10**6 bytes
    Raises UnreadableNotebook.
    """
    name = encodable(Path(path).name)
    # The flags keep a link from being followed and a pipe from blocking; Windows has neither flag.
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        _require_regular(os.lstat(path), name)
        descriptor = os.open(path, flags)
        with open(descriptor, "rb") as file:
            _require_regular(os.fstat(descriptor), name)
            limit = int(limit_mb * 1e6)
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise UnreadableNotebook(_refusal(error, name)) from None
    if len(content) > limit:
        raise UnreadableNotebook(
            f"The file {name} is larger than {limit_mb:g} MB. Clear the outputs (Edit, Clear Outputs of All Cells), "
            "save the notebook, and hand it in again."
        )
    return content


def _require_regular(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    raise UnreadableNotebook(f"{name} is {kind(status)}, not a file. Put the notebook itself there, under this name.")


def _refusal(error: Exception, name: str) -> str:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return f"There is no file {name}. Check its name and its folder."
    if code in (errno.EACCES, errno.EPERM):
        return f"The file {name} may not be read. Give read permission to its owner and group (chmod ug+r)."
    if code == errno.ELOOP:
        return f"{name} is a symbolic link, not a file. Put the notebook itself there, under this name."
    why = getattr(error, "strerror", None) or error
    return f"The file {name} could not be read ({why}). Check its name and its disk."


def _decode(content: bytes) -> str:
    # UTF-8, -16 or -32, with or without a byte order mark.
    return content.decode(json.detect_encoding(content), errors="replace").lstrip("\ufeff")


def _parse(text: str, name: str, file: str):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if line := conflict_mark(text):
            raise UnreadableNotebook(
                f"The file {name} is not a notebook: git could not merge two versions of it and left its conflict "
                f"marks (<<<<<<<, =======, >>>>>>>) in it, the first in line {line}. {_keep_one_side(file)}"
            ) from None
        if text.lstrip().startswith("<"):
            why = "it is a web page or another kind of markup"
        elif error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            last = text.rstrip().count("\n") + 1
            why = f"its JSON stops in the middle, at line {last}, as after an interrupted save"
        else:
            why = f"it is not JSON (line {error.lineno}: {error.msg})"
    except ValueError:
        why = "it is not JSON that can be read (a number in it is too long)"
    raise UnreadableNotebook(f"The file {name} is not a notebook: {why}. {_SAVE_AGAIN}")


def _keep_one_side(file: str) -> str:
    file = shlex.quote(file)
    return (
        "Open it as text (in JupyterLab: right-click on it, Open With, Editor), keep one of the two sides between each "
        "<<<<<<< and >>>>>>>, delete the other side and the lines with the marks, save it, and hand it in again. "
        f"Or take one version whole: `git checkout --ours {file}` or `git checkout --theirs {file}` while the merge is "
        f"not committed; after that `git log {file}` lists the commits, and `git checkout COMMIT {file}` takes the "
        "version of one."
    )


def _notebook(content, name: str) -> NotebookNode:
    cells = _cells(content)
    if cells is None:
        raise UnreadableNotebook(f"The file {name} is JSON, but no notebook: it has no list of cells. {_SAVE_AGAIN}")
    cells = [{"source": cell} if isinstance(cell, str) else cell for cell in cells]
    if len(cells) > MOST_CELLS:
        raise UnreadableNotebook(
            f"The notebook {name} has {len(cells):,} cells, and no more than {MOST_CELLS:,} can be graded. Delete "
            "those that you do not need, save it, and hand it in again."
        )
    cells = [_cell(cell, f"cell-{place}") for place, cell in enumerate(cells) if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in cells) > MOST_CHARACTERS:
        raise UnreadableNotebook(
            f"The cells of the notebook {name} hold more than {MOST_CHARACTERS / 1e6:g} million characters, which is "
            "too much to be graded. Delete what was pasted into them, save it, and hand it in again."
        )
    return new_notebook(cells, _metadata(content))


def _cells(content) -> list | None:
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("cells"), list):
        return content["cells"]
    worksheets = content.get("worksheets")
    if not isinstance(worksheets, list):
        return None
    sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
    return [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]


def _cell(cell: dict, cell_id: str) -> NotebookNode:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = clean_source(source)
    cell_type = cell.get("cell_type")
    if cell_type == "heading":
        level = cell.get("level")
        source = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + source
        cell_type = "markdown"
    elif cell_type not in ("code", "markdown", "raw"):
        cell_type = "code" if {"outputs", "execution_count", "input"} & cell.keys() else "raw"
    return new_cell(cell_type, cell_id, source, _metadata(cell))


def _metadata(owner: dict) -> NotebookNode:
    metadata = owner.get("metadata")
    return _node(metadata) if isinstance(metadata, dict) else NotebookNode()


def _node(value):
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return NotebookNode({encodable(key): _node(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_node(item) for item in value]
    return value
