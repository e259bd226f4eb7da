"""A comment speaks of no scores, grades or promises, and gives no orders to staff."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

_SCORES = re.compile(
    r"\b\d+\s*(?:/|out of)\s*\d+\b(?!\s*\w*\()|\b(?:ten|five|four|three|hundred) out of (?:ten|five|four|three"
    r"|a hundred)\b|\b\d+\s*(?:%|percent|per cent)"
    r"|\b(?:full|top|maximum|max|extra|bonus|partial|all|highest|no|zero|half) (?:marks?|scores?|points?"
    r"|credits?|grades?)\b(?! (?:tensor|matrix))"
    r"|\b(?:points?|marks?|grades?|graded|grading|grader|credits?)\b|\b(?:deserves?|earns?|merits?|awarded?"
    r"|gets?|receives?|score[sd]?) (?:an? |the |full |your |top )*(?:A|B|pass|point|mark|grade|credit|best"
    r"|highest|\d+)\b"
    r"|\b(?:T\.?A\.?s?|teaching assistants?|instructors?|professors?|lecturers?|teachers?|tutors?|staff"
    r"|graders?|reviewers?|course team)\b"
    r"|\b(?:please |should be |must be |can be )?approved?\b|\bregrade\b|\bwill (?:pass|get|receive"
    r"|be (?:accepted|graded|counted))\b|\b(?:i|we) (?:promise|guarantee)\b|\bguaranteed?\b"
    r"|\bpass(?:es|ed)? (?:the )?(?:course|exam|assignment|class)\b|\b(?:hidden|visible|unit) tests?\b"
    r"|\bas an? (?:ai|language model|assistant)\b|\bA\+(?!\w)|\b[ABC]-?(?: )grade\b|★|⭐|💯",
    re.IGNORECASE,
)


def speaks_of_scores(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it name a score, promise something, or turn to staff?"""
    found = _SCORES.search(comment.text)
    return (
        f"It speaks of scores, promises or staff: “{found[0]}”." if found and not _of_the_code(found[0], code) else None
    )


def _of_the_code(found: str, code: Code) -> bool:
    """A fraction such as 1/2 or a name that the code itself has."""
    return "".join(found.split()) in "".join(code.source.split()) and not found.isalpha()
