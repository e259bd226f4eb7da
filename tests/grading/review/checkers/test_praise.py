"""Praise: what must be confirmed, refuted, left open."""

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.checkers.cases import answer_of, finding, scores

EINSUM = scores('dots = torch.einsum("...qd,...kd->...qk", Q, K)', "return dots if scale is None else dots * scale")


def test_a_thing_that_is_there_is_confirmed():
    assert finding("praise", EINSUM, (2, 2), "Nice einsum.") == "confirmed"


def test_of_a_wrong_answer_it_is_refuted():
    assert finding("praise", EINSUM, (2, 2), "Nice einsum.", right=False) == "refuted"


def test_of_a_blank_line_it_is_refuted():
    assert finding("praise", scores("", "return Q @ K"), (2, 2), "Nice.") == "refuted"


def test_what_does_not_parse_is_left_open():
    assert finding("praise", "def f(:\n", (1, 1), "Nice.") == "open"


def test_only_what_the_lines_have_is_shown():
    def state(text: str) -> str:
        return judge([Comment(lines=(2, 2), kind="praise", text=text)], answer_of(EINSUM))[0].state

    assert state("Nice use of einsum.") == "shown"
    assert state("Nice use of `torch.einsum`.") == "shown"
    assert state("Nice use of broadcasting.") == "held"
    assert state("Nice work.") == "held"


def test_the_tasks_own_docstring_is_no_merit():
    task = answer_of("").task
    with_docstring = task.split("# YOUR CODE")[0].rstrip() + "\n    return Q @ K.mT\n"
    text = "Good docstring."
    assert judge([Comment(lines=(2, 3), kind="praise", text=text)], answer_of(with_docstring))[0].state == "held"
    own = scores('"""Compare each query with each key."""', "return Q @ K.mT")
    assert judge([Comment(lines=(2, 2), kind="praise", text=text)], answer_of(own))[0].state == "shown"


def test_praise_of_a_call_that_is_nowhere_is_refuted():
    assert finding("praise", EINSUM, (2, 2), "Nice: `keepdim` keeps the shapes fit.") == "refuted"
    assert finding("praise", EINSUM, (2, 2), "Nice: `torch.nn.functional.softmax` is used.") == "refuted"
