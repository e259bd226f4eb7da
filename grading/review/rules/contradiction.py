"""A comment does not contradict the tests."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

_BLAME = re.compile(
    r"\b(?:wrong(?:ly)?|incorrect(?:ly)?|bugs?|buggy|an? mistakes?|errors?|broken|crash(?:es)?|invalid|fails?"
    r"|(?:does|do|will|would|can) ?(?:not|n't) (?:work|handle|support|run|match|fit)|cannot (?:work|handle|fit)"
    r"|(?:is|are) ?(?:not|n't) (?:correct|right|handled|supported|scaled|masked|normali[sz]ed)"
    r"|only (?:works?|fits?|handles?|runs?)|you (?:forgot|missed|omitted|must|need to|have to)"
    r"|should (?:be (?:divided|scaled|multiplied|masked|transposed|normali[sz]ed)|return|raise|check|handle))\b",
    re.IGNORECASE,
)
_ACQUITTAL = re.compile(
    r"(?<!not )(?<!n't )(?<!should be )\b(?:correct(?:ly)?|perfect(?:ly)?|flawless|excellent|great|well done"
    r"|works? (?:fine|well)|no (?:errors?|bugs?|issues?|problems?|mistakes?)|as (?:required|expected|asked)|looks good"
    r"|(?:is|are) right)\b",
    re.IGNORECASE,
)


def contradicts_the_tests(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it call a right answer wrong, or a wrong one right?"""
    if answer.right and comment.kind == "mistake":
        return "The tests say that the answer is right, and it tells of a mistake."
    found = (_BLAME if answer.right else _ACQUITTAL).search(comment.text)
    if not found:
        return None
    verdict = "right" if answer.right else "wrong"
    return f"The tests say that the answer is {verdict}, and it says “{found[0]}”."
