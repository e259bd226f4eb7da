"""What in an answer may be praised, each with the evidence for it from the syntax tree.

Comments and strings are no evidence, nor is a name that the answer itself gives another meaning.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from attention_lib.findings.code import Code, Function, callee, number, same
from attention_lib.findings.shape_comments import gives_a_shape
from attention_lib.findings.tensors_of_floats import is_float_tensor, of_torch, only_value
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.named import CONTRACT

OWN = ("project_qkv", "attention_scores", "attention_weights", "aggregate_values")
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True)
class Lines:
    """The lines that praise is about: what begins in them, and what is around."""

    nodes: tuple[ast.AST, ...]
    code: Code
    first: int
    last: int
    cell: str

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """The calls of torch's functions or of methods by these names; the answer's own functions are none."""
        for node in self.nodes:
            if callee(node) in names and isinstance(node.func, ast.Attribute) and not self._own(callee(node)):
                if of_torch(node, self.code) or not isinstance(node.func.value, ast.Name) or self._is_tensor(node):
                    yield node

    def functions(self) -> list[Function]:
        return self.code.functions_at(self.first, self.last)

    def _is_tensor(self, call: ast.Call) -> bool:
        return is_float_tensor(call.func.value, self.code) or call.func.value.id in ("mask", "scores")

    def _own(self, name: str) -> bool:
        return any(function.name == name for function in self.code.functions)


Evidence = Callable[[Lines], bool]


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "nn", "np", "math")


def _calls(*names: str) -> Evidence:
    return lambda lines: any(True for _ in lines.calls(*names))


def _has(kind: type, test: Callable[[ast.AST], bool] = lambda node: True) -> Evidence:
    return lambda lines: any(isinstance(node, kind) and test(node) for node in lines.nodes)


def _has_keyword(name: str, value: bool) -> Evidence:
    return _has(ast.keyword, lambda node: node.arg == name and getattr(node.value, "value", None) is value)


def _at(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)


def _products(nodes, code: Code) -> list[ast.AST]:
    names = ("matmul", "bmm", "mm", "einsum", "linear", "tensordot", "inner", "baddbmm", "mv")
    return [node for node in nodes if _at(node) or callee(node) in names]


def _matmul(lines: Lines) -> bool:
    return any(map(_at, lines.nodes)) or _calls("matmul")(lines)


def _one_product(lines: Lines) -> bool:
    """Whether there is one product in the whole cell, not in a loop, nor in a function that is called more often."""
    products = _products(lines.code.all_nodes, lines.code)
    return (
        len(products) == 1
        and products[0] in lines.nodes
        and _matmul(lines)
        and not any(isinstance(node, (*_LOOPS, ast.Lambda)) for node in lines.code.all_nodes)
        and len(lines.code.functions) == 1
    )


def _einsum(lines: Lines) -> bool:
    return any(node.args and isinstance(getattr(node.args[0], "value", None), str) for node in lines.calls("einsum"))


def _broadcasting(lines: Lines) -> bool:
    for node in lines.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Sub | ast.Div | ast.Add):
            for part, other in ((node.left, node.right), (node.right, node.left)):
                if _is_stretched(part, lines.code) and is_float_tensor(other, lines.code):
                    return True
    return False


def _is_stretched(node: ast.AST, code: Code) -> bool:
    """Whether a factor or summand has a dimension of size 1 that it was given or kept."""
    if isinstance(node, ast.Name):
        node = only_value(node.id, node, code) or node
    while isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return any(isinstance(part, ast.Constant) and part.value is None for part in parts)
    return callee(node) == "unsqueeze" or _keeps_dimension(node)


def _keeps_dimension(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        keyword.arg == "keepdim" and getattr(keyword.value, "value", None) is True for keyword in node.keywords
    )


def _keepdim_fits(lines: Lines) -> bool:
    """Whether each result that keeps its dimension is then subtracted from or divides what it was taken of."""
    keeping = [node for node in lines.nodes if _keeps_dimension(node)]
    return bool(keeping) and all(
        any(
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div) and _value(node.right, lines) is kept
            for node in lines.code.all_nodes
        )
        for kept in keeping
    )


def _value(node: ast.AST, lines: Lines) -> ast.AST:
    if isinstance(node, ast.Name):
        node = only_value(node.id, node, lines.code) or node
    while isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    return node


def _fills(lines: Lines, *names: str) -> Iterator[ast.Call]:
    """Calls that choose by the mask, or by its negation."""
    for node in lines.calls(*names):
        choice = node.args[1:2] if of_torch(node, lines.code) and callee(node) != "where" else node.args[:1]
        if choice and any(isinstance(part, ast.Name) and part.id == "mask" for part in ast.walk(choice[0])):
            yield node


def _infinity(lines: Lines) -> bool:
    return any(
        any(_is_minus_infinity(part) for part in ast.walk(node))
        for node in _fills(lines, "masked_fill", "where", "masked_fill_")
    )


def _is_minus_infinity(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        if isinstance(inner, ast.Attribute):
            return inner.attr == "inf" and _is_module(inner.value)
        return _is_float_of(inner, "inf")
    return _is_float_of(node, "-inf")


def _is_float_of(node: ast.AST, text: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "float"
        and [getattr(argument, "value", None) for argument in node.args] == [text]
    )


def _before_the_softmax(lines: Lines) -> bool:
    """Whether scores are filled in these lines, and a softmax is taken below, or around it."""
    fills = list(_fills(lines, "masked_fill", "masked_fill_", "where"))
    softmaxes = [node for node in lines.code.all_nodes if callee(node) == "softmax" and _is_over_last(node)]
    return bool(fills) and any(node.end_lineno >= fill.end_lineno for node in softmaxes for fill in fills)


def _negated_mask(lines: Lines) -> bool:
    def of_mask(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == "mask"

    return any(
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert) and of_mask(node.operand)
        for node in lines.nodes
    )


def _ellipsis_index(lines: Lines) -> bool:
    return any(
        isinstance(node, ast.Subscript) and any(getattr(part, "value", None) is ... for part in ast.walk(node.slice))
        for node in lines.nodes
    )


def _ellipsis_einsum(lines: Lines) -> bool:
    formulas = [getattr(node.args[0], "value", "") for node in lines.calls("einsum") if node.args]
    return any(isinstance(formula, str) and "..." in formula for formula in formulas)


def _transposed(lines: Lines) -> Iterator[ast.AST]:
    """What is transposed in its last two dimensions, counted from the end."""
    for node in lines.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "mT" and isinstance(node.ctx, ast.Load):
            yield node.value
    for node in lines.calls("transpose", "swapaxes", "swapdims"):
        if _is_transposed_again(node, lines.code):
            continue
        of_module = of_torch(node, lines.code)
        given = node.args[1:] if of_module else node.args
        if {number(argument) for argument in given} == {-1, -2}:
            yield node.args[0] if of_module else node.func.value


def _is_transposed_again(node: ast.Call, code: Code) -> bool:
    """Whether one call stands directly on another, so that they undo each other."""
    names = ("transpose", "swapaxes", "swapdims")
    above = code.parents.get(code.parents.get(node))
    return (
        callee(getattr(node.func, "value", node.func)) in names or callee(above) in names and above.func.value is node
    )


def _widths(lines: Lines) -> Iterator[str]:
    """The tensors whose last size a scale in these lines is made of."""
    for node in lines.nodes:
        is_root = callee(node) in ("sqrt", "rsqrt") and node.args
        is_power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and number(node.right) in (0.5, -0.5)
        if not (is_root or is_power):
            continue
        size = _value(node.args[0] if is_root else node.left, lines)
        tensor = None
        if isinstance(size, ast.Subscript) and getattr(size.value, "attr", "") == "shape" and number(size.slice) == -1:
            tensor = size.value.value
        elif callee(size) == "size" and isinstance(size.func, ast.Attribute) and list(map(number, size.args)) == [-1]:
            tensor = size.func.value
        if isinstance(tensor, ast.Name):
            yield tensor.id


def _is_over_last(node: ast.Call) -> bool:
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    return -1 in [number(part) for part in (*node.args, named.get("dim")) if part is not None]


def _last_dimension(lines: Lines) -> bool:
    softmaxes = list(lines.calls("softmax"))
    return bool(softmaxes) and all(map(_is_over_last, softmaxes))


def _largest(lines: Lines) -> Iterator[ast.BinOp]:
    """Subtractions of each row's largest entry from the row itself."""
    for node in lines.nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
            continue
        largest = _value(node.right, lines)
        if callee(largest) not in ("amax", "max") or not _keeps_dimension(largest):
            continue
        of_module = of_torch(largest, lines.code)
        taken_of = largest.args[0] if of_module and largest.args else getattr(largest.func, "value", None)
        given = [number(part) for part in largest.args[1 if of_module else 0 :]]
        given += [number(keyword.value) for keyword in largest.keywords if keyword.arg == "dim"]
        if given == [-1] and taken_of is not None and same(taken_of, node.left):
            yield node


def _largest_before_exp(lines: Lines) -> bool:
    """Whether what is left goes into an exponential."""
    shifted = list(_largest(lines))
    exponentials = [node for node in lines.code.all_nodes if callee(node) == "exp" and isinstance(node, ast.Call)]
    return bool(shifted) and any(
        _value(node.args[0] if node.args else getattr(node.func, "value", node), lines) in shifted
        for node in exponentials
    )


def _shape_comments(lines: Lines) -> bool:
    comments = lines.code.comments
    return any(gives_a_shape(comments.get(line, "")) for line in range(lines.first, lines.last + 1))


def _docstring(lines: Lines) -> bool:
    for function in lines.functions():
        head = function.body[0]
        is_long = len((ast.get_docstring(function) or "").split()) > 3
        if is_long and head.lineno <= lines.last and lines.first <= (head.end_lineno or 0):
            return True
    return False


def _own_calls(lines: Lines) -> list[str]:
    """The lesson's functions that are called here and are not written in this very cell."""
    called = [node.func.id for node in lines.nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [name for name in OWN if name in called and name not in lines.code.bound_names]


def _own_lambdas(code: Code) -> set[str]:
    assignments = (node for node in code.all_nodes if isinstance(node, ast.Assign))
    return {
        target.id
        for node in assignments
        if isinstance(node.value, ast.Lambda)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _helper(lines: Lines) -> bool:
    """Whether a helper of the answer's own is defined or called here, and is called at least twice."""
    own = {function.name for function in lines.code.functions if function.name not in CONTRACT}
    own |= _own_lambdas(lines.code)
    called = [
        node.func.id for node in lines.code.all_nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    here = {getattr(node, "name", getattr(node, "id", "")) for node in lines.nodes}
    return any(name in here and called.count(name) >= 2 for name in own)


def _no_loops(lines: Lines) -> bool:
    """Whether nothing in the whole cell walks over anything, nor calls what may."""
    called = {callee(node) for node in lines.code.all_nodes}
    return (
        bool(lines.functions())
        and not any(isinstance(node, _LOOPS) for node in lines.code.all_nodes)
        and not called & {"map", "reduce", "vmap", "apply_along_axis", "vectorize", *OWN}
        and len(lines.code.functions) == 1
        and bool(_products(lines.code.all_nodes, lines.code) or "softmax" in called)
    )


def _dtype_kept(lines: Lines) -> bool:
    for node in lines.nodes:
        if callee(node) == "type_as":
            return True
        if callee(node) == "to" and any(getattr(argument, "attr", "") == "dtype" for argument in node.args):
            return True
    return False


def _float64(nodes) -> bool:
    return any(callee(node) == "double" or isinstance(node, ast.Attribute) and node.attr == "float64" for node in nodes)


def _fused(lines: Lines) -> bool:
    """Whether the three matrices are put side by side."""
    for node in lines.calls("cat", "concat", "stack"):
        names = {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node)}
        if {"W_q", "W_k", "W_v"} <= names and callee(node) != "stack":
            return True
    return False


def _compares_with_none(lines: Lines) -> bool:
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Is | ast.IsNot)
        and isinstance(node.comparators[0], ast.Constant)
        and node.comparators[0].value is None
        for node in lines.nodes
    )


def _layers(lines: Lines) -> list[ast.AST]:
    return [node for node in lines.nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "nn.Linear"]


def _is_short(lines: Lines) -> bool:
    return (
        any(
            0 < sum(1 for part in ast.walk(function) if isinstance(part, ast.stmt)) - 1 <= 4
            for function in lines.functions()
        )
        and len(lines.code.functions) == 1
    )


# The fact's name, and whether these lines have it.
EVIDENCE: dict[str, Evidence] = {
    "einsum": _einsum,
    "matmul": _matmul,
    "one product": _one_product,
    "at": lambda lines: any(map(_at, lines.nodes)),
    "broadcasting": _broadcasting,
    "masked fill": lambda lines: any(True for _ in _fills(lines, "masked_fill", "masked_fill_")),
    "torch where": lambda lines: any(True for _ in _fills(lines, "where")),
    "before softmax": _before_the_softmax,
    "infinity": _infinity,
    "negated mask": _negated_mask,
    "ellipsis": lambda lines: _ellipsis_index(lines) or _ellipsis_einsum(lines),
    "ellipsis index": _ellipsis_index,
    "ellipsis einsum": _ellipsis_einsum,
    "leading": lambda lines: _ellipsis_einsum(lines) or any(True for _ in _transposed(lines)),
    "keepdim": _has_keyword("keepdim", True),
    "keepdim fits": _keepdim_fits,
    "keepdim of a sum": lambda lines: (
        _keepdim_fits(lines) and all(callee(node) == "sum" for node in lines.nodes if _keeps_dimension(node))
    ),
    "largest": lambda lines: any(True for _ in _largest(lines)),
    "largest before exp": _largest_before_exp,
    "docstring": _docstring,
    "shape comments": _shape_comments,
    "reuse": lambda lines: lines.cell == "attention_head" and bool(_own_calls(lines)),
    "reuse of several": lambda lines: lines.cell == "attention_head" and len(_own_calls(lines)) > 1,
    "is none": _compares_with_none,
    "helper": _helper,
    "negative transpose": lambda lines: any(True for _ in _transposed(lines)),
    "scale from shape": lambda lines: any(True for _ in _widths(lines)),
    "softmax": lambda lines: any(of_torch(node, lines.code) for node in lines.calls("softmax")),
    "softmax method": _calls("softmax"),
    "last dimension": _last_dimension,
    "type hints": _has(ast.arg, lambda node: node.annotation is not None),
    "assert": _has(ast.Assert),
    "no loops": _no_loops,
    "comprehension": _has(ast.ListComp),
    "float64": lambda lines: _float64(lines.nodes),
    "dtype kept": lambda lines: _dtype_kept(lines) and _float64(lines.code.all_nodes),
    "bias": _has_keyword("bias", False),
    "linear": lambda lines: bool(_layers(lines)),
    "three layers": lambda lines: len(_layers(lines)) == 3,
    "split": _calls("split", "chunk"),
    "cat": _fused,
    "copy": lambda lines: any(getattr(node.func.value, "id", "") == "scores" for node in lines.calls("clone")),
    "conditional": _has(ast.IfExp),
    "short": _is_short,
    "line": _has(ast.stmt),
    "kept weights": lambda lines: (
        lines.cell == "attention_head"
        and _has(ast.Return, lambda node: isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2)(lines)
    ),
    "log softmax": _calls("log_softmax", "logsumexp"),
}


def praiseworthy(code: Code, first: int, last: int, answer: ReviewedAnswer) -> set[str]:
    """The facts about these lines that praise may mention."""
    nodes = list(code.nodes(first, last))
    nodes += [node for parent in nodes for node in ast.iter_child_nodes(parent) if isinstance(node, ast.keyword)]
    lines = Lines(tuple(nodes), code, first, last, answer.cell)
    found = {fact for fact, evidence in EVIDENCE.items() if evidence(lines)}
    found |= {f"on {node.id}" for node in _transposed(lines) if isinstance(node, ast.Name)}
    found |= {f"width of {name}" for name in _widths(lines)}
    return found | {f"calls {name}" for name in _own_calls(lines)}
