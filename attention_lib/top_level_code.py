"""What a code cell does at its top level, told from its text without running it."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

LONGEST_SOURCE = 50_000  # A tree takes a hundred times the memory of its text.

_SHELL_OR_HELP = re.compile(r"^([ \t]*)([%!?].*|.*\?[ \t]*)$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_MAGICS_THAT_RUN_THE_CELL = ("time", "capture", "prun")
_OWN_SCOPE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def defined_names(source: str) -> list[str]:
    """The names that a cell defines: by def, class, import, assignment, for and with, also inside if and try.

    Returns:
        Each name once, in no promised order; empty for text that is no Python (IPython's magics are understood).
    """
    module = _module(source)
    names = {}
    rest = [module] if module else []
    while rest:
        node = rest.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = None
        elif isinstance(node, ast.alias):
            names[node.asname or node.name.partition(".")[0]] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif not isinstance(node, _OWN_SCOPE):
            rest.extend(ast.iter_child_nodes(node))
    names.pop("*", None)
    return list(names)


def statements(source: str) -> list[str] | None:
    """A cell's top-level statements, without comments and layout, in a form that can be compared.

    Returns:
        One string per statement; None for text that is no Python or too deeply nested.
    """
    found = _statements(source)
    return None if found is None else list(found)


# The same texts of the instructor's come with every submission.
@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[str, ...] | None:
    module = _module(source)
    try:
        return None if module is None else tuple(ast.dump(statement) for statement in module.body)
    except RecursionError:
        return None


def _module(source: str) -> ast.Module | None:
    if len(source) > LONGEST_SOURCE:
        return None
    magic = _CELL_MAGIC.match(source)
    if magic and magic[1] not in _MAGICS_THAT_RUN_THE_CELL:
        return None
    for text in (source, _SHELL_OR_HELP.sub(lambda line: line[1] + repr(line[2]), source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return None
