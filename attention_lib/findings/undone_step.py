"""Steps that change nothing, or that another step takes back: exact patterns."""

import ast
from collections.abc import Callable, Iterator

from attention_lib.findings.code import Code, callee, number, receiver, same
from attention_lib.findings.dead_code import is_pure
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import finding_at, is_same_in, names_in, target_of, uses_of, value_at
from attention_lib.findings.tensors_of_floats import (
    assigned_to,
    is_float_tensor,
    is_only_a_parameter,
    operand_of,
    works_in_place,
    writers,
)

_KIND = "redundant_step"
_TWICE_IS_ONCE = frozenset({"double", "float", "half", "contiguous", "detach", "clone", "abs", "bool"})
_FLOAT64 = frozenset({"torch.float64", "torch.double"})
_PRODUCTS = frozenset({"matmul", "bmm", "mm"})
_KEEP_SHAPES = frozenset({"softmax", "masked_fill", "exp", "double", "float", "contiguous", "clone", "to"})
_NEUTRAL = {ast.Mult: 1, ast.Div: 1, ast.Pow: 1, ast.Add: 0, ast.Sub: 0}


def undone_steps(code: Code) -> Iterator[Finding]:
    """All of them in an answer's functions."""
    for node in code.all_nodes:
        if code.function_of(node) is not None:
            for pattern in _PATTERNS:
                yield from pattern(node, code)


def _apart(node: ast.AST, made: ast.stmt | None, form: str, code: Code, names: tuple[str, ...]) -> Finding:
    """A step that is taken back in the same expression, or where there is an assignment between, on another line."""
    line = made.lineno if made is not None else 0
    return finding_at(_KIND, form, node, code, tuple(dict.fromkeys(names)), first=line, elsewhere=line)


def _neutral(node: ast.AST, code: Code) -> Iterator[Finding]:
    """Times 1, plus 0 and the like."""
    neutral = _NEUTRAL.get(type(node.op)) if isinstance(node, ast.BinOp) else None
    # A mask times 1 becomes a number, and a copy matters where something is changed in place.
    if neutral is None or works_in_place(code.function_of(node)):
        return
    left, right = number(node.left), number(node.right)
    is_either_way = isinstance(node.op, ast.Mult | ast.Add) and left == neutral
    tensor = node.left if right == neutral else node.right if is_either_way else None
    if tensor is not None and is_float_tensor(tensor, code):
        yield finding_at(_KIND, "no effect", node, code)


def _negated_twice(node: ast.AST, code: Code) -> Iterator[Finding]:
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert)):
        return
    before, made = value_at(node.operand, code)
    if isinstance(before, ast.UnaryOp) and type(before.op) is type(node.op) and not [*_negated_twice(before, code)]:
        yield _apart(node, made, "negated twice", code, (*names_in(node), *names_in(before)))


def _undone(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A step that undoes the one before it, be that in the same expression or in a line above."""
    inner, name, arguments = receiver(node)
    before, made = value_at(inner, code) if inner is not None else (None, None)
    origin, before_name, before_arguments = receiver(before) if before is not None else (None, "", [])
    if origin is None or [*_undone(before, code)]:
        return
    form = ""
    if _takes_back(name, arguments, before_name, before_arguments):
        form = "unsqueezed" if name == "squeeze" else "transposed twice"
    elif _to_float64(before) and _to_float32(node, code) and is_float_tensor(origin, code):
        form = "round trip"
    if form:
        # A variable that stands for the step belongs to it.
        yield _apart(node, made, form, code, (*names_in(before), *(names_in(inner) if made else ())))


def _product_turned_back(node: ast.AST, code: Code) -> Iterator[Finding]:
    """`(b.mT @ a.mT).mT`: a product of factors that were turned, or given a dimension, and this taken back."""
    inner, name, arguments = receiver(node)
    product, made = value_at(inner, code) if inner is not None else (None, None)
    factors = factors_of(product)
    if not factors or made is not None and len(uses_of(product, code)) > 1:
        return
    before = [value_at(factor, code) for factor in factors]
    steps = [receiver(value) for value, _ in before]
    taken_back = [_takes_back(name, arguments, *step[1:]) for step in steps if step[0] is not None]
    if len(taken_back) == 2 and all(taken_back) if name == "squeeze" else any(taken_back):
        lines = [each.lineno for each in (made, *(line for _, line in before)) if each is not None]
        names = (*names_in(product), *target_of(product, code), *target_of(node, code), name)
        form = "unsqueezed product" if name == "squeeze" else "product turned back"
        yield finding_at(_KIND, form, node, code, tuple(dict.fromkeys(names)), first=min(lines, default=0))


def factors_of(node: ast.AST | None) -> tuple[ast.AST, ...]:
    """The two factors of a matrix product; empty for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    first, name, others = receiver(node) if node is not None else (None, "", [])
    return (first, others[0]) if name in _PRODUCTS and len(others) == 1 else ()


def _takes_back(name: str, arguments: list[ast.AST], before: str, before_arguments: list[ast.AST]) -> bool:
    """Whether a step changes back the dimensions that the one before it changed."""
    numbers, before_numbers = [list(map(number, given)) for given in (arguments, before_arguments)]
    if name == "squeeze":
        return before == "unsqueeze" and len(numbers) == 1 and numbers == before_numbers != [None]
    swapped = _swapped(name, numbers)
    return swapped is not None and swapped == _swapped(before, before_numbers)


def _swapped(name: str, numbers: list[float | None]) -> tuple | None:
    """Which dimensions change places, in a form that can be compared."""
    if name == "mT":
        return (-2, -1)
    if name in ("T", "t") and not numbers:
        return ("all",)
    if name == "permute" and None not in numbers and sorted(numbers) == list(range(len(numbers))):
        is_undone_by_itself = [numbers[int(place)] for place in numbers] == sorted(numbers)
        return ("permute", *numbers) if is_undone_by_itself else None
    is_pair = name in ("transpose", "swapaxes", "swapdims") and len(numbers) == 2 and None not in numbers
    return tuple(sorted(numbers)) if is_pair else None


def is_transposed(node: ast.AST) -> ast.AST | None:
    """What this is the transposition of, in the last two dimensions; None for anything else."""
    inner, name, arguments = receiver(node)
    return inner if inner is not None and _swapped(name, list(map(number, arguments))) == (-2, -1) else None


def _to_float64(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    is_to = callee(node) in ("to", "type") and len(node.args) == 1 and not node.keywords
    return callee(node) == "double" or is_to and ast.unparse(node.args[0]) in _FLOAT64


def _to_float32(node: ast.AST, code: Code) -> bool:
    _, name, arguments = receiver(node)
    if name == "float":
        return not arguments
    if name not in ("to", "type") or len(arguments) != 1:
        return False
    wanted, _ = value_at(arguments[0], code)
    of_input = isinstance(wanted, ast.Attribute) and wanted.attr == "dtype" and isinstance(wanted.value, ast.Name)
    if of_input and (function := code.function_of(wanted)):
        is_given = is_only_a_parameter(wanted.value.id, function) or wanted is not arguments[0]
        return is_given and is_float_tensor(wanted.value, code)
    return ast.unparse(wanted) in ("torch.float32", "torch.float")


def _repeated(node: ast.AST, code: Code) -> Iterator[Finding]:
    inner, name, arguments = receiver(node)
    if name in _TWICE_IS_ONCE and not arguments and callee(inner) == name and not inner.args:
        yield finding_at(_KIND, "called twice", node, code)


def _to_its_own_shape(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A tensor brought into the shape that it has."""
    inner, name, arguments = receiver(node)
    if name not in ("reshape", "view", "expand", "broadcast_to") or len(arguments) != 1:
        return
    shape, made = value_at(arguments[0], code)
    of = shape.func.value if callee(shape) == "size" and not shape.args and receiver(shape)[0] else None
    of = shape.value if isinstance(shape, ast.Attribute) and shape.attr == "shape" else of
    if of is None:
        return
    is_kept = isinstance(of, ast.Name) and _has_shape_of(inner, of.id, code)
    if same(of, inner) and made is None or is_kept:
        names = tuple(dict.fromkeys((*names_in(node), *names_in(of), name)))
        yield finding_at(_KIND, "own shape", node, code, names)


def _has_shape_of(node: ast.AST, name: str, code: Code, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a tensor comes from that of a name by steps that keep the shape, and so does all that the name gets."""
    if isinstance(node, ast.Call):
        inner = operand_of(node, code)
        return inner is not None and callee(node) in _KEEP_SHAPES and _has_shape_of(inner, name, code, seen)
    if not isinstance(node, ast.Name) or node.id in seen:
        return isinstance(node, ast.Name)
    written = writers(code.function_of(node)).get(node.id, [])
    values = [assigned_to(part, code) for part in written if not isinstance(part, ast.arg)]
    keep = all(value is not None and _has_shape_of(value, name, code, seen | {node.id}) for value in values)
    return keep and (node.id == name or bool(values))


def _expanded_for_nothing(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A mask brought to the shape of the scores, where it is only used in what broadcasts by itself."""
    inner, name, arguments = receiver(node)
    if name not in ("expand_as", "expand", "broadcast_to") or len(arguments) != 1 or not isinstance(inner, ast.Name):
        return
    wanted = ast.unparse(arguments[0])
    uses = [_without_negation(use, code) for use in uses_of(node, code)]
    filled = [receiver(code.parents[use])[0] for use in uses if callee(code.parents[use]) == "masked_fill"]
    texts = [ast.unparse(tensor) for tensor in filled if tensor is not None]
    shapes = [(text, f"{text}.shape", f"{text}.size()") for text in texts]
    if uses and len(shapes) == len(uses) and all(wanted in each for each in shapes):
        names = tuple(dict.fromkeys((*names_in(node), *target_of(node, code), name)))
        yield finding_at(_KIND, "expanded for nothing", node, code, names)


def _without_negation(node: ast.AST, code: Code) -> ast.AST:
    parent = code.parents[node]
    return parent if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Invert) else node


def _multiplied_and_divided(node: ast.AST, code: Code) -> Iterator[Finding]:
    """`a * b / b`, on one line or two."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)):
        return
    before, made = value_at(node.left, code)
    inverse = ast.Div if isinstance(node.op, ast.Mult) else ast.Mult
    if not (isinstance(before, ast.BinOp) and isinstance(before.op, inverse) and is_float_tensor(before.left, code)):
        return
    line = made.lineno if made is not None else node.lineno
    inside = ast.walk(code.function_of(node))
    between = [part for part in inside if isinstance(part, ast.stmt) and line < part.lineno < node.lineno]
    if same(before.right, node.right) and is_pure(node.right) and is_same_in(node.right, between):
        yield _apart(node, made, "multiplied and divided", code, names_in(node))


_PATTERNS: tuple[Callable[[ast.AST, Code], Iterator[Finding]], ...] = (
    _neutral,
    _negated_twice,
    _undone,
    _product_turned_back,
    _repeated,
    _to_its_own_shape,
    _expanded_for_nothing,
    _multiplied_and_divided,
)
