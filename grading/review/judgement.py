"""Decides for each comment of a model whether it is shown, waits for a person, or is refuted."""

from collections.abc import Collection, Sequence

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers import CHECKERS
from grading.review.checkers.grounded import Grounded, refuted
from grading.review.claims import KINDS, Comment
from grading.review.rules import RULES
from grading.review.rules.language import in_another_language
from grading.review.rules.length import is_too_long
from grading.review.rules.talks_to_reviewer import talks_to_reviewer
from grading.review.rules.tone import lacks_decency
from grading.review.verdict import ClaimStatus, Judged
from grading.review.wording import READERS

SHOWN_KINDS: tuple[str, ...] = tuple(kind for kind in KINDS if kind != "other")

# Of a wrong answer these could give the way away, or contradict the tests.
ONLY_OF_RIGHT_ANSWERS = frozenset({"loop", "non_idiomatic_call", "praise"})


def judge(
    comments: Sequence[Comment],
    answer: ReviewedAnswer,
    *,
    language: str = "English",
    tone: str = "friendly",
    shown_kinds: Collection[str] = SHOWN_KINDS,
    longest: int = 400,
) -> list[Judged]:
    """Judge the comments on an answer, in their order. Nothing of the answer is run.

    A comment is shown only if its kind's checker confirms the claim from the code, no rule is broken, and its text is
    understood word by word to say nothing else.

    language: what comments are to be written in; only English is understood, in others every comment waits
    tone: "friendly" allows an exclamation mark; "factual" and "brief" allow none
    shown_kinds: the kinds that may be shown without a person
    longest: the most characters of a text
    """
    code = Code(answer.source)
    try:
        to_reviewer = talks_to_reviewer(answer.source, answer.task, code)
    except Exception as error:
        to_reviewer = f"Whether the code speaks to a reviewer could not be checked ({type(error).__name__})."
    judged: list[Judged] = []
    seen: set[tuple] = set()
    for comment in comments:
        try:
            one = _judged(comment, code, answer, to_reviewer, language, tone, shown_kinds, longest)
        except Exception as error:
            # One comment that a checker stumbles over must not take the others, or the page, with it.
            why = f"It could not be checked ({type(error).__name__})."
            one = Judged(comment, "held", (why,), doubt=3)
        if one.state != "refuted" and (comment.lines, comment.kind, comment.text) in seen:
            one = Judged(comment, "refuted", ("The same comment was made before.", *one.why))
        seen.add((comment.lines, comment.kind, comment.text))
        judged.append(one)
    return judged


def _judged(
    comment: Comment,
    code: Code,
    answer: ReviewedAnswer,
    to_reviewer: str | None,
    language: str,
    tone: str,
    shown_kinds: Collection[str],
    longest: int,
) -> Judged:
    broken = [reason for rule in RULES if (reason := rule(comment, code, answer))]
    broken += filter(None, (in_another_language(comment.text, language), lacks_decency(comment.text, tone)))
    broken += filter(None, (is_too_long(comment.text, longest), to_reviewer))
    verdict = _verdict(comment, code, answer)
    if verdict.status is ClaimStatus.REFUTED:
        return Judged(comment, "refuted", (verdict.why, *broken))
    if broken:
        return Judged(comment, "held", (*broken, verdict.why), doubt=3)
    return _unbroken(comment, verdict, code, answer, language, shown_kinds)


def _verdict(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    if not code.has_lines(*comment.lines):
        return refuted(f"The answer has {len(code.lines)} lines, none from {comment.lines[0]} to {comment.lines[1]}.")
    return CHECKERS[comment.kind](comment, code, answer)


def _unbroken(
    comment: Comment, verdict: Grounded, code: Code, answer: ReviewedAnswer, language: str, shown_kinds
) -> Judged:
    if verdict.status is ClaimStatus.OPEN:
        return Judged(comment, "held", (verdict.why,), doubt=2)
    if language.strip().lower() != "english":
        return Judged(comment, "held", (verdict.why, f"Text in {language} cannot be understood word by word."), doubt=1)
    trouble = READERS[comment.kind].trouble(comment.text, verdict, code, comment.lines)
    if trouble:
        return Judged(comment, "held", (verdict.why, trouble), doubt=1)
    if not answer.right and comment.kind in ONLY_OF_RIGHT_ANSWERS:
        return Judged(comment, "held", (verdict.why, "Of a wrong answer it could give the solution away."), doubt=1)
    if comment.kind not in shown_kinds:
        return Judged(comment, "held", (verdict.why, "Comments of this kind wait for a person here."), doubt=0)
    return Judged(comment, "shown", (verdict.why,))
