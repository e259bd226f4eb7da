"""Loops: what must be confirmed, refuted, left open."""

import pytest

from tests.grading.review.checkers.cases import finding, scores

CASES = {
    "over a size": (
        scores("for i in range(Q.shape[-2]):", "    out += Q[i] @ K.mT", "return Q @ K.mT"),
        (2, 3),
        "confirmed",
    ),
    "over a size with a name": (
        scores("n = K.size(-2)", "for i in range(n):", "    out += Q @ K[i]", "return out"),
        (3, 3),
        "confirmed",
    ),
    "over a tensor": (scores("for row in Q:", "    out.append(row @ K.mT)", "return out"), (2, 2), "confirmed"),
    "comprehension": (scores("return torch.stack([q @ K.T for q in Q])"), (2, 2), "confirmed"),
    "zip": (scores("for q, k in zip(Q, K):", "    out.append(q @ k)", "return out"), (2, 2), "confirmed"),
    "while": (
        scores("i = 0", "while i < Q.shape[-2]:", "    out.append(Q[i] @ K.mT)", "    i += 1", "return out"),
        (3, 3),
        "confirmed",
    ),
    "that only prints": (scores("for row in Q:", "    print(row @ K)", "return Q @ K.mT"), (2, 2), "open"),
    "that fills up": (scores("i = 0", "while i < Q.shape[-2]:", "    rows.append(None)", "    i += 1"), (3, 3), "open"),
    "in blocks": (scores("for i in range(0, Q.shape[-2], 8):", "    out += Q[i : i + 8] @ K.mT"), (2, 2), "open"),
    "that computes no product": (scores("for i in range(Q.shape[-2]):", "    out += Q[i] * scale"), (2, 2), "open"),
    "with a branch": (scores("for q in Q:", "    if scale:", "        out.append(q @ K.mT)"), (2, 2), "open"),
    "over the dimensions": (scores("return [Q @ K for d in range(len(Q.shape))]"), (2, 2), "open"),
    "no loop": (scores("return Q @ K.mT"), (2, 2), "refuted"),
    "a line before the loop": (scores("n = 1", "for q in Q:", "    print(q)", "return Q"), (2, 2), "refuted"),
    "over the matrices": (scores("return [Q @ W for W in (K, K)]"), (2, 2), "open"),
    "inside a loop": (scores("for q in Q:", "    print(q)", "return Q"), (3, 3), "open"),
    "until two dimensions are left": (scores("while Q.dim() > 2:", "    Q = Q[0]", "return Q"), (2, 2), "open"),
    "layers": ("def f(d, h):\n    return [nn.Linear(d, h) for _ in range(3)]\n", (2, 2), "open"),
    "map": (scores("return torch.stack(list(map(lambda q: q @ K.T, Q)))"), (2, 2), "open"),
    "does not parse, and has none": ("def f(:\n    pass\n", (1, 2), "refuted"),
    "does not parse": ("def f(:\n    for i in x: pass\n", (2, 2), "open"),
}


@pytest.mark.parametrize(("source", "lines", "want"), CASES.values(), ids=CASES)
def test_loop(source, lines, want):
    assert finding("loop", source, lines, "This loop is not needed.") == want
