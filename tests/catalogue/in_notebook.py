"""Judges an entry as a student's own notebook does: test cell and answer in one process, without the sandbox."""

import contextlib
import io
import linecache
from functools import cache
from pathlib import Path

import nbformat
import torch

from attention_lib import checks
from tests.catalogue.entries import Entry
from tests.lesson_answers import ANSWERS

# As in grading: no pool of threads for tensors as small as the tests'.
torch.set_num_threads(1)
SOURCE = Path(__file__).parents[2] / "source/attention/attention.ipynb"


@cache
def text_of() -> dict[str, str]:
    """The text of each cell of the source notebook, by grade_id; its answers are the reference."""
    notebook = nbformat.read(SOURCE, as_version=4)
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in notebook.cells if "nbgrader" in cell.metadata}


def records(entry: Entry, seed: str = "") -> list[dict]:
    """The records of the entry's test cell, with the reference for the other answers.

    seed: in place of the secret from which hidden checks make their random numbers
    """
    names: dict = {}
    checks.passed_in_this_session.clear()
    with (
        checks.settings_kept(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        checks.collected(seed=seed),
    ):
        checks.begin_steadily(0)
        for grade_id in ("setup", *ANSWERS):
            source = entry.source if grade_id == entry.answer else text_of()[grade_id]
            file = f"<ipython-input-{grade_id}>"
            linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
            try:
                exec(compile(source, file, "exec"), names)
            except SyntaxError:
                names.pop(ANSWERS[entry.answer], None)
        try:
            exec(compile(text_of()[f"test_{entry.answer}"], "<test>", "exec"), names)
        except checks.ChecksFailed:
            pass
    return names["checks"].records
