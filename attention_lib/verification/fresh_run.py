"""Run a notebook from the top in a new kernel that knows nothing of the running one."""

import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import monotonic

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode, from_dict
from nbformat.v4 import output_from_msg

from attention_lib.assignment.cells import view
from attention_lib.verification.culprits import (
    CELL_LIMIT_S,
    TOTAL_LIMIT_S,
    VARIABLES,
    FreshRun,
    is_to_run,
    too_long,
    without_culprits,
)

INSIDE_FRESH_RUN = "ATTENTION101_FRESH_RUN"

STARTUP_LIMIT_S = 60.0
# Of cells that are neither a test nor the student's. They import what is there already when grading begins.
IMPORTS_LIMIT_S = 60.0
OUTPUT_LIMIT = 2_000_000
_WORK = "work"


class KernelNotStarted(RuntimeError):
    """No new kernel could be started; the message says why and what to do."""


def run_afresh(
    notebook: NotebookNode,
    *,
    cell_limit_s: float = CELL_LIMIT_S,
    total_limit_s: float = TOTAL_LIMIT_S,
    tell: Callable[[str], None] = lambda sentence: None,
) -> FreshRun:
    """Run every code cell of a canonical notebook in order, but those tagged `lesson-only`.

    The kernel is a new one of this Python, in an empty folder, with an empty IPython profile. As in grading, Python
    looks for modules in that folder after its own library, so a module that a cell writes, such as by `%%writefile`,
    can be imported, and torch.compile compiles nothing. An error in a cell does not stop the run, and nobody answers
    `input()`. A cell that takes longer than `cell_limit_s` seconds or ends the kernel is left out and the rest is run
    again from the top; where that was a test cell, the answer that it called is left out instead. All runs together
    take no longer than about `total_limit_s` seconds. Cells of the instructor's that are no tests may take longer,
    since they import torch, which grading has done before.

    notebook: of nbformat 4, not changed
    tell: called with a sentence each time that the run begins again
    Raises KernelNotStarted.
    """

    def run_once(run: FreshRun, deadline: float) -> tuple[int, str | None] | None:
        return _run_once(run, cell_limit_s, deadline)

    return without_culprits(notebook, run_once, total_limit_s, tell)


def _run_once(run: FreshRun, cell_limit_s: float, deadline: float) -> tuple[int, str | None] | None:
    """Fill in `run`; return the cell that stopped it and why (None: the limit for the whole), or None at the end."""
    with tempfile.TemporaryDirectory(prefix="attention101-", ignore_cleanup_errors=True) as scratch:
        with _new_kernel(Path(scratch)) as (manager, client):
            for index, cell in enumerate(run.notebook.cells):
                if not is_to_run(cell) or index in run.left_out:
                    continue
                begun = monotonic()
                seconds = cell_limit_s if _is_limited(cell) else max(cell_limit_s, IMPORTS_LIMIT_S)
                limit = min(begun + seconds, deadline)
                try:
                    cell.outputs = _run_cell(manager, client, cell.source, limit)
                except TimeoutError:
                    if limit == deadline:
                        return index, None
                    return index, "{} ({})".format(*too_long(seconds))
                except ChildProcessError:
                    return index, "ended the Python process (an exit, or more memory than there is?)"
                run.seconds[index] = monotonic() - begun
        folder = Path(scratch) / _WORK
        run.files.update(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return None


def _is_limited(cell: NotebookNode) -> bool:
    seen = view(cell)
    return seen.is_test or seen.is_own or bool(seen.answer)


class _ThisPython(KernelSpecManager):
    """Knows one kernel: ipykernel of the Python that runs now, whatever kernels are installed on the machine."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(**get_kernel_dict())


@contextmanager
def _new_kernel(scratch: Path):
    folder, profile = scratch / _WORK, scratch / "ipython"
    folder.mkdir()
    profile.mkdir()
    manager = KernelManager(kernel_spec_manager=_ThisPython(), connection_file=str(scratch / "kernel.json"))
    client = None
    try:
        try:
            manager.start_kernel(
                extra_arguments=["--HistoryManager.enabled=False"],
                cwd=str(folder),
                env=os.environ | VARIABLES | {"IPYTHONDIR": str(profile), INSIDE_FRESH_RUN: "1"},
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
