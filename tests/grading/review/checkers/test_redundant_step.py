"""Redundant steps: what must be confirmed, refuted, left open."""

import pytest

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.checkers.cases import answer_of, finding, scores

CASES = [
    ("Q = Q.transpose(-2, -1).transpose(-1, -2)", "", "confirmed"),
    ("Q = Q.T.T", "", "confirmed"),
    ("Q = Q * 1", "", "confirmed"),
    ("Q = 0 + Q", "", "confirmed"),
    ("Q = Q", "", "confirmed"),
    ("Q = Q.unsqueeze(-1).squeeze(-1)", "", "confirmed"),
    ("s = (Q @ K.mT).clone()", "", "confirmed"),
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
    ("Q = torch.softmax(torch.softmax(Q, -1), -1)", "", "open"),
    ("s = (Q > 0) * 1", "", "open"),
    ("s = scale * 1", "", "open"),
    ("s = not not scale", "", "open"),
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


def test_a_mask_times_one_is_a_number_and_no_mask_any_more():
    source = "def attention_weights(scores, mask=None):\n    bias = (mask * 1 - 1) * 1e30\n    return scores + bias\n"
    assert finding("redundant_step", source, (2, 2), "Multiplying by 1 changes nothing.") == "open"


def test_a_factor_of_one_makes_a_copy_which_matters_where_something_is_written_into():
    assert finding("redundant_step", scores("s = Q * 1", "return s @ K"), (2, 2)) == "confirmed"
    assert finding("redundant_step", scores("s = Q * 1", "s[0] = 0", "return s @ K"), (2, 2)) == "open"
    assert finding("redundant_step", scores("s = Q * 1", "s += 1", "return s @ K"), (2, 2)) == "open"


def test_without_gradients_is_not_the_same_as_with_them():
    source = scores("with torch.no_grad():", "    a = Q @ K.mT", "print(a.shape)", "b = Q @ K.mT", "return b")
    assert finding("redundant_step", source, (5, 5), "This is computed twice.") == "open"


def test_what_is_said_of_a_step_is_said_of_its_own_operand():
    answer = answer_of(scores("K = K.mT.mT + Q", "return Q @ K.mT"))

    def state(text: str) -> str:
        return judge([Comment(lines=(2, 2), kind="redundant_step", text=text)], answer)[0].state

    assert state("`K` is transposed twice.") == "shown"
    assert state("`Q` is transposed twice.") == "held"
