"""Asks a model about the labelled answers, and has checkers and rules judge what it says, as for a class."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from grading.review.answer import ReviewedAnswer
from grading.review.ask_all import ask_all
from grading.review.bench.graded import graded
from grading.review.bench.tally import Reviewed
from grading.review.comments import comments_on
from grading.review.labelled import LABELLED, LabelledAnswer
from grading.review.linter_facts import linter_facts
from grading.review.prompt import Question, question
from grading.review.records.store import ReviewStore
from grading.review.settings import CodeReview
from grading.review.shown_code import NotShowable, shown_code


def run_bench(
    settings: CodeReview,
    tell: Callable[[int, int], None] = lambda done, of: None,
    labelled: Sequence[LabelledAnswer] = LABELLED,
) -> tuple[list[Reviewed], set[str]]:
    """Review them. Returns what came of each, and the reasons, as clauses, for those without a reply.

    tell: called with how many questions are done, and how many there are
    Raises NoWall where student code may not run on this machine.
    """
    answers = graded(labelled)
    questions = _questions(answers, settings)
    with tempfile.TemporaryDirectory() as folder, ReviewStore(f"sqlite:///{Path(folder) / 'bench.db'}") as store:
        distinct = {each.key: each for each in questions if each}
        by_cell = sorted(distinct.values(), key=lambda each: (each.answer.cell, each.key))
        reasons = ask_all(by_cell, store, settings, tell=tell)
        replies = store.replies(distinct, settings.model)
    reviewed = []
    for each, answer, asked in zip(labelled, answers, questions, strict=True):
        reply = replies.get(asked.key) if asked else None
        if reply is None:
            reviewed.append(Reviewed(each, None, 0.0))
            continue
        comments = comments_on(answer, asked.code, asked.answer_key, reply, {}, settings)
        reviewed.append(Reviewed(each, tuple(comment.judged for comment in comments), reply.seconds))
    return reviewed, set(reasons.values())


def _questions(answers: Sequence[ReviewedAnswer], settings: CodeReview) -> list[Question | None]:
    codes = []
    for answer in answers:
        try:
            codes.append(shown_code(answer.source))
        except NotShowable:
            codes.append(None)
    facts = linter_facts([code.text if code else "" for code in codes])
    return [
        question(answer, code, found, settings.language, settings.tone) if code else None
        for answer, code, found in zip(answers, codes, facts, strict=True)
    ]
