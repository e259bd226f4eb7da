"""One checker per kind of comment: from the code, it confirms the claim, refutes it, or leaves it open."""

from collections.abc import Callable

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.dead_code import dead_code
from grading.review.checkers.grounded import Grounded
from grading.review.checkers.hard_coded_size import hard_coded_size
from grading.review.checkers.loop import loop
from grading.review.checkers.missing_shape_comment import missing_shape_comment
from grading.review.checkers.non_idiomatic_call import non_idiomatic_call
from grading.review.checkers.other import other
from grading.review.checkers.praise import praise
from grading.review.checkers.redundant_step import redundant_step
from grading.review.checkers.unclear_name import unclear_name
from grading.review.claims import Comment

Checker = Callable[[Comment, Code, ReviewedAnswer], Grounded]

CHECKERS: dict[str, Checker] = {
    "dead_code": dead_code,
    "hard_coded_size": hard_coded_size,
    "loop": loop,
    "redundant_step": redundant_step,
    "unclear_name": unclear_name,
    "missing_shape_comment": missing_shape_comment,
    "non_idiomatic_call": non_idiomatic_call,
    "praise": praise,
    "other": other,
}
