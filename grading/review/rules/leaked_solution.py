"""A comment gives no solution away, neither as code nor as a recipe in words."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.named import quoted

LONGEST_SHARED = 7
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|->|[^\s\w`]")
_RECIPES = re.compile(
    r"\b(?:square root|(?:divid|multipl|scal)(?:e|y|ing|ying) (?:\S+ ){0,4}by|minus infinity|-inf\b"
    r"|(?:invert|negate|flip|swap|transpose)(?:d|ing)?|over the (?:last|first) (?:dimension|axis)|without bias"
    r"|(?:use|with|by|be) `[^`]+` (?:instead|rather)|(?:instead of|rather than|should be|must be|replace\w* (?:\S+ )"
    r"{0,3}(?:with|by)) `?\w+[.(\[`])",
    re.IGNORECASE,
)


def leaks_the_solution(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it hold a piece of the reference that the student lacks, or give a wrong answer code or a recipe?"""
    own = f"{answer.source}\n{answer.task}"
    shared = _longest_shared(comment.text, answer.reference, own)
    if shared:
        return f"It shares {shared} tokens in a row with the reference that the student's code does not have."
    if answer.right:
        return None
    for fragment in quoted(comment.text):
        if re.search(r"\w", fragment) and _tight(fragment).strip(".") not in _tight(own):
            return f"The answer is wrong, and `{fragment[:80]}` is not the student's own code."
    found = _RECIPES.search(comment.text)
    return f"The answer is wrong, and “{found[0][:80]}” sounds like a recipe." if found else None


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text).replace("()", "")


def _longest_shared(text: str, reference: str, own: str) -> int:
    """The length of the longest run of tokens that text and reference share and the student lacks; 0 if it is short."""
    said, wanted, known = (_TOKEN.findall(part)[:4_000] for part in (text, reference, own))
    runs = _runs(wanted) - _runs(known)
    longest = length = 0
    for start in range(len(said)):
        length = length + 1 if tuple(said[start : start + LONGEST_SHARED]) in runs else 0
        longest = max(longest, length)
    return longest + LONGEST_SHARED - 1 if longest else 0


def _runs(tokens: list[str]) -> set[tuple[str, ...]]:
    return {tuple(tokens[start : start + LONGEST_SHARED]) for start in range(len(tokens) - LONGEST_SHARED + 1)}
