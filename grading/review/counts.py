"""How far a review has come, in numbers. Imports nothing, so that tables can be printed without the review."""

from dataclasses import dataclass


@dataclass
class ReviewCounts:
    """What a review has come to: comments shown, comments that wait for a person, answers without a reply."""

    shown: int = 0
    held: int = 0
    pending: int = 0

    def __add__(self, other: "ReviewCounts") -> "ReviewCounts":
        return ReviewCounts(self.shown + other.shown, self.held + other.held, self.pending + other.pending)
