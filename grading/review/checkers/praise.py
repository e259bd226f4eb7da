"""Praise: only of a right answer, and only of something that these lines have."""

import ast
import re

from attention_lib.findings.code import Code
from attention_lib.findings.dead_code import dead_things
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.praiseworthy import praiseworthy
from grading.review.claims import Comment
from grading.review.said import names_in

# What the code is praised for not being.
_OTHER_WAYS = re.compile(
    r"\b(?:instead of|rather than|unlike|and not|, not|not by|without|in place of)"
    r"\s+(?:using |calling |writing |a |the )*(?:`+[^`]+`+|\S+)"
)


def praise(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Do these lines have anything concrete that is worth praise? Whether the text names it is for its wording."""
    first, last = comment.lines
    if not answer.right:
        return refuted("The tests say that the answer is wrong.")
    if code.tree is None:
        return undecided(code.why_unread)
    absent = [name for name in names_in(_OTHER_WAYS.sub(" ", comment.text)) if not _stands_in(name, answer.source)]
    if absent:
        return refuted(f"`{absent[0][:60]}` is not in the code.")
    facts = praiseworthy(code, first, last, answer)
    if "docstring" in facts and _docstrings_are_the_tasks(code, answer):
        facts.discard("docstring")
    if code.is_blank(first, last) and "shape comments" not in facts:
        return refuted("There is nothing in these lines.")
    if any(thing.first <= last and first <= thing.last for thing in dead_things(code)):
        return undecided("Some of these lines are dead, which is not to be praised.")
    if not facts - {"line"}:
        return undecided("Nothing in these lines is on the list of what may be praised.")
    names = code.places_at(first, last)
    return confirmed("What may be praised is in these lines.", facts=facts, names=names)


def _docstrings_are_the_tasks(code: Code, answer: ReviewedAnswer) -> bool:
    """Whether the task came with the docstrings, so that they are no merit of the student's."""
    docstrings = [ast.get_docstring(function, clean=False) or "" for function in code.functions]
    return all(docstring in answer.task for docstring in docstrings)


def _stands_in(fragment: str, source: str) -> bool:
    """Whether all identifiers of a fragment are in the source, `nn.functional`'s long names and modules aside."""
    words = set(re.findall(r"[A-Za-z_]\w*", fragment)) - {
        "torch",
        "nn",
        "functional",
        "F",
        "math",
        "None",
        "True",
        "False",
        "inf",
        "float",
    }
    return all(re.search(rf"\b{re.escape(word)}\b", source) for word in words)
