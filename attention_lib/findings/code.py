"""A student's code as the finders see it: parsed once, and never run."""

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
    """The facts of one source text that several finders share.

    tree: the syntax tree, or None where the text cannot be read
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
        self.tree = _parsed(source)
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

    def nodes(self, first: int, last: int) -> Iterator[ast.AST]:
        """The nodes that begin in these lines."""
        return (node for node in self.all_nodes if first <= getattr(node, "lineno", 0) <= last)

    def around(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """The functions and classes that a node stands in, the innermost first."""
        return self._scopes.get(node, ())

    @cached_property
    def _scopes(self) -> dict[ast.AST, tuple[ast.AST, ...]]:
        found: dict[ast.AST, tuple[ast.AST, ...]] = {}
        # `ast.walk` gives parents before their children.
        for node in self.all_nodes:
            around = found.get(node, ())
            inside = (node, *around) if isinstance(node, _SCOPES) else around
            found.update(dict.fromkeys(ast.iter_child_nodes(node), inside))
        return found

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function around a node, None at the top level and in a class's body."""
        inner = next(iter(self.around(node)), None)
        return inner if isinstance(inner, Function) else None


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


def receiver(node: ast.AST) -> tuple[ast.AST | None, str, list[ast.AST]]:
    """What a method, a function of torch or an attribute such as `.mT` is applied to, its name, and the arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "F"):
            return (node.args[0], node.func.attr, node.args[1:]) if node.args else (None, "", [])
        return node.func.value, node.func.attr, node.args
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return node.value, node.attr, []
    return None, "", []


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two expressions have the same text, spaces and brackets aside."""
    return ast.dump(one) == ast.dump(other)


def _parsed(source: str) -> ast.Module | None:
    # A lone carriage return ends a line for Python and for nobody else.
    if len(source) > LONGEST_SOURCE or "\r" in source.replace("\r\n", ""):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if _is_deeper(tree, DEEPEST) else tree


def _is_deeper(tree: ast.AST, deepest: int) -> bool:
    level = [tree]
    for _ in range(deepest):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
