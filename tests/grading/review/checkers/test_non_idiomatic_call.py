"""Calls that have a better form: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

CASES = [
    ("ok = scale == None", "Use `is None`.", "confirmed"),
    ("ok = not scale is None", "Use `is not None`.", "confirmed"),
    ("s = Q.data", "Use `detach`.", "confirmed"),
    ("s = torch.Tensor([1.0])", "Use `torch.tensor`.", "confirmed"),
    ("s = Q.exp() / Q.exp().sum(-1, keepdim=True)", "Use `softmax`.", "confirmed"),
    ("Q = np.exp(Q)", "Use `torch.exp`.", "confirmed"),
    ("s = [Ws[i] for i in range(len(Ws))]", "Use `enumerate`.", "confirmed"),
    ("s = [i for i in range(len(Q))]", "Use `enumerate`.", "open"),
    ("use = Q[Q == False]", "Use `~`.", "open"),
    ("s = torch.Tensor([1, 2])", "Use `torch.tensor`.", "open"),
    ("s = torch.Tensor(*Q.shape)", "Use `torch.tensor`.", "open"),
    ("s = torch.Tensor(2, 3)", "Use `torch.tensor`.", "open"),
    ("s = Q.exp() / Q.exp().sum()", "Use `softmax`.", "open"),
    ("s = Q.exp() / Q.exp().sum((-2, -1), keepdim=True)", "Use `softmax`.", "open"),
    ("s = self.data", "Use `detach`.", "open"),
    ("Q = self.other.forward(Q)", "Call the layer.", "open"),
    ("f = lambda a: a", "Use `def`.", "confirmed"),
    ("ok = type(Q) == int", "Use `isinstance`.", "confirmed"),
    ("s = torch.matmul(Q, K)", "Use `@`.", "refuted"),
    ("s = Q @ K", "Use `torch.matmul`.", "refuted"),
    ("s = F.softmax(Q, -1)", "Use `torch.softmax`.", "refuted"),
    ("s = Q.size(-1)", "Use `shape`.", "refuted"),
    ("s = K.T", "Use `transpose`.", "refuted"),
    ("", "Use `@`.", "refuted"),
    ("s = np.sqrt(4)", "Use `math.floor`.", "open"),
    ("s = Q.add(K)", "Not idiomatic.", "open"),
    ("ok = scale == 0", "Use `is`.", "open"),
]


@pytest.mark.parametrize(("line", "text", "want"), CASES)
def test_non_idiomatic_call(line, text, want):
    assert finding("non_idiomatic_call", scores(line, "return Q @ K"), (2, 2), text) == want


def weights(*body: str) -> str:
    return "\n".join(["def attention_weights(scores, mask=None):", *(f"    {line}" for line in body)]) + "\n"


MASKS = {
    "the mask itself": (("if mask is not None:", "    scores = scores[mask == False]"), "confirmed"),
    "in the other arm": (("a = 1 if mask is None else mask == False",), "confirmed"),
    "without a mask it would be None": (("a = 1", "use = mask == False"), "open"),
    "a truth value": (("use_mask = mask is not None", "ok = use_mask == False"), "open"),
    "numbers": (("keep = mask.int()", "ok = keep == False"), "open"),
    "a mask of another kind": (("if mask is not None:", "    mask = mask.int()", "    ok = mask == False"), "open"),
}


@pytest.mark.parametrize(("body", "want"), MASKS.values(), ids=MASKS)
def test_only_the_tasks_own_mask_is_surely_boolean(body, want):
    lines = (2, len(body) + 1)
    assert finding("non_idiomatic_call", weights(*body), lines, "Use `~`.", cell="attention_weights") == want


def test_a_softmax_that_is_written_into_is_none():
    body = ["e = torch.exp(scores)", "e[~mask] = 0", "return e / e.sum(-1, keepdim=True)"]
    text = "`torch.softmax` does the same."
    assert finding("non_idiomatic_call", weights(*body), (2, 4), text) == "open"
    del body[1]
    assert finding("non_idiomatic_call", weights(*body), (3, 3), text) == "confirmed"


HEAD = """
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super({}).__init__()
        self.W_q = nn.Linear(d_model, d_head)

    def forward(self, x):
        return self.W_q.forward(x)
"""


def test_a_layers_forward_and_the_old_super():
    head = HEAD.format("AttentionHead, self")
    assert finding("non_idiomatic_call", head, (7, 7), "Call the layer.") == "confirmed"
    assert finding("non_idiomatic_call", head, (3, 3), "Use `super()`.") == "confirmed"
    assert finding("non_idiomatic_call", HEAD.format("nn.Module, self"), (3, 3), "Use `super()`.") == "open"
