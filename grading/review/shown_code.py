"""A student's code as a model gets to see it: formatting made equal, what is written in prose left out.

So a student cannot talk to the model in comments, docstrings or strings; and classmates whose code differs in these
alone share one question.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass

from attention_lib.findings.shape_comments import gives_a_shape

LONGEST_SOURCE = 20_000
MOST_LINES = 400

_SHAPES = "shapes"
# Einsum formulas, numbers such as "-inf", single identifiers such as dtypes and keys, and labels such as "weights for".
_AXES = r"(?:\.\.\.)? ?[A-Za-z]{0,5} ?(?:\.\.\.)?"
_TECHNICAL_STRING = re.compile(
    rf"{_AXES}(?: ?, ?{_AXES}){{0,3}}(?: ?-> ?{_AXES})?"
    r"|(?:[A-Za-z] ){0,5}[A-Za-z](?: ?, ?(?:[A-Za-z] ){0,5}[A-Za-z]){0,3} ?-> ?(?:[A-Za-z] ){0,5}[A-Za-z]"
    r"|[+-]?(?:inf|nan|\d{1,9}(?:\.\d{0,9})?(?:e-?\d{1,3})?)"
    r"|[A-Za-z_]\w{0,23}(?:\.[A-Za-z_]\w{0,23}|:\d)?|[a-z_]{1,16} for",
    re.ASCII,
)


class NotShowable(ValueError):
    """A text of which there is nothing to review; the message says why, as a clause."""


@dataclass(frozen=True)
class ShownCode:
    """Code as the model sees it.

    lines: the lines, comments and formatting normalised away
    places: for each of them, the first and the last line of the student's text that it stands for, from 1
    """

    lines: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The lines without numbers; equal for classmates whose code is the same."""
        return "\n".join(self.lines)

    @property
    def numbered(self) -> str:
        """The lines, each with the number that it has in the student's cell."""
        width = len(str(max((first for first, _ in self.places), default=0)))
        return "\n".join(f"{first:>{width}}| {line}" for line, (first, _) in zip(self.lines, self.places, strict=True))

    def to_shown(self, first: int, last: int) -> tuple[int, int] | None:
        """The shown lines (from 0) that stand for the student's lines `first` to `last`; None if there are none."""
        hit = [index for index, (start, end) in enumerate(self.places) if start <= last and first <= end]
        return (hit[0], hit[-1]) if hit and 1 <= first <= last <= self.places[-1][1] else None

    def to_student(self, first: int, last: int) -> tuple[int, int]:
        """The student's lines that the shown lines `first` to `last` (from 0) stand for."""
        return self.places[first][0], self.places[last][1]


def shown_code(source: str) -> ShownCode:
    """Make it out of a student's answer. Raises NotShowable."""
    if len(source) > LONGEST_SOURCE:
        raise NotShowable(f"the answer is longer than {LONGEST_SOURCE:,} characters")
    try:
        return _laid_out(source)
    except NotShowable:
        raise
    except Exception as error:
        # One answer, whatever it is, must not stop the review of the others.
        raise NotShowable(f"the answer is not Python that can be read ({type(error).__name__})") from None


def _laid_out(source: str) -> ShownCode:
    tree = ast.parse(source)
    comments = _shape_comments(source)
    shown = ast.unparse(_without_prose(ast.parse(source)))
    again = ast.parse(shown)
    lines = shown.split("\n")
    if not shown.strip() or len(lines) > MOST_LINES:
        raise NotShowable(
            "the answer holds no code" if not shown.strip() else f"the answer has over {MOST_LINES} lines"
        )
    places = _places(_without_prose(tree), again, lines, source.split("\n"))
    for number in comments:
        index = _line_of(places, number)
        if not lines[index].endswith(f"# {_SHAPES}"):
            lines[index] += f"  # {_SHAPES}"
    kept = [index for index, line in enumerate(lines) if line.strip()]
    return ShownCode(tuple(lines[i] for i in kept), tuple(places[i] for i in kept))


def _shape_comments(source: str) -> list[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [t.start[0] for t in tokens if t.type == tokenize.COMMENT and gives_a_shape(t.string)]


def _line_of(places: list[tuple[int, int]], number: int) -> int:
    """The shown line for a student's line: the one that has it, else the next one, else the last."""
    for index, (start, end) in enumerate(places):
        if start <= number <= end or start > number:
            return index
    return len(places) - 1


def _places(student: ast.AST, shown: ast.AST, lines: list[str], source: list[str]) -> list[tuple[int, int]]:
    """For each shown line the student's lines, from the two trees, which have the same form."""
    places: dict[int, tuple[int, int]] = {}
    for theirs, ours in zip(ast.walk(student), ast.walk(shown), strict=True):
        if isinstance(theirs, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            places[_line(ours)] = (_line(theirs), _end_of_head(theirs))
            for decorator, drawn in zip(getattr(theirs, "decorator_list", ()), getattr(ours, "decorator_list", ())):
                places[drawn.lineno] = (decorator.lineno, decorator.end_lineno)
    filled, last = [], (1, 1)
    for number, line in enumerate(lines, start=1):
        last = places.get(number) or _keyword_line(line.strip(), last[1], source)
        filled.append(last)
    return filled


def _keyword_line(line: str, after: int, source: list[str]) -> tuple[int, int]:
    """Where a line stands that is no statement of its own, such as `else:`."""
    for number in range(after + 1, len(source) + 1):
        if line.endswith(":") and re.match(rf"\s*{re.escape(line[:-1])}\s*:", source[number - 1]):
            return number, number
    return after, after


def _end_of_head(node: ast.AST) -> int:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(_line(node), min(child.lineno for child in body) - 1)
    return node.end_lineno


def _line(node: ast.AST) -> int:
    """A `case` has no line of its own in the tree; its pattern has."""
    return node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno


def _without_prose(tree: ast.Module) -> ast.Module:
    return _Prose().visit(tree)


class _Prose(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and not body and not isinstance(node, ast.Module):
            line = _line(node)
            node.body = [ast.Pass(lineno=line, end_lineno=line, col_offset=0, end_col_offset=0)]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, (str, bytes)):
            text = node.value.value
            if not (isinstance(text, str) and gives_a_shape(text)):
                return None
            node.value = ast.copy_location(ast.Constant(_SHAPES), node.value)
            return node
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bytes) or (
            isinstance(node.value, str) and not _TECHNICAL_STRING.fullmatch(node.value)
        ):
            return ast.copy_location(ast.Constant("text"), node)
        return node
