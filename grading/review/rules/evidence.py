"""A comment is about something that its lines have. Cheap signs only: what they prove is told to who decides."""

import ast

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.named import names_in

_LOOPS = (ast.For, ast.While, ast.comprehension)
# Dimensions, steps and factors that are no sizes.
_NO_SIZES = frozenset({0, 1, 2})


def lacks_evidence(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Is it about a loop, a number or a name that is not in its lines, or calls it unused what is used?"""
    first, last = comment.lines
    if code.tree is None or not code.has_lines(first, last) or comment.kind in ("mistake", "other"):
        return None
    nodes = [inner for node in code.nodes(first, last) for inner in (node, *ast.iter_child_nodes(node))]
    if comment.kind == "loop" and not any(isinstance(node, _LOOPS) for node in nodes):
        return "There is no loop in these lines."
    if comment.kind == "hard_coded_size" and not any(map(_is_size, nodes)):
        return "There is no size as a number in these lines."
    named = names_in(comment.text)
    absent = named - names_in(f"`{code.text(first, last)}`")
    if named and named == absent:
        return f"These lines have no `{min(absent)[:60]}`."
    read = {node.id for node in code.all_nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    if comment.kind == "dead_code" and named and named <= read:
        return f"The code reads `{min(named)}`."
    return None


def _is_size(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and abs(node.value) not in _NO_SIZES
