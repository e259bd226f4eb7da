"""What the report says of one student."""

from dataclasses import dataclass, field
from datetime import datetime

from grading.feedback.submission import Submission


@dataclass(frozen=True)
class Student:
    """One student of the class. All texts can be shown as they are, once they are escaped for where they go.

    status: `graded`, `not graded` or `missing`; only `graded` has `scores`, a `score` and `records`
    scores: points by answer
    by_hand: the answers whose points a person set or added to
    score: the points that count: extra credit added, the late penalty taken off; None where nothing is graded
    penalty: points taken off for being late
    submitted: when, in UTC; None if it is not known or nothing was handed in
    late_by: seconds after the due date; 0 if it is not late
    reason: why points are lost or nothing is graded, in sentences; "" if there is nothing to say
    mended: what the canonical notebook had to mend, in sentences
    unusable: whether no notebook could be read out of what was handed in
    records: the checks' records, by answer
    """

    student: str
    name: str
    status: str
    scores: dict[str, float] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()
    score: float | None = None
    penalty: float = 0.0
    submitted: datetime | None = None
    late_by: float = 0.0
    reason: str = ""
    mended: tuple[str, ...] = ()
    unusable: bool = False
    records: dict[str, list[dict]] = field(default_factory=dict)

    @property
    def lateness(self) -> str:
        """The delay in words; "" if it is not late."""
        return Submission(late_by=self.late_by).lateness
