"""What the test cells say about right and wrong answers. (The answer's other cells are the reference.)"""

import pytest

from attention_lib.canonical import ANSWERS

RIGHT = {
    "einsum projections, as a list": (
        "project_qkv",
        "def project_qkv(x, W_q, W_k, W_v):\n    return [torch.einsum('...sd,dh->...sh', x, W) for W in (W_q, W_k, "
        "W_v)]",
    ),
    "scores by broadcasting": (
        "attention_scores",
        "def attention_scores(Q, K, scale=None):\n"
        "    scale = Q.shape[-1] ** -0.5 if scale is None else scale\n"
        "    return (Q.unsqueeze(-2) * K.unsqueeze(-3)).sum(-1) * scale",
    ),
    "scores in float64": (
        "attention_scores",
        "def attention_scores(Q, K, scale=None):\n"
        "    scale = 1 / math.sqrt(K.size(-1)) if scale is None else scale\n"
        "    return (Q.double() @ K.double().mT * scale).float()",
    ),
    "softmax by hand, shifted by the largest score": (
        "attention_weights",
        "def attention_weights(scores, mask=None):\n"
        "    if mask is not None:\n        scores = torch.where(mask, scores, -math.inf)\n"
        "    e = (scores - scores.amax(-1, keepdim=True)).exp()\n    return e / e.sum(-1, keepdim=True)",
    ),
    "an additive mask, with prints and a warning": (
        "attention_weights",
        "def attention_weights(scores, mask=None):\n"
        "    import warnings; warnings.warn('hello'); print(scores)\n"
        "    if mask is not None:\n"
        "        scores = scores + torch.zeros(mask.shape).masked_fill(~mask, float('-inf'))\n"
        "    return F.softmax(scores, -1)",
    ),
    "mix by broadcasting": (
        "aggregate_values",
        "def aggregate_values(weights, V):\n    return (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)",
    ),
    "a head that calls its layers, made in another order": (
        "attention_head",
        "class AttentionHead(nn.Module):\n"
        "    def __init__(self, d_model, d_head):\n        super().__init__()\n"
        "        self.W_v = nn.Linear(d_model, d_head, bias=False)\n"
        "        self.W_q = nn.Linear(d_model, d_head, bias=False)\n"
        "        self.W_k = nn.Linear(d_model, d_head, bias=False)\n"
        "    def forward(self, x, mask=None):\n"
        "        w = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)\n"
        "        return [aggregate_values(w, self.W_v(x)), w]",
    ),
}

HEAD = (
    "class AttentionHead(nn.Module):\n"
    "    def __init__(self, d_model, d_head):\n        super().__init__()\n        {init}\n"
    "    def forward(self, x, mask=None):\n        {forward}\n"
)
INIT = "self.W_q, self.W_k, self.W_v = (nn.Linear(d_model, d_head, bias=False) for _ in range(3))"
FORWARD = (
    "w = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask); "
    "return aggregate_values(w, self.W_v(x)), w"
)


def function(answer, body):
    heads = {
        "project_qkv": "project_qkv(x, W_q, W_k, W_v)",
        "attention_scores": "attention_scores(Q, K, scale=None)",
        "attention_weights": "attention_weights(scores, mask=None)",
        "aggregate_values": "aggregate_values(weights, V)",
    }
    return f"def {heads[answer]}:\n    " + body.replace("; ", "\n    ")


# answer, its text, words of the sentence that names the cause
WRONG = {
    "not written": ("attention_scores", function("attention_scores", "raise NotImplementedError()"), "not written yet"),
    "not defined": ("attention_scores", "pass", "not defined"),
    "nothing returned": ("aggregate_values", function("aggregate_values", "weights @ V"), "return"),
    "q for k": ("project_qkv", function("project_qkv", "return x @ W_q, x @ W_q, x @ W_v"), "W_k"),
    "two results": ("project_qkv", function("project_qkv", "return x @ W_q, x @ W_k"), "three tensors"),
    "batch dropped": (
        "project_qkv",
        function("project_qkv", "return tuple((x.reshape(-1, x.shape[-1]) @ W) for W in (W_q, W_k, W_v))"),
        "shape",
    ),
    "cut from the gradient": (
        "project_qkv",
        function("project_qkv", "return tuple((x @ W).detach() for W in (W_q, W_k, W_v))"),
        "detach",
    ),
    "no scaling": (
        "attention_scores",
        function("attention_scores", "return Q @ K.transpose(-2, -1) * (1 if scale is None else scale)"),
        "scale missing",
    ),
    "scaled by d_k": (
        "attention_scores",
        function("attention_scores", "return Q @ K.transpose(-2, -1) * (1 / Q.shape[-1] if scale is None else scale)"),
        "root",
    ),
    "scaled by the number of tokens": (
        "attention_scores",
        function(
            "attention_scores", "return Q @ K.transpose(-2, -1) * (Q.shape[-2] ** -0.5 if scale is None else scale)"
        ),
        "d_k",
    ),
    "scale ignored": (
        "attention_scores",
        function("attention_scores", "return Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])"),
        "`scale`",
    ),
    "zero taken for None": (
        "attention_scores",
        function("attention_scores", "return Q @ K.transpose(-2, -1) * (scale or Q.shape[-1] ** -0.5)"),
        "is None",
    ),
    "K.T on a batch": (
        "attention_scores",
        function("attention_scores", "return Q @ K.T * (Q.shape[-1] ** -0.5 if scale is None else scale)"),
        "stopped with",
    ),
    "Q changed in place": (
        "attention_scores",
        function(
            "attention_scores", "Q *= Q.shape[-1] ** -0.5 if scale is None else scale; return Q @ K.transpose(-2, -1)"
        ),
        "in place",
    ),
    "softmax over dim 0": (
        "attention_weights",
        function("attention_weights", "return torch.softmax(scores, 0)"),
        "dimension",
    ),
    "softmax over dim 1": (
        "attention_weights",
        function(
            "attention_weights",
            "scores = scores if mask is None else scores.masked_fill(~mask, -math.inf); return torch.softmax(scores, "
            "1)",
        ),
        "last dimension",
    ),
    "mask ignored": ("attention_weights", function("attention_weights", "return scores.softmax(-1)"), "mask"),
    "mask inverted": (
        "attention_weights",
        function(
            "attention_weights", "return (scores if mask is None else scores.masked_fill(mask, -1e30)).softmax(-1)"
        ),
        "upside down",
    ),
    "mask after softmax": (
        "attention_weights",
        function("attention_weights", "return scores.softmax(-1) * (1 if mask is None else mask)"),
        "before the softmax",
    ),
    "mask by a small number": (
        "attention_weights",
        function(
            "attention_weights", "return (scores if mask is None else scores.masked_fill(~mask, -10.0)).softmax(-1)"
        ),
        "mask",
    ),
    "mask by minus a thousand": (
        "attention_weights",
        function(
            "attention_weights", "return (scores if mask is None else scores.masked_fill(~mask, -1e3)).softmax(-1)"
        ),
        "minus infinity",
    ),
    "unstable softmax": (
        "attention_weights",
        function(
            "attention_weights",
            "e = scores.exp() * (1 if mask is None else mask); return e / e.sum(-1, keepdim=True)",
        ),
        "overflow",
    ),
    "scores changed in place": (
        "attention_weights",
        function(
            "attention_weights",
            "scores = scores if mask is None else scores.masked_fill_(~mask, -math.inf); return scores.softmax(-1)",
        ),
        "in place",
    ),
    "transposed weights": ("aggregate_values", function("aggregate_values", "return weights.mT @ V"), "stopped with"),
    "uniform weights": (
        "attention_weights",
        function("attention_weights", "return torch.ones_like(scores) / scores.shape[-1]"),
        "Softmax",
    ),
    "a bias": ("attention_head", HEAD.format(init=INIT.replace("bias=False", "bias=True"), forward=FORWARD), "bias"),
    "shared projections": (
        "attention_head",
        HEAD.format(init="self.W_q = self.W_k = self.W_v = nn.Linear(d_model, d_head, bias=False)", forward=FORWARD),
        "layer of its own",
    ),
    "only the output": ("attention_head", HEAD.format(init=INIT, forward=FORWARD.replace(", w", "", 9)), ""),
    "mask not handed on": (
        "attention_head",
        HEAD.format(init=INIT, forward=FORWARD.replace(", mask)", ")")),
        "mask",
    ),
    "fresh matrices at each call": (
        "attention_head",
        HEAD.format(init=INIT, forward=INIT.replace("d_model, d_head", "x.shape[-1], 4") + "; " + FORWARD),
        "",
    ),
    "results swapped": (
        "attention_head",
        HEAD.format(
            init=INIT,
            forward=FORWARD.replace("aggregate_values(w, self.W_v(x)), w", "w, aggregate_values(w, self.W_v(x))"),
        ),
        "shape",
    ),
    "values left out": (
        "attention_head",
        HEAD.format(init=INIT, forward=FORWARD.replace("self.W_v(x)", "self.W_k(x)")),
        "W_v",
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_reference_passes_every_check(judge, text_of, answer):
    records = judge(answer, text_of[answer])
    assert [record for record in records if record["passed"] is not True] == []
    assert any(record["hidden"] for record in records) and not all(record["hidden"] for record in records)


@pytest.mark.parametrize("answer, text", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_in_another_style_passes(judge, answer, text):
    assert [record for record in judge(answer, text) if record["passed"] is not True] == []


@pytest.mark.parametrize("answer, text, words", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_fails_and_is_told_why(judge, answer, text, words):
    failed = [record for record in judge(answer, text) if record["passed"] is False]
    assert failed
    assert any(words in record["message"] for record in failed), [record["message"] for record in failed]


@pytest.mark.parametrize(
    "left_behind",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "torch.manual_seed(3)",
        "torch.inference_mode().__enter__()",
        "import warnings; warnings.simplefilter('error')",
    ],
)
def test_settings_that_a_cell_left_behind_change_no_verdict(text_of, left_behind):
    import subprocess
    import sys

    cells = [text_of["setup"], text_of["attention_scores"], left_behind, text_of["test_attention_scores"]]
    done = subprocess.run([sys.executable, "-c", "\n".join(cells)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
