"""One student's answer on its way through the review: what is asked, and what is known of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from grading.review.answers_of import AnswerCells, Cell, answers_of
from grading.review.comments import ReviewComment, comments_on
from grading.review.linter_facts import linter_facts
from grading.review.prompt import Question, answer_key, question, question_key
from grading.review.records.store import Decision, StoredReply
from grading.review.settings import CodeReview
from grading.review.shown_code import NotShowable, ShownCode, shown_code


@dataclass(frozen=True)
class Reviewable:
    """An answer with code in it that can be read.

    answer_key, question_key: see `grading.review.prompt`
    """

    student: str
    cells: AnswerCells
    code: ShownCode
    answer_key: str
    question_key: str

    def comments(
        self, replies: Mapping[str, StoredReply], decisions: Mapping[str, Decision], settings: CodeReview
    ) -> list[ReviewComment]:
        """What is said about it; nothing as long as there is no reply and no decision."""
        reply = replies.get(self.question_key)
        return comments_on(self.cells.answer, self.code, self.answer_key, reply, decisions, settings)


def reviewables(
    student: str, notebook: NotebookNode, cells: Mapping[str, Cell], settings: CodeReview
) -> list[Reviewable]:
    """The student's answers that a model can be asked about. Blank ones, and what is not Python, are left out."""
    found = []
    for each in answers_of(notebook, cells):
        if each.untouched or not each.answer.source.strip():
            continue
        try:
            code = shown_code(each.answer.source)
        except NotShowable:
            continue
        key = question_key(each.answer, code, settings.language, settings.tone)
        found.append(Reviewable(student, each, code, answer_key(each.answer, code), key))
    return found


def questions_about(missing: Iterable[Reviewable], settings: CodeReview) -> list[Question]:
    """One question for all who gave the same answer, ordered by cell, so that a server can reuse what it has read."""
    distinct = {each.question_key: each for each in sorted(missing, key=lambda each: each.student, reverse=True)}
    ordered = sorted(distinct.values(), key=lambda each: (each.cells.answer.cell, each.question_key))
    facts = linter_facts([each.code.text for each in ordered]) if ordered else []
    return [
        question(each.cells.answer, each.code, found, settings.language, settings.tone)
        for each, found in zip(ordered, facts, strict=True)
    ]
