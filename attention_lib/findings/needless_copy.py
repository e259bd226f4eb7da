"""Copies that protect nothing, and second names for the same thing."""

import ast
from collections.abc import Iterator

from attention_lib.findings.code import Code, callee, receiver
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import finding_at, names_in, reads_of, target_of, uses_of, value_at
from attention_lib.findings.tensors_of_floats import of_torch, only_value, works_in_place, writers
from attention_lib.findings.torch_names import FRESH

_KIND = "redundant_step"
_VIEWS = frozenset({"transpose", "swapaxes", "T", "mT", "unsqueeze", "squeeze"})


def needless_copies(code: Code) -> Iterator[Finding]:
    """All of them in an answer's functions."""
    for node in code.all_nodes:
        if code.function_of(node) is not None:
            yield from _needless_copy(node, code)
            yield from _another_name(node, code)


def _needless_copy(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A copy of what was just made, or one of which nothing but new tensors are made; nothing is changed in place."""
    inner, name, arguments = receiver(node)
    if name not in ("clone", "contiguous") or arguments or inner is None:
        return
    names = tuple(dict.fromkeys((*names_in(node), *target_of(node, code))))
    value, made = value_at(inner, code)
    is_fresh = isinstance(value, ast.BinOp) or callee(value) in FRESH and isinstance(value.func, ast.Attribute)
    is_read_elsewhere = made is not None and len(reads_of(inner.id, node, code)) > 1
    if name == "clone" and is_fresh and not is_read_elsewhere:
        yield finding_at(_KIND, "copy of fresh", node, code, (*names, name))
    elif not works_in_place(code.function_of(node)):
        uses = uses_of(node, code)
        if uses and all(_makes_something_new(use, code) for use in uses):
            yield finding_at(_KIND, "needless copy", node, code, (*names, name))


def _makes_something_new(node: ast.AST, code: Code) -> bool:
    """Whether an expression is only read, to compute a new tensor with it at once."""
    parent = code.parents[node]
    if isinstance(parent, ast.BinOp | ast.Compare | ast.UnaryOp):
        return True
    if isinstance(parent, ast.Attribute) and parent.attr in ("T", "mT"):
        return _makes_something_new(parent, code)
    if isinstance(parent, ast.Attribute) and isinstance(call := code.parents[parent], ast.Call) and call.func is parent:
        return parent.attr in FRESH or parent.attr in _VIEWS and _makes_something_new(call, code)
    if isinstance(parent, ast.keyword):
        parent = code.parents[parent]
    if not isinstance(parent, ast.Call) or parent.func is node:
        return False
    return of_torch(parent, code) and callee(parent) in FRESH or ast.unparse(parent.func) in code.only_compute


def _another_name(node: ast.AST, code: Code) -> Iterator[Finding]:
    """`q = Q`, where both go on to mean the same."""
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name)):
        return
    new, old, function = node.targets[0], node.value.id, code.function_of(node)
    # A name with a remark may stand for the place in a formula.
    if node.lineno in code.comments or code.parents[node] is not function:
        return
    if not isinstance(new, ast.Name) or new.id == old or only_value(new.id, node, code) is not node.value:
        return
    own = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    later = [part for part in ast.walk(function) if getattr(part, "lineno", 0) > node.lineno]
    written = writers(function).get(old, [])
    is_read = any(isinstance(part, ast.Name) and part.id == new.id for part in later)
    changes = any(part in written or isinstance(part, ast.For | ast.While) for part in later)
    if (old in own or written) and is_read and not changes:
        yield finding_at(_KIND, "another name", node, code, (new.id, old))
