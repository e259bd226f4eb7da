"""What is known of one student's submission."""

from dataclasses import dataclass, field
from datetime import datetime

from attention_lib.assignment.check_records import CheckRecord
from handin.lateness import in_words

GRADED, PARTLY_GRADED, WAITS = "graded", "partly graded", "waits for a person"
NOT_GRADED, MISSING = "not graded", "missing"


@dataclass(frozen=True)
class Student:
    """One student of the class. All texts can be shown as they are, once they are escaped for where they go.

    Columns are those of `ClassRecord`.

    status: GRADED, PARTLY_GRADED (a test was at fault), WAITS (a manually graded cell does), NOT_GRADED or MISSING; the
        last two have no `scores`, no `score` and no `records`
    scores: points by column; one that is not there is not graded, which is not 0
    by_hand: the columns whose points a person set or added to
    score: the points that count: extra credit added, the late penalty taken off; None where there are none yet
    penalty: points taken off for being late
    submitted: when, in UTC; None if it is not known or nothing was handed in
    late_by: seconds after the student's deadline; 0 if it is not late
    reason: why points are lost, or not given yet, in sentences; "" if there is nothing to say
    mended: what the canonical notebook had to mend, in sentences
    unusable: whether no notebook could be read out of what was handed in
    records: the checks' records, by answer; those of a test at fault are left out, since they judge nobody
    at_fault: the answers without points because their test was at fault
    waits: the manually graded cells that wait for a person
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
    records: dict[str, list[CheckRecord]] = field(default_factory=dict)
    at_fault: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether the submission was run and judged, though some of it may be open still."""
        return self.status in (GRADED, PARTLY_GRADED, WAITS)

    @property
    def late(self) -> bool:
        """Whether it came after the student's deadline."""
        return self.late_by > 0

    @property
    def lateness(self) -> str:
        """The delay in words; "" if it is not late."""
        return in_words(self.late_by)

    @property
    def remark(self) -> str:
        """The status, unless it is GRADED, and all that is to be said, for a table without columns for them."""
        said = " ".join(filter(None, (self.reason, *self.mended)))
        if self.status == NOT_GRADED:
            return said[:1].lower() + said[1:]
        return said if self.status == GRADED else f"{self.status}: {said}"
