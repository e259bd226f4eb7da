"""A checker or a rule that raises costs its own comment, and nothing else."""

import pytest

from grading.review import judgement
from grading.review.claims import Comment
from tests.grading.review.checkers.cases import answer_of, scores

ANSWER = answer_of(scores("n = 3", "return Q @ K.mT"))
COMMENTS = [
    Comment(lines=(2, 2), kind="hard_coded_size", text="The size is hard-coded."),
    Comment(lines=(2, 2), kind="dead_code", text="`n` is never used."),
]


def stumbles(*args):
    raise OverflowError("too large")


def test_of_a_checker(monkeypatch):
    monkeypatch.setitem(judgement.CHECKERS, "hard_coded_size", stumbles)
    first, second = judgement.judge(COMMENTS, ANSWER)
    assert (first.state, first.doubt, second.state) == ("held", 3, "shown")
    assert first.why == ("It could not be checked (OverflowError).",)


def test_of_a_rule(monkeypatch):
    monkeypatch.setattr(judgement, "RULES", (stumbles,))
    assert [each.state for each in judgement.judge(COMMENTS, ANSWER)] == ["held", "held"]


def test_of_what_reads_the_whole_code(monkeypatch):
    monkeypatch.setattr(judgement, "talks_to_reviewer", stumbles)
    assert [each.state for each in judgement.judge(COMMENTS, ANSWER)] == ["held", "held"]


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e999", "9" * 400 + "j"])
@pytest.mark.parametrize("kind", sorted(judgement.CHECKERS))
@pytest.mark.parametrize("right", [True, False])
def test_numbers_of_any_size_are_read(number, kind, right):
    answer = answer_of(scores(f"n = {number}", f"return Q.view(3, {number}) / {number}"), right=right)
    for text in ("The size is hard-coded.", "The number 3 is hard-coded.", f"{number[:1500]} is never used."):
        judged = judgement.judge([Comment(lines=(1, 3), kind=kind, text=text)], answer)[0]
        assert not judged.why[0].startswith("It could not be checked"), judged
