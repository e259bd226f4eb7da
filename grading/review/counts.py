"""How far a review has come, in numbers. Imports nothing, so that tables can be printed without the review."""

from dataclasses import dataclass


@dataclass
class ReviewCounts:
    """What a review has come to.

    findings: on the pages; pointed: those of them that the model pointed at
    approved, waiting: drafts; pending: answers that were to be asked about and have no reply
    """

    findings: int = 0
    pointed: int = 0
    approved: int = 0
    waiting: int = 0
    pending: int = 0

    def __add__(self, other: "ReviewCounts") -> "ReviewCounts":
        return ReviewCounts(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values())))
