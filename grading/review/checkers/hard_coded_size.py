"""A hard-coded size: is a number in these lines one, and is it the one that a comment names?"""

import ast
import re

from attention_lib.findings.code import Code, number
from attention_lib.findings.hard_coded_size import is_under_a_root, magnitude, meaning_of
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.claims import Comment

# A 3 may count the three matrices there.
_WITH_THREE_MATRICES = frozenset({"project_qkv", "attention_head"})


def hard_coded_size(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is there a number in these lines that is a size, or under a root? Of doubtful and sure ones, the text decides.

    Of a right answer no size is surely fixed: the tests use several sizes, so its numbers may be block sizes or counts.
    """
    first, last = comment.lines
    if code.is_blank(first, last):
        return refuted("There is no code in these lines.")
    if code.tree is None:
        if not re.search(r"\d", code.text(first, last)):
            return refuted("There is no number in these lines.")
        return undecided(code.why_unread)
    said = _numbers_of(comment.text)
    there = {size for node in code.nodes(first, last) if (size := magnitude(number(node))) is not None}
    if said and not said & there:
        return refuted("The number that it names is not in these lines.")
    sizes, doubtful, under_roots, divisors = set(), set(), [], []
    for node in code.nodes(first, last):
        value = number(node)
        size = magnitude(value)
        if size is None or number(code.parents[node]) is not None:
            continue
        meaning = meaning_of(node, value, code)
        if value == 3 and answer.cell in _WITH_THREE_MATRICES:
            meaning = meaning and "doubtful"
        if meaning == "size":
            under_roots.append(is_under_a_root(node, code))
            divisors.append(isinstance(code.parents[node], ast.BinOp) and not under_roots[-1])
            sizes.add(size)
        elif meaning == "doubtful":
            doubtful.add(size)
    if answer.right and (sizes or doubtful):
        return undecided("The tests pass for several sizes, so these numbers may be no sizes of the inputs.")
    if sizes and not doubtful:
        some = ", ".join(f"{size:g}" for size in sorted(sizes))
        return confirmed(
            f"A size is written into these lines: {some}.", facts=_facts(under_roots, divisors), numbers=sizes
        )
    if sizes:
        if said & sizes and not said & doubtful:
            return confirmed(
                "The number that it names is a size.", facts=_facts(under_roots, divisors), numbers=sizes & said
            )
    if sizes or doubtful:
        return undecided("Whether the numbers in these lines are sizes cannot be told for sure.")
    return refuted("No number in these lines is a size.")


def _numbers_of(text: str) -> set[float]:
    """The numbers that a text names, those of lines aside."""
    text = re.sub(r"\blines? \d+(?:(?:\s*[-–]\s*| to | and )\d+)?", " ", text, flags=re.IGNORECASE)
    return {float(found) for found in re.findall(r"(?<![\w.])\d{1,9}(?:\.\d{1,9})?(?![\w.]*\w)", text)}


def _facts(under_roots: list[bool], divisors: list[bool]) -> set[str]:
    """The sizes may be called widths where the lesson takes roots of them; a divisor is a number and no more."""
    return ({"width"} if all(under_roots) else set()) | ({"size"} if not any(divisors) else set())
