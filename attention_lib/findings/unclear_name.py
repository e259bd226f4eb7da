"""Names that say nothing or something else, or that hide a module or one of the assignment's own functions."""

import ast
import re
from collections.abc import Iterator

from attention_lib.findings.code import Code, Function, bound_by, callee, receiver
from attention_lib.findings.finding import Finding
from attention_lib.findings.tensors_of_floats import assigned_to, is_float_tensor
from attention_lib.findings.torch_names import MODULES
from attention_lib.findings.undone_step import factors_of

_KIND = "unclear_name"
# No names such as `temp`, `var` or `val`: a temperature, a variance and values may be meant.
_PLACEHOLDER = re.compile(
    r"(?:tmp|foo|bar|baz|qux|stuff|thing|things|data|dat|blah|bla|asdf|qwerty|junk|dummy|my_?var|my_?\w?thing"
    r"|whatever|something|aaa*|bbb*|ccc*|xxx*|yyy*|zzz*|abc|xyz|spam|eggs)_?\d*|(?:temp|var|val|thing|obj)_?\d+"
)
_LETTERS_IN_A_ROW = 4
# What a name says it holds.
_SAYS = {
    "queries": re.compile(r"q|queries|query|Q"),
    "keys": re.compile(r"k|keys|key|K"),
    "values": re.compile(r"v|values|V"),
    "scores": re.compile(r"(?:attention_|attn_)?scores?"),
    "weights": re.compile(r"(?:attention_|attn_)?weights"),
    "output": re.compile(r"outputs?|aggregated?_?\w*"),
}
_KEEP_MEANING = frozenset({"transpose", "swapaxes", "permute", "T", "mT", "clone", "contiguous", "double", "float"})


def unclear_names(code: Code) -> Iterator[Finding]:
    """All that an answer chose itself; not the parameters of the functions that the task gives."""
    seen: set[tuple[str, str]] = set()
    for node in sorted((n for n in code.all_nodes if hasattr(n, "lineno")), key=lambda n: (n.lineno, n.col_offset)):
        for name in bound_by(node):
            form = _form(name, node, code)
            if form and (name, form) not in seen and not is_given(node, code):
                seen.add((name, form))
                yield Finding(_KIND, form, node.lineno, node.lineno, (name,))
        if isinstance(node, Function):
            yield from _letters_in_a_row(node, code)


def _form(name: str, node: ast.AST, code: Code) -> str:
    inner = next(iter(code.around(node)), None)
    if isinstance(node, ast.alias) or isinstance(inner, ast.ClassDef):
        return ""
    if name in MODULES:
        return "hides a module" if inner is not None else ""
    if name in code.given:
        return "hides a function" if inner is not None else ""
    value = assigned_to(node, code) if isinstance(node, ast.Name) else None
    is_tensor = value is not None and name in ("temp", "var") and is_float_tensor(value, code)
    if _PLACEHOLDER.fullmatch(name) or is_tensor:
        return "says nothing"
    said, held = _said_by(name), _held_by(value, code) if value is not None else ""
    return "other meaning" if said and held and said != held else ""


def _said_by(name: str) -> str:
    return next((meaning for meaning, pattern in _SAYS.items() if pattern.fullmatch(name)), "")


def _held_by(value: ast.AST, code: Code) -> str:
    """What a value surely is, in the lesson's words; "" where it may be something else."""
    called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
    if called in code.own:
        return _said_by(called)
    given = [*value.args[1:]] if callee(value) == "einsum" else factors_of(value)
    if [ast.unparse(part) for part in given] == ["weights", "V"]:
        return "output"
    # A turned or copied tensor is what it was.
    while not isinstance(value, ast.Name):
        value, name, _ = receiver(value)
        if value is None or name not in _KEEP_MEANING:
            return ""
    return {"Q": "queries", "K": "keys", "V": "values"}.get(value.id, "")


def _letters_in_a_row(function: Function, code: Code) -> Iterator[Finding]:
    """Variables that are called a, b, c and so on."""
    stored = [part for part in ast.walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    own = [part for part in stored if len(part.id) == 1 and code.function_of(part) is function]
    letters = sorted({part.id for part in own})
    is_row = "".join(letters) in "abcdefghijklmnopqrstuvwxyz" and len(letters) >= _LETTERS_IN_A_ROW
    if is_row:
        lines = [part.lineno for part in own]
        yield Finding(_KIND, "letters", min(lines), max(lines), tuple(letters))


def is_given(node: ast.AST, code: Code) -> bool:
    """Whether this is a parameter of a function or a method of a class that the task gives."""
    if not isinstance(node, ast.arg):
        return False
    around = code.around(node)
    is_method = len(around) == 2 and isinstance(around[1], ast.ClassDef)
    return bool(around) and around[-1].name in code.given and (len(around) == 1 or is_method)
