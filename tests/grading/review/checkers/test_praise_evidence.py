"""Praise is of what the syntax tree shows: not of words in comments and strings, and not of another thing."""

import pytest

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.checkers.cases import answer_of, scores


def state(source: str, line: int, text: str, cell: str = "attention_scores") -> str:
    return judge([Comment(lines=(line, line), kind="praise", text=text)], answer_of(source, cell))[0].state


WEIGHTS = """
def softmax(t):
    return torch.exp(t) / torch.exp(t).sum(dim=-1, keepdim=True)

def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)  # not -inf, which gives nan ... sometimes
    return softmax(scores)
"""
THREE = """
def project_qkv(x, W_q, W_k, W_v):
    q = torch.matmul(x, W_q)
    return q, torch.matmul(x, W_k), torch.matmul(x, W_v)
"""
HEAD = """
class AttentionHead(nn.Module):
    def forward(self, x, mask=None):
        w = attention_weights(self.scores(x), mask)
        return w @ self.W_v(x), w
"""
LOOP_IN_A_HELPER = """
def dots(Q, K):
    return torch.stack([Q @ k for k in K])

def attention_scores(Q, K, scale=None):
    return dots(Q, K) * scale
"""
WIDTH = scores("scale = 1 / math.sqrt(K.shape[-1])", "return Q @ K.transpose(-2, -1) * scale")


@pytest.mark.parametrize(
    ("source", "line", "text", "cell"),
    [
        (WEIGHTS, 7, "Nice use of the built-in softmax.", "attention_weights"),
        (WEIGHTS, 7, "Good use of `softmax`.", "attention_weights"),
        (WEIGHTS, 6, "Good use of `-inf` for the masked positions.", "attention_weights"),
        (WEIGHTS, 6, "Filling masked positions with minus infinity is good.", "attention_weights"),
        (WEIGHTS, 6, "Good use of the ellipsis.", "attention_weights"),
        (WEIGHTS, 7, "Good helper function.", "attention_weights"),
        (THREE, 2, "Using one single matrix product is elegant.", "project_qkv"),
        (THREE, 2, "One matrix product: nice.", "project_qkv"),
        (HEAD, 3, "You reuse your four functions nicely.", "attention_head"),
        (HEAD, 3, "Good reuse of your own functions.", "attention_head"),
        (HEAD, 3, "Nice use of `aggregate_values`.", "attention_head"),
        (LOOP_IN_A_HELPER, 5, "Nice, fully vectorized.", "attention_scores"),
        (WIDTH, 2, "Good: you take the scale from the shape of `Q`.", "attention_scores"),
        (WIDTH, 3, "Nicely transposes the last two dimensions of `Q`.", "attention_scores"),
        (WIDTH, 3, "Nice: transposing the last two dimensions of `scale`.", "attention_scores"),
    ],
)
def test_praise_of_another_thing_waits(source, line, text, cell):
    assert state(source, line, text, cell) != "shown"


def test_praise_of_what_is_there_is_shown():
    assert state(WIDTH, 2, "Good: you take the scale from the shape of `K`.") == "shown"
    assert state(WIDTH, 3, "Nicely transposes the last two dimensions of `K`.") == "shown"
    assert state(HEAD, 3, "Nice use of `attention_weights`.", "attention_head") == "shown"


@pytest.mark.parametrize(
    "reason",
    [
        "a scale of zero is treated as none",
        "it is numerically stable",
        "it works for any batch",
        "nothing is hard-coded",
    ],
)
def test_a_reason_that_is_not_proved_waits(reason):
    assert state(WIDTH, 2, f"Good: you take the scale from the shape of `K`, {reason}.") != "shown"
    assert (
        state(scores("if scale is None:", "    scale = 1", "return Q"), 2, f"Good `is None` check: {reason}.")
        != "shown"
    )


def test_what_it_is_praised_for_not_being_need_not_be_there():
    source = scores("return Q @ K.mT")
    assert state(source, 2, "Good use of `K.mT` instead of `K.transpose(-2, -1)`.") == "held"
    assert state(source, 2, "Good use of `K.transpose(-2, -1)`.") == "refuted"


@pytest.mark.parametrize(
    "head",
    [
        "import mathlib as F",
        "from helpers import F",
        "from helpers import functional as F",
        "F = Helper()",
        "class F: pass",
    ],
)
def test_a_module_that_is_another_is_not_praised_as_torchs(head):
    source = f"{head}\ndef attention_weights(scores, mask=None):\n    return F.softmax(scores, dim=-1)\n"
    assert state(source, 3, "Nice use of the built-in softmax.", "attention_weights") != "shown"


def test_the_lessons_own_imports_change_nothing():
    source = (
        "import torch.nn.functional as F\ndef attention_weights(scores, mask=None):\n    return F.softmax(scores, -1)\n"
    )
    assert state(source, 3, "Nice use of the built-in softmax.", "attention_weights") == "shown"
