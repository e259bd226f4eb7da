"""A comment gives no solution away, neither as code nor as a recipe in words."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

LONGEST_SHARED = 7
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|->|[^\s\w`]")
_QUOTED = re.compile(r"`+([^`]+)`+")
_CODE_IN_PROSE = re.compile(
    r"[A-Za-z_][\w.]*\([^()]*[\w\"'][^()]*\)|[A-Za-z_]\w*\s*(?:@|\*\*|[-+*/]?=)\s*[-\w.(]+|\w+\.(?:mT|T)\b"
    r"|\b\w+\[[^\]]*\]|\bdim\s*=\s*-?\d"
)
_RECIPES = re.compile(
    r"\b(?:square root|sqrt|root of)\b|\b(?:divid(?:e|ing|ed)|multipl(?:y|ying|ied)|scal(?:e|ing"
    r"|ed)) (?:\S+ ){0,4}(?:by|with)\b"
    r"|\b(?:last|final|first|second|key|keys'|inner) (?:dim(?:ension)?|axis|axes|size)\b|\blast two\b"
    r"|\bdim(?:ension)? -?\d"
    r"|\b(?:minus|negative) infinity\b|-inf\b|\btranspos(?:e|ing|ed)\b|\b(?:invert|negat|flip|revers)(?:e|ed|ing)?\b"
    r"|\b(?:without|no|drop the|turn off the) bias\b|\bbias\b|\b(?:before|after|ahead of"
    r"|prior to) (?:the )?(?:soft ?max|masking|scaling)\b"
    r"|\b(?:instead of|rather than|should be|must be|come from|comes from|use|with) `?(?:W_?[qkv]|[QKV])\b`?"
    r"|\bkeep ?dim\b|\bsubtract(?:ing)? the (?:row )?max"
    r"|\breturn(?:s|ing)? (?:both|the output|a tuple|three|all three|Q)\b|\b(?:swap|exchange|switch)(?:ping"
    r"|ped)?\b|\bsoft ?max (?:over|along|across|on)\b"
    r"|\b(?:is|use|test|ask|check)(?: whether| if)? (?:\S+ )?is (?:not )?None\b|\bmasked?_fill\b"
    r"|\bmatrix (?:product|multiplication)\b|\bmatmul\b",
    re.IGNORECASE,
)


def leaks_the_solution(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it hold a piece of the reference that the student lacks, or to a wrong answer code or a recipe?"""
    text = comment.text
    shared = _longest_shared(text, answer.reference, f"{answer.source}\n{answer.task}")
    if shared >= LONGEST_SHARED:
        return f"It shares {shared} tokens in a row with the reference that the student's code does not have."
    if answer.right:
        return None
    own = _tight(answer.source)
    for fragment in [*_QUOTED.findall(text), *_CODE_IN_PROSE.findall(text)]:
        if _is_code(fragment) and _tight(fragment.strip(". ")) not in own:
            return f"The answer is wrong, and `{fragment[:80]}` is not the student's own code."
    for name in _QUOTED.findall(text):
        name = name.removesuffix("()").split(".")[-1]
        if name.isidentifier() and not re.search(rf"\b{re.escape(name)}\b", answer.source + answer.task):
            return f"The answer is wrong, and it names `{name[:80]}`, which the student does not use."
    found = _RECIPES.search(text)
    if found and _tight(found[0]) not in own:
        return f"The answer is wrong, and “{found[0][:80]}” sounds like a recipe."
    return None


def _is_code(fragment: str) -> bool:
    return not re.fullmatch(r"\.?[\w.]+(?:\(\))?", fragment.strip()) and bool(re.search(r"\w", fragment))


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def _longest_shared(text: str, reference: str, source: str) -> int:
    """The length of the longest run of tokens that text and reference share and the student's source lacks."""
    said, wanted, own = (_TOKEN.findall(part)[:4_000] for part in (text, _without_prose(reference), source))
    has = {tuple(own[i : i + LONGEST_SHARED]) for i in range(len(own))}
    runs = {tuple(wanted[i : i + LONGEST_SHARED]) for i in range(len(wanted) - LONGEST_SHARED + 1)} - has
    hits = [tuple(said[i : i + LONGEST_SHARED]) in runs for i in range(max(len(said) - LONGEST_SHARED + 1, 0))]
    longest = length = 0
    for hit in hits:
        length = length + 1 if hit else 0
        longest = max(longest, length)
    return longest + LONGEST_SHARED - 1 if longest else 0


def _without_prose(reference: str) -> str:
    """The reference without docstrings and comments, which the task shows to everyone."""
    return re.sub(r"#[^\n]*", "", re.sub(r'""".*?"""', "", reference, flags=re.DOTALL))
