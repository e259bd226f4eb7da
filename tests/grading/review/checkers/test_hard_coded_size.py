"""Hard-coded sizes: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores


def one(line: str) -> str:
    return scores(line, "return Q @ K.mT")


CASES = [
    ("s = math.sqrt(64)", "confirmed"),
    ("s = 8 ** -0.5", "confirmed"),
    ("Q = Q.view(2, 5, 16)", "confirmed"),
    ("rows = [Q[i] for i in range(10)]", "confirmed"),
    ("Q = Q / 4.0", "confirmed"),
    ("d_k = 64", "confirmed"),
    ("out = torch.zeros(3, 5)", "confirmed"),
    ("ok = Q.shape[-1] == 64", "confirmed"),
    ("Q = Q.transpose(-2, -1)", "refuted"),
    ("s = Q.shape[-1] ** 0.5", "refuted"),
    ("s = Q.shape[-1] ** (-1 / 2)", "refuted"),
    ("Q = Q.masked_fill(Q > 0, -1e9)", "refuted"),
    ("Q = Q.softmax(dim=2)", "refuted"),
    ("Q = Q * 1 + 0", "refuted"),
    ("Q = Q", "refuted"),
    ("", "refuted"),
    ("Q = Q / 2", "open"),
    ("Q = Q[..., :2]", "open"),
    ("limit = 7", "open"),
    ("Q = torch.dropout(Q, 0.5, True)", "open"),
]


@pytest.mark.parametrize(("line", "want"), CASES)
def test_hard_coded_size(line, want):
    assert finding("hard_coded_size", one(line), (2, 2), "The size is hard-coded.") == want


def test_of_doubtful_and_sure_numbers_the_text_decides():
    source = one("Q = Q.view(2, 8) * 2 / 7")
    assert finding("hard_coded_size", source, (2, 2), "The 8 is hard-coded.") == "confirmed"
    assert finding("hard_coded_size", source, (2, 2), "A size is hard-coded.") == "open"


def test_three_rounds_that_make_the_layers_are_no_size():
    source = "def layers(d, h):\n    a = 1\n    return [nn.Linear(d, h) for _ in range(3)]\n"
    assert finding("hard_coded_size", source, (3, 3), "3 is hard-coded.", cell="attention_head") == "open"


def test_a_number_that_is_not_there_is_refuted():
    assert finding("hard_coded_size", one("s = math.sqrt(64)"), (2, 2), "The size 32 is hard-coded.") == "refuted"
    assert finding("hard_coded_size", one("s = math.sqrt(64)"), (2, 2), "Line 2 has a fixed size.") == "confirmed"
