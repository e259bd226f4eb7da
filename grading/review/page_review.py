"""What a student's page shows beside one answer: findings, and drafts that a person approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attention_lib.findings.find import MOST_SHOWN
from attention_lib.findings.finding import Finding
from grading.review.counts import ReviewCounts
from grading.review.drafts import Draft
from grading.review.records.store import Decision, StoredReply
from grading.review.reviewable import Reviewable
from grading.review.settings import CodeReview


@dataclass(frozen=True)
class PageReview:
    """Of one answer.

    findings: at most MOST_SHOWN, those first that the model pointed at
    pointed: how many of these it pointed at
    approved: drafts that a person approved, none with a text that another one has
    waiting: how many drafts wait for a person
    """

    findings: tuple[Finding, ...]
    pointed: int
    approved: tuple[Draft, ...]
    waiting: int

    @classmethod
    def of(
        cls,
        answer: Reviewable,
        replies: Mapping[str, StoredReply],
        decisions: Mapping[str, Decision],
        settings: CodeReview,
    ) -> "PageReview":
        """What there is for this answer."""
        drafts = answer.drafts(replies, decisions, settings) if settings.enabled else []
        pointed = {draft.finding for draft in drafts if draft.state == "repeats"}
        shown = most_useful(answer.findings, pointed)
        approved = {draft.approved: draft for draft in reversed(drafts) if draft.approved}
        waiting = sum(draft.state == "waits" for draft in drafts)
        return cls(shown, sum(each in pointed for each in shown), tuple(reversed(approved.values())), waiting)

    @property
    def counts(self) -> ReviewCounts:
        """In numbers."""
        return ReviewCounts(len(self.findings), self.pointed, len(self.approved), self.waiting)


def most_useful(findings: Sequence[Finding], pointed: set[Finding | None] = frozenset()) -> tuple[Finding, ...]:
    """The findings to show, in the order of their use, but first those that were pointed at."""
    return tuple(sorted(findings, key=lambda each: each not in pointed)[:MOST_SHOWN])
