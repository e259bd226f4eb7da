"""What a code cell defines, needs and does at its top level, told from its text without running it."""

import ast
import builtins
import getopt
import re
import symtable
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.inputtransformer2 import TransformerManager

LONGEST_SOURCE = 50_000  # A tree takes a hundred times the memory of its text.
MOST_MAGICS = 200

# Names that a notebook has without a cell that defines them.
GIVEN_NAMES = frozenset(dir(builtins)) | {
    "display", "get_ipython", "In", "Out", "exit", "quit", "_", "__", "___", "_i", "__name__", "__file__", "__doc__",
}  # fmt: skip

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError, tokenize.TokenError)

# A line that IPython may turn into Python, where it begins a statement.
_MAGIC = re.compile(r"^[ \t]*[%!?,;/]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
_LONGEST_HELP = 200  # IPython's search for the name before "?" takes the square of the length.

# Magics that run code in the notebook's namespace, with their options in the form of `getopt`.
_RUN_HERE = {"time": "n", "prun": "D:l:rs:T:q", "capture": ""}
_MOST_WRAPPED = 10


@dataclass(frozen=True)
class CellCode:
    """One cell's text as Python.

    python: the text with magics turned into calls of `get_ipython()`, and without `%%time`, `%%prun` and `%%capture`,
        which run the cell as it is; None where the text is not Python
    defines: names that have a value from this cell once it ran to its end, whatever way it took; "*" where it imports
        a module's names unnamed. What a function sets as global counts, called or not
    """

    python: str | None = None
    defines: frozenset[str] = frozenset()

    @property
    def tree(self) -> ast.Module | None:
        """The syntax tree; None where the text is not Python. Made each time: it is large."""
        return None if self.python is None else _parsed(self.python)

    @cached_property
    def statements(self) -> tuple[str, ...] | None:
        """The top-level statements without comments and layout, in a form that can be compared; None where the text is
        not Python or too deeply nested."""
        try:
            return None if self.python is None else tuple(map(ast.dump, self.tree.body))
        except RecursionError:
            return None

    @property
    def needs_at_once(self) -> frozenset[str]:
        """Names of other cells that are used as soon as the cell runs."""
        return self._needs[0]

    @property
    def needs_later(self) -> frozenset[str]:
        """Names of other cells that are used inside functions, and nowhere else in this cell."""
        return self._needs[1]

    @cached_property
    def _needs(self) -> tuple[frozenset[str], frozenset[str]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                top = symtable.symtable(self.python or "", "cell", "exec")
            at_once, later = _used_below(top, inside_function=False)
        except _UNREADABLE:
            return frozenset(), frozenset()
        symbols = top.get_symbols()
        own = GIVEN_NAMES | self.defines | {s.get_name() for s in symbols if _gives_value(s)}
        at_once = (at_once | {s.get_name() for s in symbols if s.is_referenced()}) - own
        return frozenset(at_once), frozenset(later - own - at_once)


# The same texts of the instructor's come with every submission.
@lru_cache(maxsize=256)
def read_code(source: str) -> CellCode:
    """Read a cell's text. Never raises: a text that is not Python defines and needs nothing, nor does one that would
    take long to read (over LONGEST_SOURCE characters or MOST_MAGICS magics)."""
    return _read(source)


def seems_to_define(source: str, name: str) -> bool:
    """True where the text gives `name` a value, or, where it is not Python, has a line that begins to define it."""
    code = read_code(source)
    if code.python is not None:
        return name in code.defines
    return re.search(rf"^(def|class)\s+{re.escape(name)}\b", source, re.MULTILINE) is not None


def _read(source: str) -> CellCode:
    if len(source) > LONGEST_SOURCE:
        return CellCode()
    # A pasted prompt "In [1]: a = 1" is Python, too: an annotation.
    python, tree = source, None if "In [" in source else _parsed(source)
    try:
        if tree is None and len(_MAGIC.findall(source)) <= MOST_MAGICS:
            python = _as_python(source)
            tree = None if python == source and "In [" not in source else _parsed(python)
        return CellCode() if tree is None else CellCode(python, frozenset(_defined(tree, "global" in python)))
    except _UNREADABLE:
        return CellCode()


def _parsed(python: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(python)
        except _UNREADABLE:
            return None


def _as_python(source: str) -> str:
    """The text as IPython would run it. IPython begins again after each magic; this goes through the text once."""
    # Half a second, and most notebooks hold nothing but Python.
    from IPython.core.inputtransformer2 import TransformerManager, cell_magic

    manager = TransformerManager()
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    head = []
    for _ in range(_MOST_WRAPPED):
        for clean in manager.cleanup_transforms:
            lines = clean(lines)
        name, options = _cell_magic(lines)
        if name not in _RUN_HERE:
            break
        if _stored(name, options):
            head.append(f"get_ipython().run_cell_magic({name!r}, {options!r}, '')\n")
        lines = lines[1:]
    return "".join(head) + _with_calls(manager, cell_magic(lines))


def _cell_magic(lines: list[str]) -> tuple[str, str]:
    found = re.match(r"%%(\w+)(?: (.*))?$", lines[0]) if lines else None
    return (found[1], (found[2] or "").rstrip()) if found else ("", "")


def _with_calls(manager: "TransformerManager", lines: list[str]) -> str:
    """The lines, with those that are magics turned into calls."""
    if not any(map(_MAGIC.search, lines)):
        return "".join(lines)
    python: list[str] = []
    rest = iter(lines)
    depth, begins = 0, True

    def next_line() -> str:
        nonlocal begins
        piece = [next(rest, "")]
        if begins and _MAGIC.search(piece[0]):
            while piece[-1].endswith("\\\n") and (more := next(rest, "")):
                piece.append(more)
            asks = any(line.rstrip().endswith("?") for line in piece)
            if not asks or sum(map(len, piece)) <= _LONGEST_HELP:
                piece = manager.do_token_transforms(piece)
        begins = False
        python.append("".join(piece))
        return python[-1]

    for token in tokenize.generate_tokens(next_line):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        begins = token.type in (tokenize.NEWLINE, tokenize.NL) and depth <= 0
    return "".join([*python, *rest])


def _defined(tree: ast.Module, has_globals: bool) -> set[str]:
    top = _Scope(tree.body)
    inner = top.inner if has_globals else []
    while inner:
        scope = _Scope(inner.pop().body)
        top.names |= scope.names & scope.declared_global
        inner += scope.inner
    return top.names


class _Scope:
    """The names that statements give a value and leave with it, those they declare global, and the scopes in them."""

    def __init__(self, statements: list[ast.stmt]):
        self.names: set[str] = set()
        self.declared_global: set[str] = set()
        self.inner: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
        self._run(statements)

    def _run(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.Delete):
                for target in statement.targets:
                    self.names -= {n.id for n in ast.walk(target) if _is_name(n, ast.Del)}
            elif isinstance(statement, ast.With | ast.AsyncWith):
                self._bind(*statement.items)
                self._run(statement.body)
            else:
                self._bind(statement)

    def _bind(self, *nodes: ast.AST) -> None:
        """Take the names from what may run. A deletion there may also not run."""
        rest = list(nodes)
        while rest:
            node = rest.pop()
            match node:
                case ast.Name(ctx=ast.Store()):
                    self.names.add(node.id)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.names.add(node.name)
                    self.inner.append(node)
                    rest += [*node.decorator_list, node.args, *filter(None, [node.returns])]
                case ast.ClassDef():
                    self.names.add(node.name)
                    self.inner.append(node)
                    rest += [*node.decorator_list, *node.bases, *node.keywords]
                case ast.Lambda():
                    rest.append(node.args)
                case ast.comprehension():
                    rest += [node.iter, *node.ifs]
                case ast.alias():
                    self.names.add(node.asname or node.name.partition(".")[0])
                case ast.AnnAssign(value=None):
                    rest.append(node.annotation)
                case ast.ExceptHandler():
                    self._handle(node)
                case ast.Global():
                    self.declared_global.update(node.names)
                case _:
                    if isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
                        self.names |= {getattr(node, "rest", None) or getattr(node, "name", None)} - {None}
                    elif isinstance(node, ast.Call):
                        self.names |= _set_by_magic(node)
                    rest += ast.iter_child_nodes(node)

    def _handle(self, handler: ast.ExceptHandler) -> None:
        """Python deletes the exception's name at the end of its handler."""
        inside = _Scope(handler.body)
        self._bind(*filter(None, [handler.type]))
        self.names |= inside.names - {handler.name}
        self.declared_global |= inside.declared_global
        self.inner += inside.inner


def _set_by_magic(call: ast.Call) -> set[str]:
    """The names that a call of `get_ipython().run_line_magic` or `run_cell_magic` gives a value."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"),
            args=[ast.Constant(value=str(name)), ast.Constant(value=str(options))],
        ):
            code = _after_options(name, options)
            stored = _stored(name, options) if name == "timeit" else set()
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_cell_magic"),
            args=[ast.Constant(value=str(name)), ast.Constant(value=str(options)), ast.Constant(value=str(body))],
        ):
            code, stored = body, _stored(name, options)
        case _:
            return set()
    # A magic in a magic in a magic is not followed: each is a text of its own to be read.
    runs = name in _RUN_HERE and not code.lstrip().startswith("%")
    return stored | (_read(code).defines if runs else set())


def _after_options(name: str, line: str) -> str:
    try:
        return " ".join(getopt.getopt(line.split(" "), _RUN_HERE.get(name, ""))[1]).strip()
    except getopt.GetoptError:
        return ""


def _stored(name: str, options: str) -> set[str]:
    """The names in which a magic stores what it measured or captured."""
    if name == "capture":
        return set(re.findall(r"(?<!\S)[^\W\d]\w*(?!\S)", options)[:1])
    if name == "timeit":
        try:
            chosen, _ = getopt.getopt(options.split(), "n:r:tcp:qov:")
        except getopt.GetoptError:
            return set()
        return {value for option, value in chosen if option == "-v" and value.isidentifier()}
    return set(re.findall(r"--(?:out|err|proc)[ =]([^\W\d]\w*)", options))


def _is_name(node: ast.AST, context: type) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, context)


def _gives_value(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _used_below(table: symtable.SymbolTable, inside_function: bool) -> tuple[set[str], set[str]]:
    at_once: set[str] = set()
    later: set[str] = set()
    for child in table.get_children():
        # Comprehensions are functions to the compiler, but run where they stand.
        waits = inside_function or (child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS)
        names = {s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()}
        (later if waits else at_once).update(names)
        below = _used_below(child, waits)
        at_once |= below[0]
        later |= below[1]
    return at_once, later


_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
