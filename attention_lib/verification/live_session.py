"""The notebook session that runs now, compared with the file that is on the disk."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from IPython.core.getipython import get_ipython

from attention_lib.assignment.cell_code import seems_to_define


@dataclass(frozen=True)
class LiveSession:
    """What the running kernel knows.

    cells: the texts that were run, oldest first, as they were typed
    names: the names that have a value now
    notebook: file name of the notebook that is open, "" where the kernel was not told
    """

    cells: Sequence[str] = ()
    names: frozenset[str] = frozenset()
    notebook: str = ""


def live_session() -> LiveSession:
    """The session that calls this; an empty one outside IPython."""
    shell = get_ipython()
    if shell is None:
        return LiveSession()
    history = getattr(shell.history_manager, "input_hist_raw", [])
    # Jupyter Server puts the notebook's path here; other front ends put something else or nothing.
    opened = Path(os.environ.get("JPY_SESSION_NAME", "")).name
    return LiveSession(
        tuple(str(text) for text in history), frozenset(shell.user_ns), opened if opened.endswith(".ipynb") else ""
    )


def unsaved(name: str, saved_cells: Sequence[str], session: LiveSession) -> str:
    """Say how the session's newest definition of `name` differs from the saved file; "" where it does not.

    saved_cells: the texts of all code cells of the saved file
    """
    saved = [_lines(text) for text in saved_cells if seems_to_define(text, name)]
    newest = next((text for text in reversed(session.cells) if seems_to_define(text, name)), None)
    if newest is None:
        if name in session.names and not saved:
            return (
                f"This session knows a `{name}`, but no cell of the saved file defines it, and so grading will not "
                "have it. Write it into its answer cell and save (Ctrl+S or Cmd+S)."
            )
        return ""
    if _lines(newest) in saved:
        return ""
    if not saved:
        return (
            f"You ran a cell that defines `{name}`, but the saved file has no such cell. The saved file is what is "
            "graded: save (Ctrl+S or Cmd+S) and run this check again."
        )
    return (
        f"The `{name}` that you ran last is not the one in the saved file. The saved file is what is graded: save "
        "(Ctrl+S or Cmd+S), run the cell, and run this check again."
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
