"""A model that takes the prompt's examples as forms, for what is true, is understood."""

import pytest

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.labelled.answers import ANSWERS

TRUE = [
    ("scores unused", "dead_code", 2, "`batch` is assigned, but never used."),
    ("scores fixed", "hard_coded_size", 4, "The number 64 is written into the code."),
    ("scores fixed", "hard_coded_size", 4, "The size 64 is written into the code as a number."),
    ("values while", "loop", 4, "This loop goes over the rows one by one; a tensor operation can do it."),
    ("values while", "loop", 4, "This loop goes over the rows one by one; a tensor operation can do it at once."),
    ("scores twice", "redundant_step", 2, "The two calls of `transpose` undo each other."),
    ("qkv tmp", "redundant_step", 2, "The multiplication by 1 changes nothing."),
    ("qkv tmp", "unclear_name", 4, "`stuff` does not say what it holds."),
    ("scores twice", "unclear_name", 3, "`sum` hides the built-in function."),
    ("values bmm", "missing_shape_comment", 4, "A comment with the shapes would help here."),
    ("scores unused", "non_idiomatic_call", 5, "`scale == None` is more usually written `scale is None`."),
    ("weights false", "non_idiomatic_call", 3, "`mask == False` is more usually written `~mask`."),
    ("weights by hand", "praise", 4, "Nice: `keepdim` keeps the shapes fit for broadcasting."),
    ("scores einsum", "praise", 2, "Nice: `einsum` names the dimensions."),
    ("weights plain", "praise", 3, "Nice: `masked_fill` hides the masked scores before the softmax."),
]
UNTRUE = [
    ("scores plain", "dead_code", 2, "`d_k` is assigned, but never used."),
    ("scores plain", "loop", 5, "This loop goes over the rows one by one; a tensor operation can do it."),
    ("scores plain", "redundant_step", 5, "The two calls of `transpose` undo each other."),
    ("scores einsum", "unclear_name", 2, "`dots` does not say what it holds."),
    ("qkv plain", "missing_shape_comment", 3, "A comment with the shapes would help here."),
    ("scores plain", "non_idiomatic_call", 3, "`scale is None` is more usually written `scale == None`."),
    ("scores plain", "praise", 5, "Nice: `keepdim` keeps the shapes fit for broadcasting."),
    ("weights inverted", "praise", 4, "Nice: `masked_fill` hides the masked scores before the softmax."),
]


def state(answer: str, kind: str, line: int, text: str) -> str:
    return judge([Comment(lines=(line, line), kind=kind, text=text)], ANSWERS[answer])[0].state


@pytest.mark.parametrize("case", TRUE, ids=[case[3] for case in TRUE])
def test_what_is_true_is_shown(case):
    assert state(*case) == "shown"


@pytest.mark.parametrize("case", UNTRUE, ids=[case[3] for case in UNTRUE])
def test_what_is_untrue_is_not(case):
    assert state(*case) != "shown"
