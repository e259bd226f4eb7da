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
    "numbers": (scores("# [2, 5]", TWO), (3, 3), "open"),
    "above the function": ("# Q: (…, n_q, d_k)\n\n\n" + scores(TWO), (5, 5), "refuted"),
    "one by the other": (scores("# n_q by n_k", TWO), (3, 3), "refuted"),
    "after a colon": (scores("# shape of Q: n_q, d_k", TWO), (3, 3), "refuted"),
    "in another function": (scores(TWO) + '\n\ndef f(a):\n    """Of (n, d)."""\n', (2, 2), "refuted"),
    "words on dimensions": (scores('"""Swaps the dims of the keys."""', TWO), (3, 3), "open"),
    "an assertion": (scores("assert Q.shape[-1] == K.shape[-1]", TWO), (3, 3), "open"),
    "einsum": (scores('s = torch.einsum("qd,kd->qk", Q, K)', TWO), (3, 3), "open"),
    "hardly a change": (scores("return Q @ K"), (2, 2), "open"),
    "no function": ("a = 1\n", (1, 1), "open"),
    "does not parse": ("def f(:\n", (1, 1), "open"),
}


@pytest.mark.parametrize(("source", "lines", "want"), CASES.values(), ids=CASES)
def test_missing_shape_comment(source, lines, want):
    assert finding("missing_shape_comment", source, lines, "A shape comment would help.") == want
