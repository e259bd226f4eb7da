"""What became of a model's comments on an answer: drafts, of which students see what a person approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from attention_lib.findings.code import Code
from attention_lib.findings.finding import Finding
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.records.store import Decision, StoredComment, StoredReply, comment_key
from grading.review.repeats import finding_beside, repeats
from grading.review.rules import flags
from grading.review.rules.contradiction import contradicts_the_tests
from grading.review.rules.talks_to_reviewer import talks_to_reviewer
from grading.review.settings import CodeReview
from grading.review.shown_code import ShownCode

# Of one answer, where only mistakes are asked for: so a large class is an hour's work at most.
MOST_MISTAKES = 2

State = Literal["waits", "folded", "repeats", "decided"]


@dataclass(frozen=True)
class Draft:
    """A model's comment on one student's answer. No word of it is shown unless a person approved it.

    key: stands for the comment, see `comment_key`
    stored: the comment in lines of the shown code; comment: in the student's lines
    state: it `waits` for a person, is `folded` away, only `repeats` a finding, or was `decided` about
    finding: the finding beside it, None if there is none
    why: what speaks against it, as sentences for who decides
    decision: what a person decided last, None if nobody did
    again: why a person should look once more at what was approved, as a sentence; "" if there is no reason
    """

    key: str
    stored: StoredComment
    comment: Comment
    state: State
    finding: Finding | None = None
    why: tuple[str, ...] = ()
    decision: Decision | None = None
    again: str = ""

    @property
    def approved(self) -> str:
        """The text that students get; "" if they get none."""
        is_shown = self.state == "decided" and self.decision.verdict in ("approved", "edited")
        return self.decision.text if is_shown else ""


def drafts_on(
    answer: ReviewedAnswer,
    code: ShownCode,
    answer_key: str,
    reply: StoredReply | None,
    decisions: Mapping[str, Decision],
    findings: Sequence[Finding],
    settings: CodeReview,
) -> list[Draft]:
    """All drafts for an answer: those of `reply`, and those of earlier replies that people approved.

    decisions: by comment, those about this answer at least
    findings: all of the answer's, in its lines
    """
    found = {comment_key(answer_key, comment): comment for comment in (reply.comments if reply else ())}
    for key, decision in decisions.items():
        if decision.answer_key == answer_key and decision.verdict in ("approved", "edited"):
            found.setdefault(key, decision.comment)
    if not found:
        return []
    parsed = Code(answer.source)
    of_answer = [f"The reply is doubtful: {reply.doubt}."] if reply and reply.doubt else []
    of_answer += filter(None, [_talks(answer)])
    drafts = []
    for key, stored in found.items():
        comment = _in_students_lines(stored, code)
        finding = finding_beside(comment, findings, parsed)
        decision = decisions.get(key)
        again = _again(stored, parsed, answer, decision)
        waiting = sum(draft.state == "waits" for draft in drafts)
        why = (
            *of_answer,
            *_unwanted(stored, answer, waiting, settings),
            *flags(comment, parsed, answer, settings.language),
        )
        if decision and decision.verdict != "open" and not again:
            state = "decided"
        elif finding and repeats(comment, finding, parsed):
            state = "repeats"
        else:
            state = "folded" if why and not again else "waits"
        drafts.append(Draft(key, stored, comment, state, finding, why, decision, again))
    return drafts


def stored_comment(comment: Comment, code: ShownCode) -> StoredComment:
    """The comment as it is kept for all students with this answer."""
    return StoredComment(code.to_shown(*comment.lines), comment.kind, comment.text)


def _in_students_lines(comment: StoredComment, code: ShownCode) -> Comment:
    lines = code.to_student(*comment.lines) if comment.lines else (0, 0)
    return Comment.model_construct(lines=lines, kind=comment.kind, text=comment.text)


def _unwanted(comment: StoredComment, answer: ReviewedAnswer, waiting: int, settings: CodeReview) -> list[str]:
    """Why the setting `drafts` does not ask for it; `waiting`: how many of the answer's drafts wait already."""
    # Of a right answer there are drafts only where somebody asked for all.
    if settings.drafts == "all" or answer.right:
        return []
    if comment.kind != "mistake":
        return ["Only mistakes are asked for here (CodeReview.drafts)."]
    return ["Enough other mistakes of this answer wait."] if waiting >= MOST_MISTAKES else []


def _talks(answer: ReviewedAnswer) -> str | None:
    try:
        return talks_to_reviewer(answer.source, answer.task)
    except Exception as error:
        return f"Whether the code speaks to a reviewer could not be checked ({type(error).__name__})."


def _again(comment: StoredComment, code: Code, answer: ReviewedAnswer, decision: Decision | None) -> str:
    """Why a person should look once more: the tests say something else of the answer than when it was approved."""
    if decision is None or decision.verdict not in ("approved", "edited") or decision.of_wrong is not answer.right:
        return ""
    said = Comment.model_construct(lines=(1, 1), kind=comment.kind, text=decision.text)
    if comment.kind != "praise" and not contradicts_the_tests(said, code, answer):
        return ""
    before, now = ("a test failed", "the answer is right") if answer.right else ("the answer was right", "a test fails")
    return f"It was approved where {before}; here {now}."
