"""Hard-coded sizes: what must be confirmed, refuted, left open."""

import pytest

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.checkers.cases import answer_of, finding, scores


def one(line: str) -> str:
    return scores(line, "return Q @ K.mT")


# Of a wrong answer. Of a right one no size is surely fixed.
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
    ("low = torch.finfo(Q.dtype).min / 4", "open"),
    ("blocks = [Q[i] for i in range(0, n, 128)]", "open"),
    ("chunk_size = 128", "open"),
    ("n = " + "9" * 400, "refuted"),
    ("Q = Q / 1e400", "refuted"),
    ("Q = Q[..., :2]", "open"),
    ("limit = 7", "open"),
    ("Q = torch.dropout(Q, 0.5, True)", "open"),
]


@pytest.mark.parametrize(("line", "want"), CASES)
def test_hard_coded_size(line, want):
    assert finding("hard_coded_size", one(line), (2, 2), "The size is hard-coded.", right=False) == want


@pytest.mark.parametrize(("line", "want"), CASES)
def test_of_a_right_answer_none_is_confirmed(line, want):
    of_right = finding("hard_coded_size", one(line), (2, 2), "The size is hard-coded.")
    assert of_right == ("open" if want == "confirmed" else want)


@pytest.mark.parametrize("body", ["return x.view(2, 3, 8)", "n = 3", "return [x for _ in range(3)]"])
def test_a_three_may_count_the_three_matrices(body):
    source = f"def project_qkv(x, W_q, W_k, W_v):\n    {body}\n"
    about = {"cell": "project_qkv", "right": False}
    assert finding("hard_coded_size", source, (2, 2), "The size 3 is hard-coded.", **about) == "open"


@pytest.mark.parametrize(
    "more",
    [
        "It only works for this size.",
        "Take it from the shape of the keys instead.",
        "The scale should be derived from the shape.",
        "Other sizes will not fit.",
        "This makes the function less flexible.",
    ],
)
def test_what_it_breaks_and_where_it_should_come_from_waits(more):
    answer = answer_of(one("s = math.sqrt(64)"), right=False)

    def state(text: str) -> str:
        return judge([Comment(lines=(2, 2), kind="hard_coded_size", text=text)], answer)[0].state

    assert state("The size 64 is hard-coded.") == "shown"
    assert state(f"The size 64 is hard-coded. {more}") == "held"


def test_of_doubtful_and_sure_numbers_the_text_decides():
    source = one("Q = Q.view(2, 8) * 2 / 7")
    assert finding("hard_coded_size", source, (2, 2), "The 8 is hard-coded.", right=False) == "confirmed"
    assert finding("hard_coded_size", source, (2, 2), "A size is hard-coded.", right=False) == "open"


def test_three_rounds_that_make_the_layers_are_no_size():
    source = "def layers(d, h):\n    a = 1\n    return [nn.Linear(d, h) for _ in range(3)]\n"
    assert finding("hard_coded_size", source, (3, 3), "3 is hard-coded.", cell="attention_head") == "open"


def test_a_number_that_is_not_there_is_refuted():
    source = one("s = math.sqrt(64)")
    assert finding("hard_coded_size", source, (2, 2), "The size 32 is hard-coded.", right=False) == "refuted"
    assert finding("hard_coded_size", source, (2, 2), "Line 2 has a fixed size.", right=False) == "confirmed"
