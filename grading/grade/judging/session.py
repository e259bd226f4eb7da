"""One submission's run: its cells in a student's process of the sandbox, its test cells here.

This is the only place in `grading` that has student code run.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic

from nbformat import NotebookNode

from attention_lib.assignment.cells import view
from attention_lib.assignment.declaration import Assignment
from attention_lib.checks import passed_in_this_session
from attention_lib.verification.culprits import FreshRun, is_to_run, too_long, without_culprits
from grading.grade.judging.run_test_cell import run_test_cell
from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess, StudentStopped

NewStudentProcess = Callable[[], AbstractContextManager[StudentProcess]]


def run_session(
    new_process: NewStudentProcess,
    notebook: NotebookNode,
    assignment: Assignment,
    set_up: str,
    cell_seconds: float,
    total_seconds: float,
    seed: str = "",
    secret: bool = False,
) -> FreshRun:
    """Run a canonical notebook in a new student's process, without the cells tagged `lesson-only`.

    A cell that meets a limit or ends the process is left out, and the rest is run again; where that was a test cell,
    the answer that it called is left out.

    assignment, set_up: what the instructor's notebook declares, and its set-up cell
    cell_seconds, total_seconds: limits for one cell, and for all runs together
    seed: a secret from which the random numbers of hidden checks are made
    secret: the notebook holds what must not come out, such as correct functions: outputs of cells are dropped, and
        records say no more than which check passed, and reasons no more than which limit was met
    Raises grading.sandbox.warm_process.WarmParentFailed, a fault of the grader's machine.
    """

    def run_once(run: FreshRun, deadline: float) -> tuple[int, str | None] | None:
        passed_in_this_session.clear()
        with new_process() as process:
            students = StudentNamespace(process, secret)
            for index, cell in enumerate(run.notebook.cells):
                if not is_to_run(cell) or index in run.left_out:
                    continue
                begun = monotonic()
                process.limit(cell_seconds, deadline, *too_long(cell_seconds))
                try:
                    if view(cell).is_test:
                        cell.outputs = run_test_cell(cell.source, students, assignment.names, set_up, seed, secret)
                    else:
                        outputs = process.run_cell(cell.source)
                        cell.outputs = [] if secret else outputs
                except StudentStopped as stopped:
                    reason = stopped.what if secret else stopped.reason
                    return index, None if monotonic() >= deadline else reason
                run.seconds[index] = monotonic() - begun
        return None

    return without_culprits(notebook, run_once, total_seconds)
