"""Calls that torch or Python has a better form for, and that no linter knows: exact patterns."""

import ast
import re
from collections.abc import Callable, Iterator

from attention_lib.findings.code import Code, callee, number, same
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import finding_at, made_of, names_in, target_of, value_at
from attention_lib.findings.tensors_of_floats import is_float_tensor, is_tensor, of_torch

_KIND = "non_idiomatic_call"
_NUMPY = ("np", "numpy")
_FROM_NUMPY = frozenset({"from_numpy", "tensor", "as_tensor"})


def non_idiomatic_calls(code: Code) -> Iterator[Finding]:
    """All of them in an answer."""
    for node in code.all_nodes:
        found = next((found for pattern in _PATTERNS if (found := pattern(node, code))), None)
        if found:
            yield found


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


def _data(node: ast.AST, code: Code) -> Finding | None:
    if not (isinstance(node, ast.Attribute) and node.attr == "data"):
        return None
    is_weight = ast.unparse(node.value).removesuffix(".weight") in code.layers
    found = is_weight or is_tensor(node.value, code)
    return finding_at(_KIND, "data", node, code, (ast.unparse(node.value),)) if found else None


def _capital_tensor(node: ast.AST, code: Code) -> Finding | None:
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.Tensor" and of_torch(node, code)):
        return None
    # Of sizes it makes an empty tensor, and of whole numbers `torch.tensor` makes one of integers.
    given = node.args[0] if len(node.args) == 1 and not node.keywords else None
    values = [number(part) for part in given.elts] if isinstance(given, ast.List) else []
    has_floats = None not in values and any(isinstance(value, float) for value in values)
    return finding_at(_KIND, "Tensor", node, code, ("torch.Tensor",)) if has_floats else None


def _forward_called(node: ast.AST, code: Code) -> Finding | None:
    if callee(node) != "forward" or not isinstance(node.func, ast.Attribute):
        return None
    layer = ast.unparse(node.func.value)
    return finding_at(_KIND, "forward", node, code, (layer, f"{layer}.forward")) if layer in code.layers else None


def _base_class_named(node: ast.AST, code: Code) -> Finding | None:
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[0], ast.FunctionDef) and isinstance(around[1], ast.ClassDef)
    if not is_method or not around[0].args.args or not isinstance(node, ast.Call):
        return None
    named = ast.unparse(node.func)
    is_base = named in ("nn.Module.__init__", "torch.nn.Module.__init__") and len(around[1].bases) == 1
    if is_base and [ast.unparse(argument) for argument in node.args] == [around[0].args.args[0].arg]:
        return finding_at(_KIND, "super", node, code, (named.removesuffix(".__init__"),))
    return None


def _range_of_len(node: ast.AST, code: Code) -> Finding | None:
    """A loop that counts up to a length, and uses the number for nothing but to look elements up."""
    if not (callee(node) == "range" and len(node.args) == 1 and callee(node.args[0]) == "len" and node.args[0].args):
        return None
    loop, things = code.parents.get(node), node.args[0].args[0]
    around = code.parents.get(loop) if isinstance(loop, ast.comprehension) else loop
    if getattr(loop, "iter", None) is not node or not isinstance(loop.target, ast.Name) or around is None:
        return None
    uses = [part for part in ast.walk(around) if isinstance(part, ast.Name) and part.id == loop.target.id]
    looked_up = [code.parents[part] for part in uses if isinstance(part.ctx, ast.Load)]
    if not looked_up or not all(isinstance(part, ast.Subscript) and part.slice in uses for part in looked_up):
        return None
    of_things = [part.ctx for part in looked_up if same(part.value, things)]
    if not of_things or not all(isinstance(context, ast.Load) for context in of_things):
        return None
    return finding_at(_KIND, "range len", node, code, (loop.target.id, *names_in(things)))


def _numpy_on_tensors(node: ast.AST, code: Code) -> Finding | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    is_numpy = isinstance(node.func.value, ast.Name) and node.func.value.id in _NUMPY
    if is_numpy and is_tensor(node.args[0], code):
        return finding_at(_KIND, "numpy", node, code, (ast.unparse(node.func), *names_in(node.args[0])))
    return None


def _by_way_of_numpy(node: ast.AST, code: Code) -> Finding | None:
    """A tensor made of what NumPy computes with tensors."""
    if callee(node) not in _FROM_NUMPY or not of_torch(node, code) or len(node.args) != 1:
        return None
    parts = list(made_of(node.args[0], code))
    turned = [part for part in parts if callee(part) == "numpy" and isinstance(part.func, ast.Attribute)]
    if not turned or not all(any(is_tensor(of, code) for of in made_of(part.func.value, code)) for part in turned):
        return None
    between = [name for part in turned for name in (*names_in(part), *target_of(part, code))]
    called = [ast.unparse(part.func) for part in parts if callee(part) and _is_of_numpy(part)]
    names = tuple(dict.fromkeys((*target_of(node, code), *between, *called)))
    return finding_at(_KIND, "by way of numpy", node, code, names, first=min(part.lineno for part in turned))


def _is_of_numpy(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and isinstance(of := call.func.value, ast.Name) and of.id in _NUMPY


def _tensor_of_a_tensor(node: ast.AST, code: Code) -> Finding | None:
    if callee(node) != "tensor" or not of_torch(node, code) or len(node.args) != 1 or not is_tensor(node.args[0], code):
        return None
    return finding_at(_KIND, "tensor of a tensor", node, code)


def _softmax_by_hand(node: ast.AST, code: Code) -> Finding | None:
    parts = divided(node, code)
    if parts is None or code.function_of(node) is None or "softmax" in code.bound_names:
        return None
    top, summed = parts[0], row_summed(parts[1], code)
    exponentials, made = value_at(top, code)
    if summed is None or not same(as_read(summed), as_read(top)) or callee(exponentials) != "exp":
        return None
    if not (of_torch(exponentials, code) or is_float_tensor(exponentials.func.value, code)):
        return None
    return finding_at(_KIND, "softmax", node, code, names_in(node), first=made.lineno if made else 0)


def as_read(node: ast.AST) -> ast.AST:
    """A name as one that is read, to be compared."""
    return ast.Name(node.id, ast.Load()) if isinstance(node, ast.Name) else node


def _operator_module(node: ast.AST, code: Code) -> Finding | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "operator.matmul":
        return finding_at(_KIND, "operator", node, code, ("operator.matmul",))
    return None


def _variable(node: ast.AST, code: Code) -> Finding | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.autograd.Variable", "autograd.Variable"):
        return finding_at(_KIND, "Variable", node, code)
    return None


def _root_of_a_number(node: ast.AST, code: Code) -> Finding | None:
    """`torch.sqrt(torch.tensor(…))` of a size, which is a number of Python's, and `math.pow` in place of a root."""
    if not isinstance(node, ast.Call):
        return None
    called = ast.unparse(node.func)
    if called == "math.pow" and len(node.args) == 2 and number(node.args[1]) == 0.5:
        return finding_at(_KIND, "power", node, code, (*names_in(node), called))
    if called != "torch.sqrt" or len(node.args) != 1:
        return None
    inner, made = value_at(node.args[0], code)
    if not isinstance(inner, ast.Call) or ast.unparse(inner.func) not in ("torch.tensor", "torch.Tensor"):
        return None
    given = inner.args[0] if len(inner.args) == 1 else None
    given = given.elts[0] if isinstance(given, ast.List) and len(given.elts) == 1 else given
    if not _is_a_number(given, code):
        return None
    names = (*names_in(inner), *target_of(node, code), called, ast.unparse(inner.func))
    return finding_at(_KIND, "root", node, code, names, first=made.lineno if made else 0)


def _is_a_number(node: ast.AST | None, code: Code) -> bool:
    node, _ = value_at(node, code)
    if callee(node) == "float" and isinstance(node.func, ast.Name) or callee(node) == "size" and node.args:
        return True
    is_shape = isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "shape"
    return is_shape and not isinstance(node.slice, ast.Slice) or number(node) is not None


def _dimension_from_the_front(node: ast.AST, code: Code) -> Finding | None:
    """`len(K.shape) - 1`, which is the dimension -1."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and number(node.right) in (1, 2)):
        return None
    shape = node.left.args[0] if callee(node.left) == "len" and len(node.left.args) == 1 else None
    if isinstance(shape, ast.Attribute) and shape.attr == "shape" and is_tensor(shape.value, code):
        return finding_at(_KIND, "from the front", node, code, (*names_in(shape), "len"))
    return None


def _transposed_by_einsum(node: ast.AST, code: Code) -> Finding | None:
    """An einsum of one tensor that only changes the order of its dimensions."""
    if callee(node) != "einsum" or not of_torch(node, code) or len(node.args) != 2:
        return None
    equation = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
    sides = re.fullmatch(r"\s*((?:\.\.\.)?\w+)\s*->\s*((?:\.\.\.)?\w+)\s*", str(equation))
    if sides is None or sides[1] == sides[2] or sorted(sides[1]) != sorted(sides[2]):
        return None
    if len(set(sides[1].strip("."))) < len(sides[1].strip(".")):
        return None
    return finding_at(_KIND, "transposed by einsum", node, code, (*target_of(node, code), *names_in(node)))


_PATTERNS: tuple[Callable[[ast.AST, Code], Finding | None], ...] = (
    _data,
    _capital_tensor,
    _forward_called,
    _base_class_named,
    _range_of_len,
    _by_way_of_numpy,
    _numpy_on_tensors,
    _tensor_of_a_tensor,
    _softmax_by_hand,
    _operator_module,
    _root_of_a_number,
    _dimension_from_the_front,
    _transposed_by_einsum,
    _variable,
)
