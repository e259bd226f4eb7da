"""Asks a model about the labelled answers, and makes drafts of what it says, as for a class."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from attention_lib.assignment.declaration import declared
from attention_lib.findings.find import find
from attention_lib.findings.finding import Finding
from grading.review.answer import ReviewedAnswer
from grading.review.ask_all import ask_all
from grading.review.bench.graded import LESSON, graded
from grading.review.bench.tally import Reviewed
from grading.review.drafts import drafts_on
from grading.review.labelled import LABELLED, LabelledAnswer
from grading.review.prompt import Question, question
from grading.review.records.store import ReviewStore
from grading.review.settings import CodeReview
from grading.review.shown_code import NotShowable, shown_code
from grading.source.released import read_source


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
    given = declared(read_source(LESSON)).names
    findings = find([each.source for each in labelled], given, shape_comments=settings.shape_comments)
    pairs = list(zip(answers, findings, strict=True))
    questions = [_question(answer, found, settings) for answer, found in pairs]
    with tempfile.TemporaryDirectory() as folder, ReviewStore(f"sqlite:///{Path(folder) / 'bench.db'}") as store:
        distinct = {each.key: each for each in questions if each}
        by_cell = sorted(distinct.values(), key=lambda each: (each.answer.cell, each.key))
        asked = ask_all(by_cell, store, settings, tell=tell)
        replies = store.replies(distinct, settings.model)
    reviewed = []
    for each, (answer, found), about in zip(labelled, pairs, questions, strict=True):
        reply = replies.get(about.key) if about else None
        if reply is None:
            reviewed.append(Reviewed(each, None, 0.0))
            continue
        drafts = drafts_on(answer, about.code, about.answer_key, reply, {}, found, settings)
        reviewed.append(Reviewed(each, tuple(drafts), reply.seconds))
    return reviewed, set(asked.missing.values())


def _question(answer: ReviewedAnswer, findings: Sequence[Finding], settings: CodeReview) -> Question | None:
    try:
        code = shown_code(answer.source)
    except NotShowable:
        return None
    return question(answer, code, findings, settings.language, settings.tone)
