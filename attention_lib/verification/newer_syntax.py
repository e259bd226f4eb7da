"""Syntax that came with a later version of Python than the one that is to run it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attention_lib.findings.linter import ruff_results

_SINCE = re.compile(r"\(syntax was added in Python (\d+\.\d+)\)")
_ANY_RULE = "F821"  # ruff wants one; syntax is looked at in any case


@dataclass(frozen=True)
class NewerSyntax:
    """line: counted from 1; since: the version of Python that it came with, such as "3.12"."""

    line: int
    since: str


def newer_syntax(texts: Sequence[str], python: tuple[int, int]) -> dict[int, NewerSyntax]:
    """For each text, by its position, the first syntax in it that this version of Python does not know.

    Nothing where ruff, which knows all versions' syntax, is not installed, or a text is no Python in any version.
    """
    found: dict[int, NewerSyntax] = {}
    for number, result in ruff_results(texts, _ANY_RULE, python):
        if since := _SINCE.search(result["message"]):
            found.setdefault(number, NewerSyntax(result["location"]["row"], since[1]))
    return found


def is_newer(version: str, python: tuple[int, int]) -> bool:
    """Whether a version such as "3.12.1" is a later one than `python`; "" is not."""
    return bool(version) and tuple(map(int, version.split(".")[:2])) > python
