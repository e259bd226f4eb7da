"""Runs a canonical notebook and judges its test cells by their records. Fails closed: no complete records, no point."""

import re
from time import monotonic

from nbformat import NotebookNode

from attention_lib.canonical import ANSWERS
from attention_lib.check_records import all_passed, checks_output, completed_records
from attention_lib.fresh_run import FreshRun, answer_of
from attention_lib.notebook_file import new_output
from grading.judging.follow_through import (
    FUNCTIONS,
    HEAD,
    HEAD_TEST,
    failed_over_correct_functions,
    head_over_correct_functions,
    judged_over_correct_functions,
)
from grading.judging.limits import Limits
from grading.judging.session import NewStudentProcess, run_session

_SYNTAX_ERROR_LINE = re.compile(r" ?\([^()]*, line (\d+)\)$")


def judge(
    canonical: NotebookNode, source: NotebookNode, limits: Limits, new_process: NewStudentProcess
) -> NotebookNode:
    """The canonical notebook with the student's outputs, and with every test cell's outputs made of its records.

    source: the instructor's notebook, whose solutions stand in for functions that do not pass
    new_process: gives the student's process for each run
    """
    problem = canonical.metadata.get("attention101", {}).get("problem")
    if problem:
        for index in _tests(canonical).values():
            _set_records(canonical.cells[index], [_not_completed(problem)])
        return canonical
    deadline = monotonic() + limits.total_seconds
    run = run_session(new_process, canonical, limits.cell_seconds, limits.total_seconds)
    sentences = _mark_left_out(run)
    records = {
        test_id: _records(run, index, sentences.get(test_id.removeprefix("test_"), ""), limits)
        for test_id, index in _tests(canonical).items()
    }
    if HEAD_TEST in records and not all_passed(records[HEAD_TEST]):
        seconds = max(deadline - monotonic(), limits.cell_seconds)
        alone = head_over_correct_functions(canonical, source, list(run.left_out))
        again = run_session(new_process, alone, limits.cell_seconds, seconds, secret=True)
        records[HEAD_TEST] = _over_correct_functions(again, records, limits)
    for test_id in _tests(canonical):
        stopped = _how_the_answer_stopped(run.notebook, test_id.removeprefix("test_"))
        if stopped and not all_passed(records[test_id]):
            records[test_id].insert(0, stopped)
    notebook = run.notebook
    for test_id, index in _tests(notebook).items():
        _set_records(notebook.cells[index], records[test_id])
    return notebook


def _over_correct_functions(run: FreshRun, records: dict[str, list[dict]], limits: Limits) -> list[dict]:
    """The head's records out of a run whose last cell is the head's test over correct functions.

    records: by test cell, out of the run over the student's own functions
    """
    cells = run.notebook.cells
    left_out = [index for index in run.left_out if answer_of(cells[index]) == HEAD or index == len(cells) - 1]
    sentence = _left_out_sentence(HEAD, run.left_out[left_out[0]]) if left_out else ""
    found = _records(run, len(cells) - 1, sentence, limits)
    if all_passed(found):
        not_passing = [ANSWERS[name] for name in FUNCTIONS if not all_passed(records.get(f"test_{name}", []))]
        return [judged_over_correct_functions(not_passing), *found]
    if not completed_records(cells[-1].outputs):
        return found
    over_own = {record["check"]: record for record in records[HEAD_TEST]}
    return [failed_over_correct_functions(record, over_own.get(record["check"])) for record in found]


def _tests(notebook: NotebookNode) -> dict[str, int]:
    """The positions of the test cells, by grade_id."""
    found = ((cell.metadata.get("nbgrader", {}), index) for index, cell in enumerate(notebook.cells))
    return {nbgrader["grade_id"]: index for nbgrader, index in found if nbgrader.get("grade")}


def _records(run: FreshRun, index: int, left_out: str, limits: Limits) -> list[dict]:
    records = completed_records(run.notebook.cells[index].outputs)
    if all_passed(records):
        return records
    if left_out:
        return [_not_completed(left_out)]
    if index in run.left_out:
        return [_not_completed(f"The checks of this cell {run.left_out[index]}, so they could not be completed.")]
    if records:
        return records
    if not run.finished and index not in run.seconds:
        return [
            _not_completed(
                f"The notebook as a whole took longer than {limits.total_seconds:g} s, and this cell was not reached. "
                "Look for a loop that never ends, or for slow code."
            )
        ]
    return [_not_completed("The checks of this cell stopped before they were completed, so it has no point.")]


def _how_the_answer_stopped(notebook: NotebookNode, answer: str) -> dict | None:
    """A record for an answer cell that stopped with an error of its own, such as a syntax error."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if answer_of(cell) == answer else []:
            if output.output_type == "error" and output.ename != "NotImplementedError":
                line = _SYNTAX_ERROR_LINE.search(output.evalue)
                what = _SYNTAX_ERROR_LINE.sub("", " ".join(output.evalue.split()))[:300]
                where = f" in line {line[1]}" if line else ""
                return {
                    "check": "the cell runs",
                    "passed": False,
                    "message": f"The answer cell itself stopped with {output.ename}{where}: {what}.",
                    "hidden": False,
                }
    return None


def _not_completed(message: str) -> dict:
    return {"check": "completed", "passed": False, "message": message, "hidden": False}


def _mark_left_out(run: FreshRun) -> dict[str, str]:
    """Say in the notebook which of the student's cells were left out; the sentences by the answer they belong to."""
    sentences: dict[str, str] = {}
    mended = run.notebook.metadata.setdefault("attention101", NotebookNode()).setdefault("mended", [])
    for index, reason in sorted(run.left_out.items()):
        cell = run.notebook.cells[index]
        answer = answer_of(cell)
        sentence = _left_out_sentence(answer, reason)
        if not answer and not cell.metadata.get("attention101", {}).get("own"):
            continue
        cell.metadata.setdefault("attention101", NotebookNode())["left_out"] = sentence
        if answer:
            sentences[answer] = sentence
        else:
            mended.append(NotebookNode(cell="", message=sentence, lost=True))
    return sentences


def _left_out_sentence(answer: str, reason: str) -> str:
    what = f"Your `{ANSWERS.get(answer, answer)}`" if answer else "A cell of your own"
    return f"{what} {reason}. It was left out, and the rest was run without it."


def _set_records(test: NotebookNode, records: list[dict]) -> None:
    test.outputs = [checks_output(records)]
    failed = sum(record["passed"] is not True for record in records)
    if failed or not records:
        message = f"{failed} of {len(records)} checks did not pass. The sentences above say why."
        test.outputs.append(
            new_output("error", ename="ChecksFailed", evalue=message, traceback=[f"ChecksFailed: {message}"])
        )
