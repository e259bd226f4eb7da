"""What keeps a cell's text from being Python, in the words of Python."""

import ast
import re
import tokenize
import warnings

_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError, tokenize.TokenError)
# Magics around a cell that is otherwise Python.
_AROUND = re.compile(r"\A\s*%%(time|capture|prun)\b.*\n")


def syntax_error(text: str) -> tuple[int | None, str] | None:
    """The line, from 1, where it is known, and Python's words; None for a text that is Python.

    IPython's magics and a top-level `await` are Python here.
    """
    within = _AROUND.sub("", text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _compile(within)
            return None
        except _NO_PYTHON:
            # Half a second, and most notebooks hold nothing but Python.
            from IPython.core.inputtransformer2 import TransformerManager
        try:
            _compile(TransformerManager().transform_cell(within))
        except SyntaxError as error:
            # IPython takes off blank lines at the top.
            above = text.count("\n") - within.lstrip().count("\n")
            return error.lineno and error.lineno + above, error.msg
        except _NO_PYTHON as error:
            return None, str(error) or type(error).__name__
    return None


def _compile(python: str) -> None:
    compile(python, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
