"""Steps around a softmax that it makes needless: its rows add up to 1, it is stable, and minus infinity becomes 0."""

import ast
from collections.abc import Callable, Iterator

from attention_lib.findings.code import Code, callee, number, receiver, same
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import finding_at, value_at, writer_of
from attention_lib.findings.non_idiomatic_call import as_read, divided, row_summed
from attention_lib.findings.tensors_of_floats import of_torch, operand_of

_KIND = "redundant_step"
_INFINITE = ("float('-inf')", "-math.inf", "-torch.inf", "-float('inf')", "-np.inf")


def softmax_steps(code: Code) -> Iterator[Finding]:
    """All of them in an answer's functions."""
    for node in code.all_nodes:
        if code.function_of(node) is not None:
            for pattern in _PATTERNS:
                yield from pattern(node, code)


def _softmax_of(node: ast.AST | None, code: Code) -> ast.Call | None:
    """The softmax over the last dimension that a value is, if it surely is one."""
    value, _ = value_at(node, code)
    if callee(value) != "softmax" or not isinstance(value.func, ast.Attribute):
        return None
    given = [*value.args, *(keyword.value for keyword in value.keywords if keyword.arg in ("dim", "axis"))]
    return value if -1 in map(number, given) else None


def _normalised_again(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A softmax's rows divided by their sums."""
    parts, top = divided(node, code), None
    if callee(node) == "normalize" and of_torch(node, code) and node.args:
        given = {keyword.arg: number(keyword.value) for keyword in node.keywords}
        top = node.args[0] if given == {"p": 1, "dim": -1} else None
    elif parts:
        summed = row_summed(parts[1], code)
        top = parts[0] if summed is not None and same(as_read(summed), as_read(parts[0])) else None
    softmax = _softmax_of(top, code)
    if softmax is not None:
        yield finding_at(_KIND, "normalised again", node, code, elsewhere=softmax.lineno)


def _shifted_before_softmax(node: ast.AST, code: Code) -> Iterator[Finding]:
    """The largest score of each row subtracted, of which torch's softmax takes care itself."""
    if _softmax_of(node, code) is not node:
        return
    shifted, _ = value_at(operand_of(node, code), code)
    if not (isinstance(shifted, ast.BinOp) and isinstance(shifted.op, ast.Sub)):
        return
    largest, _ = value_at(shifted.right, code)
    while getattr(largest, "attr", "") == "values" or isinstance(largest, ast.Subscript) and number(largest.slice) == 0:
        largest = largest.value
    if callee(largest) in ("max", "amax") and isinstance(largest.func, ast.Attribute):
        if same(operand_of(largest, code), shifted.left) and "keepdim=True" in ast.unparse(largest):
            yield finding_at(_KIND, "shifted before softmax", shifted, code, elsewhere=node.lineno)


def _masked_again(node: ast.AST, code: Code) -> Iterator[Finding]:
    """Weights set to 0 where the scores were set to minus infinity before the softmax."""
    inner, name, arguments = receiver(node)
    hidden = ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pairs = [(node.left, node.right), (node.right, node.left)]
        inner, shown = next(((a, b) for a, b in pairs if _softmax_of(a, code)), (None, None))
        hidden = f"~{ast.unparse(shown)}" if isinstance(shown, ast.Name) else ""
    elif name == "masked_fill" and len(arguments) == 2 and number(arguments[1]) == 0:
        hidden = ast.unparse(arguments[0])
    softmax = _softmax_of(inner, code) if hidden else None
    fill = _filled_with_minus_infinity(operand_of(softmax, code), code) if softmax is not None else None
    if fill is not None and ast.unparse(fill) == hidden:
        yield finding_at(_KIND, "masked again", node, code, elsewhere=softmax.lineno)


def _filled_with_minus_infinity(scores: ast.AST, code: Code) -> ast.AST | None:
    """Where scores were filled with minus infinity last, given as the condition of that."""
    value, made = value_at(scores, code)
    if made is None and isinstance(scores, ast.Name):
        writer = writer_of(scores, code)
        if isinstance(writer, ast.If) and not writer.orelse and ast.unparse(writer.test).endswith(" is not None"):
            last = writer.body[-1]
            value = last.value if isinstance(last, ast.Assign) and ast.unparse(last.targets[0]) == scores.id else value
    _, name, arguments = receiver(value)
    is_filled = name == "masked_fill" and len(arguments) == 2 and ast.unparse(arguments[1]) in _INFINITE
    return arguments[0] if is_filled else None


_PATTERNS: tuple[Callable[[ast.AST, Code], Iterator[Finding]], ...] = (
    _normalised_again,
    _shifted_before_softmax,
    _masked_again,
)
