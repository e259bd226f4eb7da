"""Runs a canonical notebook and judges its test cells by their records. Fails closed: no complete records, no point."""

import platform
import re
import sys
from time import monotonic

from nbformat import NotebookNode

from attention_lib.assignment.cells import noted, notes_of, view
from attention_lib.assignment.check_records import CheckRecord, all_passed, completed_records, set_records
from attention_lib.assignment.declaration import Answer, Assignment, declared, set_up_of
from attention_lib.assignment.notebook_file import conflict_mark
from attention_lib.verification.culprits import FreshRun
from attention_lib.verification.first_cause import first_cause
from attention_lib.verification.newer_syntax import is_newer, newer_syntax
from grading.grade.judging import TimeLimits, follow_through
from grading.grade.judging.session import NewStudentProcess, run_session

_SYNTAX_ERROR_LINE = re.compile(r" ?\([^()]*, line (\d+)\)$")


def judge(
    canonical: NotebookNode, source: NotebookNode, limits: TimeLimits, new_process: NewStudentProcess, seed: str = ""
) -> NotebookNode:
    """The canonical notebook with the student's outputs, and with every test cell's outputs made of its records.

    source: the instructor's notebook, whose solutions stand in for answers that do not pass
    new_process: gives the student's process for each run
    seed: a secret from which the random numbers of hidden checks are made
    """
    if problem := noted(canonical).get("problem"):
        for index in _tests(canonical).values():
            set_records(canonical.cells[index], [_not_completed(problem)])
        return canonical
    return _Judgement(canonical, source, limits, new_process, seed).notebook()


class _Judgement:
    def __init__(
        self,
        canonical: NotebookNode,
        source: NotebookNode,
        limits: TimeLimits,
        new_process: NewStudentProcess,
        seed: str,
    ):
        self._seed = seed
        self._canonical, self._source, self._limits, self._new_process = canonical, source, limits, new_process
        self._assignment, self._set_up = declared(source), set_up_of(source)
        self._deadline = monotonic() + limits.total_seconds

    def notebook(self) -> NotebookNode:
        run = self._run(self._canonical, self._limits.total_seconds)
        notebook, tests = run.notebook, _tests(run.notebook)
        sentences = _mark_left_out(run, self._assignment)
        over_own = {
            answer: _records(run, index, sentences.get(answer, ""), self._limits) for answer, index in tests.items()
        }
        records = dict(over_own)
        for answer in self._assignment.answers:
            if answer.over and answer.grade_id in tests and not all_passed(over_own[answer.grade_id]):
                records[answer.grade_id] = self._over_correct_answers(answer, run, over_own)
        for answer, index in tests.items():
            if not all_passed(records[answer]):
                records[answer] = [*_first_causes(notebook, answer, index, records[answer]), *records[answer]]
            set_records(notebook.cells[index], records[answer])
        return notebook

    def _run(self, notebook: NotebookNode, seconds: float, secret: bool = False) -> FreshRun:
        given = notebook, self._assignment, self._set_up, self._limits.cell_seconds, seconds
        return run_session(self._new_process, *given, seed=self._seed, secret=secret)

    def _over_correct_answers(
        self, answer: Answer, run: FreshRun, over_own: dict[str, list[CheckRecord]]
    ) -> list[CheckRecord]:
        """An answer's records out of a run of its own, whose last cell is its test.

        run: the run over the student's own answers; over_own: its records, by answer
        """
        given = answer, self._canonical, self._source, self._assignment
        alone = follow_through.over_correct_answers(*given, list(run.left_out))
        again = self._run(alone, max(self._deadline - monotonic(), self._limits.cell_seconds), secret=True)
        cells = again.notebook.cells
        left_out = [i for i in again.left_out if view(cells[i]).answer == answer.grade_id or i == len(cells) - 1]
        sentence = _left_out_sentence(answer.name, again.left_out[left_out[0]]) if left_out else ""
        found = _records(again, len(cells) - 1, sentence, self._limits)
        if all_passed(found):
            called = map(self._assignment.answer, answer.over)
            not_passing = [each.name for each in called if each and not all_passed(over_own.get(each.grade_id, []))]
            return [follow_through.judged_over_correct_answers(answer, not_passing), *found]
        if not completed_records(cells[-1].outputs):
            return found
        by_check = {record.check: record for record in over_own[answer.grade_id]}
        return [follow_through.failed_over_correct_answers(record, by_check.get(record.check)) for record in found]


def _tests(notebook: NotebookNode) -> dict[str, int]:
    """The positions of the test cells, by the answer that they judge."""
    return {tested: index for index, cell in enumerate(notebook.cells) if (tested := view(cell).tested)}


def _records(run: FreshRun, index: int, left_out: str, limits: TimeLimits) -> list[CheckRecord]:
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


def _first_causes(notebook: NotebookNode, answer: str, test: int, records: list[CheckRecord]) -> list[CheckRecord]:
    """Records of what came before the checks: a cell above that stopped, and the answer's own that did."""
    stopped = _how_the_answer_stopped(notebook, answer)
    messages = [record.message for record in (*stopped, *records) if record.passed is not True]
    cause = first_cause(notebook.cells[:test], answer, messages)
    return [*([CheckRecord("the cells above run", False, cause)] if cause else []), *stopped]


def _how_the_answer_stopped(notebook: NotebookNode, answer: str) -> list[CheckRecord]:
    """A record for an answer cell that stopped with an error of its own, such as a syntax error."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if view(cell).answer == answer else []:
            if output.output_type == "error" and output.ename != "NotImplementedError":
                line = _SYNTAX_ERROR_LINE.search(output.evalue)
                what = _SYNTAX_ERROR_LINE.sub("", " ".join(output.evalue.split()))[:300]
                where = f" in line {line[1]}" if line else ""
                message = f"The answer cell itself stopped with {output.ename}{where}: {what}."
                if output.ename == "SyntaxError":
                    message += _why_no_syntax(cell.source, noted(notebook).get("written_by", ""))
                return [CheckRecord("the cell runs", False, message)]
    return []


def _why_no_syntax(source: str, written_by: str) -> str:
    """What is behind a syntax error, as far as that can be told; begins with a space.

    written_by: the version of Python that the file names, or ""
    """
    here = platform.python_version()
    if line := conflict_mark(source):
        return (
            f" Line {line} is a mark that git left where it could not merge two versions. Keep one of the two sides "
            "between <<<<<<< and >>>>>>>, and delete the other and the lines with the marks."
        )
    if newer := newer_syntax([source], sys.version_info[:2]).get(0):
        run_with = f" (the notebook was last run with Python {written_by})" if written_by else ""
        return (
            f" Line {newer.line} holds syntax that came with Python {newer.since}{run_with}, and grading uses Python "
            f"{here}. Write it in the older way."
        )
    if is_newer(written_by, sys.version_info[:2]):
        return (
            f" The notebook was last run with Python {written_by}, and grading uses Python {here}: what came in "
            "between is an error here."
        )
    return ""


def _not_completed(message: str) -> CheckRecord:
    return CheckRecord("completed", False, message)


def _mark_left_out(run: FreshRun, assignment: Assignment) -> dict[str, str]:
    """Say in the notebook which of the student's cells were left out; the sentences by the answer they belong to."""
    sentences: dict[str, str] = {}
    mended = notes_of(run.notebook).setdefault("mended", [])
    for index, reason in sorted(run.left_out.items()):
        cell = run.notebook.cells[index]
        grade_id = view(cell).answer
        answer = assignment.answer(grade_id)
        sentence = _left_out_sentence(answer.name if answer else grade_id, reason)
        if not grade_id and not view(cell).is_own:
            continue
        notes_of(cell)["left_out"] = sentence
        if grade_id:
            sentences[grade_id] = sentence
        else:
            mended.append(NotebookNode(cell="", message=sentence, lost=True))
    return sentences


def _left_out_sentence(name: str, reason: str) -> str:
    what = f"Your `{name}`" if name else "A cell of your own"
    return f"{what} {reason}. It was left out, and the rest was run without it."
