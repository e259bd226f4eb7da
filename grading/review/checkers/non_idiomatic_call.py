"""A call or comparison that Python or torch has a better form for: exact patterns, each with what fits instead."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from grading.review.answer import Answer
from grading.review.checkers.code import Code, callee, same
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import named
from grading.review.claims import Comment

# Two ways to write the same; neither is better.
_EQUALLY_GOOD = frozenset(
    """
    @ matmul torch.matmul transpose torch.transpose T mT .T .mT swapaxes permute einsum torch.einsum softmax
    F.softmax torch.softmax nn.Softmax shape .shape size .size unsqueeze math.sqrt sqrt masked_fill where
    torch.where ** mul torch.mul reshape view bmm
    """.split()
)


@dataclass(frozen=True)
class Pattern:
    """A form that has a better one.

    fact: what a comment's wording calls it
    names: what a comment may call it by
    tools: what fits instead
    """

    fact: str
    names: frozenset[str]
    tools: frozenset[str]
    why: str


def non_idiomatic_call(comment: Comment, code: Code, answer: Answer) -> Grounded:
    """Is there one of the known forms in these lines, and is it the one that the text names?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        return undecided(code.why_unread)
    found = [pattern for node in code.nodes(first, last) for find in _PATTERNS if (pattern := find(node, code))]
    names = named(comment.text, code)
    if not found:
        calls = [name for name in names if name in _EQUALLY_GOOD]
        if calls:
            return refuted(f"`{calls[0]}` is as good as the other ways to write it.")
        return undecided("No call of a known form that has a better one is in these lines.")
    tight = {re.sub(r"\s", "", name) for name in names}
    about = [p for p in found if any(re.sub(r"\s", "", name) in tight for name in p.names | p.tools)]
    about = about or (found if len({pattern.fact for pattern in found}) == 1 else [])
    if not about:
        return undecided("It is not clear which call is meant.")
    if len({pattern.fact for pattern in about}) > 1:
        return undecided("It speaks of several calls.")
    facts = {pattern.fact for pattern in about}
    tools = frozenset().union(*(pattern.tools for pattern in about))
    return confirmed(about[0].why, facts=facts, names=frozenset().union(*(p.names for p in about)), tools=tools)


def _pattern(fact: str, names: set[str], tools: set[str], why: str) -> Pattern:
    return Pattern(fact, frozenset(names), frozenset(tools), why)


def _comparison_with_a_constant(node: ast.AST, code: Code) -> Pattern | None:
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq)):
        return None
    right = node.comparators[0]
    if not (isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))):
        return None
    text = ast.unparse(node)
    left = ast.unparse(node.left)
    symbol = "==" if isinstance(node.ops[0], ast.Eq) else "!="
    names = {text, f"{symbol} {right.value}", symbol}
    if right.value is None:
        right_form = "is" if symbol == "==" else "is not"
        return _pattern(
            "none",
            names,
            {f"{right_form} None", f"{left} {right_form} None", f"if {left} {right_form} None", right_form},
            "None is compared by value.",
        )
    if right.value is (symbol == "!="):
        tools = {
            f"~{left}",
            "~",
            "torch.logical_not",
            f"torch.logical_not({left})",
            f"{left}.logical_not()",
            "logical_not",
        }
        return _pattern("false", names, tools, "A mask is compared with a truth value, where ~ negates it.")
    return _pattern("true", names, {left}, "A mask is compared with True, which it is already.")


def _negated_is(node: ast.AST, code: Code) -> Pattern | None:
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Compare)):
        return None
    inner = node.operand
    if len(inner.ops) == 1 and isinstance(inner.ops[0], ast.Is) and isinstance(inner.comparators[0], ast.Constant):
        left = ast.unparse(inner.left)
        names = {ast.unparse(node), f"not {left} is None"}
        return _pattern(
            "not is",
            names,
            {"is not", "is not None", f"{left} is not None", f"if {left} is not None"},
            "`not … is` has the form `is not`.",
        )
    return None


def _data(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Attribute) and node.attr == "data":
        return _pattern(
            "data",
            {".data", "data", ast.unparse(node)},
            {".detach()", "detach", "detach()", ".detach"},
            "`.data` goes round autograd.",
        )
    return None


def _capital_tensor(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.Tensor", "torch.FloatTensor"):
        name = ast.unparse(node.func)
        return _pattern(
            "Tensor",
            {name, name.split(".")[1], ast.unparse(node)},
            {"torch.tensor", "tensor"},
            f"`{name}` has the form `torch.tensor`.",
        )
    return None


def _forward_called(node: ast.AST, code: Code) -> Pattern | None:
    if (
        callee(node) == "forward"
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
    ):
        inner = ast.unparse(node.func.value)
        arguments = ", ".join(ast.unparse(argument) for argument in node.args)
        names = {f"{inner}.forward", "forward", ".forward", ast.unparse(node)}
        return _pattern("forward", names, {inner, f"{inner}({arguments})"}, "A layer's `forward` is called by name.")
    return None


def _old_super(node: ast.AST, code: Code) -> Pattern | None:
    if callee(node) == "super" and isinstance(node.func, ast.Name) and len(node.args) == 2:
        names = {ast.unparse(node), "super", f"{ast.unparse(node)}.__init__()"}
        return _pattern("super", names, {"super()", "super().__init__()"}, "`super` needs no arguments.")
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("nn.Module.__init__", "torch.nn.Module.__init__"):
        return _pattern(
            "super",
            {ast.unparse(node.func), ast.unparse(node), "nn.Module.__init__(self)"},
            {"super", "super()", "super().__init__()"},
            "The base class is named, where `super()` does.",
        )
    return None


def _range_of_len(node: ast.AST, code: Code) -> Pattern | None:
    if (
        callee(node) == "range"
        and len(node.args) == 1
        and callee(node.args[0]) == "len"
        and _is_looped_over(node, code)
    ):
        names = {ast.unparse(node), "range(len", "range"}
        return _pattern("range len", names, {"enumerate", "zip"}, "The loop counts up to a length.")
    return None


def _is_looped_over(node: ast.AST, code: Code) -> bool:
    parent = code.parents.get(node)
    return getattr(parent, "iter", None) is node


def _named_lambda(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            return _pattern(
                "lambda",
                {target.id, "lambda"},
                {"def", f"def {target.id}"},
                "A lambda is given a name, where `def` does.",
            )
    return None


def _type_compared(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Compare) and callee(node.left) == "type" and isinstance(node.ops[0], ast.Eq | ast.Is):
        return _pattern(
            "type",
            {ast.unparse(node), "type", "type()"},
            {"isinstance"},
            "Types are compared, where `isinstance` asks.",
        )
    return None


def _numpy_on_tensors(node: ast.AST, code: Code) -> Pattern | None:
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    ):
        return None
    if node.func.value.id not in ("np", "numpy") or not node.args:
        return None
    first = node.args[0]
    if isinstance(first, ast.Name) and first.id in ("x", "Q", "K", "V", "scores", "weights", "mask"):
        name = node.func.attr
        tools = (
            {f"torch.{name}"} if name in ("exp", "sqrt", "matmul", "einsum", "sum", "where", "abs", "log") else set()
        )
        return _pattern(
            "numpy",
            {f"np.{name}", f"numpy.{name}", name, "np", "numpy"},
            tools | {"torch"},
            "NumPy is called on a tensor.",
        )
    return None


def _softmax_by_hand(node: ast.AST, code: Code) -> Pattern | None:
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return None
    top, total = node.left, node.right
    function = code.function_of(node)
    if function is None:
        return None
    total = _value_of(total, function)
    if callee(total) != "sum" or not isinstance(total.func, ast.Attribute):
        return None
    summed = (
        total.args[0]
        if isinstance(total.func.value, ast.Name) and total.func.value.id == "torch" and total.args
        else total.func.value
    )
    if not same(summed, top):
        return None
    if callee(_value_of(top, function)) == "exp":
        names = {"exp", "torch.exp", "exp()", "sum"} | {
            part.id for part in ast.walk(node) if isinstance(part, ast.Name)
        }
        tools = {"torch.softmax", "softmax", "F.softmax", "scores.softmax", ".softmax", "torch.nn.functional.softmax"}
        return _pattern("softmax", names, tools, "The softmax is written out by hand.")
    return None


def _value_of(node: ast.AST, function: ast.AST) -> ast.AST:
    """What a name was assigned, if once; the node itself otherwise."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        part.value
        for part in ast.walk(function)
        if isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in part.targets)
    ]
    return values[0] if len(values) == 1 else node


def _operator_module(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "operator.matmul":
        return _pattern(
            "operator",
            {"operator.matmul", "operator"},
            {"@", "torch.matmul"},
            "The operator module is called, where `@` does.",
        )
    return None


_PATTERNS: tuple[Callable[[ast.AST, Code], Pattern | None], ...] = (
    _comparison_with_a_constant,
    _negated_is,
    _data,
    _capital_tensor,
    _forward_called,
    _old_super,
    _range_of_len,
    _named_lambda,
    _type_compared,
    _numpy_on_tensors,
    _softmax_by_hand,
    _operator_module,
)
