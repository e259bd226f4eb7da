"""Dead code: what is computed, imported, defined or written for nothing."""

import ast
from collections.abc import Iterator

from attention_lib.findings.code import Code, Function, callee, number
from attention_lib.findings.finding import Finding, Proof
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


def dead_code(code: Code) -> Iterator[Finding]:
    """All of it in an answer."""
    yield from (thing.finding for thing in dead_things(code))
    yield from _never_used_at_the_top(code)
    for node in code.all_nodes:
        if isinstance(node, ast.ClassDef):
            yield from _attributes_never_read(node, code)


def dead_things(code: Code) -> list[Proof]:
    """All that is surely dead. What only may be dead, such as names at the top level, is not in it."""
    found = []
    for function in code.functions:
        found += _never_used(code, function) + _overwritten(code, function)
    for block in _blocks(code):
        found += _unreachable(block)
    for node in code.all_nodes:
        if isinstance(node, ast.stmt) and code.function_of(node):
            found += _without_effect(code, node)
        if isinstance(node, ast.If | ast.While):
            found += _never_run(node)
    return found


def reads_in_secret(code: Code, function: Function) -> bool:
    """Whether names may be used in ways that the text does not show."""
    inside = list(ast.walk(function))
    return any(
        isinstance(node, ast.Global | ast.Nonlocal | ast.Delete) or getattr(node, "id", "") in _READS_IN_SECRET
        for node in inside
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


def _never_used(code: Code, function: Function) -> list[Proof]:
    if reads_in_secret(code, function):
        return []
    loads: dict[str, list[ast.Name]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loads.setdefault(node.id, []).append(node)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            loads.setdefault(node.target.id, []).append(node.target)
    found = []
    for node in ast.walk(function):
        if node is function or code.function_of(node) is not function or not isinstance(node, ast.stmt):
            continue
        for name, facts in _given(node):
            if name.startswith("_"):
                continue
            reads = loads.get(name, [])
            if (
                isinstance(node, ast.Assign)
                and reads
                and _is_new_list(node.value)
                and all(map(_only_grows(code), reads))
            ):
                facts = {"variable", "list"}
            elif reads and not ("variable" in facts and _only_earlier(code, node, reads)):
                continue
            elif reads:
                # It is used before this line, so that it must not be called unused.
                facts = {"variable", "afterwards"}
            facts = facts | {"statement"} | (set() if "afterwards" in facts else {"unused"})
            why = f"`{name}` is given a value in line {node.lineno} that nothing reads."
            form = next(form for form in ("afterwards", "list", "import", "function", "variable") if form in facts)
            found.append(_dead(node, form, (name,), facts, why))
    return found


def _never_used_at_the_top(code: Code) -> Iterator[Finding]:
    """Imports, functions and constants outside of all functions that no cell uses."""
    read = {node.id for node in code.all_nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    if read & _READS_IN_SECRET:
        return
    for node in code.tree.body:
        for name, facts in _given(node):
            form = next(form for form in ("import", "function", "variable") if form in facts)
            is_constant = form == "variable" and isinstance(node.value, ast.Constant)
            if form == "variable" and not is_constant or name in read | code.given | code.used_elsewhere:
                continue
            if name != "annotations" and not name.startswith("_"):
                yield _dead(node, form, (name,), facts, "").finding


def _given(node: ast.stmt) -> list[tuple[str, set[str]]]:
    """The names that a statement binds in a way that can be dead, with what is true of each."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        facts = {"variable"} | ({"removable"} if is_pure(node.value) else set())
        if all(isinstance(target, ast.Name) for target in targets):
            return [(target.id, facts if len(targets) == 1 else {"variable"}) for target in targets]
        parts = [part for target in targets if isinstance(target, ast.Tuple | ast.List) for part in target.elts]
        parts = [part.value if isinstance(part, ast.Starred) else part for part in parts]
        return [(part.id, {"variable"}) for part in parts if isinstance(part, ast.Name)]
    if isinstance(node, ast.Import | ast.ImportFrom):
        alone = {"removable"} if len(node.names) == 1 else set()
        return [
            ((alias.asname or alias.name).split(".")[0], {"import"} | alone)
            for alias in node.names
            if alias.name != "*"
        ]
    if isinstance(node, ast.FunctionDef) and not node.decorator_list:
        return [(node.name, {"function", "removable"})]
    return []


def _is_new_list(value: ast.AST) -> bool:
    return isinstance(value, ast.List) and not value.elts or callee(value) == "list" and not value.args


def _only_grows(code: Code):
    """Whether a read of a list does nothing but append to it."""

    def grows(name: ast.Name) -> bool:
        attribute = code.parents.get(name)
        call = code.parents.get(attribute)
        statement = code.parents.get(call)
        return (
            isinstance(attribute, ast.Attribute)
            and attribute.attr in ("append", "extend")
            and isinstance(call, ast.Call)
            and call.func is attribute
            and isinstance(statement, ast.Expr)
        )

    return grows


def _only_earlier(code: Code, node: ast.stmt, reads: list[ast.Name]) -> bool:
    """Whether all reads are over when the value is stored: none below, no loop, no inner function, no `try`."""
    around = node
    while around in code.parents:
        around = code.parents[around]
        if isinstance(around, ast.For | ast.While | ast.Try | ast.AsyncFor | ast.With):
            return False
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            break
    end = node.end_lineno or node.lineno
    return (
        all(read.lineno <= end and code.function_of(read) is around for read in reads)
        and all(read.lineno < node.lineno or _inside(code, read, node) for read in reads)
        and not any(isinstance(inner, ast.Lambda) for inner in ast.walk(around))
    )


def _inside(code: Code, node: ast.AST, outer: ast.AST) -> bool:
    while node is not outer and node in code.parents:
        node = code.parents[node]
    return node is outer


def _overwritten(code: Code, function: Function) -> list[Proof]:
    if reads_in_secret(code, function):
        return []
    found = []
    for block in _blocks(code):
        # In `try` and `with` the later line may not be reached, and something else reads the value.
        if not block or code.function_of(block[0]) is not function or _may_break_off(block[0], code):
            continue
        for place, node in enumerate(block):
            if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
                continue
            name = node.targets[0].id
            if _is_read_by_an_inner_function(code, function, name):
                continue
            for later in block[place + 1 :]:
                touched = [part for part in ast.walk(later) if isinstance(part, ast.Name) and part.id == name]
                if not touched:
                    if any(isinstance(part, tuple(_LEAVERS)) for part in ast.walk(later)):
                        break
                    continue
                if _surely_overwrites(later, name):
                    facts = {"overwritten", "variable", "statement"} | ({"removable"} if is_pure(node.value) else set())
                    why = f"`{name}` from line {node.lineno} is overwritten in line {later.lineno} before it is read."
                    found.append(_dead(node, "overwritten", (name,), facts, why, elsewhere=later.lineno))
                break
    return found


def _surely_overwrites(node: ast.stmt, name: str) -> bool:
    """Whether a statement gives the name a value, on every way through it, before it reads it."""
    touched = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]
    if isinstance(node, ast.If):
        in_test = [part for part in ast.walk(node.test) if part in touched]
        return not in_test and all(_arm_overwrites(arm, name) for arm in (node.body, node.orelse))
    return isinstance(node, ast.Assign) and node.targets == touched


def _arm_overwrites(arm: list[ast.stmt], name: str) -> bool:
    for node in arm:
        if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node)):
            return _surely_overwrites(node, name)
    return False


def _may_break_off(node: ast.AST, code: Code) -> bool:
    while node in code.parents and not isinstance(node, Function):
        node = code.parents[node]
        if isinstance(node, ast.Try | ast.TryStar | ast.With | ast.AsyncWith):
            return True
    return False


def _is_read_by_an_inner_function(code: Code, function: Function, name: str) -> bool:
    inner = (node for node in ast.walk(function) if isinstance(node, ast.Lambda | Function) and node is not function)
    return any(isinstance(part, ast.Name) and part.id == name for node in inner for part in ast.walk(node))


def _blocks(code: Code) -> list[list[ast.stmt]]:
    found = []
    for node in code.all_nodes:
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                found.append(block)
    return found


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


def _unreachable(block: list[ast.stmt]) -> list[Proof]:
    for place, node in enumerate(block[:-1]):
        word = _leaves(node)
        if word:
            rest = block[place + 1 :]
            facts = {"unreachable", f"after {word}", "removable", "statement", "unused"}
            if any(
                callee(getattr(part, "exc", None)) == "NotImplementedError"
                for part in rest
                if isinstance(part, ast.Raise)
            ):
                facts.add("stub")
            names = {name for part in rest for name, _ in _given(part)} | {ast.unparse(part) for part in rest}
            if any(isinstance(part, ast.Assign | ast.AnnAssign) for part in rest):
                facts.add("variable")
            why = f"Line {rest[0].lineno} comes after a `{word}` and is never reached."
            form = "stub" if "stub" in facts and len(rest) == 1 else "unreachable"
            finding = Finding(
                "dead_code", form, rest[0].lineno, rest[-1].end_lineno, code=word, elsewhere=node.end_lineno
            )
            return [Proof(finding, rest[0], why, frozenset(facts), frozenset(names))]
    return []


def _never_run(node: ast.If | ast.While) -> list[Proof]:
    """An arm of a branch that no call can reach."""
    arm: list[ast.stmt] = []
    if isinstance(node.test, ast.Constant):
        is_endless = isinstance(node, ast.While) and node.test.value
        arm = [] if is_endless else node.orelse if node.test.value else node.body
    elif isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(inner := node.orelse[0], ast.If):
        is_asked_again = ast.dump(node.test) == ast.dump(inner.test) and is_pure(node.test)
        arm = inner.body if is_asked_again else inner.orelse if _is_opposite(node.test, inner.test) else []
    if not arm:
        return []
    facts = frozenset({"unreachable", "removable", "statement", "unused"})
    finding = Finding("dead_code", "never run", arm[0].lineno, arm[-1].end_lineno, code=f"if {ast.unparse(node.test)}")
    return [Proof(finding, arm[0], f"No call gets to line {arm[0].lineno}.", facts)]


def _is_opposite(one: ast.AST, other: ast.AST) -> bool:
    """`a is None` and `a is not None`."""
    texts = {ast.unparse(one), ast.unparse(other)}
    asked = next((text.removesuffix(" is None") for text in texts if text.endswith(" is None")), None)
    return asked is not None and texts == {f"{asked} is None", f"{asked} is not None"}


def _attributes_never_read(owner: ast.ClassDef, code: Code) -> Iterator[Finding]:
    """What a module keeps on itself, and nothing in the cell reads."""
    if [ast.unparse(base) for base in owner.bases] not in ([], ["nn.Module"], ["torch.nn.Module"]):
        return
    stored: dict[str, ast.Attribute] = {}
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
                stored.setdefault(node.attr, node)
    read = {n.attr for n in code.all_nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    for name, node in stored.items():
        if name not in read and isinstance(code.parents[node], ast.Assign):
            yield Finding("dead_code", "attribute", node.lineno, node.lineno, (f"self.{name}",))


def _without_effect(code: Code, node: ast.stmt) -> list[Proof]:
    line = node.lineno
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        target = node.targets[0]
        if isinstance(node.value, ast.Name) and node.value.id == target.id:
            facts = {"self assignment", "no effect", "removable", "variable", "statement", f"on {target.id}"}
            why = f"Line {line} assigns `{target.id}` to itself."
            return [_dead(node, "self assignment", (target.id,), facts, why, words={f"{target.id} = {target.id}"})]
    if (
        isinstance(node, ast.Expr)
        and _computes(node.value)
        and is_pure(node.value)
        and _is_of_a_tensor(node.value, code)
    ):
        facts = {"no effect", "unused result", "removable", "statement"}
        text, why = ast.unparse(node.value), f"What line {line} computes is thrown away."
        called = callee(node.value)
        form, names = ("thrown away", (called,)) if called else ("unused value", ())
        return [_dead(node, form, names, facts, why, words={text}, code=code.shown(node.value))]
    if isinstance(node, ast.Pass):
        parent = code.parents[node]
        for block in (getattr(parent, field, None) or [] for field in ("body", "orelse")):
            alone_in_else = block == [node] and block is getattr(parent, "orelse", None)
            if node in block and (len(block) > 1 or alone_in_else):
                facts = {"no effect", "removable", "statement"}
                return [_dead(node, "pass", (), facts, f"The `pass` in line {line} does nothing.", words={"pass"})]
    return []


def _is_of_a_tensor(value: ast.AST, code: Code) -> bool:
    """Whether a call surely is a tensor's: other objects change under methods of the same names, modules under `to`."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute) or of_torch(value, code):
        return True
    of, name = value.func.value, value.func.attr
    is_given = isinstance(of, ast.Name) and of.id == "mask"
    return is_given or name in _ONLY_TENSORS_HAVE or is_float_tensor(of, code)


def _computes(value: ast.AST) -> bool:
    if number(value) is not None:
        return True
    return isinstance(
        value, ast.Name | ast.BinOp | ast.Compare | ast.UnaryOp | ast.Subscript | ast.Attribute | ast.Call
    )


def _dead(
    node: ast.stmt,
    form: str,
    names: tuple[str, ...],
    facts: set[str],
    why: str,
    words: set[str] = frozenset(),
    code: str = "",
    elsewhere: int = 0,
) -> Proof:
    last = node.lineno if hasattr(node, "body") and not isinstance(node, ast.FunctionDef) else node.end_lineno
    finding = Finding("dead_code", form, node.lineno, last or node.lineno, names, code=code, elsewhere=elsewhere)
    return Proof(finding, node, why, frozenset(facts), frozenset({*names, *words}))
