"""Names: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

CASES = [
    ("sum = 1", "`sum` shadows a built-in.", "confirmed"),
    ("nn = 1", "`nn` shadows a module.", "confirmed"),
    ("l = 1", "`l` looks like 1.", "confirmed"),
    ("tmp = 1", "`tmp` says nothing.", "confirmed"),
    ("data2 = 1", "This name says nothing.", "confirmed"),
    ("attention_weights = 1", "`attention_weights` shadows a function.", "confirmed"),
    ("tmp = K", "`tmp` says little: it holds `K`.", "confirmed"),
    ("import math", "`math` shadows the module.", "open"),
    ("temp = 1.0", "`temp` is vague.", "open"),
    ("i = 1", "`i` is unclear.", "refuted"),
    ("d_k = 1", "`d_k` is unclear.", "refuted"),
    ("Q = K", "`Q` is unclear.", "refuted"),
    ("s = torch.ones(1)", "`torch` is unclear.", "refuted"),
    ("s = 1", "`scale` is unclear.", "refuted"),
    ("return Q", "The name is unclear.", "refuted"),
    ("similarity = 1", "`similarity` is unclear.", "open"),
    ("tmp, other = 1, 2", "`tmp` and `other` are unclear.", "open"),
    ("a, b = 1, 2", "The names are unclear.", "open"),
]


@pytest.mark.parametrize(("line", "text", "want"), CASES)
def test_unclear_name(line, text, want):
    assert finding("unclear_name", scores(line, "return Q @ K"), (2, 2), text) == want


def test_what_another_line_names_is_left_open():
    assert finding("unclear_name", scores("tmp = 1", "s = tmp", "return s"), (3, 3), "`tmp` is unclear.") == "open"


def test_a_method_hides_no_builtin():
    source = "class Box:\n    def sum(self):\n        return 1\n"
    assert finding("unclear_name", source, (2, 2), "`sum` shadows the builtin.") == "open"
