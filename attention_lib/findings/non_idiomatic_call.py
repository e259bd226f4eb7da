"""Calls that torch or Python has a better form for, and that no linter knows: exact patterns."""

import ast
from collections.abc import Callable, Iterator

from attention_lib.findings.code import Code, callee, number, same
from attention_lib.findings.finding import Finding, Proof
from attention_lib.findings.flow import names_in, value_at
from attention_lib.findings.tensors_of_floats import is_float_tensor, of_torch

_SAME_IN_TORCH = frozenset({"exp", "sqrt", "matmul", "einsum", "sum", "where", "abs", "log"})
_FROM_NUMPY = frozenset({"from_numpy", "tensor", "as_tensor"})


def non_idiomatic_calls(code: Code) -> Iterator[Finding]:
    """All of them in an answer."""
    for node in code.all_nodes:
        found = pattern_at(node, code)
        if found and (found.finding.form != "range len" or _only_looks_up(node, code)):
            yield found.finding


def pattern_at(node: ast.AST, code: Code) -> Proof | None:
    """The form that this node has, where there is a better one."""
    return next((found for find in _PATTERNS if (found := find(node, code))), None)


def pattern(
    node: ast.AST, form: str, names: tuple[str, ...], words: set[str], tools: set[str], why: str, first: int = 0
) -> Proof:
    """Proof that the node has this form."""
    lines = (first or node.lineno, node.lineno if isinstance(node, ast.stmt) else node.end_lineno)
    text = ast.unparse(node)
    finding = Finding("non_idiomatic_call", form, *lines, names, code=text if len(text) <= 60 else "")
    return Proof(finding, node, why, frozenset({form}), frozenset(words), frozenset(tools))


def divided(node: ast.AST, code: Code) -> tuple[ast.AST, ast.AST] | None:
    """What a division divides, and by what."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return node.left, node.right
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        return node.target, node.value
    if callee(node) in ("div", "divide", "true_divide") and isinstance(node.func, ast.Attribute):
        given = [*node.args] if of_torch(node, code) else [node.func.value, *node.args]
        return (given[0], given[1]) if len(given) == 2 and not node.keywords else None
    return None


def row_summed(node: ast.AST, code: Code) -> ast.AST | None:
    """Of what this is the sum over dimension -1, with that dimension kept or put back; None for anything else."""
    node, _ = value_at(node, code)
    keeps = False
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) in ("..., None", "(..., None)", "..., np.newaxis"):
        node, keeps = node.value, True
    elif callee(node) == "unsqueeze" and isinstance(node.func, ast.Attribute) and list(map(number, node.args)) == [-1]:
        node, keeps = node.func.value, True
    node, _ = value_at(node, code)
    if callee(node) != "sum" or not isinstance(node.func, ast.Attribute):
        return None
    given = [*node.args] if of_torch(node, code) else [node.func.value, *node.args]
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    dimension = given[1] if len(given) > 1 else named.get("dim", named.get("axis"))
    kept = given[2] if len(given) > 2 else named.get("keepdim", named.get("keepdims"))
    keeps = keeps != (getattr(kept, "value", False) is True)
    return given[0] if given and dimension is not None and number(dimension) == -1 and keeps else None


def _data(node: ast.AST, code: Code) -> Proof | None:
    if not (isinstance(node, ast.Attribute) and node.attr == "data"):
        return None
    if is_float_tensor(node.value, code) or ast.unparse(node.value).removesuffix(".weight") in code.layers:
        words, tools = {".data", "data", ast.unparse(node)}, {".detach()", "detach", "detach()", ".detach"}
        return pattern(node, "data", (ast.unparse(node.value),), words, tools, "`.data` goes round autograd.")
    return None


def _capital_tensor(node: ast.AST, code: Code) -> Proof | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.Tensor" and of_torch(node, code):
        # Of sizes it makes an empty tensor, and of whole numbers `torch.tensor` makes one of integers.
        given = node.args[0] if len(node.args) == 1 and not node.keywords else None
        values = [number(part) for part in given.elts] if isinstance(given, ast.List) else []
        if None in values or not any(isinstance(value, float) for value in values):
            return None
        words, tools = {"torch.Tensor", "Tensor", ast.unparse(node)}, {"torch.tensor", "tensor"}
        return pattern(node, "Tensor", ("torch.Tensor",), words, tools, "`torch.Tensor` has the form `torch.tensor`.")
    return None


def _forward_called(node: ast.AST, code: Code) -> Proof | None:
    if (
        callee(node) == "forward"
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and ast.unparse(node.func.value) in code.layers
    ):
        inner = ast.unparse(node.func.value)
        arguments = ", ".join(ast.unparse(argument) for argument in node.args)
        words = {f"{inner}.forward", "forward", ".forward", ast.unparse(node)}
        why = "A layer's `forward` is called by name."
        return pattern(node, "forward", (inner,), words, {inner, f"{inner}({arguments})"}, why)
    return None


def _base_class_named(node: ast.AST, code: Code) -> Proof | None:
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[0], ast.FunctionDef) and isinstance(around[1], ast.ClassDef)
    if not is_method or not around[0].args.args or not isinstance(node, ast.Call):
        return None
    named = ast.unparse(node.func)
    is_base = named in ("nn.Module.__init__", "torch.nn.Module.__init__") and len(around[1].bases) == 1
    if is_base and [ast.unparse(argument) for argument in node.args] == [around[0].args.args[0].arg]:
        words, tools = (
            {named, ast.unparse(node), "nn.Module.__init__(self)"},
            {"super", "super()", "super().__init__()"},
        )
        why = "The base class is named, where `super()` does."
        return pattern(node, "super", (named.removesuffix(".__init__"),), words, tools, why)
    return None


def _range_of_len(node: ast.AST, code: Code) -> Proof | None:
    if not (callee(node) == "range" and len(node.args) == 1 and callee(node.args[0]) == "len" and node.args[0].args):
        return None
    loop, things = code.parents.get(node), node.args[0].args[0]
    around = code.parents.get(loop) if isinstance(loop, ast.comprehension) else loop
    if getattr(loop, "iter", None) is not node or not isinstance(loop.target, ast.Name) or around is None:
        return None
    reads = [part for part in ast.walk(around) if isinstance(part, ast.Subscript) and same(part.value, things)]
    counts = [part for part in reads if isinstance(part.slice, ast.Name) and part.slice.id == loop.target.id]
    if not counts or any(not isinstance(part.ctx, ast.Load) for part in counts):
        return None
    words, why = {ast.unparse(node), "range(len", "range"}, "The loop counts up to a length."
    return pattern(node, "range len", (loop.target.id, *names_in(things)), words, {"enumerate"}, why)


def _only_looks_up(count: ast.Call, code: Code) -> bool:
    """Whether a loop's number is used for nothing but to look elements up."""
    loop = code.parents[count]
    around = code.parents[loop] if isinstance(loop, ast.comprehension) else loop
    uses = (part for part in ast.walk(around) if isinstance(part, ast.Name) and part.id == loop.target.id)
    reads = [part for part in uses if isinstance(part.ctx, ast.Load)]
    return all(isinstance(code.parents[part], ast.Subscript) and code.parents[part].slice is part for part in reads)


def _numpy_on_tensors(node: ast.AST, code: Code) -> Proof | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    if not isinstance(node.func.value, ast.Name) or node.func.value.id not in ("np", "numpy"):
        return None
    name, module = node.func.attr, node.func.value.id
    if isinstance(node.args[0], ast.Name) and is_float_tensor(node.args[0], code):
        tools = {f"torch.{name}"} if name in _SAME_IN_TORCH else set()
        words, why = {f"np.{name}", f"numpy.{name}", name, "np", "numpy"}, "NumPy is called on a tensor."
        return pattern(node, "numpy", (f"{module}.{name}",), words, tools | {"torch"}, why)
    return None


def _by_way_of_numpy(node: ast.AST, code: Code) -> Proof | None:
    """A tensor made of what NumPy computes with tensors."""
    if callee(node) not in _FROM_NUMPY or not of_torch(node, code) or len(node.args) != 1:
        return None
    value, made = value_at(node.args[0], code)
    parts = [value_at(part, code)[0] for part in ast.walk(value) if isinstance(part, ast.Name | ast.Call)]
    calls = [part for part in parts if callee(part) == "numpy" and isinstance(part.func, ast.Attribute)]
    tensors = [part.func.value for part in calls if not part.args]
    if not tensors or not all(any(is_float_tensor(p, code) for p in ast.walk(tensor)) for tensor in tensors):
        return None
    names = tuple(sorted({name for tensor in tensors for name in names_in(tensor)}))
    first = made.lineno if made else 0
    return pattern(node, "by way of numpy", names, {"numpy", "from_numpy"}, {"torch"}, "NumPy computes it.", first)


def _tensor_of_a_tensor(node: ast.AST, code: Code) -> Proof | None:
    if callee(node) != "tensor" or not of_torch(node, code) or len(node.args) != 1:
        return None
    if not is_float_tensor(node.args[0], code):
        return None
    why = "A tensor is made of a tensor, and cut off from it."
    return pattern(node, "tensor of a tensor", names_in(node.args[0]), {"torch.tensor", "tensor"}, {"clone"}, why)


def _softmax_by_hand(node: ast.AST, code: Code) -> Proof | None:
    parts = divided(node, code)
    if parts is None or code.function_of(node) is None or "softmax" in code.bound_names:
        return None
    top, summed = parts[0], row_summed(parts[1], code)
    exponentials, made = value_at(top, code)
    if summed is None or ast.unparse(summed) != ast.unparse(top) or callee(exponentials) != "exp":
        return None
    if not (of_torch(exponentials, code) or is_float_tensor(exponentials.func.value, code)):
        return None
    words = {"exp", "torch.exp", "exp()", "sum"} | {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    tools = {"torch.softmax", "softmax", "F.softmax", "scores.softmax", ".softmax", "torch.nn.functional.softmax"}
    first = made.lineno if made else 0
    why = "The softmax is written out by hand."
    return pattern(node, "softmax", names_in(top) if made else (), words, tools, why, first)


def _operator_module(node: ast.AST, code: Code) -> Proof | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "operator.matmul":
        words, why = {"operator.matmul", "operator"}, "The operator module is called, where `@` does."
        return pattern(node, "operator", ("operator.matmul",), words, {"@", "torch.matmul"}, why)
    return None


def _variable(node: ast.AST, code: Code) -> Proof | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.autograd.Variable", "autograd.Variable"):
        why = "A Variable has been a tensor for years."
        return pattern(node, "Variable", names_in(node), {"Variable"}, {"tensor"}, why)
    return None


def _root_of_a_number(node: ast.AST, code: Code) -> Proof | None:
    """`torch.sqrt(torch.tensor(…))` of a size, which is a number of Python's."""
    if callee(node) not in ("sqrt", "rsqrt") or not of_torch(node, code) or len(node.args) != 1:
        return None
    (inner, _), names = value_at(node.args[0], code), ("torch.sqrt", "torch.tensor")
    if ast.unparse(node.func) != "torch.sqrt" or not isinstance(inner, ast.Call):
        return None
    if ast.unparse(inner.func) not in ("torch.tensor", "torch.Tensor") or len(inner.args) != 1:
        return None
    given = inner.args[0]
    given = given.elts[0] if isinstance(given, ast.List) and len(given.elts) == 1 else given
    if not _is_a_size(given, code):
        return None
    return pattern(node, "root", names, {*names, "sqrt", "tensor"}, {"math.sqrt"}, "torch takes the root of a number.")


def _is_a_size(node: ast.AST, code: Code) -> bool:
    while callee(node) == "float" and isinstance(node.func, ast.Name) and len(node.args) == 1:
        node = node.args[0]
    node, _ = value_at(node, code)
    if callee(node) == "float" and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return _is_a_size(node.args[0], code)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return callee(node) == "size" and bool(node.args) or number(node) is not None


_PATTERNS: tuple[Callable[[ast.AST, Code], Proof | None], ...] = (
    _data,
    _capital_tensor,
    _forward_called,
    _base_class_named,
    _range_of_len,
    _numpy_on_tensors,
    _by_way_of_numpy,
    _tensor_of_a_tensor,
    _softmax_by_hand,
    _operator_module,
    _root_of_a_number,
    _variable,
)
