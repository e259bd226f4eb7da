"""Shape comments: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

TWO = "return Q @ K.transpose(-2, -1)"
CASES = {
    "none at all": (scores(TWO), (2, 2), "confirmed"),
    "a docstring without shapes": (scores('"""Compare."""', TWO), (3, 3), "confirmed"),
    "a comment without shapes": (scores("# compare", TWO), (3, 3), "confirmed"),
    "on the line": (scores(TWO + "  # (n_q, n_k)"), (2, 2), "refuted"),
    "in the docstring": (scores('"""Q: (…, n_q, d_k)"""', TWO), (3, 3), "refuted"),
    "in words": (scores("# rows are queries, the shape is n_q by n_k", TWO), (3, 3), "refuted"),
    "numbers": (scores("# [2, 5]", TWO), (3, 3), "refuted"),
    "hardly a change": (scores("return Q @ K"), (2, 2), "open"),
    "no function": ("a = 1\n", (1, 1), "open"),
    "does not parse": ("def f(:\n", (1, 1), "open"),
}


@pytest.mark.parametrize(("source", "lines", "want"), CASES.values(), ids=CASES)
def test_missing_shape_comment(source, lines, want):
    assert finding("missing_shape_comment", source, lines, "A shape comment would help.") == want
