"""What an answer's comments are now: the model's reply, judged by checkers and rules, and what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.judgement import judge
from grading.review.records.store import Decision, StoredComment, StoredReply, comment_key
from grading.review.rules.contradiction import contradicts_the_tests
from grading.review.settings import CodeReview
from grading.review.shown_code import ShownCode
from grading.review.verdict import Judged

Shown = Literal["by rules", "by a person"]
_DOUBTED = 3


@dataclass(frozen=True)
class ReviewComment:
    """A comment on one student's answer.

    key: stands for the comment, see `comment_key`
    stored: the model's comment, in lines of the shown code
    judged: the comment in the student's lines, and what checkers and rules make of it
    decision: what a person decided, None if nobody did
    again: why a person should look once more at what was approved, as a sentence; "" if there is no reason
    """

    key: str
    stored: StoredComment
    judged: Judged
    decision: Decision | None
    again: str = ""

    @property
    def verdict(self) -> str:
        """What a person decided last; `open` if nobody did, or took it back."""
        return self.decision.verdict if self.decision and not self.again else "open"

    @property
    def shown(self) -> Shown | None:
        """Whether and why students get to see it."""
        if self.verdict in ("approved", "edited"):
            return "by a person"
        return "by rules" if self.verdict == "open" and self.judged.state == "shown" else None

    @property
    def waits(self) -> bool:
        """Whether it is a person's turn."""
        return self.verdict == "open" and self.judged.state == "held"

    @property
    def text(self) -> str:
        """What students get, if it is shown."""
        return self.decision.text if self.verdict == "edited" else self.stored.text


def comments_on(
    answer: ReviewedAnswer,
    code: ShownCode,
    answer_key: str,
    reply: StoredReply | None,
    decisions: Mapping[str, Decision],
    settings: CodeReview,
) -> list[ReviewComment]:
    """All comments on an answer: those of `reply`, and those of earlier replies that people decided about.

    decisions: by comment, those about this answer at least
    """
    found = {comment_key(answer_key, comment): comment for comment in (reply.comments if reply else ())}
    for key, decision in decisions.items():
        if decision.answer_key == answer_key and decision.verdict in ("approved", "edited"):
            found.setdefault(key, decision.comment)
    keys = list(found)
    judged = _judged([_in_students_lines(found[key], code) for key in keys], answer, settings)
    doubt = reply.doubt if reply else ""
    comments = []
    for key, each in zip(keys, judged, strict=True):
        if doubt and each.state != "refuted":
            each = replace(each, state="held", why=(f"The reply is doubtful: {doubt}.", *each.why), doubt=_DOUBTED)
        decision = decisions.get(key)
        comments.append(ReviewComment(key, found[key], each, decision, _again(found[key], answer, decision)))
    return _not_too_many(comments, settings.most_comments)


def stored_comment(comment: Comment, code: ShownCode) -> StoredComment:
    """The comment as it is kept for all students with this answer."""
    return StoredComment(code.to_shown(*comment.lines), comment.kind, comment.text)


def _in_students_lines(comment: StoredComment, code: ShownCode) -> Comment:
    lines = code.to_student(*comment.lines) if comment.lines else (0, 0)
    return Comment.model_construct(lines=lines, kind=comment.kind, text=comment.text)


def _judged(comments: list[Comment], answer: ReviewedAnswer, settings: CodeReview) -> list[Judged]:
    try:
        return judge(
            comments,
            answer,
            language=settings.language,
            tone=settings.tone,
            shown_kinds=settings.shown_unapproved,
            longest=settings.longest_comment,
        )
    except Exception as error:
        # What students write and models say is hostile; nothing of it may stop a class's feedback.
        why = (f"It could not be checked ({type(error).__name__}).",)
        return [Judged(comment, "held", why, _DOUBTED) for comment in comments]


def _again(comment: StoredComment, answer: ReviewedAnswer, decision: Decision | None) -> str:
    """Why a person should look once more: the tests say something else of the answer than when it was approved."""
    if decision is None or decision.verdict not in ("approved", "edited") or decision.of_wrong is not answer.right:
        return ""
    said = Comment.model_construct(lines=(1, 1), kind=comment.kind, text=decision.text)
    if comment.kind != "praise" and not contradicts_the_tests(said, Code(answer.source), answer):
        return ""
    before, now = ("a test failed", "the answer is right") if answer.right else ("the answer was right", "a test fails")
    return f"It was approved where {before}; here {now}."


def _not_too_many(comments: list[ReviewComment], most: int) -> list[ReviewComment]:
    """Of those that no person approved only the first `most` are shown; the others wait."""
    left, kept = most, []
    for comment in comments:
        if comment.shown == "by rules":
            left -= 1
            if left < 0:
                why = (*comment.judged.why, f"The answer has {most} comments already.")
                comment = replace(comment, judged=replace(comment.judged, state="held", why=why))
        kept.append(comment)
    return kept
