"""Redundant steps: exact patterns of work that changes nothing or is done twice."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from attention_lib.findings.code import Code, Function, callee, number, same
from attention_lib.findings.dead_code import is_pure
from attention_lib.findings.finding import Finding, Proof
from attention_lib.findings.flow import is_same_in, names_in, rest_of_block, value_at, writer_of
from attention_lib.findings.non_idiomatic_call import divided, row_summed
from attention_lib.findings.tensors_of_floats import (
    is_float_tensor,
    is_only_a_parameter,
    of_torch,
    only_value,
    works_in_place,
    writers,
)

FRESH = frozenset(
    """
    matmul bmm mm einsum masked_fill softmax log_softmax exp add mul div sub sum mean where cat concat stack
    double_softmax clone zeros ones zeros_like ones_like full randn tensor sqrt rsqrt abs neg pow cumsum tril
    triu clamp logical_not
    """.split()
)
TWICE_IS_ONCE = frozenset({"double", "float", "half", "contiguous", "detach", "clone", "abs", "bool"})
_PRODUCTS = frozenset({"matmul", "bmm", "mm", "einsum"})
_VIEWS = frozenset({"transpose", "swapaxes", "T", "mT", "unsqueeze", "squeeze"})
_FLOAT64 = frozenset({"torch.float64", "torch.double"})


def redundant_steps(code: Code) -> Iterator[Finding]:
    """All of them in an answer."""
    for node in code.all_nodes:
        if code.function_of(node) is None:
            continue
        yield from (step.finding for step in steps_at(node, code))
        if isinstance(node, ast.If | ast.IfExp):
            yield from _in_both_branches(node, code)
        yield from (*_needless_copy(node, code), *_another_name(node, code))
        yield from (*_normalised_again(node, code), *_masked_again(node, code))
        yield from (*_shifted_before_softmax(node, code), *_multiplied_and_divided(node, code))
    again = [step for step in computed_twice(code, 1, len(code.lines)) if not _looks_like_a_slip(step, code)]
    for step in again:
        if not any(other is not step and step.node in ast.walk(other.node) for other in again):
            yield step.finding


def steps_at(node: ast.AST, code: Code) -> list[Proof]:
    """The steps that this node by itself makes for nothing."""
    found = []
    if isinstance(node, ast.BinOp):
        found += _neutral(node, code)
    if isinstance(node, ast.Call | ast.Attribute):
        found += _undone(node, code) + _repeated(node, code)
        found += _to_its_own_shape(node, code) + _copy_of_fresh(node, code)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        before, made = value_at(node.operand, code)
        is_done = isinstance(before, ast.UnaryOp) and type(before.op) is type(node.op)
        if is_done and not steps_at(before, code):
            form = "negated twice" if made is None else "negated twice on two lines"
            line = made.lineno if made is not None else 0
            finding = _finding(node, code, form, elsewhere=line, first=line)
            words, facts = frozenset({"~", ast.unparse(node)}), frozenset({"cancels", "twice", "needless", "step"})
            found.append(Proof(finding, node, "The sign is changed twice.", facts, words))
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and code.function_of(node):
        target = node.targets[0]
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Name) and node.value.id == target.id:
            words, why = {target.id, f"{target.id} = {target.id}"}, f"`{target.id}` is assigned to itself."
            found.append(_step(node, code, "self assignment", {"self assignment", "no effect"}, words, why))
    return found


def _step(
    node: ast.AST, code: Code, form: str, facts: set[str], words: set[str], why: str, elsewhere: int = 0
) -> Proof:
    if facts & {"copy", "again", "twice", "cancels"}:
        facts = facts | {"needless"}
    if "again" not in facts:
        facts = facts | {"step"}
    if isinstance(node, ast.Call):
        facts = facts | {"call"}
    finding = _finding(node, code, form, elsewhere)
    return Proof(finding, node, why, frozenset(facts), frozenset(words | {ast.unparse(node)}))


def _finding(node: ast.AST, code: Code, form: str, elsewhere: int = 0, first: int = 0) -> Finding:
    last = node.end_lineno or node.lineno
    return Finding(
        "redundant_step", form, first or node.lineno, last, names_in(node), code=code.shown(node), elsewhere=elsewhere
    )


def _neutral(node: ast.BinOp, code: Code) -> list[Proof]:
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
    holds, fact, said = forms.get(type(node.op), (False, "", ""))
    if not holds or left is not None and right is not None:
        return []
    value = right if right in (0, 1) else left
    symbol = {ast.Mult: "*", ast.Div: "/", ast.Add: "+", ast.Sub: "-", ast.Pow: "**"}[type(node.op)]
    words = {f"{symbol} {value}", f"{symbol}{value}", f"{value} {symbol}"}
    facts = {fact, "no effect", f"on {ast.unparse(operand)}"}
    return [_step(node, code, "no effect", facts, words, f"This {said}, which changes nothing.")]


def _receiver(node: ast.AST) -> tuple[ast.AST | None, str, list[ast.AST]]:
    """What a method or attribute is applied to, its name, and its arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "F") and node.args:
            return node.args[0], node.func.attr, node.args[1:]
        return node.func.value, node.func.attr, node.args
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return node.value, node.attr, []
    return None, "", []


def _undone(node: ast.AST, code: Code) -> list[Proof]:
    """A step that undoes the one before it, be that in the same expression or in a line above."""
    inner, name, arguments = _receiver(node)
    if inner is None:
        return []
    before, made = value_at(inner, code)
    origin, before_name, before_arguments = _receiver(before)
    if origin is None:
        return []
    on = f"on {ast.unparse(origin)}"
    numbers, before_numbers = [list(map(number, given)) for given in (arguments, before_arguments)]
    swapped = _swapped(name, numbers)
    is_swap = swapped is not None and swapped == _swapped(before_name, before_numbers)
    found = ()
    if is_swap:
        facts = {"cancels", "twice", "transposed twice", "no effect", on}
        found = ("transposed twice", facts, {name}, "It is transposed twice.")
    elif name == "squeeze" and before_name == "unsqueeze" and len(numbers) == 1 and numbers == before_numbers != [None]:
        why = "A dimension is added and taken away again."
        found = ("unsqueezed", {"cancels", "unsqueezed"}, {"squeeze", "unsqueeze"}, why)
    elif _to_float64(before_name, before_arguments) and _to_float32(name, arguments, code):
        if is_float_tensor(origin, code):
            found = ("round trip", {"cancels"}, {name, before_name}, "It goes to float64 and back.")
    if not found or _undone(before, code):
        return []
    step = _step(node, code, *found)
    if made is None:
        return [step]
    finding = Finding(
        "redundant_step",
        f"{found[0]} on two lines",
        made.lineno,
        node.end_lineno or node.lineno,
        tuple(dict.fromkeys((*names_in(before), made.targets[0].id))),
        code=code.shown(node),
        elsewhere=made.lineno,
    )
    return [Proof(finding, step.node, step.why, step.facts, step.words)]


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


def _to_float64(name: str, arguments: list[ast.AST]) -> bool:
    return name == "double" or name in ("to", "type") and [ast.unparse(a) in _FLOAT64 for a in arguments] == [True]


def _to_float32(name: str, arguments: list[ast.AST], code: Code) -> bool:
    if name == "float":
        return not arguments
    if name not in ("to", "type") or len(arguments) != 1:
        return False
    wanted = arguments[0]
    of_input = isinstance(wanted, ast.Attribute) and wanted.attr == "dtype" and isinstance(wanted.value, ast.Name)
    if of_input and (function := code.function_of(wanted)):
        return is_only_a_parameter(wanted.value.id, function) and is_float_tensor(wanted.value, code)
    return ast.unparse(wanted) in ("torch.float32", "torch.float")


def _repeated(node: ast.AST, code: Code) -> list[Proof]:
    inner, name, arguments = _receiver(node)
    if name in TWICE_IS_ONCE and not arguments and isinstance(inner, ast.Call):
        if callee(inner) == name and not inner.args:
            return [_step(node, code, "called twice", {"twice"}, {name}, f"`{name}` is called twice in a row.")]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("tuple", "list")
        and node.args
    ):
        literal = ast.Tuple if node.func.id == "tuple" else ast.List
        if isinstance(node.args[0], literal):
            why = f"A {node.func.id} is made of a {node.func.id}."
            return [_step(node, code, "no effect", {"no effect"}, {node.func.id}, why)]
    return []


def _to_its_own_shape(node: ast.AST, code: Code) -> list[Proof]:
    inner, name, arguments = _receiver(node)
    if name in ("reshape", "view", "expand", "broadcast_to") and len(arguments) == 1:
        shape = arguments[0]
        if ast.unparse(shape) in (f"{ast.unparse(inner)}.shape", f"{ast.unparse(inner)}.size()"):
            why = f"`{name}` gives it the shape that it has."
            return [_step(node, code, "own shape", {"no effect", "own shape"}, {name}, why)]
    return []


def _copy_of_fresh(node: ast.AST, code: Code) -> list[Proof]:
    inner, name, arguments = _receiver(node)
    if name != "clone" or arguments or inner is None:
        return []
    is_fresh = isinstance(inner, ast.BinOp) or callee(inner) in FRESH and isinstance(inner.func, ast.Attribute)
    is_product = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.MatMult) or callee(inner) == "matmul"
    facts = {"copy", f"on {ast.unparse(inner)}", f"on {callee(inner)}"} | ({"on product"} if is_product else set())
    why = "It copies a tensor that was only just made."
    return [_step(node, code, "copy of fresh", facts, {"clone"}, why)] if is_fresh else []


def _needless_copy(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A copy of which nothing but new tensors are made, in a function that changes nothing in place."""
    inner, name, arguments = _receiver(node)
    function = code.function_of(node)
    if name != "clone" or arguments or not isinstance(inner, ast.Name) or works_in_place(function):
        return
    parent = code.parents[node]
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        new = parent.targets[0].id
        reads = [part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == new]
        uses = [part for part in reads if isinstance(part.ctx, ast.Load) and part.lineno > node.lineno]
    else:
        uses = [node]
    if uses and all(_makes_something_new(part, code) for part in uses):
        yield _finding(node, code, "needless copy")


def _makes_something_new(node: ast.AST, code: Code) -> bool:
    """Whether an expression is only read, to compute a new tensor with it at once."""
    parent = code.parents[node]
    if isinstance(parent, ast.BinOp | ast.Compare | ast.UnaryOp):
        return True
    if isinstance(parent, ast.Attribute) and parent.attr in ("T", "mT"):
        return _makes_something_new(parent, code)
    if isinstance(parent, ast.Attribute) and isinstance(call := code.parents[parent], ast.Call) and call.func is parent:
        return parent.attr in FRESH or parent.attr in _VIEWS and _makes_something_new(call, code)
    return isinstance(parent, ast.Call) and node in parent.args and of_torch(parent, code) and callee(parent) in FRESH


def _another_name(node: ast.AST, code: Code) -> Iterator[Finding]:
    """`q = Q`, where both go on to mean the same."""
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name)):
        return
    new, old, function = node.targets[0], node.value.id, code.function_of(node)
    # A name with a remark may stand for the place in a formula.
    if node.lineno in code.comments:
        return
    if not isinstance(new, ast.Name) or new.id == old or only_value(new.id, node, code) is not node.value:
        return
    own = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    later = [part for part in ast.walk(function) if getattr(part, "lineno", 0) > node.lineno]
    written = writers(function).get(old, [])
    is_local = old in own or bool(written)
    is_read = any(isinstance(part, ast.Name) and part.id == new.id for part in later)
    changes = any(part in written or isinstance(part, ast.For | ast.While) for part in later)
    if is_local and is_read and not changes and code.parents[node] is function:
        yield Finding(
            "redundant_step", "another name", node.lineno, node.end_lineno, (new.id, old), code=code.shown(node)
        )


def _in_both_branches(node: ast.If | ast.IfExp, code: Code) -> Iterator[Finding]:
    """A matrix product that every way through a branch computes."""
    if isinstance(node, ast.IfExp):
        arms = ([node.body], [node.orelse])
    else:
        leaves = isinstance(node.body[-1], ast.Return)
        arms = (node.body, node.orelse or (rest_of_block(node, code) if leaves else []))
    products = [[part for each in arm for part in ast.walk(each) if _is_product(part)] for arm in arms]
    for one in products[0]:
        for other in products[1]:
            is_steady = all(is_same_in(one, arm) for arm in arms) if isinstance(node, ast.If) else True
            if (
                same(one, other)
                and is_steady
                and is_pure(one, code.only_compute)
                and _is_always_run(one, other, node, code)
            ):
                finding = _finding(one, code, "both branches")
                yield replace(finding, last=other.end_lineno or other.lineno)
                return


def _is_always_run(one: ast.AST, other: ast.AST, branch: ast.AST, code: Code) -> bool:
    """Whether no further branch, loop or inner function stands between a product and the two ways."""
    return all(len(_arms(part, code)) <= len(_arms(branch, code)) + 1 for part in (one, other))


def _is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult) or callee(node) in _PRODUCTS


def _softmax_of(node: ast.AST, code: Code) -> ast.Call | None:
    """The softmax over the last dimension that a value is, if it surely is one."""
    value, _ = value_at(node, code)
    if callee(value) != "softmax" or not isinstance(value.func, ast.Attribute):
        return None
    given = [*value.args, *(keyword.value for keyword in value.keywords if keyword.arg in ("dim", "axis"))]
    return value if -1 in map(number, given) else None


def _normalised_again(node: ast.AST, code: Code) -> Iterator[Finding]:
    """A softmax's rows divided by their sums."""
    parts = divided(node, code)
    if callee(node) == "normalize" and of_torch(node, code) and node.args:
        given = {keyword.arg: number(keyword.value) for keyword in node.keywords}
        top = node.args[0] if given == {"p": 1, "dim": -1} else None
    else:
        summed = row_summed(parts[1], code) if parts else None
        top = parts[0] if summed is not None and ast.unparse(summed) == ast.unparse(parts[0]) else None
    softmax = _softmax_of(top, code) if top is not None else None
    if softmax is not None:
        yield _finding(node, code, "normalised again", elsewhere=softmax.lineno)


def _shifted_before_softmax(node: ast.AST, code: Code) -> Iterator[Finding]:
    """The largest score of each row subtracted, of which torch's softmax takes care itself."""
    if _softmax_of(node, code) is not node:
        return
    scores = node.args[0] if of_torch(node, code) and node.args else node.func.value
    shifted, made = value_at(scores, code)
    if not (isinstance(shifted, ast.BinOp) and isinstance(shifted.op, ast.Sub)):
        return
    largest, _ = value_at(shifted.right, code)
    while (
        isinstance(largest, ast.Attribute)
        and largest.attr == "values"
        or (isinstance(largest, ast.Subscript) and number(largest.slice) == 0)
    ):
        largest = largest.value
    if callee(largest) in ("max", "amax") and isinstance(largest.func, ast.Attribute):
        of = largest.args[0] if of_torch(largest, code) and largest.args else largest.func.value
        if ast.unparse(of) == ast.unparse(shifted.left) and "keepdim=True" in ast.unparse(largest):
            yield _finding(shifted, code, "shifted before softmax", elsewhere=node.lineno)


def _multiplied_and_divided(node: ast.AST, code: Code) -> Iterator[Finding]:
    """`a * b / b`, on one line or two."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)):
        return
    before, made = value_at(node.left, code)
    inverse = ast.Div if isinstance(node.op, ast.Mult) else ast.Mult
    if not (isinstance(before, ast.BinOp) and isinstance(before.op, inverse) and is_float_tensor(before.left, code)):
        return
    is_same = ast.unparse(before.right) == ast.unparse(node.right) and is_pure(node.right)
    function = code.function_of(node)
    between = [
        part
        for part in ast.walk(function)
        if made is not None and isinstance(part, ast.stmt) and made.lineno < part.lineno < node.lineno
    ]
    if is_same and is_same_in(node.right, between):
        form = "multiplied and divided" if made is None else "multiplied and divided on two lines"
        line = made.lineno if made is not None else 0
        yield _finding(node, code, form, elsewhere=line, first=line)


def _masked_again(node: ast.AST, code: Code) -> Iterator[Finding]:
    """Weights set to 0 where the scores were set to minus infinity before the softmax."""
    inner, name, arguments = _receiver(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pairs = [(node.left, node.right), (node.right, node.left)]
        inner, hidden = next(((a, b) for a, b in pairs if _softmax_of(a, code)), (None, None))
        hidden = f"~{ast.unparse(hidden)}" if isinstance(hidden, ast.Name) else ""
    elif name == "masked_fill" and len(arguments) == 2 and number(arguments[1]) == 0:
        hidden = ast.unparse(arguments[0])
    else:
        return
    softmax = _softmax_of(inner, code) if hidden else None
    if softmax is None:
        return
    scores = softmax.args[0] if of_torch(softmax, code) else softmax.func.value
    fill = _fill_with_minus_infinity(scores, code)
    if fill is not None and ast.unparse(fill) == hidden:
        yield _finding(node, code, "masked again", elsewhere=softmax.lineno)


def _fill_with_minus_infinity(scores: ast.AST, code: Code) -> ast.AST | None:
    """Where scores were filled with minus infinity last, given as the condition of that."""
    value, made = value_at(scores, code)
    if made is None and isinstance(scores, ast.Name):
        writer = writer_of(scores, code)
        if isinstance(writer, ast.If) and not writer.orelse and ast.unparse(writer.test).endswith(" is not None"):
            last = writer.body[-1]
            value = last.value if isinstance(last, ast.Assign) and ast.unparse(last.targets[0]) == scores.id else value
    _, name, arguments = _receiver(value)
    if name != "masked_fill" or len(arguments) != 2:
        return None
    is_infinite = ast.unparse(arguments[1]) in ("float('-inf')", "-math.inf", "-torch.inf", "-float('inf')", "-np.inf")
    return arguments[0] if is_infinite else None


def computed_twice(code: Code, first: int, last: int) -> list[Proof]:
    """What is computed in these lines although an earlier line did, with nothing changed since."""
    found = []
    for function in code.functions_at(first, last):
        seen: dict[str, ast.AST] = {}
        for node in sorted(
            (part for part in ast.walk(function) if _is_work(part, code) and code.function_of(part) is function),
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
                words = {callee(node)} - {""}
                found.append(_step(node, code, "computed twice", facts, words, why, elsewhere=earlier.lineno))
    return found


def _looks_like_a_slip(step: Proof, code: Code) -> bool:
    """Whether two results with names of their own come from one expression: rather a mistake than a waste."""
    earlier = next(
        part
        for part in code.all_nodes
        if getattr(part, "lineno", 0) == step.finding.elsewhere and part is not step.node and _alike(part, step.node)
    )
    one, other = code.parents[earlier], code.parents[step.node]
    read = {part.attr for part in code.all_nodes if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load)}
    if callee(step.node) in {name.split(".")[-1] for name in code.layers} and not all(
        name.split(".")[-1] in read for name in code.layers
    ):
        return True
    both = (one, other)
    is_stored = all(isinstance(each, ast.Assign) and not isinstance(each.targets[0], ast.Tuple) for each in both)
    are_listed = isinstance(one, ast.Tuple | ast.List | ast.Call | ast.BinOp) and one is other
    are_gathered = isinstance(one, ast.Call) and isinstance(other, ast.Call) and callee(one) == callee(other)
    return is_stored or are_listed or are_gathered


def _alike(one: ast.AST, other: ast.AST) -> bool:
    return type(one) is type(other) and same(one, other)


def _is_work(node: ast.AST, code: Code) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult) or isinstance(node.op, ast.Pow) and number(node.left) is None
    if not isinstance(node, ast.Call):
        return False
    is_known = (
        callee(node) in FRESH | {"double", "amax", "max", "transpose"} or ast.unparse(node.func) in code.only_compute
    )
    return is_known and is_pure(node, code.only_compute)


def _surely_computed_before(earlier: ast.AST, node: ast.AST, function: Function, code: Code) -> bool:
    if not is_pure(node, code.only_compute):
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
