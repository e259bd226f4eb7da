"""Dead code: what is computed, imported, defined or written for nothing."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from attention_lib.findings.code import Code, Function, callee, number, same
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import blocks_of, finding_at
from attention_lib.findings.tensors_of_floats import is_float_tensor, of_torch
from attention_lib.findings.torch_names import MODULES, PURE_FUNCTIONS, PURE_METHODS

_READS_IN_SECRET = frozenset({"exec", "eval", "locals", "globals", "vars", "dir"})
_ALL_ATTRIBUTES = frozenset(
    """
    __dict__ _modules _parameters _buffers modules children parameters buffers named_modules named_children
    named_parameters named_buffers state_dict get_submodule get_parameter apply
    """.split()
)
_ONLY_TENSORS_HAVE = frozenset({"masked_fill", "softmax", "log_softmax", "unsqueeze", "matmul", "bmm", "swapaxes"})
_PURE_BUILTINS = frozenset({"len", "tuple", "list", "float", "int", "range"})
_LEAVERS = {ast.Return: "return", ast.Raise: "raise", ast.Break: "break", ast.Continue: "continue"}
_MAY_BREAK_OFF = (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)


def dead_code(code: Code) -> Iterator[Finding]:
    """All of it in an answer."""
    for function in code.functions:
        if not _reads_in_secret(function):
            yield from _never_used(code, function)
            yield from _overwritten(code, function)
    for node in code.all_nodes:
        for block in blocks_of(node):
            yield from _unreachable(block)
        if isinstance(node, ast.stmt) and code.function_of(node):
            yield from _without_effect(code, node)
        if isinstance(node, ast.If | ast.While):
            yield from _never_run(node)
        if isinstance(node, ast.ClassDef):
            yield from _attributes_never_read(node, code)
    yield from _never_used_at_the_top(code)


def _reads_in_secret(function: Function) -> bool:
    """Whether names may be used in ways that the text does not show."""
    return any(
        isinstance(node, ast.Global | ast.Nonlocal | ast.Delete) or getattr(node, "id", "") in _READS_IN_SECRET
        for node in ast.walk(function)
    )


def is_pure(node: ast.AST, only_compute: frozenset[str] = frozenset()) -> bool:
    """Whether computing this expression surely changes nothing but its result.

    only_compute: further functions of which that is known, as the code writes them
    """
    for part in ast.walk(node):
        if isinstance(part, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if not isinstance(part, ast.Call):
            continue
        function = part.func
        if any(keyword.arg == "out" for keyword in part.keywords):
            return False
        if isinstance(function, ast.Name | ast.Attribute) and ast.unparse(function) in only_compute:
            continue
        if isinstance(function, ast.Attribute):
            module = function.value.id if isinstance(function.value, ast.Name) else ""
            known = PURE_FUNCTIONS if module in MODULES else PURE_METHODS
            if function.attr not in known and module != "math":
                return False
        elif not (isinstance(function, ast.Name) and function.id in _PURE_BUILTINS):
            return False
    return True


def _never_used(code: Code, function: Function) -> Iterator[Finding]:
    reads: dict[str, list[ast.Name]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            reads.setdefault(node.id, []).append(node)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            reads.setdefault(node.target.id, []).append(node.target)
    for node in ast.walk(function):
        if node is function or code.function_of(node) is not function:
            continue
        for name, form in _given(node):
            if name.startswith("_"):
                continue
            of_name = reads.get(name, [])
            is_list = isinstance(node, ast.Assign) and of_name and _is_new_list(node.value)
            if is_list and all(_only_grows(read, code) for read in of_name):
                form = "list"
            elif of_name and not (form == "variable" and _only_earlier(code, node, of_name)):
                continue
            elif of_name:
                # It is used before this line, so that it must not be called unused.
                form = "afterwards"
            yield _dead(node, form, (name,))


def _never_used_at_the_top(code: Code) -> Iterator[Finding]:
    """Imports, functions and constants outside of all functions that no cell uses."""
    read = {node.id for node in code.all_nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    if read & _READS_IN_SECRET:
        return
    for node in code.tree.body:
        for name, form in _given(node):
            is_computed = form == "variable" and not isinstance(node.value, ast.Constant)
            is_used = name in read | code.given | code.used_elsewhere
            if not is_computed and not is_used and name != "annotations" and not name.startswith("_"):
                yield _dead(node, form, (name,))


def _given(node: ast.AST) -> list[tuple[str, str]]:
    """The names that a statement binds in a way that can be dead, each with the form of its finding."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in getattr(target, "elts", [target])]
        parts = [part.value if isinstance(part, ast.Starred) else part for part in parts]
        return [(part.id, "variable") for part in parts if isinstance(part, ast.Name)]
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.asname or alias.name for alias in node.names if alias.name != "*"]
        return [(name.split(".")[0], "import") for name in names]
    if isinstance(node, ast.FunctionDef) and not node.decorator_list:
        return [(node.name, "function")]
    return []


def _is_new_list(value: ast.AST) -> bool:
    return isinstance(value, ast.List) and not value.elts or callee(value) == "list" and not value.args


def _only_grows(name: ast.Name, code: Code) -> bool:
    """Whether a read of a list does nothing but append to it."""
    attribute = code.parents.get(name)
    call = code.parents.get(attribute)
    appends = isinstance(attribute, ast.Attribute) and attribute.attr in ("append", "extend")
    is_call = isinstance(call, ast.Call) and call.func is attribute
    return appends and is_call and isinstance(code.parents.get(call), ast.Expr)


def _only_earlier(code: Code, node: ast.stmt, reads: list[ast.Name]) -> bool:
    """Whether all reads are over when the value is stored: none below, no loop, no inner function, no `try`."""
    around = node
    while around in code.parents and not isinstance(around, Function):
        around = code.parents[around]
        if isinstance(around, (ast.For, ast.While, ast.AsyncFor, *_MAY_BREAK_OFF)):
            return False
    inside = set(ast.walk(node))
    return all(
        code.function_of(read) is around and (read.lineno < node.lineno or read in inside) for read in reads
    ) and not any(isinstance(inner, ast.Lambda) for inner in ast.walk(around))


def _overwritten(code: Code, function: Function) -> Iterator[Finding]:
    for block in (block for node in code.all_nodes for block in blocks_of(node)):
        # In `try` and `with` the later line may not be reached, and something else reads the value.
        if code.function_of(block[0]) is not function or _may_break_off(block[0], code):
            continue
        for place, node in enumerate(block):
            if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
                continue
            name = node.targets[0].id
            later = _overwriter(name, block[place + 1 :])
            if later is not None and not _is_read_by_an_inner_function(function, name):
                yield _dead(node, "overwritten", (name,), elsewhere=later.lineno)


def _overwriter(name: str, statements: list[ast.stmt]) -> ast.stmt | None:
    """The statement that surely gives the name another value before any reads it."""
    for each in statements:
        if _mentions(each, name):
            return each if _surely_overwrites(each, name) else None
        if any(isinstance(part, tuple(_LEAVERS)) for part in ast.walk(each)):
            return None
    return None


def _surely_overwrites(node: ast.stmt, name: str) -> bool:
    """Whether a statement gives the name a value, on every way through it, before it reads it."""
    if isinstance(node, ast.If):
        arms = [next((each for each in arm if _mentions(each, name)), None) for arm in (node.body, node.orelse)]
        return not _mentions(node.test, name) and all(arm and _surely_overwrites(arm, name) for arm in arms)
    is_target = isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [name]
    return is_target and not _mentions(node.value, name)


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _may_break_off(node: ast.AST, code: Code) -> bool:
    while node in code.parents and not isinstance(node, Function):
        node = code.parents[node]
        if isinstance(node, _MAY_BREAK_OFF):
            return True
    return False


def _is_read_by_an_inner_function(function: Function, name: str) -> bool:
    inner = (node for node in ast.walk(function) if isinstance(node, ast.Lambda | Function) and node is not function)
    return any(_mentions(node, name) for node in inner)


def _leaves(node: ast.stmt) -> str:
    """By which statement this one surely leaves its block, "" if it may go on."""
    for kind, word in _LEAVERS.items():
        if isinstance(node, kind):
            return word
    if isinstance(node, ast.If) and node.orelse:
        last = node.orelse[-1]
        if isinstance(last, ast.If) and not last.orelse and _is_opposite(node.test, last.test):
            last = last.body[-1]
        words = {_leaves(node.body[-1]), _leaves(last)}
        return words.pop() if len(words) == 1 else ("return" if "" not in words else "")
    return ""


def _unreachable(block: list[ast.stmt]) -> Iterator[Finding]:
    for place, node in enumerate(block[:-1]):
        word = _leaves(node)
        if word:
            rest = block[place + 1 :]
            is_stub = len(rest) == 1 and callee(getattr(rest[0], "exc", None)) == "NotImplementedError"
            lines = (rest[0].lineno, rest[-1].end_lineno)
            form = "stub" if is_stub else "unreachable"
            yield Finding("dead_code", form, *lines, code=word, elsewhere=node.end_lineno)
            return


def _never_run(node: ast.If | ast.While) -> Iterator[Finding]:
    """An arm of a branch that no call can reach."""
    arm: list[ast.stmt] = []
    if isinstance(node.test, ast.Constant):
        is_endless = isinstance(node, ast.While) and node.test.value
        arm = [] if is_endless else node.orelse if node.test.value else node.body
    elif isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(inner := node.orelse[0], ast.If):
        is_asked_again = same(node.test, inner.test) and is_pure(node.test)
        arm = inner.body if is_asked_again else inner.orelse if _is_opposite(node.test, inner.test) else []
    if arm:
        test = f"if {ast.unparse(node.test)}"
        yield Finding("dead_code", "never run", arm[0].lineno, arm[-1].end_lineno, code=test, elsewhere=node.lineno)


def _is_opposite(one: ast.AST, other: ast.AST) -> bool:
    """`a is None` and `a is not None`."""
    texts = {ast.unparse(one), ast.unparse(other)}
    asked = next((text.removesuffix(" is None") for text in texts if text.endswith(" is None")), None)
    return asked is not None and texts == {f"{asked} is None", f"{asked} is not None"}


def _attributes_never_read(owner: ast.ClassDef, code: Code) -> Iterator[Finding]:
    """What a module keeps on itself, and nothing in the cell reads."""
    if [ast.unparse(base) for base in owner.bases] not in ([], ["nn.Module"], ["torch.nn.Module"]):
        return
    stored: dict[str, list[ast.Attribute]] = {}
    for node in code.all_nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in _ALL_ATTRIBUTES:
            return
        if isinstance(node, ast.Name) and node.id in _READS_IN_SECRET | {"getattr", "setattr", "hasattr"}:
            return
        if isinstance(node, ast.Name) and node.id == "self" and not isinstance(code.parents[node], ast.Attribute):
            if callee(code.parents[node]) not in ("super", "__init__"):
                return
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            if owner in code.around(node):
                stored.setdefault(node.attr, []).append(node)
    read = {n.attr for n in code.all_nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    for name, places in stored.items():
        first = places[0]
        # What a call leaves there may be for others to look at.
        is_set_up = all(getattr(code.function_of(place), "name", "") == "__init__" for place in places)
        if name not in read and is_set_up and isinstance(code.parents[first], ast.Assign):
            yield Finding("dead_code", "attribute", first.lineno, first.lineno, (f"self.{name}",))


def _without_effect(code: Code, node: ast.stmt) -> Iterator[Finding]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        if isinstance(node.value, ast.Name) and node.value.id == node.targets[0].id:
            yield _dead(node, "self assignment", (node.value.id,))
    elif isinstance(node, ast.Expr) and _only_computes(node.value, code):
        form = "thrown away" if isinstance(node.value, ast.Call) else "unused value"
        yield replace(finding_at("dead_code", form, node.value, code), last=node.end_lineno)
    elif isinstance(node, ast.Pass):
        parent = code.parents[node]
        block = next(block for block in blocks_of(parent) if node in block)
        if len(block) > 1 or block is getattr(parent, "orelse", None):
            yield _dead(node, "pass", ())


def _only_computes(value: ast.AST, code: Code) -> bool:
    computes = ast.Name | ast.BinOp | ast.Compare | ast.UnaryOp | ast.Subscript | ast.Attribute | ast.Call
    is_value = number(value) is not None or isinstance(value, computes)
    return is_value and is_pure(value) and _is_of_a_tensor(value, code)


def _is_of_a_tensor(value: ast.AST, code: Code) -> bool:
    """Whether a call surely is a tensor's: other objects change under methods of the same names, modules under `to`."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute) or of_torch(value, code):
        return True
    of, name = value.func.value, value.func.attr
    is_given = isinstance(of, ast.Name) and of.id == "mask"
    return is_given or name in _ONLY_TENSORS_HAVE or is_float_tensor(of, code)


def _dead(node: ast.stmt, form: str, names: tuple[str, ...], elsewhere: int = 0) -> Finding:
    last = node.lineno if hasattr(node, "body") and not isinstance(node, ast.FunctionDef) else node.end_lineno
    return Finding("dead_code", form, node.lineno, last or node.lineno, names, elsewhere=elsewhere)
