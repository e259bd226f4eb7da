"""A student's code as the checkers see it: parsed once, and never run."""

import ast
import io
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property

LONGEST_SOURCE = 30_000
DEEPEST = 120
LONGEST_SHOWN = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Code:
    """The facts of one source text that several checkers share.

    tree: the syntax tree, or None where the text cannot be read; `why_unread` then says why
    lines: the text's lines; lines[0] is line 1
    given: the names that the assignment's answers have to define, such as its functions
    own: those of them that this code leaves to other cells
    used_elsewhere: the names that other cells use
    """

    def __init__(self, source: str, given: Iterable[str] = (), used_elsewhere: Iterable[str] = ()):
        self.source = source
        self.given = frozenset(given)
        self.used_elsewhere = frozenset(used_elsewhere)
        self.lines = tuple(source.split("\n"))
        self.tree, self.why_unread = _parsed(source)
        # What `tensors_of_floats` has found out.
        self.float_names: dict[tuple, bool] = {}
        self.own = self.given - self.bound_names

    @cached_property
    def all_nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree)) if self.tree else ()

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.all_nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        return tuple(node for node in self.all_nodes if isinstance(node, Function))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every identifier of the code: variables, parameters, attributes, keywords, imports, definitions."""
        found: set[str] = set()
        for node in self.all_nodes:
            for field in ("id", "attr", "arg", "name", "asname", "module"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    found.update([value, *value.split(".")])
        return frozenset(found)

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """The identifiers that the code itself gives a meaning: it assigns, imports or defines them."""
        return frozenset(name for node in self.all_nodes for name in bound_by(node))

    @cached_property
    def layers(self) -> frozenset[str]:
        """The attributes that the code makes a linear layer of torch, such as `self.W_q`."""
        made = (node for node in self.all_nodes if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call))
        linear = (node for node in made if ast.unparse(node.value.func) in ("nn.Linear", "torch.nn.Linear"))
        targets = (target for node in linear for target in node.targets if isinstance(target, ast.Attribute))
        return frozenset(map(ast.unparse, targets))

    @cached_property
    def only_compute(self) -> frozenset[str]:
        """What the code calls and what surely only computes: the assignment's own functions, and linear layers.

        A class, which has a capital letter, is none of them: each call makes an object with numbers of its own.
        """
        return frozenset(name for name in self.own if name[:1].islower()) | self.layers

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comments by their line."""
        found = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.source).readline):
                if token.type == tokenize.COMMENT:
                    found[token.start[0]] = token.string
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass
        return found

    def has_lines(self, first: int, last: int) -> bool:
        return 1 <= first <= last <= len(self.lines)

    def text(self, first: int, last: int) -> str:
        return "\n".join(self.lines[first - 1 : last])

    def shown(self, node: ast.AST) -> str:
        """A node as the student wrote it, for a sentence; "" for one that is long."""
        text = ast.get_source_segment(self.source, node) or ""
        return text if len(text) <= LONGEST_SHOWN and not set(text) & set("\n`") else ""

    def without_prose(self, first: int, last: int) -> str:
        """The lines without comments, docstrings, and strings of more than two words."""
        return "\n".join(self._lines_without_prose[first - 1 : last])

    @cached_property
    def _lines_without_prose(self) -> list[str]:
        lines = list(self.lines)
        for number, text in self.comments.items():
            place = lines[number - 1].rfind(text)
            lines[number - 1] = lines[number - 1][:place] if place >= 0 else ""
        for node in self.all_nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_prose(node, self.parents):
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    lines[number - 1] = ""
        return lines

    def is_blank(self, first: int, last: int) -> bool:
        """Whether there is nothing but blank lines and comments."""
        return all(not line.strip() or line.strip().startswith("#") for line in self.lines[first - 1 : last])

    def nodes(self, first: int, last: int) -> Iterator[ast.AST]:
        """The nodes that begin in these lines."""
        return (node for node in self.all_nodes if first <= getattr(node, "lineno", 0) <= last)

    def statements(self, first: int, last: int) -> list[ast.stmt]:
        """The statements that begin in these lines, or the innermost one that these lines are a part of."""
        begun = [node for node in self.nodes(first, last) if isinstance(node, ast.stmt)]
        if begun:
            return begun
        around = [
            node
            for node in self.all_nodes
            if isinstance(node, ast.stmt) and node.lineno <= first and last <= (node.end_lineno or 0)
        ]
        return around[-1:] if around and not hasattr(around[-1], "body") else []

    def around(self, node: ast.AST) -> list[ast.AST]:
        """The functions and classes that a node stands in, the innermost first."""
        found = []
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, _SCOPES):
                found.append(node)
        return found

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function around a node, None at the top level and in a class's body."""
        inner = next(iter(self.around(node)), None)
        return inner if isinstance(inner, Function) else None

    def functions_at(self, first: int, last: int) -> list[Function]:
        """The functions whose text these lines touch, the innermost last."""
        return [f for f in self.functions if f.lineno <= last and first <= (f.end_lineno or 0)]

    def places_at(self, first: int, last: int) -> set[str]:
        """The names of the functions and classes whose text these lines touch."""
        scopes = (node for node in self.all_nodes if isinstance(node, _SCOPES))
        return {node.name for node in scopes if node.lineno <= last and first <= (node.end_lineno or 0)}


def _is_prose(node: ast.Constant, parents: dict[ast.AST, ast.AST]) -> bool:
    return isinstance(parents.get(node), ast.Expr) or len(node.value.split()) > 2


def bound_by(node: ast.AST) -> list[str]:
    """The identifiers that this node by itself binds."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    if isinstance(node, _SCOPES):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).split(".")[0]]
    if isinstance(node, ast.ExceptHandler) and node.name:
        return [node.name]
    return []


def callee(node: ast.AST) -> str:
    """The last part of what a call calls: `softmax` for `torch.softmax(…)` and `x.softmax(…)`; "" for no call."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def number(node: ast.AST) -> float | int | None:
    """The value of a literal number, its sign included; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    return None


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two expressions have the same text, spaces and brackets aside."""
    return ast.dump(one) == ast.dump(other)


def _parsed(source: str) -> tuple[ast.Module | None, str]:
    if len(source) > LONGEST_SOURCE:
        return None, f"The code is longer than {LONGEST_SOURCE:,} characters."
    if "\r" in source.replace("\r\n", ""):
        return None, "The code's lines end in an unusual way."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, "The code cannot be read as Python."
    if _depth_over(tree, DEEPEST):
        return None, "The code is nested too deeply to be checked."
    return tree, ""


def _depth_over(tree: ast.AST, deepest: int) -> bool:
    level = [tree]
    for _ in range(deepest):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
