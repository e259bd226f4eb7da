"""Which expressions surely are float tensors, as the contract says of the lesson's arguments."""

import ast
from functools import lru_cache

from attention_lib.findings.code import Code, Function, bound_by, callee, receiver
from attention_lib.findings.torch_names import MODULES

# The contract: inputs are float32, the mask is boolean.
_GIVEN = frozenset({"x", "W_q", "W_k", "W_v", "Q", "K", "V", "scores", "weights"})
# Imports that leave the module names what they are in the lesson.
_IMPORTS = {
    ("torch", "torch"), ("math", "math"), ("numpy", "numpy"), ("numpy", "np"), ("torch.nn", "nn"),
    ("torch.nn.functional", "F"), ("torch.nn.functional", "torch.nn.functional"), ("torch.nn", "torch.nn"),
}  # fmt: skip
_KEEP_FLOATS = frozenset(
    """
    matmul bmm mm masked_fill softmax log_softmax exp mul div sub add transpose swapaxes permute unsqueeze squeeze
    reshape view flatten clone contiguous double float mean sum amax amin expand neg
    """.split()
)


def is_float_tensor(node: ast.AST, code: Code, assumed: frozenset[str] = frozenset()) -> bool:
    """Whether an expression surely is a tensor of floats: made of the task's float arguments by float operations.

    assumed: names that are taken for float tensors
    """
    if isinstance(node, ast.Name):
        return _is_float_name(node, code, assumed)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.MatMult):
            return any(is_float_tensor(part, code, assumed) for part in (node.left, node.right))
        return isinstance(node.op, ast.Pow) and is_float_tensor(node.left, code, assumed)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and is_float_tensor(node.operand, code, assumed)
    if isinstance(node, ast.Attribute):
        return node.attr in ("T", "mT") and is_float_tensor(node.value, code, assumed)
    if isinstance(node, ast.Subscript):
        return is_float_tensor(node.value, code, assumed)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in code.layers:
        return len(node.args) == 1 and is_float_tensor(node.args[0], code, assumed)
    if isinstance(node, ast.Call) and callee(node) in _KEEP_FLOATS and isinstance(node.func, ast.Attribute):
        if any(keyword.arg in ("dtype", "out") for keyword in node.keywords):
            return False
        operand = operand_of(node, code)
        return operand is not None and is_float_tensor(operand, code, assumed)
    return False


def is_tensor(node: ast.AST, code: Code) -> bool:
    """Whether an expression surely is a tensor: of floats, or made of the task's boolean mask."""
    while isinstance(node, ast.Call | ast.Attribute | ast.UnaryOp) and not is_float_tensor(node, code):
        inner, _, _ = (node.operand, "", []) if isinstance(node, ast.UnaryOp) else receiver(node)
        if inner is None:
            return False
        node = inner
    function = code.function_of(node)
    is_mask = isinstance(node, ast.Name) and node.id == "mask" and function is not None
    return is_mask and "mask" in {each.arg for each in function.args.args} or is_float_tensor(node, code)


def of_torch(node: ast.AST, code: Code) -> bool:
    """Whether a call is one of a module's, such as `torch.exp(…)`, where the code leaves the module's name alone."""
    value = getattr(node.func, "value", None) if isinstance(node, ast.Call) else None
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name) and value.id in MODULES and not is_rebound(value.id, code)


def operand_of(call: ast.Call, code: Code) -> ast.AST | None:
    """What a call is applied to: `x` in `torch.exp(x)` and in `x.exp()`; None for other calls."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    return next(iter(call.args), None) if of_torch(call, code) else call.func.value


def is_rebound(name: str, code: Code) -> bool:
    """Whether the code gives the name another meaning than the lesson's own imports do."""
    return any(name in bound_by(node) and not _is_usual_import(node, code) for node in code.all_nodes)


def _is_usual_import(node: ast.AST, code: Code) -> bool:
    if not isinstance(node, ast.alias):
        return False
    statement = code.parents[node]
    module = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
    return (module + node.name, node.asname or node.name) in _IMPORTS


def is_only_a_parameter(name: str, function: Function) -> bool:
    """Whether a function has the name from its caller alone, and never binds it or writes into it."""
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if name not in {argument.arg for argument in given}:
        return False
    own = [argument for argument in given if argument.arg == name]
    return writers(function).get(name) == own


@lru_cache(maxsize=64)
def writers(scope: ast.AST) -> dict[str, list[ast.AST]]:
    """By name, what in a function or module gives it a value, or changes what it holds in place."""
    found: dict[str, list[ast.AST]] = {}
    for node in ast.walk(scope):
        for name in _written_by(node):
            found.setdefault(name, []).append(node)
    return found


def _written_by(node: ast.AST) -> set[str]:
    """The names that this node by itself writes to."""
    names = set(bound_by(node))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
        names.add(node.id)
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        names.add(_root(node))
    if isinstance(node, ast.AugAssign):
        names.add(_root(node.target))
    if isinstance(node, ast.Call):
        in_place = callee(node).endswith("_") and not callee(node).endswith("__")
        if in_place and isinstance(node.func, ast.Attribute):
            names |= {_root(node.func), *map(_root, node.args)}
        names |= {_root(keyword.value) for keyword in node.keywords if keyword.arg == "out"}
    return names - {""}


@lru_cache(maxsize=64)
def works_in_place(function: ast.AST) -> bool:
    """Whether anything in a function changes a value in place, so that copies may matter."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            return True
        if isinstance(node, ast.AugAssign) or any(k.arg in ("out", "inplace") for k in getattr(node, "keywords", ())):
            return True
        if callee(node).endswith("_") and not callee(node).endswith("__"):
            return True
    return False


def only_value(name: str, node: ast.AST, code: Code) -> ast.AST | None:
    """What a name was assigned, if that happens once in the function around `node` and nothing else writes to it."""
    function = code.function_of(node)
    if function is None:
        return None
    given = writers(function).get(name, [])
    if len(given) != 1 or not isinstance(given[0], ast.Name):
        return None
    assignment = code.parents.get(given[0])
    if isinstance(assignment, ast.Assign) and assignment.targets == [given[0]]:
        return assignment.value
    return None


def _is_float_name(node: ast.Name, code: Code, assumed: frozenset[str]) -> bool:
    function = code.function_of(node)
    if node.id in assumed or function is None:
        return node.id in assumed
    # A chain of names that double each other would be followed 2 ** n times.
    key = (node.id, function, assumed)
    if key not in code.float_names:
        code.float_names[key] = _is_float_in(node, function, code, assumed)
    return code.float_names[key]


def _is_float_in(node: ast.Name, function: Function, code: Code, assumed: frozenset[str]) -> bool:
    if node.id in _GIVEN and is_only_a_parameter(node.id, function):
        return True
    values = []
    own = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    for part in writers(function).get(node.id, ()):
        if part in own:
            continue
        value = assigned_to(part, code)
        if value is None:
            return False
        values.append(value)
    is_given = node.id in _GIVEN and node.id in {argument.arg for argument in function.args.args}
    # `scores = scores * scale` is a float tensor if `scores` was one.
    of_itself = [any(getattr(part, "id", "") == node.id for part in ast.walk(value)) for value in values]
    if not is_given and (not values or all(of_itself)):
        return False
    return all(is_float_tensor(value, code, assumed | {node.id}) for value in values)


def assigned_to(target: ast.AST, code: Code) -> ast.AST | None:
    """What a plain assignment gives to a target, which may be one of several."""
    parent = code.parents.get(target)
    if isinstance(parent, ast.Assign) and target in parent.targets:
        return parent.value
    above = code.parents.get(parent)
    if isinstance(parent, ast.Tuple) and isinstance(above, ast.Assign) and isinstance(above.value, ast.Tuple):
        if len(above.value.elts) == len(parent.elts):
            return above.value.elts[parent.elts.index(target)]
    return None


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
