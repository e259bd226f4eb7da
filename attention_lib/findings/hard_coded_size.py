"""A hard-coded size: a number in the code that only fits one width or one number of tokens."""

import ast
import math
import re
from collections.abc import Iterator

from attention_lib.findings.code import Code, callee, number
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import value_at
from attention_lib.findings.tensors_of_floats import assigned_to, is_float_tensor, writers

_SHAPING = frozenset(
    """
    view reshape expand zeros ones rand randn empty full arange eye repeat tile narrow unflatten
    Linear broadcast_to new_zeros new_ones
    """.split()
)
_ROOTS = frozenset({"sqrt", "rsqrt"})
_NO_SIZES = frozenset({"dim", "axis", "dims", "dim0", "dim1", "decimals", "seed"})
_LARGEST = 1e4
_LIMITS = frozenset({"finfo", "min", "max", "eps", "tiny", "inf", "nan", "pi", "e"})
_SIZE_NAME = re.compile(
    r"(?:^|_)(?:d|n|dim|dims|size|width|length|len|seq|seq_len|heads?|batch|hidden|features?|tokens|model|k"
    r"|head_dim)(?:_|$)|^(?:B|T|D|H|dk|dim\w*)$"
)
# They cut a tensor into blocks, or keep something for later: these may have any size.
_OF_ANY_SIZE = frozenset({"split", "chunk", "tensor_split", "unfold", "register_buffer"})
_SMALLEST = 4


def hard_coded_sizes(code: Code) -> Iterator[Finding]:
    """All numbers of an answer that surely are sizes."""
    yield from _named_sizes(code)
    for node in code.all_nodes:
        value = number(node)
        is_part = value is None or number(code.parents[node]) is not None or code.function_of(node) is None
        # A larger one is no size, and may be too large for a float.
        if is_part or not abs(value) < _LARGEST:
            continue
        if value != int(value):
            if _is_root_of_a_size(value) and _scales(node, code):
                yield Finding("hard_coded_size", "root", node.lineno, node.end_lineno, numbers=(value,))
            continue
        root = _is_under_a_root(node, code)
        # Three is the number of matrices, too.
        is_size = _is_a_size(node, value, code) and (root or abs(value) >= _SMALLEST)
        is_size = is_size and not _may_be_something_else(node, code)
        if is_size or _bounds_a_slice(node, value, code) or _is_compared(node, value, code):
            yield Finding("hard_coded_size", _form(node, root, code), node.lineno, node.end_lineno, numbers=(value,))


def _named_sizes(code: Code) -> Iterator[Finding]:
    """Sizes with a name: several at once in a function, or one outside that a function reads."""
    read = {
        part.id
        for part in code.all_nodes
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and code.function_of(part) is not None
        if not any(part.id in writers(scope) for scope in code.around(part))
    }
    for node in code.all_nodes:
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and _names_a_size(node.id.lower())):
            continue
        alone = isinstance(code.parents[node], ast.Assign)
        value = number(given) if (given := assigned_to(node, code)) is not None else None
        is_new = not alone if code.function_of(node) is not None else node.id in read
        if is_new and value is not None and value >= _SMALLEST and value == int(value):
            yield Finding("hard_coded_size", "size", given.lineno, given.end_lineno, (node.id,), numbers=(value,))


def _is_root_of_a_size(value: float) -> bool:
    """Whether it is the root, or one over the root, of a power of two from 8 on, to three digits."""
    squared = value**2 if value > 1 else 1 / value**2 if value > 0 else 0
    power = round(math.log2(squared)) if squared > 1 else 0
    return power >= 3 and abs(squared / 2**power - 1) < 1e-3


def _scales(node: ast.AST, code: Code) -> bool:
    """Whether a tensor is multiplied or divided by it, or it becomes the scale."""
    parent = code.parents[node]
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult | ast.Div):
        return is_float_tensor(parent.left if parent.right is node else parent.right, code)
    return isinstance(parent, ast.Assign) and ast.unparse(parent.targets[0]) in ("scale", "factor")


def _form(node: ast.AST, is_under_root: bool, code: Code) -> str:
    parent = code.parents[node]
    while isinstance(parent, ast.Tuple):
        parent = code.parents[parent]
    if isinstance(parent, ast.Compare):
        return "asked for"
    return "root" if is_under_root or isinstance(parent, ast.BinOp) else "size"


def _may_be_something_else(node: ast.AST, code: Code) -> bool:
    """Whether it may be the size of a block or a buffer, a number of rounds, what no tensor is divided by, or an
    initial value."""
    parent = code.parents[node]
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Div) and node is parent.right:
        return not is_float_tensor(parent.left, code)
    while node in code.parents and not isinstance(node, ast.stmt):
        node = code.parents[node]
        if callee(node) in _OF_ANY_SIZE or callee(node).endswith("_"):
            return True
        if callee(node) == "range" and not _counts_rows(node, code):
            return True
    return False


def _counts_rows(call: ast.Call, code: Code) -> bool:
    """Whether the numbers of a range are looked up as rows."""
    loop = code.parents[call]
    around = code.parents[loop] if isinstance(loop, ast.comprehension) else loop
    names = {part.id for part in ast.walk(getattr(loop, "target", call)) if isinstance(part, ast.Name)}
    reads = (part for part in ast.walk(around) if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load))
    return any(isinstance(part, ast.Name) and part.id in names for each in reads for part in ast.walk(each.slice))


def _bounds_a_slice(node: ast.AST, value: float, code: Code) -> bool:
    """Whether rows of a tensor are taken from, or up to, this one."""
    piece = code.parents[node]
    if isinstance(piece, ast.UnaryOp):
        piece = code.parents[piece]
    if not isinstance(piece, ast.Slice) or abs(value) < _SMALLEST or node is piece.step:
        return False
    around = code.parents[piece]
    around = code.parents[around] if isinstance(around, ast.Tuple) else around
    return isinstance(around, ast.Subscript) and is_float_tensor(around.value, code)


def _is_compared(node: ast.AST, value: float, code: Code) -> bool:
    """Whether it is compared with a name that stands for a tensor's size."""
    test = code.parents[node]
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or value < _SMALLEST:
        return False
    size, _ = value_at(test.left if test.left is not node else test.comparators[0], code)
    if isinstance(size, ast.Subscript):
        return isinstance(size.value, ast.Attribute) and size.value.attr == "shape"
    return callee(size) == "size" and bool(size.args)


def _is_under_a_root(node: ast.AST, code: Code) -> bool:
    for _ in range(3):
        node = code.parents.get(node)
        if callee(node) in _ROOTS or isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            return True
    return False


def _is_a_size(node: ast.AST, value: float, code: Code) -> bool:
    """Whether the place of a whole number, a root's or a shape's for example, is one for sizes."""
    parent, child = code.parents[node], node
    while isinstance(parent, ast.Tuple | ast.List | ast.Starred | ast.keyword | ast.UnaryOp):
        if isinstance(parent, ast.keyword) and parent.arg in _NO_SIZES:
            return False
        parent, child = code.parents[parent], parent
    if isinstance(parent, ast.BinOp):
        return value > 2 and _is_divisor_or_base(parent, child)
    if isinstance(parent, ast.Call):
        name = callee(parent)
        if name in ("float", "tensor", "int"):
            return value > 2 and callee(code.parents.get(parent)) in _ROOTS
        if name == "range":
            return _counts_more_than_layers(parent, code)
        return value > 2 and (name in _ROOTS or name in _SHAPING)
    if isinstance(parent, ast.Compare):
        against = " ".join(ast.unparse(part) for part in [parent.left, *parent.comparators])
        return not re.search(r"\bdim\(\)|\bndim\b|len\(", against) and bool(re.search(r"\.shape|\.size\(", against))
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
        return value > 1 and all(isinstance(target, ast.Name) and _names_a_size(target.id) for target in targets)
    return False


def _is_divisor_or_base(parent: ast.BinOp, child: ast.AST) -> bool:
    """Whether a root is taken of it by a power, or something else than a limit or a number is divided by it."""
    if isinstance(parent.op, ast.Pow):
        fraction = ast.unparse(parent.right).replace(" ", "").strip("()-")
        return child is parent.left and fraction in ("0.5", "1/2")
    if not isinstance(parent.op, ast.Div) or child is not parent.right:
        return False
    return number(parent.left) is None and not any(getattr(p, "attr", "") in _LIMITS for p in ast.walk(parent.left))


def _names_a_size(name: str) -> bool:
    """Whether a name is one for a size of the inputs; blocks and chunks are cut in any size."""
    return bool(_SIZE_NAME.search(name)) and not re.search(r"block|chunk|tile|step|split|part", name)


def _counts_more_than_layers(call: ast.Call, code: Code) -> bool:
    """Whether a range goes one by one and makes no layers: three rounds that make the three layers are no size."""
    node: ast.AST = call
    while node in code.parents and not isinstance(node, ast.ListComp | ast.GeneratorExp | ast.For | ast.stmt):
        node = code.parents[node]
    has_step = len(call.args) > 2 and number(call.args[2]) is not None
    return not has_step and not any(callee(part) == "Linear" for part in ast.walk(node))
