"""A loop where a tensor operation exists: all tasks of the lesson can be done without walking over a dimension."""

import ast
import re
from collections.abc import Iterator

from grading.review.answer import Answer
from grading.review.checkers.code import Code, callee
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment

_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_TENSORS = frozenset({"x", "W_q", "W_k", "W_v", "Q", "K", "V", "scores", "mask", "weights"})
_LOOSE = re.compile(r"\bfor\b|\bwhile\b|\bmap\(")

# What the rows of a dimension are, by the tensor and its dimension.
_ROWS = {
    ("Q", -2): "queries", ("weights", -2): "queries", ("scores", -2): "queries",
    ("K", -2): "keys", ("weights", -1): "keys", ("scores", -1): "keys", ("V", -2): "keys", ("x", -2): "tokens",
}  # fmt: skip
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


def loop(comment: Comment, code: Code, answer: Answer) -> Grounded:
    """Does a loop begin in these lines that walks over a dimension of a tensor?"""
    first, last = comment.lines
    if code.tree is None:
        if not _LOOSE.search(code.text(first, last)):
            return refuted("There is no loop in these lines.")
        return undecided(code.why_unread)
    loops = [node for node in code.all_nodes if isinstance(node, _LOOPS) and _header(node) in range(first, last + 1)]
    if not loops:
        return _without_header(first, last, code)
    if any(isinstance(part, ast.Call) and callee(part) == "Linear" for node in loops for part in ast.walk(node)):
        return undecided("The loop makes layers.")
    walks = [_walks_over(node, code) for node in loops]
    if not all(walks):
        return undecided("Whether a tensor operation can replace this loop cannot be told.")
    facts = set().union(*walks) | {_sort(node) for node in loops}
    if len({_sort(node) for node in loops}) > 1:
        facts -= {"for", "while", "comprehension"}
    if len(loops) > 1:
        facts.add("several")
    tools = _TOOLS.get(answer.cell, set())
    facts |= {f"{tool} fits" for tool in tools}
    calls = {call for tool in tools for call in _CALLS[tool]}
    names = {name for node in loops for name in _variables(node)}
    return confirmed("The loop walks over a dimension of a tensor.", facts=facts, tools=calls, names=names)


def _without_header(first: int, last: int, code: Code) -> Grounded:
    inside = [
        node
        for node in code.all_nodes
        if isinstance(node, _LOOPS) and node.lineno <= last and first <= (node.end_lineno or 0)
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


def _header(node: ast.AST) -> int:
    return node.lineno


def _sort(node: ast.AST) -> str:
    if isinstance(node, ast.While):
        return "while"
    return "comprehension" if isinstance(node, _COMPREHENSIONS) else "for"


def _variables(node: ast.AST) -> Iterator[str]:
    targets = [node.target] if isinstance(node, ast.For) else [part.target for part in getattr(node, "generators", [])]
    return (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _walks_over(node: ast.AST, code: Code) -> set[str]:
    """What the loop walks over, in words; empty if it may be something else than a tensor's dimension."""
    if isinstance(node, ast.While):
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Lt):
            return _dimension(test.comparators[0], node, code)
        return set()
    sources = [node.iter] if isinstance(node, ast.For | ast.AsyncFor) else [part.iter for part in node.generators]
    found: set[str] = set()
    for source in sources:
        words = _of_source(source, node, code)
        if not words:
            return set()
        found |= words
    return found


def _of_source(source: ast.AST, node: ast.AST, code: Code) -> set[str]:
    if callee(source) == "range" and source.args:
        return _dimension(source.args[0 if len(source.args) == 1 else 1], node, code)
    if callee(source) in ("zip", "enumerate") and source.args:
        parts = [_of_source(part, node, code) for part in source.args]
        return set().union(*parts) if all(parts) else set()
    if isinstance(source, ast.Name) and source.id in _TENSORS:
        return {"dimension"}
    if (
        isinstance(source, ast.Call)
        and callee(source) in ("reshape", "unbind", "flatten")
        and _root(source) in _TENSORS
    ):
        return {"dimension"}
    if isinstance(source, ast.Name):
        given = _only_value(source.id, node, code)
        if given is not None and not isinstance(given, ast.Name):
            return _of_source(given, node, code)
    return set()


def _dimension(bound: ast.AST, node: ast.AST, code: Code) -> set[str]:
    """The words for the dimension that a loop's bound is the size of; empty for another bound."""
    if isinstance(bound, ast.Name):
        given = _only_value(bound.id, node, code)
        return _dimension(given, node, code) if given is not None and not isinstance(given, ast.Name) else set()
    tensor, dimension = None, None
    if isinstance(bound, ast.Subscript) and isinstance(bound.value, ast.Attribute) and bound.value.attr == "shape":
        tensor, dimension = bound.value.value, bound.slice
    elif callee(bound) == "size" and isinstance(bound.func, ast.Attribute) and bound.args:
        tensor, dimension = bound.func.value, bound.args[0]
    elif callee(bound) == "len" and bound.args:
        tensor = bound.args[0]
    if not isinstance(tensor, ast.Name) or dimension is None and tensor.id not in _TENSORS:
        return set()
    found = {"dimension"}
    if dimension is not None:
        try:
            rows = _ROWS.get((tensor.id, ast.literal_eval(dimension)))
        except (ValueError, TypeError):
            rows = None
        found |= {rows, "tokens"} - {None} if rows else set()
    return found


def _only_value(name: str, node: ast.AST, code: Code) -> ast.AST | None:
    """What a name stands for, if it is assigned once in the function around."""
    function = code.function_of(node)
    if function is None:
        return None
    values = []
    for part in ast.walk(function):
        if isinstance(part, ast.Assign):
            for target in part.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    values.append(part.value)
                elif isinstance(target, ast.Tuple) and any(
                    isinstance(t, ast.Name) and t.id == name for t in target.elts
                ):
                    values.append(_part_of(target, name, part.value))
        elif isinstance(part, ast.AugAssign | ast.AnnAssign | ast.For) and getattr(part.target, "id", "") == name:
            values.append(None)
    return values[0] if len(values) == 1 else None


def _part_of(target: ast.Tuple, name: str, value: ast.AST) -> ast.AST | None:
    place = next(i for i, part in enumerate(target.elts) if isinstance(part, ast.Name) and part.id == name)
    if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        return value.elts[place]
    return None


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
