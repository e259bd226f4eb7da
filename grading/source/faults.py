"""The instructor's own mistakes, found by reading the source before anything is made of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import CourseError, source_path
from grading.in_place_of import in_place_of
from grading.source.released import released_version
from grading.source.rules import cells, checks, marks, names
from grading.source.rules.written_source import Source, SourceFault, shown
from grading.source.same_cells import require_same_cells

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)


class UnsoundSource(CourseError):
    """The source has faults. The first line of the message says which file, each other line is a fault's sentence."""


def source_faults(
    notebook: NotebookNode, folder: Path | None = None, config: Config | None = None
) -> list[SourceFault]:
    """What is wrong with an assignment's source, as far as can be read without running it.

    notebook: of format 4
    folder: where it lies, named like the assignment; None leaves out what lies beside it
    config: nbgrader's configuration, for its marks; None for its defaults
    Returns the faults in the notebook's order, those of the whole first; empty where there are none.
    """
    beside = list(_other_notebooks(folder)) if folder else []
    if damaged := list(_damaged(notebook)):
        return beside + damaged
    source = Source(notebook, config)
    faults = mismarked = list(marks.mark_faults(source))
    for rule in (*cells.RULES, checks.place_faults, checks.checks_faults, names.definition_faults):
        faults = [*faults, *rule(source)]
    faults += cells.nbgrader_faults(source, {fault.number for fault in faults})
    # As it is where a mark is wrong: nbgrader would stop there.
    released = source.notebook.cells
    if not mismarked:
        try:
            released = released_version(source.notebook, config).cells
        except Exception as error:
            faults.append(SourceFault(f"nbgrader cannot make the student version: {shown(str(error))}."))
    texts = [cell.source for cell in released]
    faults += [*checks.released_faults(source, texts), *names.solution_reading_faults(source)]
    faults += names.test_reading_faults(source, texts)
    if not any(cell.view.is_answer or cell.view.is_test for cell in source.cells):
        faults.append(
            SourceFault(
                "The notebook has no answer: mark a code cell `x` as a solution, and add a test `test_x` below it."
            )
        )
    return beside + sorted(faults, key=lambda fault: fault.number)


def require_sound_source(course: CourseDirectory, assignment: str) -> None:
    """Raises UnsoundSource if the assignment's source has faults, or cannot be read; CourseError if there is none."""
    path = source_path(course, assignment)
    try:
        faults = source_faults(_read(path), path.parent, course.config)
    except _Unreadable as error:
        faults = [SourceFault(str(error))]
    if faults:
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        first = f"The source notebook {path} has {count}. Nothing was changed; mend this and run the command again:"
        raise UnsoundSource("\n".join([first, *(fault.sentence for fault in faults)]))


def read_source_first(converter: type) -> None:
    """Let a converter of nbgrader's refuse an unsound source, and other cells than were graded, before it touches
    anything.

    converter: such as `GenerateAssignment`
    """

    @in_place_of(converter, "start")
    def start(plain, self) -> None:
        try:
            require_sound_source(self.coursedir, self.coursedir.assignment_id)
            if issubclass(converter, GenerateAssignment):
                require_same_cells(self.coursedir, self.coursedir.assignment_id)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException("The source was refused; the log says why.") from None
        plain(self)


class _Unreadable(Exception):
    pass


def _read(path: Path) -> NotebookNode:
    """The notebook in format 4. nbformat's own `read` would log what it finds, beside our sentences."""
    try:
        text = path.read_text("utf-8")
    except PermissionError:
        raise _Unreadable(f"You may not read {path}: give read permission (chmod u+r).") from None
    except OSError as error:
        raise _Unreadable(f"{path} could not be read ({error.strerror}): check the file and its disk.") from None
    except UnicodeDecodeError:
        raise _Unreadable(f"{path.name} is not UTF-8: save it in JupyterLab again, or take it from a backup.") from None
    if not text.strip():
        raise _Unreadable(f"{path.name} is empty: take the notebook from a backup or from git.")
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        if conflict := _CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start()) + 1
            raise _Unreadable(
                f"{path.name} holds the conflict marks of a merge that git did not finish, first in line {line}: "
                "finish the merge (`git checkout --ours` or `--theirs` takes one side)."
            ) from None
        raise _Unreadable(
            f"{path.name} is not JSON ({shown(str(error))}): mend it there, or take it from a backup or from git."
        ) from None
    try:
        notebook = nbformat.reader.reads(text)
    except Exception as error:
        raise _Unreadable(
            f"{path.name} is JSON, but no notebook that Jupyter reads ({type(error).__name__}: {shown(str(error))}): "
            "take it from a backup or from git."
        ) from None
    if notebook.get("nbformat") != 4:
        raise _Unreadable(f"{path.name} is not in notebook format 4: open it in JupyterLab and save it there.")
    return notebook


def _damaged(notebook: NotebookNode) -> Iterator[SourceFault]:
    for number, cell in enumerate(notebook.cells, start=1):
        if not (
            isinstance(cell, dict)
            and cell.get("cell_type") in ("code", "markdown", "raw")
            and isinstance(cell.get("source"), str)
            and isinstance(cell.get("metadata"), dict)
        ):
            yield SourceFault(
                f"Cell {number} of the notebook is damaged (it needs a type, a text and metadata): delete it and write "
                "it again in JupyterLab.",
                number=number,
            )


def _other_notebooks(folder: Path) -> Iterator[SourceFault]:
    own = f"{folder.name}.ipynb"
    for other in sorted(folder.glob("*.ipynb")):
        if other.name != own and not other.name.startswith("."):
            yield SourceFault(
                f"`{shown(other.name)}` lies beside `{own}`, and an assignment is one notebook: move it out of "
                f"{folder}, or delete it."
            )
