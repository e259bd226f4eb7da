"""Labelled answers as the reviewer gets them: with what the real tests find, behind the sandbox's walls."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import zip_longest

from nbformat import NotebookNode

from attention_lib.assignment.canonical import canonical_notebook
from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import all_passed, completed_records
from attention_lib.assignment.declaration import Assignment, declared
from course.checkout import CHECKOUT
from grading.grade.judging import TimeLimits
from grading.grade.judging.judge import judge
from grading.review.answer import Outcome, ReviewedAnswer
from grading.review.answers_of import without_marks
from grading.review.labelled import LabelledAnswer
from grading.sandbox.settings import Sandbox
from grading.sandbox.student_process import StudentProcess
from grading.sandbox.walls import chosen_walls
from grading.sandbox.warm_process import WarmProcess
from grading.source.released import read_source, released_version

LESSON = CHECKOUT / "source/attention/attention.ipynb"
_LIMITS = TimeLimits(20, 180)
_CPU_SECONDS = 600


def graded(labelled: Sequence[LabelledAnswer], sandbox: Sandbox | None = None) -> list[ReviewedAnswer]:
    """The answers in the order given. About 10 s for a hundred of them.

    sandbox: the course's settings; None for those that come with it
    Raises NoWall where the walls that the settings ask for do not stand on this machine.
    """
    sandbox = sandbox or Sandbox()
    source = read_source(LESSON)
    release = released_version(source)
    tasks, references = _by_answer(release), _by_answer(source)
    found: dict[str, ReviewedAnswer] = {}
    warm = WarmProcess(chosen_walls(sandbox.walls), sandbox.trait_values(config=True), _CPU_SECONDS)
    try:
        warm.wait_until_ready()
        for group in _notebooks(labelled, declared(source)):
            submitted = _filled(release, references | {each.cell: each.source for each in group})
            canonical = canonical_notebook(source, submitted, release).notebook
            tests = _tests(judge(canonical, source, _LIMITS, lambda: StudentProcess(warm)))
            for each in group:
                records = completed_records(tests[each.cell].outputs)
                found[each.name] = ReviewedAnswer(
                    cell=each.cell,
                    source=each.source,
                    outcomes=tuple(Outcome(record.check, record.passed) for record in records),
                    right=all_passed(records),
                    reference=without_marks(references[each.cell]),
                    task=tasks[each.cell],
                )
    finally:
        warm.close()
    return [found[each.name] for each in labelled]


def _notebooks(labelled: Sequence[LabelledAnswer], assignment: Assignment) -> Iterator[list[LabelledAnswer]]:
    """Groups that can be judged in one notebook: an answer of each kind, or one that is built over others."""
    by_cell = {cell: [each for each in labelled if each.cell == cell] for cell in assignment.ids}
    over_others = [each for answer in assignment.answers if answer.over for each in by_cell.pop(answer.grade_id)]
    for group in zip_longest(*by_cell.values()):
        yield [each for each in group if each]
    for alone in over_others:
        yield [alone]


def _by_answer(notebook: NotebookNode) -> dict[str, str]:
    return {seen.grade_id: cell.source for cell in notebook.cells if (seen := view(cell)).is_answer}


def _filled(release: NotebookNode, texts: dict[str, str]) -> NotebookNode:
    notebook = deepcopy(release)
    for cell in notebook.cells:
        cell.source = texts.get(view(cell).answer, cell.source)
    return notebook


def _tests(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {view(cell).tested: cell for cell in notebook.cells}
