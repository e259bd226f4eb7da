"""A loop where a tensor operation exists: all tasks of the lesson can be done without walking over a dimension."""

import ast
from collections.abc import Iterator

from attention_lib.findings.code import Code, callee, number
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import names_read
from attention_lib.findings.tensors_of_floats import (
    assigned_to,
    is_float_tensor,
    is_only_a_parameter,
    is_tensor,
    of_torch,
    writers,
)

_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_TENSORS = frozenset({"x", "W_q", "W_k", "W_v", "Q", "K", "V", "scores", "mask", "weights"})
# `nonzero` gives places.
_GIVE_ROWS = frozenset({"reshape", "unbind", "flatten", "nonzero", "argwhere"})
_JOIN = frozenset({"cat", "concat", "stack", "vstack", "hstack"})
_COMPUTE = frozenset(
    """
    matmul mv mm bmm dot einsum inner outer linear softmax exp sum mul div add sub masked_fill where max amax sqrt
    """.split()
)


def loops(code: Code) -> Iterator[Finding]:
    """All loops of an answer that compute with one row of a tensor at a time, each round by itself."""
    found = [node for node in code.all_nodes if _goes_row_by_row(node, code)]
    for node in found:
        if not any(other in found for other in _nodes_around(node, code)):
            inner = [other for other in ast.walk(node) if other in found]
            names = dict.fromkeys(name for each in inner for name in (*_variables(each), *_tensors_of(each, code)))
            yield Finding("loop", "rows", node.lineno, node.end_lineno, tuple(names), code=_word_for(node))


def _word_for(loop: ast.AST) -> str:
    if isinstance(loop, _COMPREHENSIONS):
        return "comprehension"
    return "`map`" if isinstance(loop, ast.Call) else "`while` loop" if isinstance(loop, ast.While) else "`for` loop"


def _is_measured(node: ast.AST, code: Code) -> bool:
    """Whether the size of what a name stands for is asked."""
    parent = code.parents.get(node)
    asks = isinstance(parent, ast.Attribute) and parent.attr in ("shape", "size")
    return isinstance(node, ast.Name) and (asks or callee(parent) == "len" and node in parent.args)


def _goes_row_by_row(node: ast.AST, code: Code) -> bool:
    if code.function_of(node) is None:
        return False
    if not (isinstance(node, _LOOPS) or callee(node) == "map"):
        return False
    parts = list(ast.walk(node))
    if any(callee(part) == "Linear" for part in parts) or not any(_computes(part, node, code) for part in parts):
        return False
    if callee(node) == "map":
        return len(node.args) > 1 and all(_is_of_rows(source, node, code) for source in node.args[1:])
    if not (_walks_over_rows(node, code) or _counts_rows(node, code)) or not _reads_rows(node, code):
        return False
    return isinstance(node, _COMPREHENSIONS) or _rounds_stand_alone(node)


def _counts_rows(loop: ast.AST, code: Code) -> bool:
    """Whether a loop counts up to a number, and looks up that row of a tensor."""
    sources = _sources(loop)
    if len(sources) != 1 or callee(sources[0]) != "range":
        return False
    bounds = [number(part) for part in sources[0].args]
    looks_up = (part for part in ast.walk(loop) if _indexes(part, set(_variables(loop))))
    is_counted = None not in bounds and (len(bounds) == 1 or len(bounds) == 2 and bounds[0] in (0, 1))
    return is_counted and any(is_float_tensor(part.value, code) for part in looks_up)


def _computes(node: ast.AST, loop: ast.AST, code: Code) -> bool:
    """Whether this is arithmetic, a step of the lesson, or fills in an element at the round's place."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mult | ast.MatMult | ast.Div | ast.Sub)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return bool(names_read(node.targets[0].slice) & set(_variables(loop)))
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    is_step = called in code.only_compute or called in code.given and called.islower() or called == "self"
    return is_step or callee(node) in _COMPUTE


def _rounds_stand_alone(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether no round needs what another one computed, but for lists and sums that grow."""
    body = [part for each in loop.body for part in ast.walk(each)]
    if any(_changes_in_place(part) for part in body):
        return False
    counted = set(_variables(loop)) | (names_read(loop.test) if isinstance(loop, ast.While) else set())
    counted |= {name for part in body if isinstance(part, _COMPREHENSIONS) for name in _variables(part)}
    stored: dict[str, int] = {}
    for part in body:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id not in counted:
            stored[part.id] = min(stored.get(part.id, part.lineno), part.lineno)
    begun = {
        target.id
        for part in body
        if isinstance(part, ast.Assign) and not _grows(part)
        for target in part.targets
        if isinstance(target, ast.Name) and stored.get(target.id) == part.lineno
    }
    growing = {name for part in body for name in _grows(part)} - counted - begun
    for part in body:
        is_read = isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in stored
        if is_read and part.id not in growing and part.lineno <= stored[part.id]:
            return False
        if isinstance(part, ast.Subscript) and any(_is_shifted(index, counted) for index in _indices(part)):
            return False
    return not any(_is_reused(name, body) for name in growing)


def _changes_in_place(node: ast.AST) -> bool:
    """Whether a call or a statement changes a whole tensor in place, other than by adding to it."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and not isinstance(node.op, ast.Add)
    name = callee(node)
    in_place = name.endswith("_") and not name.endswith("__") and name != "add_"
    return in_place or any(keyword.arg == "out" for keyword in getattr(node, "keywords", ()))


def _grows(node: ast.AST) -> list[str]:
    """The name to which a statement adds something, or joins more rows."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
        return []
    name, value = node.targets[0].id, node.value
    adds = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
    parts = [value.left, value.right] if adds else []
    if callee(value) in _JOIN and value.args and isinstance(value.args[0], ast.List | ast.Tuple):
        parts = value.args[0].elts
    return [name] if any(isinstance(part, ast.Name) and part.id == name for part in parts) else []


def _is_reused(name: str, body: list[ast.AST]) -> bool:
    """Whether a growing name is read by more than the statement that lets it grow."""
    reads = sum(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load) for part in body)
    own = sum(name in _grows(part) and isinstance(part, ast.Assign) for part in body)
    return reads > own


def _indices(node: ast.Subscript) -> list[ast.AST]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _is_shifted(index: ast.AST, counted: set[str]) -> bool:
    """Whether an index is another row than the round's own, such as `i - 1`; `i : i + 1` is the same."""
    if isinstance(index, ast.Slice):
        own = index.lower is not None and index.upper is not None
        is_own = own and ast.unparse(index.upper) == f"{ast.unparse(index.lower)} + 1"
        return bool(names_read(index) & counted) and not is_own
    is_own = isinstance(index, ast.Name) or callee(index) == "tuple"
    return not is_own and bool(names_read(index) & counted)


def _nodes_around(node: ast.AST, code: Code) -> list[ast.AST]:
    found = []
    while node in code.parents:
        node = code.parents[node]
        found.append(node)
    return found


def _tensors_of(loop: ast.AST, code: Code) -> list[str]:
    """The names of the tensors whose rows a loop goes over."""
    names: list[str] = []
    for part in (part for source in _sources(loop) for part in ast.walk(source)):
        if not isinstance(part, ast.Name):
            continue
        size = None if _is_tensor(part, code) or _is_measured(part, code) else _only_value(part.id, loop, code)
        of_size = [each for each in ast.walk(size) if _is_measured(each, code)] if size is not None else []
        if not of_size and (_is_measured(part, code) or _is_tensor(part, code) or part.id in _TENSORS):
            of_size = [part]
        names += [each.id for each in of_size]
    return names


def _sources(loop: ast.AST) -> list[ast.AST]:
    """What a loop goes over; of a `while` what it asks."""
    if isinstance(loop, ast.While):
        return [loop.test]
    if isinstance(loop, ast.Call):
        return loop.args[1:]
    return [loop.iter] if isinstance(loop, ast.For | ast.AsyncFor) else [part.iter for part in loop.generators]


def _reads_rows(loop: ast.AST, code: Code) -> bool:
    """Whether each round reads a row: the loop's own variable stands in an index, or is the row itself."""
    body = [part for child in ast.iter_child_nodes(loop) for part in ast.walk(child)]
    if isinstance(loop, ast.While):
        counter = loop.test.left
        steps = [part for part in body if _steps_by_one(part, counter)]
        starts = [value for value in _assigned(counter.id, loop, code) if value is not None]
        return len(steps) == 1 and starts in ([0], [1]) and any(_indexes(part, {counter.id}) for part in body)
    names = set(_variables(loop))
    if any("range(" in ast.unparse(source) for source in _sources(loop)):
        return any(_indexes(part, names) for part in body)
    return any(isinstance(part, ast.Name) and part.id in names and isinstance(part.ctx, ast.Load) for part in body)


def _steps_by_one(node: ast.AST, counter: ast.AST) -> bool:
    """`i += 1`, or `i = i + 1`."""
    if isinstance(node, ast.AugAssign) and _is_name(node.target, counter):
        return isinstance(node.op, ast.Add) and getattr(node.value, "value", 0) == 1
    return isinstance(node, ast.Assign) and ast.unparse(node) == f"{counter.id} = {counter.id} + 1"


def _assigned(name: str, node: ast.AST, code: Code) -> list:
    """The constants that the function around `node` assigns to a name; None for what is no constant."""
    function = code.function_of(node)
    stores = [
        part
        for part in (ast.walk(function) if function else ())
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
    ]
    values = [assigned_to(part, code) for part in stores]
    return [getattr(value, "value", None) for value in values if value is not None]


def _is_name(node: ast.AST, other: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(other, ast.Name) and node.id == other.id


def _indexes(node: ast.AST, names: set[str]) -> bool:
    """Whether a tensor is read at an index that one of the names is a part of."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node.slice))
    return False


def _variables(loop: ast.AST) -> list[str]:
    """What changes its value from round to round."""
    if isinstance(loop, ast.While):
        counter = getattr(loop.test, "left", None)
        return [counter.id] if isinstance(counter, ast.Name) else []
    targets = [loop.target] if isinstance(loop, ast.For) else [part.target for part in getattr(loop, "generators", [])]
    return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]


def _walks_over_rows(node: ast.AST, code: Code) -> bool:
    """Whether a loop walks over a tensor's dimension, and surely over nothing else."""
    if isinstance(node, ast.While):
        test = node.test
        is_count = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name)
        is_bound = is_count and isinstance(test.ops[0], ast.Lt | ast.NotEq)
        return is_bound and _is_a_dimension(test.comparators[0], node, code)
    return all(_is_of_rows(source, node, code) for source in _sources(node))


def _is_of_rows(source: ast.AST, node: ast.AST, code: Code) -> bool:
    """Whether an iterable gives the rows of a tensor, or their numbers, one by one."""
    name = callee(source)
    if name == "reversed" and len(source.args) == 1:
        return _is_of_rows(source.args[0], node, code)
    if name in ("range", "arange") and source.args:
        # Rounds over blocks go not one by one; the first row may be taken before the loop.
        start, step = [*source.args[:-1], None, None][:2] if len(source.args) < 3 else source.args[::2]
        if step is not None and number(step) != 1 or start is not None and number(start) not in (0, 1):
            return False
        return _is_a_dimension(source.args[0 if len(source.args) == 1 else 1], node, code)
    if name in ("zip", "enumerate", "product") and source.args:
        return all(_is_of_rows(part, node, code) for part in source.args)
    if isinstance(source, ast.Name) and _is_tensor(source, code):
        return True
    if name in _GIVE_ROWS and isinstance(source.func, ast.Attribute) or _splits_rows(source):
        of = source.args[0] if of_torch(source, code) and source.args else source.func.value
        return is_tensor(of, code)
    given = _only_value(source.id, node, code) if isinstance(source, ast.Name) else None
    return given is not None and not isinstance(given, ast.Name) and _is_of_rows(given, node, code)


def _is_tensor(name: ast.Name, code: Code) -> bool:
    """Whether a name is one of the task's tensors, or is made of them."""
    function = code.function_of(name)
    is_given = name.id in _TENSORS and function is not None and is_only_a_parameter(name.id, function)
    return is_given or is_float_tensor(name, code)


def _splits_rows(node: ast.AST) -> bool:
    is_split = callee(node) == "split" and isinstance(node.func, ast.Attribute) and bool(node.args)
    return is_split and number(node.args[0]) == 1


def _is_a_dimension(bound: ast.AST, node: ast.AST, code: Code) -> bool:
    """Whether a loop's bound is the size of a dimension of a tensor."""
    if isinstance(bound, ast.Name):
        given = _only_value(bound.id, node, code)
        return given is not None and not isinstance(given, ast.Name) and _is_a_dimension(given, node, code)
    if callee(bound) == "len" and bound.args:
        tensor = bound.args[0]
        return isinstance(tensor, ast.Name) and (tensor.id in _TENSORS or is_float_tensor(tensor, code))
    if callee(bound) == "size" and isinstance(bound.func, ast.Attribute):
        return isinstance(bound.func.value, ast.Name)
    shape = bound.value if isinstance(bound, ast.Subscript) else bound
    return isinstance(shape, ast.Attribute) and shape.attr == "shape" and isinstance(shape.value, ast.Name)


def _only_value(name: str, node: ast.AST, code: Code) -> ast.AST | None:
    """What a name is assigned, if that happens once in the function around; of a shape that is unpacked, the shape."""
    function = code.function_of(node)
    written = writers(function).get(name, []) if function else []
    if len(written) != 1:
        return None
    value, target = assigned_to(written[0], code), code.parents[written[0]]
    assignment = code.parents[target] if isinstance(target, ast.Tuple | ast.Starred) else None
    return value if value is not None or not isinstance(assignment, ast.Assign) else assignment.value
