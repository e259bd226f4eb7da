"""Calls that have a better form: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

CASES = [
    ("s = Q[Q == False]", "Use `~`.", "confirmed"),
    ("ok = scale == None", "Use `is None`.", "confirmed"),
    ("ok = not scale is None", "Use `is not None`.", "confirmed"),
    ("s = Q.data", "Use `detach`.", "confirmed"),
    ("s = torch.Tensor([1.0])", "Use `torch.tensor`.", "confirmed"),
    ("s = Q.exp() / Q.exp().sum(-1, keepdim=True)", "Use `softmax`.", "confirmed"),
    ("Q = self.W_q.forward(Q)", "Call the layer.", "confirmed"),
    ("super(AttentionHead, self).__init__()", "Use `super()`.", "confirmed"),
    ("Q = np.exp(Q)", "Use `torch.exp`.", "confirmed"),
    ("s = [i for i in range(len(Q))]", "Use `enumerate`.", "confirmed"),
    ("f = lambda a: a", "Use `def`.", "confirmed"),
    ("ok = type(Q) == int", "Use `isinstance`.", "confirmed"),
    ("s = torch.matmul(Q, K)", "Use `@`.", "refuted"),
    ("s = Q @ K", "Use `torch.matmul`.", "refuted"),
    ("s = F.softmax(Q, -1)", "Use `torch.softmax`.", "refuted"),
    ("s = Q.size(-1)", "Use `shape`.", "refuted"),
    ("s = K.T", "Use `transpose`.", "refuted"),
    ("", "Use `@`.", "refuted"),
    ("s = np.sqrt(4)", "Use `math.floor`.", "open"),
    ("s = Q.add(K)", "Not idiomatic.", "open"),
    ("ok = scale == 0", "Use `is`.", "open"),
]


@pytest.mark.parametrize(("line", "text", "want"), CASES)
def test_non_idiomatic_call(line, text, want):
    assert finding("non_idiomatic_call", scores(line, "return Q @ K"), (2, 2), text) == want
