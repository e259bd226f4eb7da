"""The names that a comment's text mentions."""

import keyword
import re

_QUOTED = re.compile(r"`+([^`]+)`+")
# What is written as code without backticks: `a.b`, `f()`, `d_k`, `W1`, `camelCase`.
_BARE = re.compile(
    r"\b(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z]\w*(?=\(\))|\w*[A-Za-z]\w*_\w*|[A-Za-z]+\d\w*|[a-z]+[A-Z]\w*)"
)
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"[^\W\d]\w*")
_NO_NAMES = frozenset(keyword.kwlist)
_ABBREVIATIONS = frozenset({"e", "g", "i"})


def quoted(text: str) -> list[str]:
    """What stands between backticks."""
    return _QUOTED.findall(text)


def names_in(text: str) -> frozenset[str]:
    """The identifiers that a text has between backticks, or writes as code without them; dotted ones in parts."""
    marked = identifiers(_STRING.sub(" ", " ".join(quoted(text))))
    bare = identifiers(" ".join(_BARE.findall(_QUOTED.sub(" ", text))))
    return frozenset(marked | (bare - _ABBREVIATIONS)) - _NO_NAMES


def identifiers(code: str) -> set[str]:
    """All identifiers and keywords that stand in a piece of code."""
    return set(_NAME.findall(code))
