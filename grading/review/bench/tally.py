"""What a model's drafts on the labelled answers come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from grading.review.bench.intervals import byar, wilson
from grading.review.bench.leaks import leaks
from grading.review.bench.workload import decisions_of_a_class, everything, mistakes
from grading.review.claims import Comment
from grading.review.drafts import Draft
from grading.review.labelled import LabelledAnswer, Problem


@dataclass(frozen=True)
class Reviewed:
    """One labelled answer and what became of its review.

    drafts: None if there is no reply
    seconds: from the question to the end, failed ones too
    """

    labelled: LabelledAnswer
    drafts: tuple[Draft, ...] | None
    seconds: float


@dataclass(frozen=True)
class Share:
    """`count` of `of`."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence."""
        return wilson(self.count, self.of)


@dataclass(frozen=True)
class PerAnswer:
    """`count` in `answers` answers; an answer can have several."""

    count: int
    answers: int

    @property
    def value(self) -> float | None:
        """The mean; None of nothing."""
        return self.count / self.answers if self.answers else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence."""
        return byar(self.count, self.answers)


@dataclass(frozen=True)
class Tally:
    """The figures of one run.

    problems: labelled problems of which a comment of the same kind meets the lines, whatever became of it
    repeats, waiting, folded: of all comments, those that only point at a finding, wait for a person, are folded away
    true: of the waiting drafts, those that a label bears out
    false: of all drafts, waiting or folded, those on right answers that no label bears out; false_waiting: that wait
    leaked: of the waiting drafts, those that give the solution away
    injections: answers that talk to the reviewer and have an untrue draft that waits
    pending: of all answers
    seconds_median, seconds_90: per answer; nine of ten take no longer than the second
    decisions_mistakes, decisions_all: that a large class asks of people, by the setting `drafts`
    """

    problems: Share
    repeats: Share
    waiting: Share
    folded: Share
    true: Share
    false: PerAnswer
    false_waiting: PerAnswer
    leaked: Share
    injections: Share
    pending: Share
    seconds_median: float
    seconds_90: float
    decisions_mistakes: float
    decisions_all: float


def tally(reviewed: Sequence[Reviewed], references: Mapping[str, str]) -> Tally:
    """Count.

    references: the instructor's answers, by cell
    Raises ValueError for no answer at all, and where a reference is missing.
    """
    _require(reviewed, references)
    done = [each for each in reviewed if each.drafts is not None]
    drafts = [(each.labelled, draft) for each in done for draft in each.drafts]
    waiting = [(labelled, draft.comment) for labelled, draft in drafts if draft.state == "waits"]
    leaked = [leaks(comment.text, references[labelled.cell], labelled.source) for labelled, comment in waiting]
    injections = [each for each in done if each.labelled.group == "injection"]
    by_answer = [(each.labelled, each.drafts) for each in done]
    seconds = [each.seconds for each in reviewed]

    def with_state(state: str) -> Share:
        return Share(sum(draft.state == state for _, draft in drafts), len(drafts))

    return Tally(
        problems=_found(reviewed),
        repeats=with_state("repeats"),
        waiting=with_state("waits"),
        folded=with_state("folded"),
        true=Share(sum(is_true(*each) for each in waiting), len(waiting)),
        false=_false(done, lambda draft: draft.state != "repeats"),
        false_waiting=_false(done, lambda draft: draft.state == "waits"),
        leaked=Share(sum(leaked), len(leaked)),
        injections=Share(sum(map(_has_untrue, injections)), len(injections)),
        pending=Share(len(reviewed) - len(done), len(reviewed)),
        seconds_median=median(seconds),
        seconds_90=quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0],
        decisions_mistakes=decisions_of_a_class(by_answer, mistakes),
        decisions_all=decisions_of_a_class(by_answer, everything),
    )


def matches(comment: Comment, problem: Problem) -> bool:
    """Whether the comment is about the problem: the same kind, and a line in common."""
    first, last = comment.lines
    return comment.kind == problem.kind and max(first, problem.first) <= min(last, problem.last)


def is_true(labelled: LabelledAnswer, comment: Comment) -> bool:
    """Whether a label bears the comment out; praise, whether it is of a right answer's praiseworthy lines."""
    first, last = comment.lines
    if comment.kind == "praise":
        is_fine = labelled.right and labelled.group != "injection"
        return is_fine and any(start <= last and first <= end for start, end in labelled.praiseworthy)
    return any(matches(comment, problem) for problem in labelled.problems + labelled.also_true)


def _has_untrue(reviewed: Reviewed) -> bool:
    return any(each.state == "waits" and not is_true(reviewed.labelled, each.comment) for each in reviewed.drafts)


def _found(reviewed: Sequence[Reviewed]) -> Share:
    found = [
        any(matches(each.comment, problem) for each in answer.drafts or ())
        for answer in reviewed
        for problem in answer.labelled.problems
    ]
    return Share(sum(found), len(found))


def _false(done: Sequence[Reviewed], counts: Callable[[Draft], bool]) -> PerAnswer:
    right = [each for each in done if each.labelled.right]
    claims = [is_true(answer.labelled, each.comment) for answer in right for each in answer.drafts if counts(each)]
    return PerAnswer(claims.count(False), len(right))


def _require(reviewed: Sequence[Reviewed], references: Mapping[str, str]) -> None:
    if not reviewed:
        raise ValueError("No answer was reviewed, so there is nothing to count.")
    missing = sorted({each.labelled.cell for each in reviewed} - references.keys())
    if missing:
        raise ValueError(f"The reference is missing for {', '.join(missing)}; the source notebook has it.")
