"""A loop where a tensor operation exists: all tasks of the lesson can be done without walking over a dimension."""

import ast
from collections.abc import Iterator

from attention_lib.findings.code import Code, Function, callee
from attention_lib.findings.tensors_of_floats import is_float_tensor, is_only_a_parameter

_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_TENSORS = frozenset({"x", "W_q", "W_k", "W_v", "Q", "K", "V", "scores", "mask", "weights"})

# What the rows of a dimension are, by the tensor and its dimension.
_ROWS = {
    ("Q", -2): "queries", ("weights", -2): "queries", ("scores", -2): "queries",
    ("K", -2): "keys", ("weights", -1): "keys", ("scores", -1): "keys", ("V", -2): "keys", ("x", -2): "tokens",
}  # fmt: skip


def loops_around(node: ast.AST, code: Code) -> list[ast.AST]:
    found = []
    while node in code.parents and not isinstance(node, Function):
        node = code.parents[node]
        found += [node] if isinstance(node, LOOPS) else []
    return found


def multiplies_tensors(node: ast.AST, code: Code) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return is_float_tensor(node.left, code) and is_float_tensor(node.right, code)
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    return is_product or callee(node) in {"matmul", "mv", "mm", "bmm", "dot", "einsum", "inner", "linear"}


def reads_rows(loop: ast.AST, code: Code) -> bool:
    """Whether each round reads a row: the loop's own variable stands in an index, or is the row itself."""
    body = [part for child in ast.iter_child_nodes(loop) for part in ast.walk(child)]
    if isinstance(loop, ast.While):
        counter = loop.test.left
        steps = [part for part in body if isinstance(part, ast.AugAssign) and _is_name(part.target, counter)]
        if len(steps) != 1 or not isinstance(steps[0].op, ast.Add) or getattr(steps[0].value, "value", 0) != 1:
            return False
        starts = _assigned(counter.id, loop, code)
        return starts == [0] and any(_indexes(part, {counter.id}) for part in body)
    sources = [loop.iter] if isinstance(loop, ast.For) else [part.iter for part in loop.generators]
    names = set(variables(loop))
    if any(callee(source) == "range" for source in sources):
        return any(_indexes(part, names) for part in body)
    return any(isinstance(part, ast.Name) and part.id in names and isinstance(part.ctx, ast.Load) for part in body)


def _assigned(name: str, node: ast.AST, code: Code) -> list:
    """The constants that the function around `node` assigns to a name; None for what is no constant."""
    function = code.function_of(node)
    assigned = [part for part in ast.walk(function) if isinstance(part, ast.Assign)] if function else []
    return [
        getattr(part.value, "value", None)
        for part in assigned
        if any(isinstance(target, ast.Name) and target.id == name for target in part.targets)
    ]


def _is_name(node: ast.AST, other: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(other, ast.Name) and node.id == other.id


def _indexes(node: ast.AST, names: set[str]) -> bool:
    """Whether a tensor is read at an index that one of the names is a part of."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node.slice))
    return False


def sort_of(node: ast.AST) -> str:
    if isinstance(node, ast.While):
        return "while"
    return "comprehension" if isinstance(node, _COMPREHENSIONS) else "for"


def variables(node: ast.AST) -> Iterator[str]:
    targets = [node.target] if isinstance(node, ast.For) else [part.target for part in getattr(node, "generators", [])]
    return (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def walks_over(node: ast.AST, code: Code) -> set[str]:
    """What the loop walks over, in words; empty if it may be something else than a tensor's dimension."""
    if isinstance(node, ast.While):
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Lt):
            if not isinstance(test.left, ast.Name):
                return set()
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
        # Rounds over blocks go not one by one, and rounds from elsewhere not over all.
        if len(source.args) > 2 or len(source.args) == 2 and getattr(source.args[0], "value", None) != 0:
            return set()
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
            function = code.function_of(node)
            is_given = function is not None and is_only_a_parameter(tensor.id, function)
            rows = _ROWS.get((tensor.id, ast.literal_eval(dimension))) if is_given else None
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
