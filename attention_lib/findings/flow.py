"""What a name stands for at a place, and where it is read, along the statements and without running any."""

import ast
import builtins
from collections.abc import Iterator

from attention_lib.findings.code import Code, Function
from attention_lib.findings.finding import Finding
from attention_lib.findings.tensors_of_floats import assigned_to, writers
from attention_lib.findings.torch_names import MODULES

_NOT_OWN = frozenset({*MODULES, *dir(builtins), "self"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def finding_at(
    kind: str,
    form: str,
    node: ast.AST,
    code: Code,
    names: tuple[str, ...] | None = None,
    first: int = 0,
    elsewhere: int = 0,
) -> Finding:
    """A finding about an expression or a statement.

    names: those of the node unless given
    first: the line where it begins, if that is above the node
    """
    names = names_in(node) if names is None else names
    last = node.end_lineno or node.lineno
    return Finding(kind, form, first or node.lineno, last, names, code=code.shown(node), elsewhere=elsewhere)


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
    if isinstance(writer, ast.Assign) and len(writer.targets) == 1:
        targets = [part for part in ast.walk(writer.targets[0]) if getattr(part, "id", "") == node.id]
        value = assigned_to(targets[0], code) if len(targets) == 1 and isinstance(targets[0], ast.Name) else None
        if value is not None:
            return value, writer
    return node, None


def made_of(node: ast.AST, code: Code, deepest: int = 5) -> Iterator[ast.AST]:
    """The parts of an expression, and of all that its names were assigned in the function."""
    function = code.function_of(node)
    for part in ast.walk(node):
        yield part
        if not isinstance(part, ast.Name) or function is None or not deepest:
            continue
        for target in writers(function).get(part.id, []):
            value = assigned_to(target, code)
            if value is not None and value.lineno < node.lineno:
                yield from made_of(value, code, deepest - 1)


def uses_of(node: ast.AST, code: Code) -> list[ast.AST]:
    """Where an expression's value is read: all later reads of the one name it is assigned to, else the place itself."""
    parent = code.parents[node]
    if not (isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name)):
        return [node]
    return [read for read in reads_of(parent.targets[0].id, node, code) if read.lineno > node.lineno]


def reads_of(name: str, node: ast.AST, code: Code) -> list[ast.Name]:
    """All reads of a name in the function around a node."""
    named = (part for part in ast.walk(code.function_of(node)) if isinstance(part, ast.Name) and part.id == name)
    return [part for part in named if isinstance(part.ctx, ast.Load)]


def names_read(node: ast.AST) -> set[str]:
    """The variables that an expression reads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def names_in(node: ast.AST) -> tuple[str, ...]:
    """The names that an expression is about: its variables and what it takes from `self`, nothing built in."""
    own = {ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.Attribute) and is_self(part.value)}
    return tuple(sorted(names_read(node) - _NOT_OWN | own))


def is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def target_of(node: ast.AST, code: Code) -> tuple[str, ...]:
    """The name that an expression is assigned to, alone; empty where there is none."""
    parent = code.parents.get(node)
    targets = parent.targets if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else []
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def is_same_in(node: ast.AST, statements: list[ast.stmt]) -> bool:
    """Whether nothing in the statements writes to what an expression reads."""
    return not any(names_read(node) & writers(each).keys() for each in statements)


def rest_of_block(node: ast.stmt, code: Code) -> list[ast.stmt]:
    """The statements that follow in the same block."""
    block = next((block for block in blocks_of(code.parents[node]) if node in block), [])
    return block[block.index(node) + 1 :] if block else []


def _above(node: ast.stmt, parent: ast.AST) -> list[ast.stmt]:
    return next((block[: block.index(node)] for block in blocks_of(parent) if node in block), [])


def blocks_of(parent: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements right below a node."""
    fields = (getattr(parent, field, None) for field in ("body", "orelse", "finalbody"))
    return [block for block in fields if isinstance(block, list) and block]
