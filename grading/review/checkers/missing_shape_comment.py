"""A missing comment on shapes: a function that changes shapes more than once and says them nowhere."""

import ast
import re

from attention_lib.findings.code import Code, callee
from attention_lib.findings.shape_comments import gives_a_shape
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment

_CHANGES_SHAPES = frozenset(
    """
    transpose swapaxes swapdims permute movedim unsqueeze squeeze view reshape flatten unflatten sum mean amax
    amin matmul bmm mm baddbmm einsum stack cat concat split chunk expand broadcast_to repeat linear tensordot
    unbind
    """.split()
)
# Words of a comment that may give a shape in a way of their own.
_MAY_SAY = re.compile(
    r"\bshapes?\b|\bdim(?:ension)?s?\b|->|→|\bsizes?\b|\w [x×] \w|\bby\b|\bB\s*,?\s*T\b|[\[(]\s*\d+\s*,", re.IGNORECASE
)


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
    if any(_MAY_SAY.search(text) for text in prose):
        return undecided("A docstring or a comment may give shapes.")
    if any(_says_sizes(node) for node in code.all_nodes):
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


def docstrings(code: Code) -> list[str]:
    """The docstrings of the cell, and other strings that stand alone."""
    alone = (node.value for node in code.all_nodes if isinstance(node, ast.Expr))
    return [node.value for node in alone if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def changes_shape(node: ast.AST) -> bool:
    """Whether this expression has another shape than what it is made of."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    if isinstance(node, ast.Attribute):
        return node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return any(isinstance(part, ast.Constant) and part.value is None for part in node.slice.elts)
    return callee(node) in _CHANGES_SHAPES


def _says_sizes(node: ast.AST) -> bool:
    """Whether a statement gives shapes to a reader without a comment."""
    if isinstance(node, ast.Assert):
        return "shape" in ast.unparse(node.test) or "size" in ast.unparse(node.test)
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node.annotation))
    return callee(node) in ("einsum", "rearrange")


def _unpacks_sizes(node: ast.AST) -> bool:
    """Whether names are given to several sizes of a shape, which says the shape in a way."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)):
        return False
    return any(getattr(part, "attr", "") == "shape" or callee(part) == "size" for part in ast.walk(node.value))
