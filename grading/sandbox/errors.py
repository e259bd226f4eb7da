"""An error in the student's process, made into an exception of this one."""

import builtins

from attention_lib.assignment.notebook_file import encodable
from attention_lib.checks import FromAnotherProcess
from attention_lib.raised import Raised
from grading.sandbox.line.values import as_name

_LONGEST_TEXT = 2_000
_MOST_LINES = 100_000
_LONGEST_PLACE = 200


def as_exception(fact: object, secret: bool) -> Exception:
    """An exception with the type's name, the text and the place that `fact` tells, as far as these are well formed.

    It is of the built-in class that the student's was of, too, so that a test can catch it by that.
    secret: tell only of which built-in class it was, and where it was raised
    """
    fact = fact if isinstance(fact, dict) else {}
    base = _built_in(fact.get("bases"))
    name = base.__name__ if secret else as_name(fact.get("type"))
    text = "" if secret else _text(fact.get("text"))
    kinds = (FromAnotherProcess,) if base is Exception else (FromAnotherProcess, base)
    kind = type(name, kinds, {"__init__": lambda self: None, "__str__": lambda self: text})
    error = kind()
    name, error.raised = fact.get("name"), _raised(fact.get("raised"), secret)
    if isinstance(error, NameError):
        error.name = name if isinstance(name, str) and not secret else None
    return error


def _built_in(bases: object) -> type[Exception]:
    for base in bases if isinstance(bases, list) else []:
        kind = getattr(builtins, base, None) if isinstance(base, str) else None
        # These cannot be made without what they are about.
        cannot = UnicodeError | BaseExceptionGroup
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, cannot):
            return kind
    return Exception


def _raised(told: object, secret: bool) -> Raised:
    told = told if isinstance(told, dict) else {}
    line, owner = told.get("line"), told.get("owner")
    return Raised(
        _text(told.get("function"))[:_LONGEST_PLACE],
        line if type(line) is int and 0 < line < _MOST_LINES else None,
        as_name(owner) if owner else "",
        "" if secret else _text(told.get("code"))[:_LONGEST_PLACE],
    )


def _text(text: object) -> str:
    return encodable(text[:_LONGEST_TEXT]) if isinstance(text, str) else ""
