"""The same work done twice: by both ways through a branch, or by one line after another."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from attention_lib.findings.code import Code, Function, callee, number
from attention_lib.findings.dead_code import is_pure
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import finding_at, is_same_in, names_in, rest_of_block, target_of
from attention_lib.findings.torch_names import FRESH
from attention_lib.findings.undone_step import factors_of, is_transposed

_KIND = "redundant_step"
# Fields of nodes that are evaluated whenever the node is.
_ALWAYS = frozenset({"iter", "items", "value", "targets", "func", "args", "left", "right", "operand", "elts", "values"})
_LAZY = (ast.BoolOp, ast.Lambda, ast.ListComp, ast.GeneratorExp)


def repeated_work(code: Code) -> Iterator[Finding]:
    """All of it in an answer's functions."""
    for node in code.all_nodes:
        if isinstance(node, ast.If | ast.IfExp) and code.function_of(node) is not None:
            yield from _in_both_branches(node, code)
            yield from _takes_none(node, code)
    for function in code.functions:
        again = [(earlier, node) for earlier, node in _computed_twice(function, code)]
        for earlier, node in again:
            is_part = any(other is not node and node in ast.walk(other) for _, other in again)
            if not is_part and not _looks_like_a_slip(earlier, node, code):
                yield finding_at(_KIND, "computed twice", node, code, elsewhere=earlier.lineno)


class _Canonical(ast.NodeTransformer):
    """Writes matrix products and transpositions in one way."""

    def visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        if factors := factors_of(node):
            return ast.BinOp(factors[0], ast.MatMult(), factors[1])
        turned = is_transposed(node)
        return ast.Attribute(turned, "mT", ast.Load()) if turned is not None else node


def _canonical(node: ast.AST) -> str:
    return ast.dump(_Canonical().visit(copy.deepcopy(node)))


def _in_both_branches(node: ast.If | ast.IfExp, code: Code) -> Iterator[Finding]:
    """A matrix product that every way through a branch computes."""
    arms = _arms(node, code)
    products = [[part for each in arm for part in ast.walk(each) if _is_product(part)] for arm in arms]
    for one, other in product(*products):
        is_steady = isinstance(node, ast.IfExp) or all(is_same_in(one, arm) for arm in arms)
        is_always_run = all(len(_ways(part, code)) <= len(_ways(node, code)) + 1 for part in (one, other))
        if is_steady and is_always_run and is_pure(one, code.only_compute) and _canonical(one) == _canonical(other):
            finding = finding_at(_KIND, "both branches", one, code, (*target_of(one, code), *names_in(one)))
            yield replace(finding, last=other.end_lineno or other.lineno)


def _arms(node: ast.If | ast.IfExp, code: Code) -> tuple[list[ast.AST], list[ast.AST]]:
    """The two ways through a branch; what follows one that leaves the function is the other."""
    if isinstance(node, ast.IfExp):
        return [node.body], [node.orelse]
    leaves = isinstance(node.body[-1], ast.Return)
    return node.body, node.orelse or (rest_of_block(node, code) if leaves else [])


def _is_product(node: ast.AST) -> bool:
    return bool(factors_of(node)) or callee(node) == "einsum"


def _takes_none(node: ast.If | ast.IfExp, code: Code) -> Iterator[Finding]:
    """A branch for None that calls one of the lesson's functions without what it would take None for."""
    test = node.test
    is_asked = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot)
    if not is_asked or ast.unparse(test.comparators[0]) != "None" or ast.unparse(test.left) not in ("mask", "scale"):
        return
    arms = _arms(node, code)
    if any(len(arm) != 1 for arm in arms):
        return
    # Compared without the argument, both ways have to be the same.
    texts = [_without_argument(arm[0], ast.unparse(test.left), code) for arm in arms]
    if texts[0] == texts[1] and _without_argument(arms[0][0], "", code) != _without_argument(arms[1][0], "", code):
        call = next(part for arm in arms for part in ast.walk(arm[0]) if _has_argument(part, test.left.id, code))
        names = dict.fromkeys((test.left.id, *target_of(call, code), callee(call)))
        finding = finding_at(_KIND, "takes None", call, code, tuple(names))
        last = max(arm[0].end_lineno for arm in arms)
        yield replace(finding, first=min(node.lineno, finding.first), last=last)


def _has_argument(node: ast.AST, name: str, code: Code) -> bool:
    is_step = isinstance(node, ast.Call) and ast.unparse(node.func) in code.own
    return is_step and any(
        isinstance(part, ast.Name) and part.id == name for part in (*node.args, *(k.value for k in node.keywords))
    )


def _without_argument(node: ast.AST, name: str, code: Code) -> str:
    """A statement's text without an argument of that name, or None in its place, of the lesson's functions."""
    node = copy.deepcopy(node)
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        if name and ast.unparse(call.func) in code.own:
            call.args = [each for each in call.args if ast.unparse(each) not in (name, "None")]
            call.keywords = [each for each in call.keywords if ast.unparse(each.value) not in (name, "None")]
    return ast.dump(node)


def _computed_twice(function: Function, code: Code) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What is computed although an earlier line did, with nothing changed since: the earlier and the later place."""
    seen: dict[str, ast.AST] = {}
    work = (part for part in ast.walk(function) if _is_work(part, code) and code.function_of(part) is function)
    for node in sorted(work, key=lambda part: (part.lineno, part.col_offset)):
        earlier = seen.setdefault(_canonical(node), node)
        if earlier is not node and _surely_computed_before(earlier, node, function, code):
            yield earlier, node


def _looks_like_a_slip(earlier: ast.AST, node: ast.AST, code: Code) -> bool:
    """Whether two results with names of their own come from one expression: rather a mistake than a waste."""
    one, other = code.parents[earlier], code.parents[node]
    read = {part.attr for part in code.all_nodes if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load)}
    layers = {name.split(".")[-1] for name in code.layers}
    if callee(node) in layers and not layers <= read:
        return True
    both = (one, other)
    is_stored = all(isinstance(each, ast.Assign) and not isinstance(each.targets[0], ast.Tuple) for each in both)
    are_listed = isinstance(one, ast.Tuple | ast.List | ast.Call | ast.BinOp) and one is other
    are_gathered = isinstance(one, ast.Call) and isinstance(other, ast.Call) and callee(one) == callee(other)
    return is_stored or are_listed or are_gathered


def _is_work(node: ast.AST, code: Code) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult) or isinstance(node.op, ast.Pow) and number(node.left) is None
    if not isinstance(node, ast.Call):
        return False
    is_step = ast.unparse(node.func) in code.only_compute
    return (callee(node) in FRESH | {"double", "amax", "max", "transpose"} or is_step) and is_pure(
        node, code.only_compute
    )


def _surely_computed_before(earlier: ast.AST, node: ast.AST, function: Function, code: Code) -> bool:
    if not is_pure(node, code.only_compute):
        return False
    ways, earlier_ways = _ways(node, code), _ways(earlier, code)
    if earlier_ways != ways[: len(earlier_ways)]:
        return False
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for part in ast.walk(function):
        if isinstance(part, ast.Name) and part.id in used and isinstance(part.ctx, ast.Store | ast.Del):
            if part.lineno >= earlier.lineno:
                return False
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            return False
        if isinstance(part, ast.AugAssign) or isinstance(part, ast.Call) and callee(part).endswith("_"):
            return False
    return True


def _ways(node: ast.AST, code: Code) -> list[tuple[int, str]]:
    """Which arms of branches, loops, inner functions and lazy operators a node stands in, the outermost first."""
    found = []
    while node in code.parents:
        parent = code.parents[node]
        fields = ast.iter_fields(parent)
        field = next(name for name, value in fields if value is node or isinstance(value, list) and node in value)
        is_test = field == "test" and isinstance(parent, ast.If | ast.IfExp | ast.Assert)
        is_body = field == "body" and isinstance(parent, ast.FunctionDef | ast.ClassDef | ast.Module)
        if not (is_test or is_body or field in _ALWAYS) or isinstance(parent, _LAZY):
            found.append((id(parent), field))
        node = parent
    return found[::-1]
