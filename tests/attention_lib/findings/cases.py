"""Small answers for the finders, in the "percent" format."""

import re
from functools import cache
from pathlib import Path

from attention_lib.findings.find import find
from attention_lib.findings.finding import Finding
from tests.lesson_answers import ANSWERS

_HEAD = re.compile(r"^# %% (.+)\n", re.MULTILINE)


def cases(name: str) -> list[tuple[str, str]]:
    """The heads of `answers/{name}.py` with the answers below them."""
    _, *parts = _HEAD.split((Path(__file__).parent / "answers" / f"{name}.py").read_text(encoding="utf-8"))
    return [(head, source.strip() + "\n") for head, source in zip(parts[::2], parts[1::2], strict=True)]


def found_in(source: str, **settings) -> list[Finding]:
    """All that is found in an answer of the lesson."""
    return find([source], ANSWERS.values(), **settings)[0]


@cache
def all_found(name: str) -> list[list[Finding]]:
    """What is found in each of the cases; the linter runs once for all."""
    return find([source for _, source in cases(name)], ANSWERS.values())


def in_short(finding: Finding) -> str:
    """`2-3 kind/form: names and numbers`."""
    about = " ".join([*finding.names, *(f"{value:g}" for value in finding.numbers)])
    return f"{finding.first}-{finding.last} {finding.kind}/{finding.form}: {about}".rstrip(": ")
