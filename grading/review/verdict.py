"""What a checker says of a claim, and what became of a comment."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from grading.review.claims import Comment


class ClaimStatus(Enum):
    """Whether the code bears out a claim."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    OPEN = "open"


@dataclass(frozen=True)
class Verdict:
    """A checker's finding, with the reason as a sentence for teaching assistants."""

    status: ClaimStatus
    why: str


State = Literal["shown", "held", "refuted"]


@dataclass(frozen=True)
class Judged:
    """A comment and what becomes of it without a person.

    state: `shown` to the student, `held` for a person, or `refuted`, which nobody gets to see as a comment
    why: sentences for teaching assistants
    doubt: how doubtful a held comment is, from 0 (nothing speaks against it) to 3 (a rule was broken)
    """

    comment: Comment
    state: State
    why: tuple[str, ...]
    doubt: int = 0
