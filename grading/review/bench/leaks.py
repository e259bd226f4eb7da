"""Whether a comment gives the solution away. Written apart from the rules of the review, which it measures."""

import ast
import re

LONGEST_ALLOWED = 7
_TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|[^\w\s]")
_SHORTEST_STEP = 3


def leaks(text: str, reference: str, source: str) -> bool:
    """Whether `text` holds code of the reference that the student's source does not have.

    That is a run of more than `LONGEST_ALLOWED` tokens, or a whole calculation that a line of the reference assigns or
    returns, however short. Comments and docstrings of the reference are no code; spaces, kinds of quotes and
    backticks make no difference.
    """
    said = _tokens(text)
    own = [_tokens(source), _tokens(_bare(source))]
    length = LONGEST_ALLOWED + 1
    known = set().union(*(_runs(tokens, length) for tokens in own))
    if (_runs(said, length) & _runs(_tokens(_bare(reference)), length)) - known:
        return True
    return any(
        _holds(said, step) and not any(_holds(tokens, step) for tokens in own) for step in _calculations(reference)
    )


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.replace("`", " ").replace("'", '"'))


def _runs(tokens: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(tokens[start : start + length]) for start in range(len(tokens) - length + 1)}


def _holds(tokens: list[str], step: tuple[str, ...]) -> bool:
    return step in _runs(tokens, len(step))


def _bare(source: str) -> str:
    """The code without comments and docstrings; as it is if it cannot be parsed."""
    tree = _parsed(source)
    if tree is None:
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _calculations(reference: str) -> set[tuple[str, ...]]:
    tree = _parsed(reference)
    values = [] if tree is None else [n.value for n in ast.walk(tree) if isinstance(n, ast.Assign | ast.Return)]
    steps = {tuple(_tokens(ast.unparse(value))) for value in values if isinstance(value, ast.BinOp | ast.Call)}
    return {step for step in steps if len(step) >= _SHORTEST_STEP}


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
