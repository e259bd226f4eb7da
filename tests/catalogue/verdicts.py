"""What became of an entry: caught or missed, accepted or refused, and which cause its messages named."""

import re
from dataclasses import dataclass

from tests.catalogue.causes import CAUSES, NEUTRAL, causes_in
from tests.catalogue.entries import Entry

RULE = "rule"  # as a cause: the message can do no more than say the rule


@dataclass(frozen=True)
class Verdict:
    """The records of an entry's test cell, read.

    head_kept: whether a right head over this entry kept its point; None where the entry is a head itself
    """

    entry: Entry
    records: list[dict]
    head_kept: bool | None = None

    @property
    def passed(self) -> bool:
        return bool(self.records) and all(record.passed is True for record in self.records)

    @property
    def as_it_should_be(self) -> bool:
        return self.passed == self.entry.right

    @property
    def caught_visibly(self) -> bool:
        """Whether a check that the student has does not pass."""
        return any(record.passed is not True and not record.hidden for record in self.records)

    @property
    def messages(self) -> list[str]:
        """Those of the checks that did not pass."""
        return [record.message for record in self.records if record.passed is not True]

    @property
    def names_the_cause(self) -> bool:
        """Whether one of the messages names the true cause."""
        if self.entry.causes <= CAUSES.keys() | {RULE}:
            return bool(causes_in(self.messages) & self.entry.causes)
        return any(re.search(self.entry.cause, message, re.IGNORECASE) for message in self.messages)

    @property
    def wrong_causes(self) -> set[str]:
        """Causes that the messages name and that are none. For a held-out entry that is not known: none."""
        if not self.entry.causes <= CAUSES.keys() | {RULE}:
            return set()
        return causes_in(self.messages) - self.entry.causes - NEUTRAL
