"""The last section's check: grade the saved notebook as the grader will see it, and keep the lesson's progress."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from IPython.core.getipython import get_ipython
from IPython.display import display
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from attention_lib.assignment.canonical import Canonical, canonical_notebook
from attention_lib.assignment.cell_code import read_code, seems_to_define
from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import all_passed, completed_records
from attention_lib.assignment.declaration import ENTRY, Answer, declared
from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook
from attention_lib.surprises import Surprise, surprises
from attention_lib.verification import fresh_run
from attention_lib.verification.culprits import FreshRun
from attention_lib.verification.first_cause import error_text, first_cause
from attention_lib.verification.grader import grader_of
from attention_lib.verification.lesson_progress import CellProgress, LessonProgress, load_progress, save_progress
from attention_lib.verification.live_session import live_session
from attention_lib.verification.score_card import Row, ScoreCard
from attention_lib.verification.style import Style, style_of


def verify(path: str | os.PathLike = "attention.ipynb") -> dict:
    """Check the saved notebook as the grader will see it, show a score card, and write the progress.

    The saved file is put into the notebook as it was handed out and run from the top in a new kernel, in an empty
    folder, with nobody to answer questions; then the visible checks are read. The result is also written to
    `progress/lesson_progress.json` beside the notebook. Cells run as in grading: what lies beside the notebook is not
    there, a module that a cell writes by `%%writefile` is there for the cells below and can be imported, torch.compile
    compiles nothing, and a cell may take as long as there (20 s, all together 180 s, unless the course says otherwise).

    path: the notebook's file
    Returns `{"score": int, "cells": {answer: {"passed": bool, "attempts": int, "checked": ISO time in UTC}},
    "warnings": [{"cell": grade_id or "", "message": sentence}], "findings": [{"answer": grade_id, "kind": str,
    "lines": [first, last], "names": [str], "text": sentences}]}`; findings are about style and cost no points.
    Never raises for what is wrong with files or with the notebook: that is shown, and is among the warnings.
    """
    return check_notebook(Path(path))


def check_notebook(path: Path, cell_limit_s: float | None = None, total_limit_s: float | None = None) -> dict:
    """`verify()` with limits, in seconds, for a cell and for all runs together; None is what the grader takes."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    before, told = load_progress(path)
    notes = [Surprise("", told)] if told else []
    screen = _Screen()
    if os.environ.get("NBGRADER_EXECUTION") or os.environ.get(fresh_run.INSIDE_FRESH_RUN):
        reason = "This notebook is being graded or checked right now; nothing else was run."
        return _not_checked(reason, before, notes, screen)
    screen.say("Checking the saved notebook in a new Python kernel …")
    try:
        submitted = read_notebook(path)
    except UnreadableNotebook as error:
        return _not_checked(f"{error}{_notebooks_there(path)}", before, notes, screen)

    released, compared = _released(submitted)
    assignment = declared(released)
    if not assignment.answers:
        reason = f"No cell of {path.name} is an answer that a test of it judges. Fetch the assignment again."
        return _not_checked(reason, before, notes, screen)
    if not compared:
        notes.append(Surprise("", (
            "This notebook does not tell how it was handed out, so locked cells that were changed cannot be found. "
            "Fetch the assignment again and copy your answers into it."
        )))  # fmt: skip
    canonical = canonical_notebook(released, submitted)
    grader = grader_of(submitted)
    cell_limit_s = grader.cell_seconds if cell_limit_s is None else cell_limit_s
    total_limit_s = grader.total_seconds if total_limit_s is None else total_limit_s
    try:
        run = fresh_run.run_afresh(
            canonical.notebook, cell_limit_s=cell_limit_s, total_limit_s=total_limit_s, tell=screen.say
        )
    except fresh_run.KernelNotStarted as error:
        return _not_checked(str(error), before, notes, screen)

    session = live_session()
    notes += surprises(path, assignment, submitted, canonical, run, session, cell_limit_s, grader)
    rows, cells, first_passed = [], {}, set(before.first_passed)
    for answer in assignment.answers:
        written = _is_written(answer, canonical, released)
        passed, message = _verdict(answer, run)
        grade_id = answer.grade_id
        attempts = before.cells[grade_id].attempts if grade_id in before.cells else 0
        if written and grade_id not in first_passed:
            attempts += 1
        if passed:
            first_passed.add(grade_id)
        state = "passed" if passed else "not yet" if written else "not started"
        rows.append(Row(answer.name, state, attempts, message if state == "not yet" else ""))
        cells[grade_id] = CellProgress(passed, attempts, now)

    style = style_of(canonical.notebook)
    result = _result(cells, notes, style)
    if failed := save_progress(path, result, first_passed):
        result = _result(cells, [*notes, Surprise("", failed)], style)
    by_a_person = [cell.grade_id for cell in assignment.manual]
    warnings = [warning["message"] for warning in result["warnings"]]
    screen.show(ScoreCard(rows, warnings, by_a_person=by_a_person, style=style, notebook=path.name))
    return result


def _result(cells: dict[str, CellProgress], notes: list[Surprise], style: Style) -> dict:
    return {
        "score": sum(cell.passed for cell in cells.values()),
        "cells": {answer: asdict(cell) for answer, cell in cells.items()},
        "warnings": [{"cell": note.cell, "message": note.message} for note in notes],
        "findings": [each.as_entry() for each in style.findings],
    }


def _not_checked(reason: str, before: LessonProgress, notes: list[Surprise], screen: "_Screen") -> dict:
    """The result where nothing could be checked. It is shown and not written: earlier progress stays."""
    cells = {answer: CellProgress(False, old.attempts, old.checked) for answer, old in before.cells.items()}
    screen.show(ScoreCard([], [note.message for note in notes], trouble=reason))
    return _result(cells, [Surprise("", reason), *notes], Style())


def _notebooks_there(path: Path) -> str:
    try:
        if path.exists():
            return ""
        there = sorted(p.name for p in path.parent.glob("*.ipynb"))
    except (OSError, ValueError):
        return ""
    folder = path.parent.absolute()
    if not there:
        return f" There is no notebook in {folder}."
    return f" The notebooks in {folder} are: {', '.join(there[:10])}{' and more' if len(there) > 10 else ''}."


def _released(submitted: NotebookNode) -> tuple[NotebookNode, bool]:
    """The notebook as it was handed out, rebuilt from what it carries; else from its own known cells, and False."""
    carried = submitted.metadata.get("attention101")
    listed = carried.get("released") if isinstance(carried, dict) else None
    try:
        cells = [_released_cell(entry["cell_type"], entry["source"], entry) for entry in listed]
    except (KeyError, TypeError, AttributeError, ValueError):
        cells = []
    ids = [view(cell).grade_id for cell in cells if view(cell).grade_id]
    compared = any(view(cell).is_answer for cell in cells) and len(set(ids)) == len(ids)
    if not compared:
        cells = _known_cells(submitted)
    metadata = {key: submitted.metadata[key] for key in ("kernelspec", "language_info") if key in submitted.metadata}
    if isinstance(carried, dict) and ENTRY in carried:
        metadata["attention101"] = {ENTRY: carried[ENTRY]}
    return new_notebook(cells=cells, metadata=metadata), compared


def _known_cells(submitted: NotebookNode) -> list[NotebookNode]:
    """The first cell of each grade_id; of answers only the place, unless they are still as they were handed out."""
    cells = {}
    for cell in submitted.cells:
        seen = view(cell)
        grade_id = seen.grade_id
        if grade_id and grade_id not in cells:
            unanswered = not seen.solution or "NotImplementedError" in cell.source
            cells[grade_id] = _released_cell(cell.cell_type, cell.source if unanswered else "", cell.metadata)
    return list(cells.values())


def _released_cell(cell_type: str, source: str, metadata: dict) -> NotebookNode:
    make = new_code_cell if cell_type == "code" else new_markdown_cell
    tags = metadata.get("tags")
    nbgrader = metadata.get("nbgrader") or {}
    kept = {
        "nbgrader": {key: value for key, value in nbgrader.items() if isinstance(value, str | int | bool | None)},
        "tags": list(dict.fromkeys(map(str, tags))) if isinstance(tags, list) else [],
    }
    return make(str(source), metadata=kept)


def _is_written(answer: Answer, canonical: Canonical, released: NotebookNode) -> bool:
    """True where the student wrote something for this answer, in its cell or in a cell of their own."""
    stub = next((cell.source for cell in released.cells if view(cell).answer == answer.grade_id), "")
    for cell in canonical.notebook.cells:
        seen = view(cell)
        is_text_of_it = seen.answer == answer.grade_id
        if is_text_of_it and read_code(cell.source).statements not in ((), read_code(stub).statements):
            return True
        if seen.is_own and any(seems_to_define(cell.source, name) for name in answer.names):
            return seen.is_code
    return False


def _verdict(answer: Answer, run: FreshRun) -> tuple[bool, str]:
    """Whether the answer's test passed, and the first reason why not."""
    errors, left_out, test_outputs, above = [], [], None, []
    for index, cell in enumerate(run.notebook.cells):
        is_test = view(cell).tested == answer.grade_id
        if is_test:
            above = run.notebook.cells[:index]
        if not is_test and view(cell).answer != answer.grade_id:
            continue
        if index in run.left_out:
            left_out.append(run.left_out[index])
        elif is_test and index in run.seconds:
            test_outputs = cell.get("outputs", [])
        elif not is_test and cell.cell_type == "code":
            errors += [error_text(out) for out in cell.get("outputs", []) if out.output_type == "error"]
    records = completed_records(test_outputs or [])
    if all_passed(records):
        return True, ""
    if left_out:
        return False, f"Left out: it {left_out[0]}."
    reasons = [f"Your cell stops with {error}" for error in errors]
    reasons += [record.message for record in records if record.passed is not True]
    if reasons:
        return False, first_cause(above, answer.grade_id, reasons) or reasons[0]
    if test_outputs is None:
        return False, "The run did not reach its test."
    return False, "Its test did not come to its end."


class _Screen:
    """Shows one output that changes in place: sentences while the check runs, then the card."""

    def __init__(self) -> None:
        self._in_notebook = get_ipython() is not None
        self._output = None

    def say(self, sentence: str) -> None:
        if self._in_notebook:
            self._put({"text/plain": sentence})

    def show(self, card: ScoreCard) -> None:
        if self._in_notebook:
            self._put({"text/html": card.as_html(), "text/plain": card.as_text()})
        else:
            print(card.as_text())

    def _put(self, bundle: dict) -> None:
        if self._output is None:
            self._output = display(bundle, raw=True, display_id=True)
        else:
            self._output.update(bundle, raw=True)
