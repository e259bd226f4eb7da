"""Sentences for people: words in a list, and names in backticks, which are code in HTML."""

import html
from collections.abc import Iterable


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them: "a", "a and b", "a, b and c"."""
    words = list(words)
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def listed_names(names: Iterable[str], last: str = "and") -> str:
    """Names as a sentence lists them: "`a`, `b` and `c`"."""
    return listed((f"`{name}`" for name in names), last)


def upper_first(sentence: str) -> str:
    """A sentence with a capital letter at its beginning, and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def kind_of(thing: object) -> str:
    """What something is instead of a tensor or a function: "a float", "a tuple of 2 things"."""
    of = f" of {len(thing)} things" if isinstance(thing, tuple | list) else ""
    return f"a {type(thing).__name__}{of}"


def error_in_words(error: BaseException) -> str:
    """An error's type and its text, on one line and not too long."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def code_marks(sentence: str) -> str:
    """A sentence as HTML, with what stands between backticks as code. An odd number of backticks is left alone."""
    parts = html.escape(sentence).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
