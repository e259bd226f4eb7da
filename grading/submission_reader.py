"""Reads what a student handed in, whatever it is, so that one submission never stops the others."""

import os
import shutil
from fnmatch import fnmatch
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from traitlets import List, Unicode

from attention_lib.canonical import ANSWERS
from attention_lib.notebook_file import UnreadableNotebook, encodable, new_notebook, read_notebook

TIMESTAMP = "timestamp.txt"
NAMES_IN_A_SENTENCE = 5


class SubmissionReader(NotebookExporter):
    """The exporter of nbgrader's `Autograde`: lenient with a student's file, plain with the one that we wrote."""

    kept_files = List(
        Unicode(),
        help="Names or patterns of files beside the notebook that go along to autograded/. All others are left behind.",
    ).tag(config=True)

    def from_filename(self, filename: str, resources=None, **kw):
        """Read a notebook, and hand it to the preprocessors.

        In the first of nbgrader's two stages a file without a usable notebook becomes an empty notebook whose
        `metadata.attention101.problem` says why, in a sentence for the student.
        """
        if not self.parent._sanitizing:
            return super().from_filename(filename, resources=resources, **kw)
        path = Path(filename)
        given = resources["nbgrader"]
        self._leave_behind(Path(self.parent._format_dest(given["assignment"], given["student"])))
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(read_submission(path), resources=resources, **kw)

    def _leave_behind(self, folder: Path) -> None:
        """Remove from the autograded folder what nbgrader copied from beside the submitted notebook."""
        for parent, folders, files in os.walk(folder, topdown=False):
            for name in folders:
                inner = Path(parent, name)
                if inner.is_symlink():
                    inner.unlink()
                elif not any(inner.iterdir()):
                    shutil.rmtree(inner)
            for name in files:
                file = Path(parent, name)
                relative = file.relative_to(folder).as_posix()
                if relative != TIMESTAMP and not any(fnmatch(relative, pattern) for pattern in self.kept_files):
                    file.unlink()


def read_submission(path: Path) -> NotebookNode:
    """The submitted notebook with nothing but `{"attention101": {"mended": [...], "problem": sentence}}` as metadata.

    path: where the notebook should be. If it is not there, the only other notebook of the folder counts, provided
    that it has cells of this assignment.
    """
    others = _notebooks_beside(path)
    try:
        if path.exists() or path.is_symlink():
            notebook, note = read_notebook(path), _about(others, path.name)
        else:
            notebook, note = _under_another_name(path.name, others)
    except UnreadableNotebook as error:
        notebook = new_notebook([], NotebookNode())
        notebook.metadata["attention101"] = NotebookNode(mended=[], problem=error.reason + _found_too(others, path))
        return notebook
    mended = [NotebookNode(cell="", message=note, lost=False)] if note else []
    notebook.metadata = NotebookNode(attention101=NotebookNode(mended=mended))
    return notebook


def _notebooks_beside(path: Path) -> list[Path]:
    if not path.parent.is_dir():
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


def _under_another_name(name: str, others: list[Path]) -> tuple[NotebookNode, str]:
    remedy = f"Hand in your work as {name}."
    if not others:
        raise UnreadableNotebook(f"There is no {name} in what was handed in, and no other notebook. {remedy}")
    if len(others) > 1:
        raise UnreadableNotebook(
            f"There is no {name} in what was handed in, but several others: {_names(others)}. {remedy}"
        )
    found = encodable(others[0].name)
    notebook = read_notebook(others[0])
    if not any(_grade_id(cell) in ANSWERS for cell in notebook.cells):
        raise UnreadableNotebook(
            f"There is no {name} in what was handed in. {found} was found instead, and it is not the notebook of this "
            f"assignment. {remedy}"
        )
    return notebook, f"The notebook was handed in as {found!r} instead of {name}; it was graded all the same."


def _grade_id(cell: NotebookNode) -> str:
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else ""
    return grade_id if isinstance(grade_id, str) else ""
