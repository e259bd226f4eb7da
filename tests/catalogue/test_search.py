"""A search for answers that the hidden tests and the contract judge differently."""

import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attention_lib.checks import begin_steadily, settings_kept
from tests.catalogue.contract import trouble
from tests.catalogue.entries import Entry, entries
from tests.catalogue.in_notebook import records, text_of
from tests.lesson_answers import ANSWERS

FUNCTIONS = [answer for answer in ANSWERS if answer != "attention_head"]
quick = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
leads = st.lists(st.integers(1, 3), max_size=2).map(tuple)
sizes = st.integers(1, 6)


@st.composite
def inputs(draw, answer: str):
    """Inputs that the contract allows."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    lead, n_q, n_k, d, d_v = draw(leads), draw(sizes), draw(sizes), draw(sizes), draw(sizes)
    match answer:
        case "project_qkv":
            return normal(*lead, n_q, d), normal(d, n_k), normal(d, n_k), normal(d, d_v)
        case "attention_scores":
            scales = st.none() | st.sampled_from([0, 0.0, 1, -1.5]) | st.floats(-3, 3, width=16)
            return normal(*lead, n_q, d), normal(*lead, n_k, d), draw(scales)
        case "attention_weights":
            scores = normal(*lead, n_q, n_k) * draw(st.sampled_from([1.0, 10.0, 3000.0]))
            return scores.clamp(-1e4, 1e4), draw(masks((*lead, n_q, n_k), generator))
        case "aggregate_values":
            return torch.rand(*lead, n_q, n_k, generator=generator), normal(*lead, n_k, d_v)


@st.composite
def masks(draw, shape: tuple[int, ...], generator: torch.Generator):
    """None, or a mask that broadcasts to `shape` and hides no row whole."""
    if draw(st.booleans()):
        return None
    kept = [size if draw(st.booleans()) else 1 for size in shape[:-1]] + [shape[-1]]
    mask = torch.rand(*kept[draw(st.integers(0, len(kept) - 1)) :], generator=generator) < 0.5
    mask[..., int(torch.randint(mask.shape[-1], (), generator=generator))] = True
    return mask


def function_of(entry: Entry):
    names: dict = {}
    exec(text_of()["setup"], names)
    exec(entry.source, names)
    return names[entry.answer]


@pytest.mark.parametrize(
    "entry",
    [e for e in (*entries(), *entries("held_out")) if e.right and e.answer in FUNCTIONS],
    ids=lambda e: f"{e.answer}: {e.what}",
)
def test_no_input_is_found_for_which_an_accepted_answer_breaks_the_contract(entry):
    with settings_kept():
        function = function_of(entry)
        begin_steadily(0)

        @quick
        @given(inputs(entry.answer))
        def search(given_inputs):
            assert trouble(entry.answer, function, *given_inputs) == ""

        search()


PARTS = {
    "project_qkv": (
        "def project_qkv(x, W_q, W_k, W_v):\n    {before}\n    return {wrap}((x @ {q}, x @ {k}, x @ {v}))",
        {
            "before": [
                "pass",
                "x = x.reshape(-1, x.shape[-1])",
                "x = x.clone()",
                "x = x.detach()",
                "x *= 1.5",
                "x = x + 0",
            ],
            "wrap": ["tuple", "list", ""],
            "q": ["W_q", "W_q * 1.0", "W_q.clone()"],
            "k": ["W_k", "W_k.clone()", "W_q", "W_k.detach()"],
            "v": ["W_v", "W_v[:, :]", "W_k"],
        },
    ),
    "attention_scores": (
        "def attention_scores(Q, K, scale=None):\n    {before}\n    scale = {default} if {asks} else {given}\n"
        "    return {product} * scale",
        {
            "before": ["pass", "Q = Q.clone()", "K = K.double().float()", "Q = Q.detach()", "K.mul_(1.01)"],
            "default": [
                "Q.shape[-1] ** -0.5",
                "1 / Q.shape[-1]",
                "1.0",
                "K.shape[-2] ** -0.5",
                "1 / math.sqrt(K.size(-1))",
            ],
            "asks": ["scale is None", "not scale", "scale in (None, 1)"],
            "given": ["scale", "abs(scale)", "float(scale)", "scale * Q.shape[-1] ** -0.5"],
            "product": [
                "Q @ K.mT",
                "(Q @ K.transpose(-1, -2))",
                "(K @ Q.mT).mT",
                "torch.einsum('...qd,...kd->...qk', Q, K)",
            ],
        },
    ),
    "attention_weights": (
        "def attention_weights(scores, mask=None):\n    {before}\n    if mask is not None:\n        {hide}\n"
        "    return {softmax}",
        {
            "before": ["pass", "scores = scores * 1.0", "scores = scores.detach()", "scores = scores.clone()"],
            "hide": [
                f"scores = scores.masked_fill({mask}, {low})"
                for mask in ("~mask", "mask == 0", "mask")
                for low in ("-math.inf", "-1e9", "-1e3", "-30.0")
            ]
            + ["scores = torch.where(mask, scores, -1e30)", "scores.masked_fill_(~mask, -math.inf)", "pass"],
            "softmax": [
                "scores.softmax(-1)",
                "scores.softmax(scores.dim() - 1)",
                "scores.softmax(-2)",
                "scores.softmax(1)",
                "(scores - scores.logsumexp(-1, keepdim=True)).exp()",
                "scores.exp() / scores.exp().sum(-1, keepdim=True)",
                "scores.softmax(-1).double().float()",
            ],
        },
    ),
    "aggregate_values": (
        "def aggregate_values(weights, V):\n    {before}\n    return {mix}",
        {
            "before": [
                "pass",
                "V = V.clone()",
                "weights = weights / weights.sum(-1, keepdim=True)",
                "V = V.detach()",
                "weights.div_(2)",
                "weights = weights.softmax(-1)",
            ],
            "mix": [
                "weights @ V",
                "torch.matmul(weights, V)",
                "torch.mm(weights, V)",
                "(V.mT @ weights.mT).mT",
                "weights.mT @ V",
                "(weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)",
                "V.mean(-2, keepdim=True).expand(*weights.shape[:-1], V.shape[-1])",
            ],
        },
    ),
}
# The contract's edges, which random inputs would seldom meet.
EDGES = {
    "attention_scores": [(torch.randn(2, 3, 4), torch.randn(2, 5, 4), scale) for scale in (None, 0, 0.0, 1, -1.5)],
    "attention_weights": [
        (torch.tensor([[1e4, 0.0, -1e4], [-1e4] * 3]), torch.tensor([[False, True, True], [True, False, True]])),
        (torch.tensor([[1e4, 1.0], [-1e4, -1e4]]), None),
        (torch.randn(2, 3, 4), torch.tensor([True, False, True, True])),
    ],
}


@pytest.mark.parametrize("answer", FUNCTIONS)
def test_the_hidden_tests_and_the_contract_agree_on_programs_made_of_parts(answer):
    """Right and wrong parts are put together at random; then the verdict of the tests is that of the contract."""
    template, parts = PARTS[answer]
    seen: dict[bool, int] = {True: 0, False: 0}

    def breaks(function) -> str:
        tried = EDGES.get(answer, []) + _drawn(answer)
        return next(filter(None, (trouble(answer, function, *each) for each in tried)), "")

    @settings(quick, max_examples=60)
    @given(st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in parts.items()}))
    def search(chosen):
        source = template.format(**chosen)
        entry = Entry(answer, True, "made of parts", "", source)
        passed = all(record.passed is True for record in records(entry))
        why = breaks(function_of(entry))
        seen[passed] += 1
        assert passed == (why == ""), f"the tests say {passed}, the contract says {why or 'right'}:\n{source}"

    search()
    assert min(seen.values()) >= 2, "the search met right and wrong programs"


def _drawn(answer: str) -> list[tuple]:
    """Inputs of many shapes, the same in every run."""
    found: list[tuple] = []

    @settings(quick, max_examples=30)
    @given(inputs(answer))
    def draw(each):
        found.append(each)

    draw()
    assert not any(math.isnan(float(v.sum())) for each in found for v in each if isinstance(v, torch.Tensor))
    return found
