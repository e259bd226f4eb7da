"""Run a notebook in the way that its caller knows, and again without the cells that stop the run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from nbformat import NotebookNode

from attention_lib.assignment.cells import view
from attention_lib.assignment.notebook_file import copied

# Both on the student's side and in grading, where the course's configuration says nothing else.
CELL_LIMIT_S = 20.0
TOTAL_LIMIT_S = 180.0
# Cells run with this in their environment. torch.compile then hands back the function as it is: it computes the same,
# and to compile takes a C++ compiler and longer than a cell may.
VARIABLES = {"TORCH_COMPILE_DISABLE": "1"}


@dataclass(frozen=True)
class FreshRun:
    """What came of running a notebook afresh. Cells are named by their position in `notebook.cells`.

    notebook: a copy of what was run, code cells with their outputs (none where a cell was not run to its end)
    seconds: how long each cell took that ran to its end
    left_out: why a cell was left out, as a clause ("took longer than 30 s ...") for each cell that was
    finished: False where the limit for the whole run was met; cells after that were not reached
    files: what the cells had written into their folder at the end, as relative paths with "/", where that is known
    """

    notebook: NotebookNode
    seconds: dict[int, float]
    left_out: dict[int, str]
    finished: bool
    files: set[str] = field(default_factory=set)


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
