"""A call or comparison that Python or torch has a better form for: exact patterns, each with what fits instead."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from grading.review.answer import ReviewedAnswer
from grading.review.checkers.code import Code, callee, number, same
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import named
from grading.review.checkers.tensors_of_floats import is_float_tensor, is_only_a_parameter, of_torch, only_value
from grading.review.claims import Comment

# Two ways to write the same; neither is better.
_EQUALLY_GOOD = frozenset(
    """
    @ matmul torch.matmul transpose torch.transpose T mT .T .mT swapaxes permute einsum torch.einsum softmax
    F.softmax torch.softmax nn.Softmax shape .shape size .size unsqueeze math.sqrt sqrt masked_fill where
    torch.where ** mul torch.mul reshape view bmm
    """.split()
)


# What the better form of these does is the very same.
_THE_SAME = frozenset({"none", "not is", "false", "Tensor", "super", "softmax", "operator"})


@dataclass(frozen=True)
class Pattern:
    """A form that has a better one.

    fact: what a comment's wording calls it
    names: what a comment may call it by
    tools: what fits instead
    on: the argument that is compared
    """

    fact: str
    names: frozenset[str]
    tools: frozenset[str]
    why: str
    on: str = ""


def non_idiomatic_call(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is there one of the known forms in these lines, and is it the one that the text names?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        return undecided(code.why_unread)
    found = [pattern for node in code.nodes(first, last) for find in _PATTERNS if (pattern := find(node, code))]
    names = named(comment.text, code)
    if not found:
        if any(callee(node) == "exp" for node in code.nodes(first, last)):
            return undecided("It may be a softmax written out by hand, or something else.")
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
    facts |= {f"on {pattern.on}" for pattern in about if len({other.on for other in about}) == 1}
    facts |= {"same"} if facts <= _THE_SAME else set()
    tools = frozenset().union(*(pattern.tools for pattern in about))
    return confirmed(about[0].why, facts=facts, names=frozenset().union(*(p.names for p in about)), tools=tools)


def _pattern(fact: str, names: set[str], tools: set[str], why: str, on: str = "") -> Pattern:
    return Pattern(fact, frozenset(names), frozenset(tools), why, on)


def _comparison_with_a_constant(node: ast.AST, code: Code) -> Pattern | None:
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq)):
        return None
    right = node.comparators[0]
    if not (isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))):
        return None
    # Of anything else than the task's own arguments it is not known whether `~` or `is` would give the same.
    function = code.function_of(node)
    if not (isinstance(node.left, ast.Name) and function):
        return None
    text = ast.unparse(node)
    left = node.left.id
    symbol = "==" if isinstance(node.ops[0], ast.Eq) else "!="
    names = {text, f"{symbol} {right.value}", symbol}
    if right.value is None:
        if left not in ("mask", "scale") or left not in {argument.arg for argument in function.args.args}:
            return None
        right_form = "is" if symbol == "==" else "is not"
        return _pattern(
            "none",
            names,
            {f"{right_form} None", f"{left} {right_form} None", f"if {left} {right_form} None", right_form},
            "None is compared by value.",
            left,
        )
    if left != "mask" or not is_only_a_parameter("mask", function) or not _mask_is_there(node, code):
        return None
    if right.value is (symbol == "!="):
        tools = {
            f"~{left}",
            "~",
            "torch.logical_not",
            f"torch.logical_not({left})",
            f"{left}.logical_not()",
            "logical_not",
        }
        return _pattern("false", names, tools, "A mask is compared with a truth value, where ~ negates it.", left)
    return _pattern("true", names, {left}, "A mask is compared with True, which it is already.", left)


def _mask_is_there(node: ast.AST, code: Code) -> bool:
    """Whether this is only reached with a mask, so that `~mask` cannot meet None."""
    while node in code.parents:
        parent = code.parents[node]
        if isinstance(parent, ast.If | ast.IfExp):
            test = ast.unparse(parent.test)
            in_body = node is parent.body or isinstance(parent.body, list) and node in parent.body
            in_else = node is parent.orelse or isinstance(parent.orelse, list) and node in parent.orelse
            if in_body and test in ("mask is not None", "mask != None", "not mask is None"):
                return True
            if in_else and test in ("mask is None", "mask == None"):
                return True
        node = parent
    return False


def _negated_is(node: ast.AST, code: Code) -> Pattern | None:
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Compare)):
        return None
    inner = node.operand
    is_none = len(inner.ops) == 1 and isinstance(inner.ops[0], ast.Is) and _is_none(inner.comparators[0])
    if is_none:
        left = ast.unparse(inner.left)
        names = {ast.unparse(node), f"not {left} is None"}
        return _pattern(
            "not is",
            names,
            {"is not", "is not None", f"{left} is not None", f"if {left} is not None"},
            "`not … is` has the form `is not`.",
            left,
        )
    return None


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _data(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Attribute) and node.attr == "data" and is_float_tensor(node.value, code):
        return _pattern(
            "data",
            {".data", "data", ast.unparse(node)},
            {".detach()", "detach", "detach()", ".detach"},
            "`.data` goes round autograd.",
        )
    return None


def _capital_tensor(node: ast.AST, code: Code) -> Pattern | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.Tensor" and of_torch(node, code):
        # Of sizes it makes an empty tensor, and of whole numbers `torch.tensor` makes one of integers.
        given = node.args[0] if len(node.args) == 1 and not node.keywords else None
        values = [number(part) for part in given.elts] if isinstance(given, ast.List) else []
        if None in values or not any(isinstance(value, float) for value in values):
            return None
        return _pattern(
            "Tensor",
            {"torch.Tensor", "Tensor", ast.unparse(node)},
            {"torch.tensor", "tensor"},
            "`torch.Tensor` has the form `torch.tensor`.",
        )
    return None


def _forward_called(node: ast.AST, code: Code) -> Pattern | None:
    if (
        callee(node) == "forward"
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and _is_layer(node.func.value, code)
    ):
        inner = ast.unparse(node.func.value)
        arguments = ", ".join(ast.unparse(argument) for argument in node.args)
        names = {f"{inner}.forward", "forward", ".forward", ast.unparse(node)}
        return _pattern("forward", names, {inner, f"{inner}({arguments})"}, "A layer's `forward` is called by name.")
    return None


def _is_layer(node: ast.Attribute, code: Code) -> bool:
    """Whether the code makes this attribute a layer of torch."""
    return any(
        isinstance(part, ast.Assign)
        and any(ast.dump(node) == ast.dump(target).replace("Store()", "Load()") for target in part.targets)
        and ast.unparse(getattr(part.value, "func", part.value)) in ("nn.Linear", "torch.nn.Linear")
        for part in code.all_nodes
    )


def _old_super(node: ast.AST, code: Code) -> Pattern | None:
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[0], ast.FunctionDef) and isinstance(around[1], ast.ClassDef)
    if not is_method or not around[0].args.args:
        return None
    own, me = around[1], around[0].args.args[0].arg
    if callee(node) == "super" and isinstance(node.func, ast.Name) and len(node.args) == 2:
        if [ast.unparse(argument) for argument in node.args] != [own.name, me]:
            return None
        names = {ast.unparse(node), "super", f"{ast.unparse(node)}.__init__()"}
        return _pattern("super", names, {"super()", "super().__init__()"}, "`super` needs no arguments.")
    of_module = isinstance(node, ast.Call) and ast.unparse(node.func) in (
        "nn.Module.__init__",
        "torch.nn.Module.__init__",
    )
    if of_module and len(own.bases) == 1 and [ast.unparse(argument) for argument in node.args] == [me]:
        return _pattern(
            "super",
            {ast.unparse(node.func), ast.unparse(node), "nn.Module.__init__(self)"},
            {"super", "super()", "super().__init__()"},
            "The base class is named, where `super()` does.",
        )
    return None


def _range_of_len(node: ast.AST, code: Code) -> Pattern | None:
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
    names = {ast.unparse(node), "range(len", "range"}
    return _pattern("range len", names, {"enumerate"}, "The loop counts up to a length.")


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
    if isinstance(first, ast.Name) and is_float_tensor(first, code):
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
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)) or code.function_of(node) is None:
        return None
    top, total = node.left, _value_of(node.right, code)
    if callee(total) != "sum" or not _is_over_the_last_dimension(total) or "softmax" in code.bound_names:
        return None
    under_torch = of_torch(total, code)
    summed = total.args[0] if under_torch and total.args else getattr(total.func, "value", total)
    exponentials = _value_of(top, code)
    if not same(summed, top) or callee(exponentials) != "exp":
        return None
    if not (of_torch(exponentials, code) or is_float_tensor(exponentials.func.value, code)):
        return None
    names = {"exp", "torch.exp", "exp()", "sum"} | {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    tools = {"torch.softmax", "softmax", "F.softmax", "scores.softmax", ".softmax", "torch.nn.functional.softmax"}
    return _pattern("softmax", names, tools, "The softmax is written out by hand.")


def _is_over_the_last_dimension(call: ast.Call) -> bool:
    """Whether a sum is taken over dimension -1 alone, and keeps it."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    dimensions = [named.get("dim", named.get("axis"))] if "dim" in named or "axis" in named else call.args[-1:]
    return [number(part) for part in dimensions if part is not None] == [-1] and (
        getattr(named.get("keepdim"), "value", False) is True
    )


def _value_of(node: ast.AST, code: Code) -> ast.AST:
    """What a name was assigned, if once and nothing changes it in place; the node itself otherwise."""
    value = only_value(node.id, node, code) if isinstance(node, ast.Name) else None
    return node if value is None else value


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
