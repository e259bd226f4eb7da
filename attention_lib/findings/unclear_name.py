"""Names that say nothing, or that hide a module or one of the assignment's own functions."""

import ast
import re
from collections.abc import Iterator

from attention_lib.findings.code import Code, bound_by
from attention_lib.findings.finding import Finding
from attention_lib.findings.tensors_of_floats import assigned_to, is_float_tensor

MODULES = frozenset({"math", "torch", "nn", "F", "np", "numpy"})
# No names such as `temp`, `var` or `val`: a temperature, a variance and values may be meant.
PLACEHOLDER = re.compile(
    r"(?:tmp|foo|bar|baz|qux|stuff|thing|things|data|dat|blah|bla|asdf|qwerty|junk|dummy|my_?var|my_?\w?thing"
    r"|whatever|something|aaa*|bbb*|ccc*|xxx*|yyy*|zzz*|abc|xyz|spam|eggs)_?\d*|(?:temp|var|val|thing|obj)_?\d+"
)


def unclear_names(code: Code) -> Iterator[Finding]:
    """All that an answer chose itself; not the parameters of the functions that the task gives."""
    seen: set[tuple[str, str]] = set()
    for node in sorted((n for n in code.all_nodes if hasattr(n, "lineno")), key=lambda n: (n.lineno, n.col_offset)):
        for name in bound_by(node):
            form = _form(name, node, code)
            if form and (name, form) not in seen and not is_given(node, code):
                seen.add((name, form))
                yield Finding("unclear_name", form, node.lineno, node.lineno, (name,))


def _form(name: str, node: ast.AST, code: Code) -> str:
    inner = next(iter(code.around(node)), None)
    if isinstance(node, ast.alias) or isinstance(inner, ast.ClassDef):
        return ""
    if name in MODULES:
        return "hides a module" if inner is not None else ""
    if name in code.given:
        return "hides a function" if inner is not None else ""
    assigned = assigned_to(node, code) if name in ("temp", "var") else None
    is_tensor = assigned is not None and is_float_tensor(assigned, code)
    return "says nothing" if PLACEHOLDER.fullmatch(name) or is_tensor else ""


def is_given(node: ast.AST, code: Code) -> bool:
    """Whether this is a parameter of a function or a method of a class that the task gives."""
    if not isinstance(node, ast.arg):
        return False
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[1], ast.ClassDef)
    return bool(around) and around[-1].name in code.given and (len(around) == 1 or is_method)
