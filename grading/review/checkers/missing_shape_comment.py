"""A missing comment on shapes: does the function around these lines change shapes, and say them nowhere?"""

import ast

from attention_lib.findings.code import Code, callee
from attention_lib.findings.missing_shape_comment import MAY_SAY, changes_shape, docstrings, says_sizes
from attention_lib.findings.shape_comments import gives_a_shape
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment


def missing_shape_comment(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Does the function around these lines change shapes at least twice, and does nothing in the cell give one?"""
    first, last = comment.lines
    if code.tree is None:
        return undecided(code.why_unread)
    touched = code.functions_at(first, last)
    if not touched:
        return undecided("These lines are in no function.")
    prose = [*code.comments.values(), *docstrings(code)]
    if any(gives_a_shape(text) for text in (*prose, "\n".join(code.comments.values()))):
        return refuted("A docstring or a comment of the cell gives shapes.")
    if any(MAY_SAY.search(text) for text in prose):
        return undecided("A docstring or a comment may give shapes.")
    if any(says_sizes(node) for node in code.all_nodes):
        return undecided("The code itself names sizes, in an assertion, a type or an einsum.")
    function = touched[-1]
    changes = [node for node in ast.walk(function) if changes_shape(node)]
    if len(changes) < 2:
        return undecided("The function hardly changes shapes.")
    facts = {"no docstring"} if not any(map(ast.get_docstring, code.functions)) else {"docstring"}
    facts |= {"no comment"} if not code.comments else set()
    facts |= {"unsaid"} if not any(_unpacks_sizes(node) for node in code.all_nodes) else set()
    here = sum(first <= node.lineno <= last for node in changes)
    facts |= {"changes here"} if here else set()
    facts |= {"changes often"} if here > 1 else set()
    return confirmed("The function changes shapes and says none of them.", facts=facts, names={f.name for f in touched})


def _unpacks_sizes(node: ast.AST) -> bool:
    """Whether names are given to several sizes of a shape, which says the shape in a way."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)):
        return False
    return any(getattr(part, "attr", "") == "shape" or callee(part) == "size" for part in ast.walk(node.value))
