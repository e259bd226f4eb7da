"""What in an answer may be praised, each with the evidence that it is there."""

import ast
import re
from collections.abc import Callable

from grading.review.checkers.code import Code, callee, number
from grading.review.checkers.missing_shape_comment import says_shapes
from grading.review.checkers.named import CONTRACT

_OWN = ("project_qkv", "attention_scores", "attention_weights", "aggregate_values")
Evidence = Callable[[list[ast.AST], Code, int, int], bool]


def _calls(*names: str) -> Evidence:
    return lambda nodes, code, first, last: any(callee(node) in names for node in nodes)


def _has(kind: type, test: Callable[[ast.AST], bool] = lambda node: True) -> Evidence:
    return lambda nodes, code, first, last: any(isinstance(node, kind) and test(node) for node in nodes)


def _unparsed(pattern: str) -> Evidence:
    expression = re.compile(pattern)
    return lambda nodes, code, first, last: bool(expression.search(code.text(first, last)))


def _negative_transpose(nodes, code, first, last) -> bool:
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "mT":
            return True
        if callee(node) in ("transpose", "swapaxes", "swapdims"):
            numbers = {number(argument) for argument in node.args} - {None}
            if numbers == {-1, -2}:
                return True
    return False


def _scale_from_shape(nodes, code, first, last) -> bool:
    text = code.text(first, last)
    return bool(re.search(r"\.shape\[-1\]|\.size\(-1\)", text)) and bool(
        re.search(r"sqrt|\*\* ?\(?-?(?:0?\.5|1 ?/ ?2)", text)
    )


def _last_dimension(nodes, code, first, last) -> bool:
    for node in nodes:
        if callee(node) in ("softmax", "log_softmax", "Softmax"):
            given = [number(argument) for argument in node.args] + [
                number(k.value) for k in node.keywords if k.arg == "dim"
            ]
            if -1 in given:
                return True
    return False


def _subtracts_largest(nodes, code, first, last) -> bool:
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            part = node.right
            while isinstance(part, ast.Attribute) and part.attr == "values":
                part = part.value
            if callee(part) in ("amax", "max") and any(k.arg == "keepdim" for k in part.keywords):
                return True
    return False


def _hides_with_infinity(nodes, code, first, last) -> bool:
    text = code.text(first, last)
    fills = any(callee(node) in ("masked_fill", "where", "masked_fill_") for node in nodes)
    return fills and bool(re.search(r"-\s*(?:torch\.|math\.|np\.)?inf\b|float\(['\"]-inf", text))


def _fills_where_not(nodes, code, first, last) -> bool:
    for node in nodes:
        if callee(node) == "masked_fill" and node.args:
            if isinstance(node.args[0], ast.UnaryOp) and isinstance(node.args[0].op, ast.Invert):
                return True
    return False


def _shape_comments(nodes, code, first, last) -> bool:
    return any(
        says_shapes(function, code) and any(first <= line <= last for line in code.comments)
        for function in code.functions_at(first, last)
    ) and any(re.search(r"[(\[].*,.*[)\]]|shape", code.comments.get(line, "")) for line in range(first, last + 1))


def _docstring(nodes, code, first, last) -> bool:
    for function in code.functions_at(first, last):
        head = function.body[0]
        if (
            len((ast.get_docstring(function) or "").split()) > 3
            and head.lineno <= last
            and first <= (head.end_lineno or 0)
        ):
            return True
    return False


def _helper(nodes, code, first, last) -> bool:
    own = {f.name for f in code.functions if f.name not in CONTRACT}
    lambdas = {
        target.id
        for node in code.all_nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    used = {node.func.id for node in code.all_nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    used |= {
        node.func.attr for node in code.all_nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    here = {getattr(node, "name", "") for node in nodes} | {
        t.id for node in nodes for t in [node] if isinstance(t, ast.Name)
    }
    return bool((own | lambdas) & used & here)


def _asserts(nodes, code, first, last) -> bool:
    return any(isinstance(node, ast.Assert) for node in nodes)


def _no_loops(nodes, code, first, last) -> bool:
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
    functions = code.functions_at(first, last)
    calls = {callee(node) for function in functions for node in ast.walk(function)}
    return (
        bool(functions)
        and not any(isinstance(part, loops) for function in functions for part in ast.walk(function))
        and not calls & {"map", "reduce", "vmap"}
        and any(isinstance(part, ast.BinOp | ast.Call) for function in functions for part in ast.walk(function))
    )


def _leading(nodes, code, first, last) -> bool:
    """Whether something in these lines works for any dimensions in front: an ellipsis, or dimensions from the end."""
    return (
        _negative_transpose(nodes, code, first, last)
        or _unparsed(r"\.\.\.")(nodes, code, first, last)
        or _last_dimension(nodes, code, first, last)
    )


# The fact's name, and whether these lines have it.
EVIDENCE: dict[str, Evidence] = {
    "einsum": _calls("einsum"),
    "matmul": lambda nodes, *rest: (
        _calls("matmul")(nodes, *rest) or _has(ast.BinOp, lambda node: isinstance(node.op, ast.MatMult))(nodes, *rest)
    ),
    "at": _has(ast.BinOp, lambda node: isinstance(node.op, ast.MatMult)),
    "broadcasting": lambda nodes, code, first, last: any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult | ast.Sub | ast.Div | ast.Add)
        and bool(re.search(r"unsqueeze\(|\bNone\b.*\]|keepdim=True", ast.unparse(node)))
        for node in nodes
    ),
    "masked fill": _calls("masked_fill"),
    "torch where": _calls("where"),
    "infinity": _hides_with_infinity,
    "negated mask": _fills_where_not,
    "ellipsis": _unparsed(r"\.\.\."),
    "leading": _leading,
    "keepdim": lambda nodes, *rest: any(
        isinstance(node, ast.keyword) and node.arg == "keepdim" and getattr(node.value, "value", None) is True
        for node in nodes
    ),
    "largest": _subtracts_largest,
    "docstring": _docstring,
    "shape comments": _shape_comments,
    "reuse": _calls(*_OWN),
    "is none": _has(
        ast.Compare,
        lambda node: isinstance(node.ops[0], ast.Is | ast.IsNot) and getattr(node.comparators[0], "value", 0) is None,
    ),
    "scale is none": _unparsed(r"\bscale is (?:not )?None\b"),
    "helper": _helper,
    "negative transpose": _negative_transpose,
    "scale from shape": _scale_from_shape,
    "softmax": _calls("softmax", "log_softmax", "Softmax"),
    "last dimension": _last_dimension,
    "sqrt": lambda nodes, code, first, last: _calls("sqrt", "rsqrt")(nodes, code, first, last),
    "type hints": lambda nodes, *rest: any(
        isinstance(node, ast.arg)
        and node.annotation is not None
        or isinstance(node, ast.FunctionDef)
        and node.returns is not None
        for node in nodes
    ),
    "assert": _asserts,
    "no loops": _no_loops,
    "comprehension": _has(ast.ListComp),
    "float64": lambda nodes, code, first, last: bool(re.search(r"\.double\(|float64", code.text(first, last))),
    "dtype kept": lambda nodes, code, first, last: bool(
        re.search(r"\.to\(\w+\.dtype\)|type_as\(|dtype=\w+\.dtype", code.text(first, last))
    ),
    "bias": lambda nodes, *rest: any(
        isinstance(node, ast.keyword) and node.arg == "bias" and getattr(node.value, "value", None) is False
        for node in nodes
    ),
    "super": _calls("super"),
    "linear": _calls("Linear"),
    "split": _calls("split", "chunk"),
    "cat": _calls("cat", "concat"),
    "copy": _calls("clone"),
    "conditional": _has(ast.IfExp),
    "short": lambda nodes, code, first, last: any(
        0 < sum(1 for part in ast.walk(f) if isinstance(part, ast.stmt)) - 1 <= 4
        for f in code.functions_at(first, last)
    ),
    "line": lambda nodes, code, first, last: any(isinstance(node, ast.stmt) for node in nodes),
    "return tuple": _has(ast.Return, lambda node: isinstance(node.value, ast.Tuple)),
    "kept weights": _has(ast.Return, lambda node: isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2),
    "log softmax": _calls("log_softmax", "logsumexp"),
}


def praiseworthy(code: Code, first: int, last: int) -> set[str]:
    """The facts about these lines that praise may mention."""
    nodes = list(code.nodes(first, last))
    nodes += [node for parent in nodes for node in ast.iter_child_nodes(parent) if isinstance(node, ast.keyword)]
    found = {fact for fact, evidence in EVIDENCE.items() if evidence(nodes, code, first, last)}
    return found | {f"calls {callee(node)}" for node in nodes if callee(node)}
