"""A call or comparison that Python or torch has a better form for: exact patterns, each with what fits instead."""

import ast
import re
from collections.abc import Callable

from attention_lib.findings.code import Code, callee
from attention_lib.findings.finding import Proof
from attention_lib.findings.non_idiomatic_call import pattern, pattern_at
from attention_lib.findings.tensors_of_floats import is_only_a_parameter
from grading.review.answer import ReviewedAnswer
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


# What the better form of these does is the very same.
_THE_SAME = frozenset({"none", "not is", "false", "Tensor", "super", "softmax", "operator"})


def non_idiomatic_call(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is there one of the known forms in these lines, and is it the one that the text names?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        return undecided(code.why_unread)
    found = [proof for node in code.nodes(first, last) for find in _PATTERNS if (proof := find(node, code))]
    names = named(comment.text, code)
    if not found:
        if any(callee(node) == "exp" for node in code.nodes(first, last)):
            return undecided("It may be a softmax written out by hand, or something else.")
        calls = [name for name in names if name in _EQUALLY_GOOD]
        if calls:
            return refuted(f"`{calls[0]}` is as good as the other ways to write it.")
        return undecided("No call of a known form that has a better one is in these lines.")
    tight = {re.sub(r"\s", "", name) for name in names}
    about = [p for p in found if any(re.sub(r"\s", "", name) in tight for name in p.words | p.tools)]
    about = about or (found if len({proof.finding.form for proof in found}) == 1 else [])
    if not about:
        return undecided("It is not clear which call is meant.")
    if len({proof.finding.form for proof in about}) > 1:
        return undecided("It speaks of several calls.")
    facts = {proof.finding.form for proof in about}
    compared = {proof.finding.names for proof in about}
    facts |= {f"on {name}" for names in compared if len(compared) == 1 for name in names}
    facts |= {"same"} if facts <= _THE_SAME else set()
    tools = frozenset().union(*(proof.tools for proof in about))
    return confirmed(about[0].why, facts=facts, names=frozenset().union(*(p.words for p in about)), tools=tools)


def _comparison_with_a_constant(node: ast.AST, code: Code) -> Proof | None:
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
        return pattern(
            node,
            "none",
            (left,),
            names,
            {f"{right_form} None", f"{left} {right_form} None", f"if {left} {right_form} None", right_form},
            "None is compared by value.",
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
        why = "A mask is compared with a truth value, where ~ negates it."
        return pattern(node, "false", (left,), names, tools, why)
    return pattern(node, "true", (left,), names, {left}, "A mask is compared with True, which it is already.")


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


def _negated_is(node: ast.AST, code: Code) -> Proof | None:
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Compare)):
        return None
    inner = node.operand
    is_none = len(inner.ops) == 1 and isinstance(inner.ops[0], ast.Is) and _is_none(inner.comparators[0])
    if is_none:
        left = ast.unparse(inner.left)
        names = {ast.unparse(node), f"not {left} is None"}
        return pattern(
            node,
            "not is",
            (left,),
            names,
            {"is not", "is not None", f"{left} is not None", f"if {left} is not None"},
            "`not … is` has the form `is not`.",
        )
    return None


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _old_super(node: ast.AST, code: Code) -> Proof | None:
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[0], ast.FunctionDef) and isinstance(around[1], ast.ClassDef)
    if not is_method or not around[0].args.args:
        return None
    own, me = around[1], around[0].args.args[0].arg
    if callee(node) == "super" and isinstance(node.func, ast.Name) and len(node.args) == 2:
        if [ast.unparse(argument) for argument in node.args] != [own.name, me]:
            return None
        names = {ast.unparse(node), "super", f"{ast.unparse(node)}.__init__()"}
        return pattern(node, "super", (), names, {"super()", "super().__init__()"}, "`super` needs no arguments.")
    return None


def _named_lambda(node: ast.AST, code: Code) -> Proof | None:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            return pattern(
                node,
                "lambda",
                (),
                {target.id, "lambda"},
                {"def", f"def {target.id}"},
                "A lambda is given a name, where `def` does.",
            )
    return None


def _type_compared(node: ast.AST, code: Code) -> Proof | None:
    if isinstance(node, ast.Compare) and callee(node.left) == "type" and isinstance(node.ops[0], ast.Eq | ast.Is):
        return pattern(
            node,
            "type",
            (),
            {ast.unparse(node), "type", "type()"},
            {"isinstance"},
            "Types are compared, where `isinstance` asks.",
        )
    return None


_PATTERNS: tuple[Callable[[ast.AST, Code], Proof | None], ...] = (
    _comparison_with_a_constant,
    _negated_is,
    _old_super,
    _named_lambda,
    _type_compared,
    pattern_at,
)
