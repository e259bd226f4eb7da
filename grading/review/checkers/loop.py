"""A loop where a tensor operation exists: does one begin in these lines?"""

import ast
import re

from attention_lib.findings.code import Code, Function, callee
from attention_lib.findings.loop import LOOPS, reads_rows, sort_of, variables, walks_over
from attention_lib.findings.tensors_of_floats import is_float_tensor
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment

_LOOSE = re.compile(r"\bfor\b|\bwhile\b|\bmap\(")

_TOOLS = {
    "project_qkv": {"product"},
    "attention_scores": {"product"},
    "attention_weights": {"softmax"},
    "aggregate_values": {"product"},
}
_CALLS = {
    "product": ("torch.matmul", "matmul", "@", "torch.einsum", "einsum"),
    "softmax": ("torch.softmax", "softmax", "F.softmax"),
}


def loop(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Does a loop begin in these lines that walks over a dimension of a tensor?"""
    first, last = comment.lines
    if code.tree is None:
        if not _LOOSE.search(code.text(first, last)):
            return refuted("There is no loop in these lines.")
        return undecided(code.why_unread)
    loops = [node for node in code.all_nodes if isinstance(node, LOOPS) and node.lineno in range(first, last + 1)]
    if not loops:
        return _without_header(first, last, code)
    if any(isinstance(part, ast.Call) and callee(part) == "Linear" for node in loops for part in ast.walk(node)):
        return undecided("The loop makes layers.")
    walks = [walks_over(node, code) for node in loops]
    if not all(walks) or not all(reads_rows(node, code) for node in loops):
        return undecided("Whether a tensor operation can replace this loop cannot be told.")
    facts = set.intersection(*walks) | {sort_of(node) for node in loops}
    if len({sort_of(node) for node in loops}) > 1:
        facts -= {"for", "while", "comprehension"}
    if len(loops) > 1:
        facts.add("several")
    inside = [any(other is not node and other in _loops_around(node, code) for other in loops) for node in loops]
    facts |= {"nested"} if any(inside) else set()
    facts |= {"inner"} if all(_loops_around(node, code) for node in loops) else set()
    # The task as a whole is one product or one softmax; that the loop does this work shows in what it calls.
    tools = {tool for tool in _TOOLS.get(answer.cell, ()) if all(_does(tool, node, code) for node in loops)}
    if not tools:
        return undecided("Whether a tensor operation can replace this loop cannot be told.")
    facts |= {f"{tool} fits" for tool in tools}
    calls = {call for tool in tools for call in _CALLS[tool]}
    names = {name for node in loops for name in variables(node)}
    return confirmed("The loop walks over a dimension of a tensor.", facts=facts, tools=calls, names=names)


def _loops_around(node: ast.AST, code: Code) -> list[ast.AST]:
    found = []
    while node in code.parents and not isinstance(node, Function):
        node = code.parents[node]
        found += [node] if isinstance(node, LOOPS) else []
    return found


def _multiplies_tensors(node: ast.AST, code: Code) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return is_float_tensor(node.left, code) and is_float_tensor(node.right, code)
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    return is_product or callee(node) in {"matmul", "mv", "mm", "bmm", "dot", "einsum", "inner", "linear"}


def _does(tool: str, loop: ast.AST, code: Code) -> bool:
    """Whether a loop multiplies, or takes a softmax, and nothing else that the tool would not do at once."""
    parts = list(ast.walk(loop))
    if any(isinstance(part, ast.If | ast.IfExp | ast.Try | ast.With) or callee(part) == "print" for part in parts):
        return False
    if tool == "softmax":
        masks = any(callee(part) in ("masked_fill", "masked_fill_", "where") for part in parts)
        return not masks and any(callee(part) == "softmax" for part in parts)
    return any(_multiplies_tensors(part, code) for part in parts)


def _without_header(first: int, last: int, code: Code) -> Grounded:
    inside = [
        node
        for node in code.all_nodes
        if isinstance(node, LOOPS) and node.lineno <= last and first <= (node.end_lineno or 0)
    ]
    if inside:
        return undecided("These lines are inside a loop that begins elsewhere.")
    if re.search(r"\bmap\(|\bfilter\(|\breduce\(", code.text(first, last)):
        return undecided("These lines walk over something without a loop statement.")
    calls = [
        code_name for node in code.nodes(first, last) if isinstance(node, ast.Call) and (code_name := callee(node))
    ]
    if any(name in {function.name for function in code.functions} for name in calls):
        return undecided("These lines call a function of the answer.")
    return refuted("There is no loop in these lines.")
