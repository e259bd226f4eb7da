"""What a name stands for at a place, where that is sure: along the statements above it, without running any."""

import ast

from attention_lib.findings.code import Code, Function
from attention_lib.findings.tensors_of_floats import writers

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def writer_of(name: ast.Name, code: Code) -> ast.stmt | None:
    """The last statement above that writes to the name, in its block or a block around that; None where a loop, a
    `try` or a `with` makes it unsure, or the value comes from a caller."""
    written = writers(code.function_of(name) or code.tree).get(name.id, [])
    node: ast.AST = name
    while written and node in code.parents and not isinstance(node, Function | ast.ClassDef | ast.Lambda):
        parent = code.parents[node]
        if isinstance(node, ast.stmt):
            if isinstance(node, _LOOPS) and _has_any(node, written):
                return None
            for earlier in reversed(_above(node, parent)):
                if _has_any(earlier, written):
                    return earlier
        if isinstance(parent, ast.Try | ast.TryStar | ast.With | ast.AsyncWith):
            return None
        node = parent
    return None


def _has_any(statement: ast.stmt, nodes: list[ast.AST]) -> bool:
    """Whether one of the nodes stands in the statement."""
    start, end = (statement.lineno, statement.col_offset), (statement.end_lineno, statement.end_col_offset)
    return any(start <= (node.lineno, node.col_offset) < end for node in nodes)


def value_at(node: ast.AST, code: Code) -> tuple[ast.AST, ast.stmt | None]:
    """What a name was assigned, with the assignment, where that is sure; the node itself and None otherwise."""
    writer = writer_of(node, code) if isinstance(node, ast.Name) else None
    if isinstance(writer, ast.Assign) and len(writer.targets) == 1 and isinstance(writer.targets[0], ast.Name):
        return writer.value, writer
    return node, None


def names_read(node: ast.AST) -> set[str]:
    """The variables that an expression reads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def names_in(node: ast.AST) -> tuple[str, ...]:
    """The names that an expression is about: its variables and what it takes from `self`, but not torch itself."""
    own = {ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.Attribute) and _is_self(part.value)}
    return tuple(sorted(names_read(node) - {"torch", "F", "self"} | own))


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def is_same_in(node: ast.AST, statements: list[ast.stmt]) -> bool:
    """Whether nothing in the statements writes to what an expression reads."""
    return not any(names_read(node) & writers(each).keys() for each in statements)


def rest_of_block(node: ast.stmt, code: Code) -> list[ast.stmt]:
    """The statements that follow in the same block."""
    parent = code.parents[node]
    for block in _blocks(parent):
        if node in block:
            return block[block.index(node) + 1 :]
    return []


def _above(node: ast.stmt, parent: ast.AST) -> list[ast.stmt]:
    return next((block[: block.index(node)] for block in _blocks(parent) if node in block), [])


def _blocks(parent: ast.AST) -> list[list[ast.stmt]]:
    return [block for field in ("body", "orelse", "finalbody", "handlers") if (block := getattr(parent, field, None))]
