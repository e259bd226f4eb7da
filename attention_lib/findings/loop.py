"""A loop where a tensor operation exists: all tasks of the lesson can be done without walking over a dimension."""

import ast
from collections.abc import Iterator

from attention_lib.findings.code import Code, callee, number
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import names_read
from attention_lib.findings.tensors_of_floats import assigned_to, is_float_tensor, is_only_a_parameter, of_torch

_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_TENSORS = frozenset({"x", "W_q", "W_k", "W_v", "Q", "K", "V", "scores", "mask", "weights"})

# What the rows of a dimension are, by the tensor and its dimension.
_ROWS = {
    ("Q", -2): "queries", ("weights", -2): "queries", ("scores", -2): "queries",
    ("K", -2): "keys", ("weights", -1): "keys", ("scores", -1): "keys", ("V", -2): "keys", ("x", -2): "tokens",
}  # fmt: skip


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
            names = dict.fromkeys(name for each in inner for name in (*_counters(each), *_tensors_of(each, code)))
            form = "map" if callee(node) == "map" else sort_of(node)
            yield Finding("loop", form, node.lineno, node.end_lineno, tuple(names))


def _counters(loop: ast.AST) -> list[str]:
    return [loop.test.left.id] if isinstance(loop, ast.While) else list(variables(loop))


def _is_measured(node: ast.AST, code: Code) -> bool:
    """Whether the size of what a name stands for is asked."""
    parent = code.parents.get(node)
    asks = isinstance(parent, ast.Attribute) and parent.attr in ("shape", "size")
    return isinstance(node, ast.Name) and (asks or callee(parent) == "len" and node in parent.args)


def _goes_row_by_row(node: ast.AST, code: Code) -> bool:
    if code.function_of(node) is None:
        return False
    parts = list(ast.walk(node))
    if any(callee(part) == "Linear" for part in parts) or not any(_computes(part, code) for part in parts):
        return False
    if callee(node) == "map" and len(node.args) > 1:
        return all(_of_source(source, node, code) for source in node.args[1:])
    if not isinstance(node, LOOPS) or not (walks_over(node, code) or _counts_rows(node, code)):
        return False
    if not reads_rows(node, code):
        return False
    return isinstance(node, _COMPREHENSIONS) or _rounds_stand_alone(node)


def _counts_rows(loop: ast.AST, code: Code) -> bool:
    """Whether a loop counts up to a number, and looks up that row of a tensor."""
    sources = [loop.iter] if isinstance(loop, ast.For) else [part.iter for part in getattr(loop, "generators", [])]
    if len(sources) != 1 or callee(sources[0]) != "range":
        return False
    bounds = [number(part) for part in sources[0].args]
    looks_up = (part for part in ast.walk(loop) if _indexes(part, set(variables(loop))))
    is_counted = None not in bounds and (len(bounds) == 1 or len(bounds) == 2 and bounds[0] in (0, 1))
    return is_counted and any(is_float_tensor(part.value, code) for part in looks_up)


def _computes(node: ast.AST, code: Code) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mult | ast.MatMult | ast.Div | ast.Sub)
    return callee(node) in _COMPUTE or isinstance(node, ast.Call) and ast.unparse(node.func) in code.only_compute


def _rounds_stand_alone(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether no round needs what another one computed, but for lists and sums that grow."""
    body = [part for each in loop.body for part in ast.walk(each)]
    if any(_changes_in_place(part) for part in body):
        return False
    counted = set(variables(loop)) | (names_read(loop.test) if isinstance(loop, ast.While) else set())
    counted |= {name for part in body if isinstance(part, _COMPREHENSIONS) for name in variables(part)}
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
    """Whether a call changes a tensor in place, other than by adding to it."""
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
    return not isinstance(index, ast.Name) and bool(names_read(index) & counted)


def _nodes_around(node: ast.AST, code: Code) -> list[ast.AST]:
    found = []
    while node in code.parents:
        node = code.parents[node]
        found.append(node)
    return found


def _tensors_of(loop: ast.AST, code: Code) -> list[str]:
    """The names of the tensors whose rows a loop goes over."""
    if isinstance(loop, ast.While):
        sources = [loop.test]
    elif callee(loop) == "map":
        sources = loop.args[1:]
    else:
        sources = [loop.iter] if isinstance(loop, ast.For | ast.AsyncFor) else [part.iter for part in loop.generators]
    names: list[str] = []
    for part in (part for source in sources for part in ast.walk(source)):
        if not isinstance(part, ast.Name):
            continue
        size = None if _is_tensor(part, code) or _is_measured(part, code) else _only_value(part.id, loop, code)
        of_size = [each for each in ast.walk(size) if _is_measured(each, code)] if size is not None else []
        if not of_size and (_is_measured(part, code) or _is_tensor(part, code) or part.id in _TENSORS):
            of_size = [part]
        names += [each.id for each in of_size]
    return names


def reads_rows(loop: ast.AST, code: Code) -> bool:
    """Whether each round reads a row: the loop's own variable stands in an index, or is the row itself."""
    body = [part for child in ast.iter_child_nodes(loop) for part in ast.walk(child)]
    if isinstance(loop, ast.While):
        counter = loop.test.left
        steps = [part for part in body if _steps_by_one(part, counter)]
        starts = [value for value in _assigned(counter.id, loop, code) if value is not None]
        return len(steps) == 1 and starts in ([0], [1]) and any(_indexes(part, {counter.id}) for part in body)
    sources = [loop.iter] if isinstance(loop, ast.For) else [part.iter for part in loop.generators]
    names = set(variables(loop))
    if any("range(" in ast.unparse(source) for source in sources):
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


def sort_of(node: ast.AST) -> str:
    if isinstance(node, ast.While):
        return "while"
    return "comprehension" if isinstance(node, _COMPREHENSIONS) else "for"


def variables(node: ast.AST) -> Iterator[str]:
    targets = [node.target] if isinstance(node, ast.For) else [part.target for part in getattr(node, "generators", [])]
    return (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def walks_over(node: ast.AST, code: Code) -> set[str]:
    """What the loop walks over, in words; empty if it may be something else than a tensor's dimension."""
    if isinstance(node, ast.While):
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Lt | ast.NotEq):
            if not isinstance(test.left, ast.Name):
                return set()
            return _dimension(test.comparators[0], node, code)
        return set()
    sources = [node.iter] if isinstance(node, ast.For | ast.AsyncFor) else [part.iter for part in node.generators]
    found: set[str] = set()
    for source in sources:
        words = _of_source(source, node, code)
        if not words:
            return set()
        found |= words
    return found


def _of_source(source: ast.AST, node: ast.AST, code: Code) -> set[str]:
    if callee(source) == "reversed" and len(source.args) == 1:
        return _of_source(source.args[0], node, code)
    if callee(source) in ("range", "arange") and source.args:
        # Rounds over blocks go not one by one; the first row may be taken before the loop.
        start, step = [*source.args[:-1], None, None][:2] if len(source.args) < 3 else source.args[::2]
        if step is not None and number(step) != 1 or start is not None and number(start) not in (0, 1):
            return set()
        return _dimension(source.args[0 if len(source.args) == 1 else 1], node, code)
    if callee(source) in ("zip", "enumerate", "product") and source.args:
        parts = [_of_source(part, node, code) for part in source.args]
        return set().union(*parts) if all(parts) else set()
    if isinstance(source, ast.Name) and _is_tensor(source, code):
        return {"dimension"}
    rows = isinstance(source, ast.Call) and (callee(source) in ("reshape", "unbind", "flatten") or _splits_rows(source))
    if rows and isinstance(source.func, ast.Attribute):
        of = source.args[0] if of_torch(source, code) and source.args else source.func.value
        return {"dimension"} if is_float_tensor(of, code) else set()
    if isinstance(source, ast.Name):
        given = _only_value(source.id, node, code)
        if given is not None and not isinstance(given, ast.Name):
            return _of_source(given, node, code)
    return set()


def _is_tensor(name: ast.Name, code: Code) -> bool:
    """Whether a name is one of the task's tensors, or is made of them."""
    function = code.function_of(name)
    is_given = name.id in _TENSORS and function is not None and is_only_a_parameter(name.id, function)
    return is_given or is_float_tensor(name, code)


def _splits_rows(call: ast.Call) -> bool:
    return callee(call) == "split" and bool(call.args) and getattr(call.args[0], "value", None) == 1


def _dimension(bound: ast.AST, node: ast.AST, code: Code) -> set[str]:
    """The words for the dimension that a loop's bound is the size of; empty for another bound."""
    if isinstance(bound, ast.Name):
        given = _only_value(bound.id, node, code)
        return _dimension(given, node, code) if given is not None and not isinstance(given, ast.Name) else set()
    tensor, dimension = None, None
    if isinstance(bound, ast.Subscript) and isinstance(bound.value, ast.Attribute) and bound.value.attr == "shape":
        tensor, dimension = bound.value.value, bound.slice
    elif callee(bound) == "size" and isinstance(bound.func, ast.Attribute) and bound.args:
        tensor, dimension = bound.func.value, bound.args[0]
    elif callee(bound) == "len" and bound.args:
        tensor = bound.args[0]
    if (
        not isinstance(tensor, ast.Name)
        or dimension is None
        and not (tensor.id in _TENSORS or is_float_tensor(tensor, code))
    ):
        return set()
    found = {"dimension"}
    if dimension is not None:
        try:
            function = code.function_of(node)
            is_given = function is not None and is_only_a_parameter(tensor.id, function)
            rows = _ROWS.get((tensor.id, ast.literal_eval(dimension))) if is_given else None
        except (ValueError, TypeError):
            rows = None
        found |= {rows, "tokens"} - {None} if rows else set()
    return found


def _only_value(name: str, node: ast.AST, code: Code) -> ast.AST | None:
    """What a name stands for, if it is assigned once in the function around."""
    function = code.function_of(node)
    if function is None:
        return None
    values = []
    for part in ast.walk(function):
        if isinstance(part, ast.Assign):
            for target in part.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    values.append(part.value)
                elif isinstance(target, ast.Tuple) and any(
                    isinstance(t, ast.Name) and t.id == name for t in target.elts
                ):
                    values.append(_part_of(target, name, part.value))
        elif isinstance(part, ast.AugAssign | ast.AnnAssign | ast.For) and getattr(part.target, "id", "") == name:
            values.append(None)
    return values[0] if len(values) == 1 else None


def _part_of(target: ast.Tuple, name: str, value: ast.AST) -> ast.AST | None:
    place = next(i for i, part in enumerate(target.elts) if isinstance(part, ast.Name) and part.id == name)
    if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        return value.elts[place]
    # One of the sizes in a shape that is unpacked.
    if callee(value) == "size" and isinstance(value.func, ast.Attribute) and not value.args:
        value = ast.Attribute(value.func.value, "shape", ast.Load())
    shape = value.value if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice) else value
    if isinstance(shape, ast.Attribute) and shape.attr == "shape":
        return ast.Subscript(shape, ast.Name("unknown", ast.Load()), ast.Load())
    return None


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
