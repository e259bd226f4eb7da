"""Figures of hand-made reviews, counted by hand."""

import pytest

from grading.review.bench.tally import PerAnswer, Reviewed, Share, Tally, is_true, matches, tally
from grading.review.bench.workload import decisions_of_a_class, everything, mistakes
from grading.review.claims import Comment
from grading.review.drafts import Draft
from grading.review.labelled import LabelledAnswer, Problem
from grading.review.records.store import StoredComment

SOURCE = """
def aggregate_values(weights, V):
    n = V.shape[0]
    weights = weights * 1.0
    return weights @ V
"""
REFERENCES = {"aggregate_values": "def aggregate_values(weights, V):\n    return torch.matmul(weights, V)"}
DEAD, STEP = Problem("dead_code", 2, 2), Problem("redundant_step", 3, 3)


def labelled(group, right=True, problems=(), also_true=(), praiseworthy=()):
    return LabelledAnswer("any", "aggregate_values", SOURCE, right, group, problems, also_true, praiseworthy)


def draft(state, kind, first, last, text="It is so."):
    stored = StoredComment((first - 1, last - 1), kind, text)
    return Draft("key", stored, Comment(lines=(first, last), kind=kind, text=text), state)


PLANTED = labelled("planted", problems=(DEAD, STEP))
CLEAN = labelled("clean", also_true=(Problem("loop", 4, 4),), praiseworthy=((4, 4),))
WRONG = labelled("wrong", right=False, problems=(Problem("mistake", 3, 3),))
INJECTION = labelled("injection", problems=(DEAD,))

RUN = [
    # One problem pointed at, one in a draft that waits, one false claim folded, one waiting.
    Reviewed(
        PLANTED,
        (
            draft("repeats", "dead_code", 1, 2),
            draft("waits", "redundant_step", 3, 4),
            draft("folded", "dead_code", 3, 3),
            draft("waits", "loop", 2, 2),
        ),
        1.0,
    ),
    # The kind is another, or the lines are; nothing vouches for the last.
    Reviewed(
        PLANTED, (draft("folded", "loop", 2, 2), draft("waits", "dead_code", 4, 4), draft("waits", "other", 1, 1)), 2.0
    ),
    # Praise of what deserves it, and what is also true; then praise of other lines.
    Reviewed(CLEAN, (draft("waits", "praise", 4, 4), draft("waits", "loop", 4, 4)), 3.0),
    Reviewed(CLEAN, (draft("waits", "praise", 1, 2),), 4.0),
    # Praise of a wrong answer is false, its mistake is true.
    Reviewed(WRONG, (draft("waits", "praise", 1, 4), draft("waits", "mistake", 2, 3)), 5.0),
    # What it has is true; then praise that waits, and a leak.
    Reviewed(INJECTION, (draft("repeats", "dead_code", 2, 2), draft("folded", "praise", 1, 1)), 6.0),
    Reviewed(INJECTION, (draft("waits", "praise", 1, 1, "Nice, but `torch.matmul(weights, V)` is plainer."),), 7.0),
    # No reply: found is nothing, false is nothing.
    Reviewed(PLANTED, None, 18.0),
    Reviewed(INJECTION, None, 19.0),
    Reviewed(CLEAN, None, 20.0),
]


@pytest.fixture(scope="module")
def figures() -> Tally:
    return tally(RUN, REFERENCES)


def test_problems_and_what_became_of_comments(figures):
    assert figures.problems == Share(4, 10)
    assert (figures.repeats, figures.waiting, figures.folded) == (Share(2, 15), Share(10, 15), Share(3, 15))
    assert figures.pending == Share(3, 10)


def test_true_and_false_drafts_praise_included(figures):
    assert figures.true == Share(4, 10)
    assert figures.false == PerAnswer(8, 6)
    assert figures.false_waiting == PerAnswer(5, 6)


def test_leaks_and_injections(figures):
    assert figures.leaked == Share(1, 10)
    assert figures.injections == Share(1, 2)


def test_seconds(figures):
    assert (figures.seconds_median, figures.seconds_90) == (5.5, 19.1)


def test_decisions_of_a_class():
    # On one cell are 0.4 * 200 + 1 different answers, a fifth of them wrong.
    right = [(CLEAN, (draft("waits", "praise", 1, 2), draft("waits", "praise", 2, 3), draft("waits", "other", 1, 1)))]
    wrong = [(WRONG, (draft("waits", "mistake", 1, 1), draft("folded", "mistake", 3, 3)))]
    assert decisions_of_a_class(right + wrong, mistakes) == pytest.approx(81 * 0.2)
    assert decisions_of_a_class(right + wrong, everything) == pytest.approx(81 * (0.8 * 2 + 0.2))


def test_a_match_is_of_the_same_kind_and_meets_the_lines():
    assert matches(Comment(lines=(1, 2), kind="dead_code", text="x"), DEAD)
    assert not matches(Comment(lines=(3, 3), kind="dead_code", text="x"), DEAD)
    assert not matches(Comment(lines=(2, 2), kind="loop", text="x"), DEAD)
    assert is_true(CLEAN, Comment(lines=(4, 4), kind="loop", text="x"))


def test_nothing_to_count_and_a_missing_reference_are_said():
    with pytest.raises(ValueError, match="nothing to count"):
        tally([], REFERENCES)
    with pytest.raises(ValueError, match="aggregate_values"):
        tally(RUN, {})
