"""A comment does not contradict the tests."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

_BLAME = re.compile(
    r"\b(?:wrong(?:ly)?|incorrect(?:ly)?|bugs?|buggy|(?:an?|your|the|this|made|one) mistakes?|errors?"
    r"|erroneous|broken|crash(?:es)?|faulty|flaw(?:s|ed)?"
    r"|only (?:works?|fits?|handles?|supports?|right|valid|correct|true|suits?|match(?:es)?|runs?)"
    r"|(?:works?|fits?|valid|correct) only"
    r"|breaks?|breaking|stops? working|(?:will|would|may|might|can|could|do|does) ?(?:not|n't) (?:fit|match)"
    r"|(?:this|that|one|single|fixed|particular|specific) (?:width|size|shape)s? only|cannot (?:work|handle|fit)"
    r"|(?:tie[sd]?|limit(?:s|ed)?|restrict(?:s|ed)?|bound) (?:\w+ ){0,3}to|(?:other|different|any other|larger|smaller)"
    r" (?:sizes?|widths?|shapes?|inputs?|lengths?)|assum(?:es?|ing)|relies on"
    r"|fails?|failing|failure|raises? an?|(?:does|do|will|would|did) ?(?:not|n't) (?:work|handle|support|run"
    r"|pass|return)"
    r"|(?:is|are) ?(?:not|n't) (?:correct|right|handled|supported|scaled|masked|normali[sz]ed)|invalid"
    r"|you (?:forgot|forget|missed|omitted|should have|must|need to|have to)|forgot(?:ten)?|overlooked"
    r"|lacks? (?!(?:a |any |the |some |short )*(?:shape|comments?|docstrings?|notes?))"
    r"|(?:needs?|must|has|have|ought) to (?:be|check|handle|raise|return|scale|use|divide|mask)"
    r"|(?:add|include|implement) (?:an? |the )?(?:\w+ )?(?:checks?|validation|error handling|assertions?"
    r"|scaling|masks?|masking|bias|dropout|softmax|try)"
    r"|missing (?!(?:a |the |any )?(?:shape|comments?|docstrings?))|should (?:be (?:divided|scaled|multiplied"
    r"|masked|transposed|normali[sz]ed)|return|raise|check|handle|transpose))\b",
    re.IGNORECASE,
)
_ACQUITTAL = re.compile(
    r"\b(?:correct(?:ly)?|right(?:ly)?(?! (?:after|before|away|below|above|behind))|perfect(?:ly)?"
    r"|flawless(?:ly)?|excellent|great|well done|good (?:job|work)|works?(?: fine| well| great)?"
    r"|pass(?:es|ed)?|no (?:errors?|bugs?|issues?|problems?|mistakes?)|nothing to (?:change|improve|fix)"
    r"|as (?:required|expected|asked)|looks good|nice(?:ly)?|proper(?:ly)?)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:should|would|could|make|makes|let|lets|must|to|will|not|n't|never|only|isn't|aren't|doesn't"
    r"|will not|cannot)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)


def contradicts_the_tests(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it call a right answer wrong, ask it for a missing feature, or call a wrong one right?"""
    text = comment.text
    if answer.right:
        found = _BLAME.search(text)
        return f"The tests say that the answer is right, and it says “{found[0]}”." if found else None
    for found in _ACQUITTAL.finditer(text):
        if not _DENIED.search(text[: found.start()]):
            return f"The tests say that the answer is wrong, and it says “{found[0]}”."
    return None
