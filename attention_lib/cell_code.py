"""What a cell's code defines, uses and imports, read from its text alone."""

import ast
import builtins
import re
import symtable
import warnings
from dataclasses import dataclass
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from attention_lib.top_level_code import LONGEST_SOURCE

# Names that a notebook has without a cell that defines them.
GIVEN_NAMES = frozenset(dir(builtins)) | {
    "display", "get_ipython", "In", "Out", "exit", "quit", "_", "__", "___", "_i", "__name__", "__file__", "__doc__",
}  # fmt: skip

# Magics around a cell that is otherwise Python.
_WRAPPERS = re.compile(r"\A\s*%%(time|capture|prun)\b.*\n")
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError)

# IPython reads a cell anew for each of its magics.
_MAGIC = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$", re.MULTILINE)
MOST_MAGICS = 200


@dataclass(frozen=True)
class CellCode:
    """One cell's text as Python.

    tree: the syntax tree, magics turned into calls of `get_ipython()`; None where the text is not Python
    defines: names that the cell gives a value at its top level; "*" where it imports a module's names unnamed
    needs_at_once: names of other cells that are used as soon as the cell runs
    needs_later: names of other cells that are used inside functions
    """

    tree: ast.Module | None
    defines: frozenset[str] = frozenset()
    needs_at_once: frozenset[str] = frozenset()
    needs_later: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read_code(source: str) -> CellCode:
    """Read a cell's text. Never raises: a text that is not Python defines and needs nothing, nor does one that would
    take long to read (over LONGEST_SOURCE characters or MOST_MAGICS magics)."""
    if len(source) > LONGEST_SOURCE or len(_MAGIC.findall(source)) > MOST_MAGICS:
        return CellCode(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            python = TransformerManager().transform_cell(_WRAPPERS.sub("", source))
            tree = ast.parse(python)
            top = symtable.symtable(python, "cell", "exec")
            defines = {symbol.get_name() for symbol in top.get_symbols() if _gives_value(symbol)} | _set_elsewhere(tree)
            used = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
            at_once, later = _used_below(top, inside_function=False)
        except _UNREADABLE:
            return CellCode(None)
    own = defines | GIVEN_NAMES
    at_once = (used | at_once) - own
    return CellCode(tree, frozenset(defines), frozenset(at_once), frozenset(later - own - at_once))


def seems_to_define(source: str, name: str) -> bool:
    """True where the text gives `name` a value, or, where it is not Python, has a line that begins to define it."""
    code = read_code(source)
    if code.tree is not None:
        return name in code.defines
    return re.search(rf"^(def|class)\s+{re.escape(name)}\b", source, re.MULTILINE) is not None


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


def _set_elsewhere(tree: ast.Module) -> set[str]:
    """Names that functions set as global, and "*" where a module's names are imported without saying which."""
    names = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    stars = {a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names if a.name == "*"}
    return names | stars
