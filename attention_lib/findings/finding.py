"""What code can prove of an answer's style."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

# The most useful first.
KINDS = (
    "hard_coded_size",
    "loop",
    "dead_code",
    "redundant_step",
    "non_idiomatic_call",
    "unclear_name",
    "missing_shape_comment",
)


@dataclass(frozen=True)
class Finding:
    """Something that could be written better, and that the code itself proves.

    kind: one of KINDS
    form: which sentence of the kind says it, a key of `sentences.SENTENCES[kind]`
    first, last: its lines, counted from 1, both included
    names: the names that it is true of, all of them and no others
    numbers: the numbers that it is true of
    code: the piece of code that it shows, "" if none
    elsewhere: another line that its sentence speaks of, 0 if none
    more: how many others like it are in these lines
    """

    kind: str
    form: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    code: str = ""
    elsewhere: int = 0
    more: int = 0


@dataclass(frozen=True)
class Proof:
    """A finding, and what reviewers' comments about it may say.

    node: where it is
    facts: what is true of it
    words: what a comment may call it by
    tools: what fits instead
    why: a sentence for teaching assistants
    """

    finding: Finding
    node: ast.AST
    why: str
    facts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()

    @property
    def first(self) -> int:
        return self.finding.first

    @property
    def last(self) -> int:
        return self.finding.last


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by line, those alike on lines that touch as one, and none twice."""
    found: list[Finding] = []
    for each in sorted(dict.fromkeys(findings), key=lambda each: (each.first, each.last)):
        for place, other in enumerate(found):
            alike = (other.kind, other.form) == (each.kind, each.form) and each.first <= other.last + 1
            if alike and (other.elsewhere == each.elsewhere or not each.elsewhere):
                found[place] = replace(
                    other,
                    last=max(other.last, each.last),
                    names=_joined(other.names, each.names),
                    numbers=_joined(other.numbers, each.numbers),
                    more=other.more + 1,
                )
                break
        else:
            found.append(each)
    return found


def _joined(one: tuple, other: tuple) -> tuple:
    return tuple(dict.fromkeys((*one, *other)))
