"""Reads a submitted notebook, whatever it is."""

from pathlib import Path

from nbformat import NotebookNode

from attention_lib.assignment.cells import notes_of, view
from attention_lib.assignment.declaration import Assignment
from attention_lib.assignment.notebook_file import UnreadableNotebook, encodable, new_notebook, read_notebook
from handin.timestamp import is_linked

NAMES_IN_A_SENTENCE = 5


def read_submission(path: Path, assignment: Assignment) -> NotebookNode:
    """The submitted notebook with nothing but `{"attention101": {"mended": [...], "problem": sentence}}` as metadata.

    assignment: what was handed out
    path: where the notebook should be. If it is not there, the only other notebook of the folder counts, provided
    that it has cells of this assignment.
    """
    others = _notebooks_beside(path)
    try:
        if is_linked(path.parent):
            raise UnreadableNotebook(
                f"The folder of {path.name} is a symbolic link. Hand in a folder with the notebook itself in it."
            )
        if path.exists() or path.is_symlink():
            notebook, note = read_notebook(path), _about(others, path.name)
        else:
            notebook, note = _under_another_name(path.name, others, assignment)
    except UnreadableNotebook as error:
        notebook = new_notebook([], NotebookNode())
        notes_of(notebook).update(mended=[], problem=error.reason + _found_too(others, path))
        return notebook
    mended = [NotebookNode(cell="", message=note, lost=False)] if note else []
    notebook.metadata = NotebookNode(attention101=NotebookNode(mended=mended))
    return notebook


def _notebooks_beside(path: Path) -> list[Path]:
    if not path.parent.is_dir() or is_linked(path.parent):
        return []
    return sorted(p for p in path.parent.iterdir() if p.suffix == ".ipynb" and p.name != path.name)


def _names(paths: list[Path]) -> str:
    names = [encodable(p.name) for p in paths[:NAMES_IN_A_SENTENCE]]
    more = len(paths) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _about(others: list[Path], name: str) -> str:
    if not others:
        return ""
    return f"Other notebooks were handed in beside {name} and were not graded: {_names(others)}."


def _found_too(others: list[Path], path: Path) -> str:
    if not others or not (path.exists() or path.is_symlink()):
        return ""
    return f" Handed in beside it, and not graded: {_names(others)}."


def _under_another_name(name: str, others: list[Path], assignment: Assignment) -> tuple[NotebookNode, str]:
    remedy = f"Hand in your work as {name}."
    if not others:
        raise UnreadableNotebook(f"There is no {name} in what was handed in, and no other notebook. {remedy}")
    if len(others) > 1:
        raise UnreadableNotebook(
            f"There is no {name} in what was handed in, but several others: {_names(others)}. {remedy}"
        )
    found = encodable(others[0].name)
    notebook = read_notebook(others[0])
    if not any(view(cell).grade_id in assignment.ids for cell in notebook.cells):
        raise UnreadableNotebook(
            f"There is no {name} in what was handed in. {found} was found instead, and it is not the notebook of this "
            f"assignment. {remedy}"
        )
    return notebook, f"The notebook was handed in as {found!r} instead of {name}; it was graded all the same."
