"""Redundant steps: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

CASES = [
    ("Q = Q.transpose(-2, -1).transpose(-1, -2)", "", "confirmed"),
    ("Q = Q.T.T", "", "confirmed"),
    ("Q = Q * 1", "", "confirmed"),
    ("Q = 0 + Q", "", "confirmed"),
    ("Q = Q", "", "confirmed"),
    ("Q = Q.unsqueeze(-1).squeeze(-1)", "", "confirmed"),
    ("s = (Q @ K.mT).clone()", "", "confirmed"),
    ("Q = torch.softmax(torch.softmax(Q, -1), -1)", "", "confirmed"),
    ("Q = Q.double().double()", "", "confirmed"),
    ("Q = Q.reshape(Q.shape)", "", "confirmed"),
    ("s = [Q @ K.mT, Q @ K.mT]", "", "confirmed"),
    ("return Q", "", "refuted"),
    ("return Q @ K.mT", "", "refuted"),
    ("", "", "refuted"),
    ("# Q * 1", "", "refuted"),
    ("Q = Q.transpose(-2, -1).transpose(0, 1)", "", "open"),
    ("Q = Q.unsqueeze(-1).squeeze(0)", "", "open"),
    ("Q = Q.clone()", "", "open"),
    ("Q = Q.float()", "", "open"),
    ("s = Q @ K.mT if scale else Q @ K.mT * 2", "", "open"),
    ("Q = Q * 1", "`clone` is not needed.", "open"),
]


@pytest.mark.parametrize(("line", "text", "want"), CASES)
def test_redundant_step(line, text, want):
    source = scores(line, "return Q @ K")
    assert finding("redundant_step", source, (2, 2), text or "This is redundant.") == want


def test_what_changed_in_between_is_not_computed_twice():
    source = scores("a = Q @ K.mT", "Q = Q * 2", "b = Q @ K.mT", "return a + b")
    assert finding("redundant_step", source, (4, 4), "This is computed twice.") == "open"
    source = scores("a = Q @ K.mT", "b = Q @ K.mT", "return a + b")
    assert finding("redundant_step", source, (3, 3), "This is computed twice.") == "confirmed"


def test_the_head_of_a_function_is_needed():
    assert finding("redundant_step", scores("return Q"), (1, 1), "This is redundant.") == "refuted"
