"""Reads a submitted notebook, whatever it is."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.cells import notes_of, view
from attention_lib.assignment.declaration import Assignment
from attention_lib.assignment.notebook_file import (
    UnreadableNotebook,
    encodable,
    new_notebook,
    parse_notebook,
    read_bytes,
    read_notebook,
)
from grading.grade.submission.handed_in_files import (
    MOST_LOOKED_INTO,
    could_be_the_notebook,
    files_in,
    is_called_notebook,
    is_zip,
    rank,
    zips,
)
from grading.grade.submission.zipped import Zipped
from handin.timestamp import is_linked

NAMES_IN_A_SENTENCE = 5
LONGEST_NAME = 100
MOST_MB = 50.0  # that are read of one file
MOST_MB_IN_ALL = 100.0
_KINDS = {
    ".py": "a Python script",
    ".html": "a web page",
    ".htm": "a web page",
    ".pdf": "a PDF",
    ".docx": "a text document",
    ".zip": "a zip archive",
}
_VERSION = re.compile(r"\d{1,3}\.\d{1,3}(\.\d{1,3})?")


def read_submission(path: Path, assignment: Assignment) -> NotebookNode:
    """The submitted notebook, with nothing as metadata but what grading has to say of it, `{"attention101": {...}}`:
    "mended", a list; "problem", a sentence, where there is no usable notebook; and "written_by", the Python that the
    file says it was last run with.

    assignment: what was handed out
    path: where the notebook should be. If nothing is there, a notebook of this assignment counts that has another name,
    lies one folder deeper, or is in a zip archive. Of several a loose file comes before one in an archive, then the
    right name but for its ending before another, then the higher place. Where this leaves several whose cells differ,
    none counts.
    """
    try:
        if is_linked(path.parent):
            raise UnreadableNotebook(
                f"The folder of {path.name} is a symbolic link. Hand in a folder with the notebook itself in it."
            )
        if os.path.lexists(path):
            notebook, note = _at_its_place(path)
        else:
            notebook, note = _Search(path, assignment).result()
    except UnreadableNotebook as error:
        notebook = new_notebook([], NotebookNode())
        notes_of(notebook).update(mended=[], problem=error.reason)
        return notebook
    written_by = _python_of(notebook)
    mended = [NotebookNode(cell="", message=note, lost=False)] if note else []
    notebook.metadata = NotebookNode(attention101=NotebookNode(mended=mended))
    if written_by:
        notes_of(notebook)["written_by"] = written_by
    return notebook


def _at_its_place(path: Path) -> tuple[NotebookNode, str]:
    others = [str(other) for other in _notebooks_besides(path)]
    try:
        notebook = read_notebook(path, MOST_MB)
    except UnreadableNotebook as error:
        beside = f" Handed in beside it, and not graded: {_names(others)}." if others else ""
        raise UnreadableNotebook(error.reason + beside) from None
    if not others:
        return notebook, ""
    return notebook, f"Other notebooks were handed in beside {path.name} and were not graded: {_names(others)}."


def _notebooks_besides(path: Path) -> Iterator[PurePosixPath]:
    files = files_in(path.parent)
    for other in [*could_be_the_notebook(files, path.name), *zips(files)]:
        if other != PurePosixPath(path.name) and (is_zip(other) or is_called_notebook(other, path.name)):
            yield other


@dataclass
class _Candidate:
    """A file that may be the notebook.

    name: as sentences call it; file: its name alone
    is_called_so: whether its name alone says that it is meant as a notebook
    place: the lower, the sooner it is taken
    content: gives its content, of at most so many MB
    notebook: what was read, if it is a notebook of this assignment
    trouble: a sentence that says why it is not
    """

    name: str
    file: str
    is_called_so: bool
    place: tuple
    content: Callable[[float], bytes]
    notebook: NotebookNode | None = None
    trouble: str = ""


class _Search:
    """Looks for the notebook in a folder that has none where it should be."""

    def __init__(self, path: Path, assignment: Assignment):
        self._wanted, self._folder, self._assignment = path.name, path.parent, assignment
        self._remedy = f"Hand in your work as {path.name}."
        self._files = files_in(path.parent)
        self._mb_left = MOST_MB_IN_ALL
        self._read_left = MOST_LOOKED_INTO
        self._troubles: list[tuple[str, str]] = []  # names and sentences

    def result(self) -> tuple[NotebookNode, str]:
        """The notebook, and a sentence about where it was. Raises UnreadableNotebook."""
        loose = [self._loose(path) for path in could_be_the_notebook(self._files, self._wanted)]
        archives = zips(self._files)
        found = self._of_this_assignment(loose)
        if not found:
            found = self._of_this_assignment([c for archive in archives for c in self._zipped(archive)])
            archives = []
        if not found:
            raise UnreadableNotebook(self._nothing())
        chosen = [candidate for candidate in found if candidate.place == found[0].place]
        if any(_cells(candidate.notebook) != _cells(found[0].notebook) for candidate in chosen):
            raise UnreadableNotebook(
                f"There is no {self._wanted} in what was handed in, but several others: "
                f"{_names([candidate.name for candidate in chosen])}. {self._remedy}"
            )
        note = f"The notebook was handed in as {found[0].name!r} instead of {self._wanted}; it was graded all the same."
        others = [candidate.name for candidate in found[1:]] + [str(archive) for archive in archives]
        others += [name for name, _ in self._troubles]
        if others:
            note += f" Handed in, too, and not graded: {_names(others)}."
        return found[0].notebook, note

    def _loose(self, path: PurePosixPath) -> _Candidate:
        called_so = is_called_notebook(path, self._wanted)
        content = partial(read_bytes, self._folder / path)
        return _Candidate(_shown(str(path)), _shown(path.name), called_so, rank(path, self._wanted), content)

    def _zipped(self, path: PurePosixPath) -> list[_Candidate]:
        name = _shown(str(path))
        try:
            archive = Zipped(self._content(partial(read_bytes, self._folder / path)), name)
        except UnreadableNotebook as error:
            self._troubles.append((name, error.reason))
            return []
        by_path: dict[PurePosixPath, list] = {}
        for inside, entry in archive.entries:
            by_path.setdefault(inside, []).append(entry)
        candidates = [
            _Candidate(
                f"{_shown(str(inside))} in {name}",
                _shown(inside.name),
                is_called_notebook(inside, self._wanted),
                rank(inside, self._wanted),
                partial(archive.read, entry),
            )
            for inside in could_be_the_notebook(by_path, self._wanted)
            for entry in by_path[inside]
        ]
        if not any(candidate.is_called_so for candidate in candidates):
            holds = f"no notebook, only {_described(list(map(str, by_path)))}" if by_path else "no notebook"
            self._troubles.append((name, f"The zip {name} holds {holds}."))
        return candidates

    def _of_this_assignment(self, candidates: list[_Candidate]) -> list[_Candidate]:
        """Those that can be read and are notebooks of this assignment, the one to be taken first."""
        for candidate in candidates:
            self._read(candidate)
            if candidate.trouble and candidate.is_called_so:
                self._troubles.append((candidate.name, candidate.trouble))
        return sorted((c for c in candidates if c.notebook), key=lambda candidate: candidate.place)

    def _read(self, candidate: _Candidate) -> None:
        try:
            notebook = parse_notebook(self._content(candidate.content), candidate.name, candidate.file)
        except UnreadableNotebook as error:
            candidate.trouble = error.reason
            return
        if is_of(self._assignment, notebook):
            candidate.notebook = notebook
        else:
            candidate.trouble = f"{candidate.name} was found instead, and it is not the notebook of this assignment."

    def _content(self, read: Callable[[float], bytes]) -> bytes:
        if self._read_left <= 0 or self._mb_left <= 0:
            raise UnreadableNotebook("Too much was handed in to look into all of it.")
        self._read_left -= 1
        content = read(min(MOST_MB, self._mb_left))
        self._mb_left -= len(content) / 1e6
        return content

    def _nothing(self) -> str:
        missing = f"There is no {self._wanted} in what was handed in"
        if not self._troubles:
            only = f": only {_described(list(map(str, self._files)))}" if self._files else ""
            return f"{missing}, and no other notebook{only}. {self._remedy}"
        if len(self._troubles) == 1:
            return f"{missing}. {self._troubles[0][1]} {self._remedy}"
        several = _names([name for name, _ in self._troubles])
        return (
            f"{missing}, but several others: {several}. None of them can be graded. {self._troubles[0][1]} "
            f"{self._remedy}"
        )


def is_of(assignment: Assignment, notebook: NotebookNode) -> bool:
    """Whether a cell has the id of an answer or a test, or defines what an answer must define."""
    ids = {*assignment.ids, *assignment.tests}
    return any(view(cell).grade_id in ids for cell in notebook.cells) or any(
        read_code(cell.source).defines & set(assignment.names) for cell in notebook.cells if cell.cell_type == "code"
    )


def _cells(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    return [(cell.cell_type, view(cell).grade_id, cell.source) for cell in notebook.cells]


def _python_of(notebook: NotebookNode) -> str:
    """The version of Python that the file names, "" without one."""
    language = notebook.metadata.get("language_info")
    version = language.get("version") if isinstance(language, dict) else None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""


def _shown(name: str) -> str:
    name = encodable(name)
    name = name if name.isprintable() else ascii(name)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _names(names: list[str]) -> str:
    shown = [_shown(name) for name in names[:NAMES_IN_A_SENTENCE]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _described(names: list[str]) -> str:
    """Names, each with what it is if its ending tells."""
    kinds = [_KINDS.get(PurePosixPath(name).suffix.lower(), "") for name in names]
    return _names([f"{_shown(name)} ({kind})" if kind else name for name, kind in zip(names, kinds, strict=True)])
