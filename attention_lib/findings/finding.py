"""What code can prove of an answer's style, and which of it comes first."""

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
# These may well be why a test fails, so that they come before all others.
MAYBE_MISTAKES = frozenset(
    {
        "thrown away",
        "unused value",
        "overwritten",
        "data",
        "by way of numpy",
        "bare except",
        "mutable default",
        "other meaning",
    }
)
# What is found inside of these says no more than they do.
_COVERS = {
    "redundant_step": frozenset({"softmax", "none", "truth value"}),
    "numpy": frozenset({"by way of numpy"}),
    "range len": frozenset({"rows"}),
}


@dataclass(frozen=True)
class Finding:
    """Something that could be written better, and that the code itself proves.

    kind: one of KINDS
    form: which sentence of the kind says it, a key of `sentences.SENTENCES[kind]`
    first, last: its lines, counted from 1, both included
    names: the names that it is true of
    numbers: the numbers that it is true of
    code: the piece of code that it shows, or a word for it, "" if none
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


def most_useful_first(findings: list[Finding]) -> list[Finding]:
    """The one rule of order: what may be a mistake, then by kind as in KINDS, then by line.

    What another finding around it says already is left out: steps in dead code or in a softmax by hand.
    """
    left = [each for each in findings if not any(_covers(other, each) for other in findings)]
    return sorted(left, key=lambda each: (each.form not in MAYBE_MISTAKES, KINDS.index(each.kind), each.first))


def _covers(other: Finding, each: Finding) -> bool:
    if not (other.first <= each.first and each.last <= other.last):
        return False
    is_dead = each.kind == "redundant_step" and other.kind == "dead_code"
    return is_dead or any(key in (each.kind, each.form) and other.form in by for key, by in _COVERS.items())


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
