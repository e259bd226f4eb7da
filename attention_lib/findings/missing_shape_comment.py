"""A missing comment on shapes: a function that changes shapes more than once and says them nowhere."""

import ast
import re
from collections.abc import Iterator

from attention_lib.findings.code import Code, callee
from attention_lib.findings.finding import Finding
from attention_lib.findings.shape_comments import gives_a_shape

_CHANGES_SHAPES = frozenset(
    """
    transpose swapaxes swapdims permute movedim unsqueeze squeeze view reshape flatten unflatten sum mean amax
    amin matmul bmm mm baddbmm einsum stack cat concat split chunk expand broadcast_to repeat linear tensordot
    unbind
    """.split()
)
# Words of a comment that may give a shape in a way of their own.
MAY_SAY = re.compile(
    r"\bshapes?\b|\bdim(?:ension)?s?\b|->|→|\bsizes?\b|\w [x×] \w|\bby\b|\bB\s*,?\s*T\b|[\[(]\s*\d+\s*,", re.IGNORECASE
)


def missing_shape_comments(code: Code) -> Iterator[Finding]:
    """The functions that change shapes at least twice, in an answer that gives no shape at all."""
    prose = [*code.comments.values(), *docstrings(code)]
    if any(gives_a_shape(text) or MAY_SAY.search(text) for text in prose) or any(map(says_sizes, code.all_nodes)):
        return
    for function in code.functions:
        if sum(changes_shape(node) for node in ast.walk(function)) > 1 and code.function_of(function) is None:
            last = function.end_lineno or function.lineno
            yield Finding("missing_shape_comment", "none", function.lineno, last, (function.name,))


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


def says_sizes(node: ast.AST) -> bool:
    """Whether a statement gives shapes to a reader without a comment."""
    if isinstance(node, ast.Assert):
        return "shape" in ast.unparse(node.test) or "size" in ast.unparse(node.test)
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node.annotation))
    return callee(node) in ("einsum", "rearrange")
