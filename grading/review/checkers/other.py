"""Anything else that a reviewer may say: nothing in the code decides it."""

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, undecided
from grading.review.claims import Comment


def other(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Never decided: a person has to read it."""
    return undecided("A comment of no known kind waits for a person.")
