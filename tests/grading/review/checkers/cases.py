"""Asks a checker about a claim on a small answer."""

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers import CHECKERS
from grading.review.claims import Comment
from tests.grading.review.labelled.tasks import REFERENCES, TASKS


def answer_of(source: str, cell: str = "attention_scores", right: bool = True) -> ReviewedAnswer:
    """An answer whose first line is the line below the opening quotes."""
    return ReviewedAnswer(cell, source.lstrip("\n"), (), right, REFERENCES[cell], TASKS[cell])


def finding(kind: str, source: str, lines: tuple[int, int], text: str = "See there.", **about) -> str:
    """What the kind's checker finds: `confirmed`, `refuted` or `open`."""
    answer = answer_of(source, **about)
    comment = Comment(lines=lines, kind=kind, text=text)
    return CHECKERS[kind](comment, Code(answer.source), answer).status.value


def scores(*body: str) -> str:
    """The function `attention_scores` with these lines, the first of which is line 2."""
    return "\n".join(["def attention_scores(Q, K, scale=None):", *(f"    {line}" for line in body)]) + "\n"
