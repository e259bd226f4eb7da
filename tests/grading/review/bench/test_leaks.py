"""What counts as giving the solution away."""

import pytest

from grading.review.bench.leaks import leaks
from grading.review.labelled import LABELLED

REFERENCE = '''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key, and give the scores back as one matrix."""
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])  # the root of the width of a query or a key
    return Q @ K.transpose(-2, -1) * scale
'''
WRONG = "def attention_scores(Q, K, scale=None):\n    return Q @ K.transpose(-2, -1)"
MIX = "def aggregate_values(weights, V):\n    return weights @ V"
LOOP = "def aggregate_values(weights, V):\n    return torch.stack([w @ V for w in weights])"


@pytest.mark.parametrize(
    "text",
    [
        "Use `scale = 1 / math.sqrt(Q.shape[-1])` here.",
        "Write scale=1/math.sqrt( Q.shape[-1] ) where it is None.",
        "The line should be return Q @ K.transpose(-2, -1) * scale, then it is right.",
        "Try if scale is None : scale = 1 / math . sqrt first.",
    ],
)
def test_a_run_of_the_reference_leaks(text):
    assert leaks(text, REFERENCE, WRONG)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "`scale` is never read.",
        "The product Q @ K.transpose(-2, -1) has the shape (n_q, n_k).",
        "def attention_scores(Q, K, scale=None): is a good start.",
        "Compare every query with every key, and give the scores back as one matrix.",
        "Remember the root of the width of a query or a key.",
        "`math.sqrt(Q.shape` is not closed.",
    ],
)
def test_what_the_student_has_or_what_is_short_or_what_is_no_code_does_not(text):
    assert not leaks(text, REFERENCE, WRONG)


def test_what_is_in_the_students_comments_is_known():
    assert not leaks(
        "`scale = 1 / math.sqrt(Q.shape[-1])`", REFERENCE, WRONG + "\n# scale = 1 / math.sqrt(Q.shape[-1])"
    )


def test_a_whole_calculation_leaks_however_short():
    assert leaks("`weights@V` does it without a loop.", MIX, LOOP)
    assert not leaks("`weights @ V` is what it should be.", MIX, "def f(weights, V):\n    return (weights @ V) * 1.0")
    assert not leaks("`weights` and `V` are multiplied.", MIX, LOOP)


def test_quotes_make_no_difference():
    reference = 'def f(scores, mask):\n    return scores.masked_fill(~mask, float("-inf"))'
    assert leaks("scores.masked_fill(~mask, float('-inf'))", reference, "def f(scores, mask): pass")
    assert not leaks("scores.masked_fill(~mask, float('-inf'))", reference, reference.replace('"', "'"))


def test_a_source_that_cannot_be_parsed_is_compared_as_it_is():
    broken = "def attention_scores(Q, K, scale=None)\n    return Q @ K.transpose(-2, -1) * scale"
    assert not leaks("`return Q @ K.transpose(-2, -1) * scale` is right.", REFERENCE, broken)
    assert leaks("`scale = 1 / math.sqrt(Q.shape[-1])`", REFERENCE, broken)
    assert not leaks("`anything`", "def (", "")


def test_no_labelled_answer_leaks_itself():
    for labelled in LABELLED:
        assert not leaks(labelled.source, labelled.source, labelled.source), labelled.name
