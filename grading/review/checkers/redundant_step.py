"""A redundant step: exact patterns of work that changes nothing or is done twice."""

import ast
from dataclasses import dataclass

from grading.review.answer import ReviewedAnswer
from grading.review.checkers.code import Code, Function, callee, number, same
from grading.review.checkers.dead_things import is_pure
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import named
from grading.review.checkers.tensors_of_floats import is_float_tensor, works_in_place
from grading.review.claims import Comment

_FRESH = frozenset(
    """
    matmul bmm mm einsum masked_fill softmax log_softmax exp add mul div sub sum mean where cat concat stack
    double_softmax clone zeros ones zeros_like ones_like full randn tensor sqrt rsqrt abs neg pow cumsum tril
    triu clamp logical_not
    """.split()
)
_TWICE_IS_ONCE = frozenset({"double", "float", "half", "contiguous", "detach", "clone", "abs", "bool"})
_NUMBERS = {"times one": 1.0, "over one": 1.0, "power one": 1.0, "plus zero": 0.0, "minus zero": 0.0}


@dataclass(frozen=True)
class Redundant:
    """A redundant step: its node, what is true of it, the names that a comment may use for it, a sentence."""

    node: ast.AST
    facts: frozenset[str]
    names: frozenset[str]
    why: str


def redundant_step(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is there one of the known redundant steps in these lines, and does the text name no other?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        return undecided(code.why_unread)
    steps = [step for node in code.nodes(first, last) for step in _steps(node, code)]
    # In a wrong answer what is computed twice is more likely the mistake than a waste.
    steps += _computed_twice(code, first, last) if answer.right else []
    if steps:
        mentioned = [name for name in named(comment.text, code) if "(" in name or "." in name or name in _CALLS]
        about = [step for step in steps if not mentioned or any(name.strip(".") in step.names for name in mentioned)]
        if not about:
            return undecided("Another step in these lines is redundant than the one that it names.")
        facts = frozenset.intersection(*(step.facts for step in about))
        if all(any(step.node is node for step in about) for node in code.statements(first, last)):
            facts |= {"whole lines"}
        names = frozenset().union(*(step.names for step in about))
        numbers = {value for fact, value in _NUMBERS.items() if fact in facts}
        return confirmed(about[0].why, facts=facts, names=names, numbers=numbers)
    if all(_is_needed(node) for node in code.statements(first, last)):
        return refuted("These lines are needed.")
    return undecided("No redundant step of a known form is in these lines.")


_CALLS = (
    _FRESH
    | _TWICE_IS_ONCE
    | {"transpose", "unsqueeze", "squeeze", "T", "mT", "reshape", "view", "expand", "tuple", "list"}
)


def _is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Name | ast.Tuple | ast.BinOp | ast.Constant)
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def _steps(node: ast.AST, code: Code) -> list[Redundant]:
    found = []
    if isinstance(node, ast.BinOp):
        found += _neutral(node, code)
    if isinstance(node, ast.Call | ast.Attribute):
        found += _undone(node) + _repeated(node) + _to_its_own_shape(node) + _copy_of_fresh(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.UnaryOp):
        if type(node.op) is type(node.operand.op) and isinstance(node.op, ast.USub | ast.Invert):
            found.append(_step(node, {"cancels", "twice"}, {"~"}, "The sign or negation is applied twice."))
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and code.function_of(node):
        target = node.targets[0]
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Name) and node.value.id == target.id:
            names = {target.id, f"{target.id} = {target.id}"}
            found.append(_step(node, {"self assignment", "no effect"}, names, f"`{target.id}` is assigned to itself."))
    return found


def _step(node: ast.AST, facts: set[str], names: set[str], why: str) -> Redundant:
    if facts & {"copy", "again", "twice", "cancels"}:
        facts = facts | {"needless"}
    if "again" not in facts:
        facts = facts | {"step"}
    if isinstance(node, ast.Call):
        facts = facts | {"call"}
    return Redundant(node, frozenset(facts), frozenset(names | {ast.unparse(node)}), why)


def _neutral(node: ast.BinOp, code: Code) -> list[Redundant]:
    left, right = number(node.left), number(node.right)
    # A mask times 1 becomes a number, and a copy matters where something is changed in place.
    operand = node.left if left is None else node.right
    function = code.function_of(node)
    if function is None or works_in_place(function) or not is_float_tensor(operand, code):
        return []
    forms = {
        ast.Mult: (1 in (left, right), "times one", "multiplies by 1"),
        ast.Div: (right == 1, "over one", "divides by 1"),
        ast.Add: (left == 0 or right == 0, "plus zero", "adds 0"),
        ast.Sub: (right == 0, "minus zero", "subtracts 0"),
        ast.Pow: (right == 1, "power one", "raises to the power 1"),
    }
    holds, fact, words = forms.get(type(node.op), (False, "", ""))
    if not holds or left is not None and right is not None:
        return []
    value = right if right in (0, 1) else left
    symbol = {ast.Mult: "*", ast.Div: "/", ast.Add: "+", ast.Sub: "-", ast.Pow: "**"}[type(node.op)]
    names = {f"{symbol} {value}", f"{symbol}{value}", f"{value} {symbol}"}
    return [
        _step(node, {fact, "no effect", f"on {ast.unparse(operand)}"}, names, f"This {words}, which changes nothing.")
    ]


def _receiver(node: ast.AST) -> tuple[ast.AST | None, str, list[ast.AST]]:
    """What a method or attribute is applied to, its name, and its arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "F") and node.args:
            return node.args[0], node.func.attr, node.args[1:]
        return node.func.value, node.func.attr, node.args
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return node.value, node.attr, []
    return None, "", []


def _undone(node: ast.AST) -> list[Redundant]:
    inner, name, arguments = _receiver(node)
    if inner is None:
        return []
    _, inner_name, inner_arguments = _receiver(inner)
    on = f"on {ast.unparse(_receiver(inner)[0] or inner)}"
    numbers = [number(argument) for argument in arguments]
    inner_numbers = [number(argument) for argument in inner_arguments]
    if name == inner_name and name in ("T", "mT", "t"):
        return [
            _step(node, {"cancels", "twice", "transposed twice", "no effect", on}, {name}, "It is transposed twice.")
        ]
    if name == inner_name and name in ("transpose", "swapaxes") and len(numbers) == 2 and None not in numbers:
        if set(numbers) == set(inner_numbers):
            return [
                _step(
                    node, {"cancels", "twice", "transposed twice", "no effect", on}, {name}, "It is transposed twice."
                )
            ]
    if name == "squeeze" and inner_name == "unsqueeze" and len(numbers) == 1 and numbers == inner_numbers != [None]:
        facts = {"cancels", "unsqueezed"}
        return [_step(node, facts, {"squeeze", "unsqueeze"}, "A dimension is added and taken away again.")]
    return []


def _repeated(node: ast.AST) -> list[Redundant]:
    inner, name, arguments = _receiver(node)
    if name in _TWICE_IS_ONCE and not arguments and isinstance(inner, ast.Call):
        if callee(inner) == name and not inner.args:
            return [_step(node, {"twice"}, {name}, f"`{name}` is called twice in a row.")]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("tuple", "list")
        and node.args
    ):
        literal = ast.Tuple if node.func.id == "tuple" else ast.List
        if isinstance(node.args[0], literal):
            return [_step(node, {"no effect"}, {node.func.id}, f"A {node.func.id} is made of a {node.func.id}.")]
    return []


def _to_its_own_shape(node: ast.AST) -> list[Redundant]:
    inner, name, arguments = _receiver(node)
    if name in ("reshape", "view", "expand", "broadcast_to") and len(arguments) == 1:
        shape = arguments[0]
        if isinstance(shape, ast.Attribute) and shape.attr == "shape" and same(shape.value, inner):
            return [_step(node, {"no effect", "own shape"}, {name}, f"`{name}` gives it the shape that it has.")]
    return []


def _copy_of_fresh(node: ast.AST) -> list[Redundant]:
    inner, name, arguments = _receiver(node)
    if name != "clone" or arguments or inner is None:
        return []
    is_fresh = isinstance(inner, ast.BinOp) or callee(inner) in _FRESH and isinstance(inner.func, ast.Attribute)
    is_product = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.MatMult) or callee(inner) == "matmul"
    facts = {"copy", f"on {ast.unparse(inner)}", f"on {callee(inner)}"} | ({"on product"} if is_product else set())
    return [_step(node, facts, {"clone"}, "It copies a tensor that was only just made.")] if is_fresh else []


def _computed_twice(code: Code, first: int, last: int) -> list[Redundant]:
    found = []
    for function in code.functions_at(first, last):
        seen: dict[str, ast.AST] = {}
        for node in sorted(
            (part for part in ast.walk(function) if _is_work(part) and code.function_of(part) is function),
            key=lambda part: (part.lineno, part.col_offset),
        ):
            text = ast.dump(node)
            earlier = seen.setdefault(text, node)
            if earlier is node or not first <= node.lineno <= last:
                continue
            if _surely_computed_before(earlier, node, function, code):
                why = f"`{ast.unparse(node)}` is computed in line {earlier.lineno} already."
                # The names of the whole expression alone: a part of it is not what is computed twice.
                is_product = isinstance(node, ast.BinOp) or callee(node) in ("matmul", "bmm", "mm")
                facts = {"again", "product again"} if is_product else {"again"}
                found.append(_step(node, facts, {callee(node)} - {""}, why))
    return found


def _is_work(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult) or isinstance(node.op, ast.Pow) and number(node.left) is None
    return (
        isinstance(node, ast.Call) and callee(node) in _FRESH | {"double", "amax", "max", "transpose"} and is_pure(node)
    )


def _surely_computed_before(earlier: ast.AST, node: ast.AST, function: Function, code: Code) -> bool:
    if not is_pure(node):
        return False
    arms, earlier_arms = _arms(node, code), _arms(earlier, code)
    if earlier_arms != arms[: len(earlier_arms)]:
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


def _arms(node: ast.AST, code: Code) -> list[tuple[int, str]]:
    """Which arms of branches, loops, inner functions and lazy operators a node stands in, the outermost first."""
    found = []
    while node in code.parents:
        parent = code.parents[node]
        for field, value in ast.iter_fields(parent):
            if value is node or isinstance(value, list) and node in value:
                always = (
                    field == "test"
                    and isinstance(parent, ast.If | ast.IfExp)
                    or field
                    in ("iter", "items", "value", "targets", "func", "args", "left", "right", "operand", "elts")
                    or field == "body"
                    and isinstance(parent, ast.FunctionDef | ast.ClassDef | ast.Module)
                )
                if not always or isinstance(parent, ast.BoolOp | ast.Lambda | ast.ListComp | ast.GeneratorExp):
                    found.append((id(parent), field))
        node = parent
    return found[::-1]
