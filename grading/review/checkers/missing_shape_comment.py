"""A missing comment on shapes: a function that changes shapes more than once and says them nowhere."""

import ast
import re

from grading.review.answer import Answer
from grading.review.checkers.code import Code, Function, callee
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment

_CHANGES_SHAPES = frozenset(
    """
    transpose swapaxes swapdims permute movedim unsqueeze squeeze view reshape flatten unflatten sum mean amax
    amin matmul bmm mm baddbmm einsum stack cat concat split chunk expand broadcast_to repeat linear tensordot
    unbind
    """.split()
)
_SHAPE = re.compile(
    r"[(\[<](?=[^)\]>]*[,…])\s*(?:\.\.\.|…|\*?[A-Za-z_]\w*|\d+)\s*(?:[,x×]\s*(?:\.\.\.|…|\*?[A-Za-z_][\w/+*-]*"
    r"|\d+)?\s*)+[)\]>]"
    r"|\bshapes?\b|\b[A-Za-z_]\w*\s*[x×]\s*[A-Za-z_]\w*\b|\bB\s*,?\s*T\b|\bdim(?:ension)?s?\b|->|→|\bsize\b",
    re.IGNORECASE,
)


def missing_shape_comment(comment: Comment, code: Code, answer: Answer) -> Grounded:
    """Does the function around these lines change shapes at least twice, and says none?"""
    first, last = comment.lines
    if code.tree is None:
        return undecided(code.why_unread)
    touched = code.functions_at(first, last)
    if not touched:
        return undecided("These lines are in no function.")
    for function in touched:
        if says_shapes(function, code):
            return refuted("The function's docstring or comments give shapes.")
    if any("Float[" in line or "TensorType[" in line for line in code.lines):
        return undecided("Type hints may give the shapes.")
    function = touched[-1]
    if _docstring_of_class_says_shapes(function, code):
        return refuted("The class's docstring gives shapes.")
    changes = [node for node in ast.walk(function) if changes_shape(node)]
    if len(changes) < 2:
        return undecided("The function hardly changes shapes.")
    facts = {"no docstring"} if ast.get_docstring(function) is None else {"docstring"}
    lines = range(function.lineno, (function.end_lineno or 0) + 1)
    facts |= {"no comment"} if not any(line in code.comments for line in lines) else set()
    on_lines = any(first <= node.lineno <= last for node in changes)
    facts |= {"changes here"} if on_lines else set()
    facts |= {f"calls {callee(node)}" for node in changes if callee(node) and first <= node.lineno <= last}
    return confirmed("The function changes shapes and says none of them.", facts=facts, names={f.name for f in touched})


def changes_shape(node: ast.AST) -> bool:
    """Whether this expression has another shape than what it is made of."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    if isinstance(node, ast.Attribute):
        return node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return any(isinstance(part, ast.Constant) and part.value is None for part in node.slice.elts)
    return callee(node) in _CHANGES_SHAPES


def says_shapes(function: Function, code: Code) -> bool:
    """Whether the docstring or a comment of a function gives a shape."""
    if _SHAPE.search(ast.get_docstring(function) or ""):
        return True
    lines = range(function.lineno, (function.end_lineno or 0) + 1)
    return any(
        _SHAPE.search(text) for line, text in code.comments.items() if line in lines or line == function.lineno - 1
    )


def _docstring_of_class_says_shapes(function: Function, code: Code) -> bool:
    classes = [node for node in code.around(function) if isinstance(node, ast.ClassDef)]
    return any(_SHAPE.search(ast.get_docstring(node) or "") for node in classes)
