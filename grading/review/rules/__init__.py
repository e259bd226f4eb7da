"""What speaks against a draft, for who decides about it; each rule gives a sentence or None."""

from collections.abc import Callable

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.rules.contradiction import contradicts_the_tests
from grading.review.rules.evidence import lacks_evidence
from grading.review.rules.leaked_solution import leaks_the_solution
from grading.review.rules.unknown_names import names_the_unknown
from grading.review.rules.wording import (
    has_links,
    in_another_language,
    is_rude,
    is_too_long,
    says_nothing,
    speaks_of_scores,
)

Rule = Callable[[Comment, Code, ReviewedAnswer], str | None]

RULES: tuple[Rule, ...] = (
    contradicts_the_tests,
    leaks_the_solution,
    names_the_unknown,
    lacks_evidence,
    says_nothing,
    speaks_of_scores,
    has_links,
    is_rude,
    is_too_long,
)


def flags(comment: Comment, code: Code, answer: ReviewedAnswer, language: str) -> list[str]:
    """What the rules say of a comment, as sentences."""
    found = [_safely(rule, comment, code, answer) for rule in RULES]
    return [*filter(None, found), *filter(None, [in_another_language(comment.text, language)])]


def _safely(rule: Rule, comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    try:
        return rule(comment, code, answer)
    except Exception as error:
        # What students write and models say is hostile. No comment may cost a page.
        return f"A rule could not be applied to it ({type(error).__name__})."
