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
    plain = _QUOTED.sub(" ", text)
    fragments = [_STRING.sub(" ", part) for part in quoted(text)] + _BARE.findall(plain)
    found = {name for fragment in fragments for name in _NAME.findall(fragment)}
    return frozenset(found - (_NO_NAMES if quoted(text) else _NO_NAMES | _ABBREVIATIONS))
