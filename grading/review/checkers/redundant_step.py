"""A redundant step: is there one in these lines, and is it the one that a comment names?"""

import ast

from attention_lib.findings.redundant_step import FRESH, TWICE_IS_ONCE, computed_twice, steps_at

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import named
from grading.review.claims import Comment

_NUMBERS = {"times one": 1.0, "over one": 1.0, "power one": 1.0, "plus zero": 0.0, "minus zero": 0.0}


def redundant_step(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is there one of the known redundant steps in these lines, and does the text name no other?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        return undecided(code.why_unread)
    steps = [step for node in code.nodes(first, last) for step in steps_at(node, code)]
    # In a wrong answer what is computed twice is more likely the mistake than a waste.
    steps += computed_twice(code, first, last) if answer.right else []
    if steps:
        mentioned = [name for name in named(comment.text, code) if "(" in name or "." in name or name in _CALLS]
        about = [step for step in steps if not mentioned or any(name.strip(".") in step.words for name in mentioned)]
        if not about:
            return undecided("Another step in these lines is redundant than the one that it names.")
        facts = frozenset.intersection(*(step.facts for step in about))
        if all(any(step.node is node for step in about) for node in code.statements(first, last)):
            facts |= {"whole lines"}
        names = frozenset().union(*(step.words for step in about))
        numbers = {value for fact, value in _NUMBERS.items() if fact in facts}
        return confirmed(about[0].why, facts=facts, names=names, numbers=numbers)
    if all(_is_needed(node) for node in code.statements(first, last)):
        return refuted("These lines are needed.")
    return undecided("No redundant step of a known form is in these lines.")


_CALLS = (
    FRESH
    | TWICE_IS_ONCE
    | {"transpose", "unsqueeze", "squeeze", "T", "mT", "reshape", "view", "expand", "tuple", "list"}
)


def _is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Name | ast.Tuple | ast.BinOp | ast.Constant)
    return isinstance(node, ast.FunctionDef | ast.ClassDef)
