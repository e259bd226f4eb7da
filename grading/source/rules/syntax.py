"""What keeps a cell's text from being Python, in the words of Python."""

import ast
import re
import tokenize
import warnings

from IPython.core.inputtransformer2 import TransformerManager

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
            python = TransformerManager().transform_cell(within)
            compile(python, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as error:
            # IPython takes off blank lines at the top.
            above = text.count("\n") - within.lstrip().count("\n")
            return error.lineno and error.lineno + above, error.msg
        except (ValueError, RecursionError, MemoryError, RuntimeError, tokenize.TokenError) as error:
            return None, str(error) or type(error).__name__
    return None
