"""A checker's finding, together with what in the code it rests on, so that a comment's words can be held against it."""

from dataclasses import dataclass, field

from grading.review.verdict import ClaimStatus, Verdict


@dataclass(frozen=True)
class Grounded(Verdict):
    """A verdict and its grounds.

    facts: what is true of these lines, in the words of the kind's wording
    names: the identifiers that the claim is true of
    numbers: the numbers that it is true of
    tools: the calls that may stand there instead
    """

    facts: frozenset[str] = field(default=frozenset())
    names: frozenset[str] = field(default=frozenset())
    numbers: frozenset[float] = field(default=frozenset())
    tools: frozenset[str] = field(default=frozenset())


def confirmed(why: str, *, facts=(), names=(), numbers=(), tools=()) -> Grounded:
    """The code bears the claim out."""
    return Grounded(
        ClaimStatus.CONFIRMED, why, frozenset(facts), frozenset(names), frozenset(numbers), frozenset(tools)
    )


def refuted(why: str) -> Grounded:
    """The code contradicts the claim."""
    return Grounded(ClaimStatus.REFUTED, why)


def undecided(why: str) -> Grounded:
    """The code alone does not decide."""
    return Grounded(ClaimStatus.OPEN, why)
