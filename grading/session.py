"""Where student code runs. This is the only place in `grading` that starts it."""

from nbformat import NotebookNode

from attention_lib.fresh_run import FreshRun, run_afresh


def run_session(notebook: NotebookNode, cell_seconds: float, total_seconds: float) -> FreshRun:
    """Run a canonical notebook in a new process, in an empty folder, without the cells tagged `lesson-only`.

    cell_seconds, total_seconds: limits for one cell and for all of the run
    Raises attention_lib.fresh_run.KernelNotStarted, which is a fault of the grader's machine.
    """
    return run_afresh(notebook, cell_limit_s=cell_seconds, total_limit_s=total_seconds)
