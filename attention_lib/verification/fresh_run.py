"""Run a notebook from the top in a new kernel that knows nothing of the running one."""

import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from time import monotonic

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode, from_dict
from nbformat.v4 import output_from_msg

from attention_lib.assignment.cells import view
from attention_lib.assignment.notebook_file import copied

INSIDE_FRESH_RUN = "ATTENTION101_FRESH_RUN"

STARTUP_LIMIT_S = 60.0
CELL_LIMIT_S = 30.0
TOTAL_LIMIT_S = 180.0
OUTPUT_LIMIT = 2_000_000


class KernelNotStarted(RuntimeError):
    """No new kernel could be started; the message says why and what to do."""


@dataclass(frozen=True)
class FreshRun:
    """What came of running a notebook afresh. Cells are named by their position in `notebook.cells`.

    notebook: a copy of what was run, code cells with their outputs (none where a cell was not run to its end)
    seconds: how long each cell took that ran to its end
    left_out: why a cell was left out, as a clause ("took longer than 30 s ...") for each cell that was
    finished: False where the limit for the whole run was met; cells after that were not reached
    """

    notebook: NotebookNode
    seconds: dict[int, float]
    left_out: dict[int, str]
    finished: bool


def run_afresh(
    notebook: NotebookNode,
    *,
    cell_limit_s: float = CELL_LIMIT_S,
    total_limit_s: float = TOTAL_LIMIT_S,
    tell: Callable[[str], None] = lambda sentence: None,
) -> FreshRun:
    """Run every code cell of a canonical notebook in order, but those tagged `lesson-only`.

    The kernel is a new one of this Python, in an empty folder, with an empty IPython profile. An error in a cell does
    not stop the run, and nobody answers `input()`. A cell that takes longer than `cell_limit_s` seconds or ends the
    kernel is left out and the rest is run again from the top; where that was a test cell, the answer that it called is
    left out instead. All runs together take no longer than about `total_limit_s` seconds.

    notebook: of nbformat 4, not changed
    tell: called with a sentence each time that the run begins anew
    Raises KernelNotStarted.
    """

    def run_once(run: FreshRun, deadline: float) -> tuple[int, str | None] | None:
        return _run_once(run, cell_limit_s, deadline)

    return without_culprits(notebook, run_once, total_limit_s, tell)


def without_culprits(
    notebook: NotebookNode,
    run_once: Callable[[FreshRun, float], tuple[int, str | None] | None],
    total_limit_s: float,
    tell: Callable[[str], None] = lambda sentence: None,
) -> FreshRun:
    """Run a notebook, and while a cell of it stops the run, run it again without that cell.

    run_once: called with what to fill in, of which the cells in `left_out` are not to be run, and the deadline
        (monotonic time). Returns None at the end, or the cell that stopped it and why: a clause, or None where that was
        the deadline.
    """
    deadline = monotonic() + total_limit_s
    left_out: dict[int, str] = {}
    while True:
        run = FreshRun(copied(notebook), {}, left_out, finished=True)
        culprit = run_once(run, deadline)
        if culprit is None:
            return run
        index, reason = culprit
        if reason is None:
            return FreshRun(run.notebook, run.seconds, left_out, finished=False)
        left_out |= dict.fromkeys(_to_leave_out(notebook, index, left_out), reason)
        tell(f"{_place(notebook.cells[index])} {reason}. The rest is run again without it.")


def _run_once(run: FreshRun, cell_limit_s: float, deadline: float) -> tuple[int, str | None] | None:
    """Fill in `run`; return the cell that stopped it and why (None: the limit for the whole), or None at the end."""
    with tempfile.TemporaryDirectory(prefix="attention101-", ignore_cleanup_errors=True) as scratch:
        with _new_kernel(Path(scratch)) as (manager, client):
            for index, cell in enumerate(run.notebook.cells):
                if not is_to_run(cell) or index in run.left_out:
                    continue
                begun = monotonic()
                limit = min(begun + cell_limit_s, deadline)
                try:
                    cell.outputs = _run_cell(manager, client, cell.source, limit)
                except TimeoutError:
                    if limit == deadline:
                        return index, None
                    return index, "{} ({})".format(*too_long(cell_limit_s))
                except ChildProcessError:
                    return index, "ended the Python process (an exit, or more memory than there is?)"
                run.seconds[index] = monotonic() - begun
    return None


def is_to_run(cell: NotebookNode) -> bool:
    """Whether a fresh run runs this cell: code that is not tagged `lesson-only`."""
    return cell.cell_type == "code" and bool(cell.source.strip()) and not view(cell).is_lesson_only


def too_long(cell_limit_s: float) -> tuple[str, str]:
    """Why a cell is left out that met the limit for one cell: a clause, and what may be the cause."""
    return f"took longer than {cell_limit_s:g} s", "a loop that never ends?"


def _to_leave_out(notebook: NotebookNode, index: int, left_out: dict[int, str]) -> list[int]:
    """The cells of the answer that a test cell called, unless they are left out already; else the cell itself."""
    called = view(notebook.cells[index]).tested
    answers = [i for i, cell in enumerate(notebook.cells) if called and view(cell).answer == called and is_to_run(cell)]
    return [i for i in answers if i not in left_out] or [index]


def _place(cell: NotebookNode) -> str:
    grade_id = view(cell).answer or view(cell).grade_id
    return f"The cell `{grade_id}`" if grade_id else "A cell of your own"


class _ThisPython(KernelSpecManager):
    """Knows one kernel: ipykernel of the Python that runs now, whatever kernels are installed on the machine."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(**get_kernel_dict())


@contextmanager
def _new_kernel(scratch: Path):
    folder, profile = scratch / "work", scratch / "ipython"
    folder.mkdir()
    profile.mkdir()
    manager = KernelManager(kernel_spec_manager=_ThisPython(), connection_file=str(scratch / "kernel.json"))
    client = None
    try:
        try:
            manager.start_kernel(
                extra_arguments=["--HistoryManager.enabled=False"],
                cwd=str(folder),
                env=os.environ | {"IPYTHONDIR": str(profile), INSIDE_FRESH_RUN: "1"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            client = manager.blocking_client()
            client.start_channels()
            client.wait_for_ready(timeout=STARTUP_LIMIT_S)
        except (OSError, RuntimeError) as error:
            raise KernelNotStarted(
                f"A new Python kernel could not be started ({error}). Close notebooks that you do not need and try "
                f"again; if that does not help, check that `{sys.executable} -m ipykernel --version` works."
            ) from error
        yield manager, client
    finally:
        if client is not None:
            client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def _run_cell(manager, client, source: str, limit: float) -> list[NotebookNode]:
    """The outputs of one cell; of a flood only the last `OUTPUT_LIMIT` characters.

    Raises TimeoutError at `limit` (monotonic time) and ChildProcessError if the kernel ends.
    """
    request = client.execute(source, allow_stdin=False, stop_on_error=False)
    outputs: deque[tuple[int, NotebookNode]] = deque()
    shown: dict[str, NotebookNode] = {}
    clear = False
    size = 0
    while (left := limit - monotonic()) > 0:
        try:
            message = client.get_iopub_msg(timeout=min(left, 1.0))
        except Empty:
            if not manager.is_alive():
                raise ChildProcessError from None
            continue
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            continue
        if kind == "status" and content["execution_state"] == "idle":
            return [output for _, output in outputs]
        if kind == "clear_output":
            clear = True
            if content.get("wait"):
                continue
        display_id = content.get("transient", {}).get("display_id")
        if kind == "update_display_data" and display_id in shown:
            shown[display_id].update(data=from_dict(content["data"]), metadata=from_dict(content["metadata"]))
        if clear:
            outputs.clear()
            size, clear = 0, False
        if kind not in ("stream", "display_data", "execute_result", "error"):
            continue
        output = output_from_msg(message)
        outputs.append((len(str(content)), output))
        size += outputs[-1][0]
        while size > OUTPUT_LIMIT and len(outputs) > 1:
            size -= outputs.popleft()[0]
        if display_id:
            shown[display_id] = output
    raise TimeoutError
