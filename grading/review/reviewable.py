"""One student's answer on its way through the review: what is found in it, what is asked, and what is known of it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from attention_lib.findings.finding import Finding
from attention_lib.findings.notebook import AnswerFinding, findings_in
from grading.review.answers_of import AnswerCells, Cell, answers_of
from grading.review.drafts import Draft, drafts_on
from grading.review.prompt import Question, answer_key, question, question_key
from grading.review.records.store import Decision, StoredReply
from grading.review.settings import CodeReview
from grading.review.shown_code import NotShowable, ShownCode, shown_code

_ALL = 1_000


@dataclass(frozen=True)
class Reviewable:
    """An answer with code in it that can be read.

    findings: all of them, in the answer's lines
    answer_key, question_key: see `grading.review.prompt`
    """

    student: str
    cells: AnswerCells
    code: ShownCode
    findings: tuple[Finding, ...]
    answer_key: str
    question_key: str

    def drafts(
        self, replies: Mapping[str, StoredReply], decisions: Mapping[str, Decision], settings: CodeReview
    ) -> list[Draft]:
        """The drafts for it; none as long as there is no reply and no decision."""
        reply = replies.get(self.question_key)
        answer = self.cells.answer
        return drafts_on(answer, self.code, self.answer_key, reply, decisions, self.findings, settings)


def all_findings(notebooks: Sequence[NotebookNode], settings: CodeReview) -> list[list[AnswerFinding]]:
    """For each notebook all findings, the most useful of an answer first; none where they cannot be had."""
    try:
        return findings_in(notebooks, _ALL, settings.shape_comments)
    except Exception as trouble:
        # Findings are a help; no trouble with them may cost a class its pages.
        logging.getLogger(__name__).warning("No findings: %s", trouble or type(trouble).__name__)
        return [[] for _ in notebooks]


def in_answer(found: AnswerFinding, cells: AnswerCells) -> Finding:
    """A finding in lines of the whole answer, which may stand in several cells."""
    before = dict(cells.cells).get(found.cell, 0)
    return replace(found.finding, first=found.finding.first + before, last=found.finding.last + before)


def reviewables(
    student: str,
    notebook: NotebookNode,
    cells: Mapping[str, Cell],
    findings: Sequence[AnswerFinding],
    settings: CodeReview,
) -> list[Reviewable]:
    """The student's answers that a model can be asked about. Blank ones, and what is not Python, are left out."""
    kept = []
    for each in answers_of(notebook, cells):
        if each.untouched or not each.answer.source.strip():
            continue
        try:
            code = shown_code(each.answer.source)
        except NotShowable:
            continue
        key = question_key(each.answer, code, settings.language, settings.tone)
        own = tuple(in_answer(found, each) for found in findings if found.answer == each.answer.cell)
        kept.append(Reviewable(student, each, code, own, answer_key(each.answer, code), key))
    return kept


def to_ask(found: Iterable[Reviewable], settings: CodeReview) -> list[Reviewable]:
    """Those that a model is to be asked about."""
    return [each for each in found if settings.enabled and (settings.drafts == "all" or not each.cells.answer.right)]


def questions_about(missing: Iterable[Reviewable], settings: CodeReview) -> list[Question]:
    """One question for all who gave the same answer, ordered by cell, so that a server can reuse what it has read."""
    distinct = {each.question_key: each for each in sorted(missing, key=lambda each: each.student, reverse=True)}
    ordered = sorted(distinct.values(), key=lambda each: (each.cells.answer.cell, each.question_key))
    return [question(each.cells.answer, each.code, each.findings, settings.language, settings.tone) for each in ordered]
