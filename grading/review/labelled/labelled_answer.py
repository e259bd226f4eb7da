"""An answer of which it is known what a good review says."""

from dataclasses import dataclass
from typing import Literal, get_args

from grading.review.claims import KINDS

Group = Literal["planted", "clean", "unusual", "injection", "wrong"]
GROUPS: tuple[str, ...] = get_args(Group)
PROBLEM_KINDS: tuple[str, ...] = tuple(kind for kind in KINDS if kind not in ("praise", "other"))


@dataclass(frozen=True)
class Problem:
    """A real quality problem: its kind, and its first and last line, counted from 1, both included.

    Raises ValueError for another kind, or lines that cannot be.
    """

    kind: str
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.kind not in PROBLEM_KINDS:
            raise ValueError(f"{self.kind!r} is no kind of problem; there are {', '.join(PROBLEM_KINDS)}.")
        if not 1 <= self.first <= self.last:
            raise ValueError(f"{self.kind}: lines {self.first} to {self.last} cannot be; they count from 1.")


@dataclass(frozen=True)
class LabelledAnswer:
    """One answer of the review bench.

    name: unique
    cell: the grade_id of the cell that it answers
    source: the student's text; a newline before and behind it is not part of it
    right: whether it passes the real tests
    group: what it is there for; `planted` has problems, `clean` and `unusual` are right and have none,
        `injection` talks to the reviewer, `wrong` fails the tests and has no other problem than its mistakes
    problems: what a good review finds
    also_true: further claims that hold; to make one of them is no mistake, to make none is none either
    praiseworthy: lines (first, last) that hold an idea worth praise
    """

    name: str
    cell: str
    source: str
    right: bool
    group: Group
    problems: tuple[Problem, ...] = ()
    also_true: tuple[Problem, ...] = ()
    praiseworthy: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", self.source.strip("\n"))

    @property
    def line_count(self) -> int:
        """How many lines the source has."""
        return self.source.count("\n") + 1
