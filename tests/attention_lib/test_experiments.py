"""The four comparisons: their numbers on known inputs, sentences for right and wrong functions, and their errors."""

import math
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from attention_lib.embedding import head_input, head_weights
from attention_lib.experiments import (
    against_torch,
    heads,
    one_head_or_all,
    slider,
    temperatures,
    with_and_without_scaling,
    yours_or_torch,
)
from attention_lib.experiments.peak_memory import peak_bytes
from attention_lib.experiments.weight_bars import entropy_bits
from attention_lib.pictures.display import Picture
from attention_lib.tokenization import tokenize
from attention_lib.visualizations import PictureError

TOKENS, IDS = tokenize("The cat lay on the mat because it was tired. The cat")
N = len(TOKENS)
CAUSAL = torch.ones(N, N, dtype=torch.bool).tril()


def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x @ W_v


def attention_scores(Q, K, scale=None):
    return Q @ K.transpose(-2, -1) * (Q.shape[-1] ** -0.5 if scale is None else scale)


def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1)


def aggregate_values(weights, V):
    return weights @ V


@pytest.fixture(scope="module")
def head():
    return head_input(IDS), *head_weights()


@pytest.fixture(scope="module")
def qk(head):
    return project_qkv(*head)[:2]


def scaling(qk, scores=attention_scores, weights=attention_weights, **settings):
    return with_and_without_scaling(scores, weights, *qk, TOKENS, CAUSAL, **settings)


def heated(qk, scores=attention_scores, weights=attention_weights, **settings):
    return temperatures(scores, weights, *qk, TOKENS, CAUSAL, **settings)


def against(head, **functions):
    given = (
        dict(
            project_qkv=project_qkv,
            attention_scores=attention_scores,
            attention_weights=attention_weights,
            aggregate_values=aggregate_values,
        )
        | functions
    )
    return yours_or_torch(*given.values(), *head, CAUSAL)


def texts(picture):
    return [text.get_text() for text in picture.findobj(lambda artist: hasattr(artist, "get_text"))]


def raises(error):
    def function(*args, **settings):
        raise error

    return function


# Entropy and memory


def test_entropy_of_known_rows():
    rows = [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4, [0.5, 0.25, 0.25, 0]]
    assert entropy_bits(rows) == pytest.approx([0, 1, 2, 1.5])


def test_peak_memory_counts_what_lives_at_once():
    def one_after_the_other():
        for _ in range(3):
            torch.empty(1000, dtype=torch.float32)

    def both_at_once():
        a = torch.empty(1000, dtype=torch.float32)
        return a, torch.empty(1000, dtype=torch.float32)

    assert peak_bytes(one_after_the_other) == 4000
    assert peak_bytes(both_at_once) == 8000


def test_peak_memory_writes_nothing_and_gives_the_error_stream_back(capfd):
    peak_bytes(lambda: torch.empty(10))
    assert capfd.readouterr().err == ""
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


# With and without the scale


def test_scaling_gives_the_entropies_of_the_queries_row(qk):
    result = scaling(qk)
    Q, K = qk
    for bits, mean, scale in (
        (result.bits_with, result.mean_bits_with, None),
        (result.bits_without, result.mean_bits_without, 1.0),
    ):
        weights = attention_weights(attention_scores(Q, K, scale), CAUSAL)
        expected = torch.special.entr(weights.double()).sum(-1) / math.log(2)
        assert bits == pytest.approx(float(expected[TOKENS.index("it")]), abs=1e-5)
        assert mean == pytest.approx(float(expected.mean()), abs=1e-5)


def test_scaling_shows_what_growing_heads_do(qk):
    result = scaling(qk)
    assert result.sizes[0] == 4 and result.sizes[-1] == 512
    assert min(result.random_bits_with) > 3
    assert result.random_bits_without[-1] < 0.5 < result.random_bits_without[0]
    assert min(result.gradients_with) > 0.25
    assert result.gradients_without[-1] < 0.1
    assert "falls from" in result.sentence and "keeps attention from all-or-nothing" in result.sentence
    assert f"{result.bits_with:.2f} bits" in result.sentence


def test_gradient_size_is_that_of_the_softmax():
    from attention_lib.experiments.scaling import _mean_gradient

    torch.manual_seed(3)
    scores = torch.randn(5, 4, requires_grad=True)
    weights = torch.softmax(scores, -1)
    w = weights.detach()
    jacobians = torch.diag_embed(w) - w[:, :, None] * w[:, None, :]
    assert _mean_gradient(weights, scores) == pytest.approx(float(jacobians.flatten(1).norm(dim=1).mean()), rel=1e-5)


def test_scaling_says_when_there_is_no_difference(qk):
    ignores = scaling(qk, scores=lambda Q, K, scale=None: attention_scores(Q, K))
    forgets = scaling(qk, scores=lambda Q, K, scale=None: attention_scores(Q, K, 1.0 if scale is None else scale))
    for result in (ignores, forgets):
        assert result.bits_with == result.bits_without
        assert "nothing to compare yet" in result.sentence
        assert "all-or-nothing" not in result.sentence


def test_scaling_draws_no_wrong_lesson_from_a_wrong_scale(qk):
    too_large = scaling(qk, scores=lambda Q, K, scale=None: attention_scores(Q, K, 2.0 if scale is None else scale))
    assert too_large.random_bits_with[-1] < too_large.random_bits_without[-1]
    assert "all-or-nothing" not in too_large.sentence


def test_scaling_is_the_same_twice_and_leaves_the_random_state(qk):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    assert scaling(qk) == scaling(qk)
    assert torch.equal(torch.get_rng_state(), before)


def test_scaling_needs_a_gradient(qk):
    with pytest.raises(PictureError, match="No gradient passes through `attention_weights`"):
        scaling(qk, weights=lambda scores, mask=None: attention_weights(scores, mask).detach())


def test_scaling_works_where_gradients_are_switched_off(qk):
    with torch.no_grad():
        assert scaling(qk).gradients_with[0] > 0


# Temperature


def test_temperatures_give_the_weights_of_divided_scores(qk):
    result = heated(qk)
    scores = attention_scores(*qk)
    for value, largest, bits in zip(result.values, result.largest, result.bits):
        row = attention_weights(scores / value, CAUSAL)[TOKENS.index("it")]
        assert largest == pytest.approx(float(row.max()), abs=1e-6)
        assert bits == pytest.approx(float(torch.special.entr(row.double()).sum() / math.log(2)), abs=1e-5)
    assert list(result.bits) == sorted(result.bits)
    assert set(result.favourites) == {"the first “cat”"}
    assert "a low temperature sharpens" in result.sentence and "favourite stays the same" in result.sentence
    assert sum(text.startswith("T = ") for text in texts(result.picture)) == 5


def test_temperatures_say_when_nothing_changes(qk):
    def uniform(scores, mask=None):
        return attention_weights(scores * 0, mask)

    assert "the same at every temperature" in heated(qk, weights=uniform).sentence


def test_temperatures_draw_no_wrong_lesson(qk):
    def upside_down(scores, mask=None):
        return attention_weights(10 / (scores + 20), mask)

    result = heated(qk, weights=upside_down, values=(0.25, 4))
    assert result.bits[0] != result.bits[1]
    sharpens = result.bits[1] > result.bits[0]
    assert ("a low temperature sharpens" in result.sentence) == sharpens


def test_temperatures_with_a_favourite_that_changes(qk):
    def by_size(scores, mask=None):
        key = 0 if scores.abs().max() > 10 else 1
        weights = torch.full_like(scores, 0.01)
        weights[:, key] = 1 - 0.01 * (scores.shape[1] - 1)
        return weights

    result = heated(qk, weights=by_size, values=(0.01, 1000))
    assert result.favourites == ("the first “The”" if TOKENS.count("The") > 1 else "“The”", "the first “cat”")
    assert "favourite is not always the same" in result.sentence
    assert "sharpens" not in result.sentence


@pytest.mark.parametrize("values", [(1,), (1, 1), (0, 1), (-1, 1), (1, math.nan), range(1, 9), "ab", 3])
def test_temperatures_refuse_other_values(qk, values):
    with pytest.raises(PictureError, match="temperature"):
        heated(qk, values=values)


def test_no_slider_without_a_page():
    assert not slider.slider_runs()


def test_no_slider_without_ipywidgets(monkeypatch):
    monkeypatch.setattr(slider, "get_ipython", lambda: in_a_page())
    monkeypatch.setattr(slider, "find_spec", lambda name: None)
    assert not slider.slider_runs()


def in_a_page(metadata=None):
    """A shell as a page's request leaves it: the cell's id came along."""

    class Kernel:
        def get_parent(self, channel):
            return {"metadata": {"cellId": "a1"} if metadata is None else metadata}

    class Shell:
        kernel = Kernel()

    return Shell()


def test_a_slider_where_a_page_sent_the_cell(monkeypatch):
    monkeypatch.setattr(slider, "find_spec", lambda name: object())
    monkeypatch.setattr(slider, "get_ipython", lambda: in_a_page())
    assert slider.slider_runs()
    monkeypatch.setattr(slider, "get_ipython", lambda: in_a_page({}))
    assert not slider.slider_runs()


def test_the_slider_draws_anew_and_shows_a_refusal_in_words():
    pytest.importorskip("ipywidgets")
    asked = []

    def draw(value):
        asked.append(value)
        if value > 3:
            raise PictureError("`attention_weights` stopped.")
        return Picture(1, 1)

    control, box = slider.make_slider(draw, lowest=0.25, highest=4)
    page = box.children[1]
    assert asked == [pytest.approx(1)] and page.value.startswith("<img")
    control.value = control.options[-1][1]
    assert asked[-1] == pytest.approx(4) and page.value == "`attention_weights` stopped."


# One head or all


def patterns(rows):
    """One layer whose heads give `rows (heads, n)` to every query."""
    rows = torch.tensor(rows)
    return rows[None, :, None, :].expand(1, len(rows), rows.shape[1], rows.shape[1])


def test_heads_count_favourites_and_overlap():
    given = patterns([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])
    result = one_head_or_all(given, None, "a b c d".split(), "b", (0, 1))
    assert result.favourites == ("“a”", "“a”", "“d”")
    assert result.different_favourites == 2
    assert result.mean_overlap == pytest.approx((0.5 + 0 + 0) / 3)
    assert result.lengths is None
    assert "1 of the 3 heads of the layer look" in result.sentence and "17% of their weight" in result.sentence
    assert "reads several things" in result.sentence


def test_heads_that_agree_are_told_so():
    result = one_head_or_all(patterns([[0.9, 0.1], [0.8, 0.2]]), None, ["a", "b"], "a", (0, 0))
    assert result.different_favourites == 1 and result.mean_overlap == pytest.approx(0.9)
    assert "all 2 heads" in result.sentence and "several things" not in result.sentence


def test_a_single_head_is_told_so():
    assert "only head" in one_head_or_all(patterns([[0.9, 0.1]]), None, ["a", "b"], "a", (0, 0)).sentence
    assert heads.mean_overlap(np.array([[0.9, 0.1]])) == 1


def test_heads_with_outputs_tell_how_much_is_added():
    outputs = torch.zeros(1, 2, 2, 3)
    outputs[0, 0, 1, 0], outputs[0, 1, 1, 1] = 3.0, 1.0
    result = one_head_or_all(patterns([[0.9, 0.1], [0.2, 0.8]]), outputs, ["a", "b"], "b", (0, 0))
    assert result.lengths == (3.0, 1.0)
    assert "75% of the summed lengths" in result.sentence
    assert "length added" in texts(result.picture)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"chosen": (1, 0)}, "there are 1 layers of 2 heads"),
        ({"chosen": 3}, "give \\(layer, head\\)"),
        ({"query": "z"}, "not among the tokens"),
        ({"patterns": torch.ones(2, 2)}, "the picture needs"),
        ({"patterns": patterns([[2.0, 0.1], [0.2, 0.8]])}, "between 0 and 1"),
        ({"outputs_or_none": torch.ones(3)}, "`outputs_or_none` has shape"),
    ],
)
def test_heads_refuse_what_does_not_fit(settings, message):
    given = (
        dict(
            patterns=patterns([[0.9, 0.1], [0.2, 0.8]]),
            outputs_or_none=None,
            tokens=["a", "b"],
            query="a",
            chosen=(0, 0),
        )
        | settings
    )
    with pytest.raises(PictureError, match=message):
        one_head_or_all(**given)


# Yours or torch


def test_right_functions_agree_with_torch(head):
    result = against(head)
    assert result.outputs_agree and result.gradients_agree and result.without_gradient == ()
    assert 0 <= result.largest_difference < 1e-5
    assert min(result.your_seconds, result.torch_seconds, result.your_seconds_long, result.torch_seconds_long) > 0
    assert result.your_bytes_long >= 4 * result.long**2
    assert "the same numbers" in result.sentence and "and the same gradients" in result.sentence
    assert texts(result.picture).count("agree") == 2


def test_wrong_functions_are_told_so(head):
    result = against(head, attention_scores=lambda Q, K, scale=None: attention_scores(Q, K, 1.0))
    assert not result.outputs_agree and not result.gradients_agree
    assert "other numbers" in result.sentence and "and other gradients" in result.sentence
    assert texts(result.picture).count("differ") == 2


def test_the_difference_is_the_largest_one(head):
    def a_bit_off(weights, V):
        mixed = weights @ V
        return mixed + torch.zeros_like(mixed).index_put((torch.tensor(2), torch.tensor(3)), torch.tensor(0.5))

    result = against(head, aggregate_values=a_bit_off)
    assert result.largest_difference == pytest.approx(0.5, abs=1e-4)
    assert not result.outputs_agree and result.gradients_agree
    assert "but the same gradients" in result.sentence


def test_missing_gradients_are_named(head):
    cut = against(head, attention_weights=lambda scores, mask=None: attention_weights(scores, mask).detach())
    assert cut.outputs_agree and not cut.gradients_agree and cut.without_gradient == ("Q", "K")
    assert "but no gradient reaches Q or K through them" in cut.sentence
    none = against(head, aggregate_values=lambda weights, V: (weights @ V).detach())
    assert none.without_gradient == ("Q", "K", "V") and none.gradient_difference is None
    assert "no gradient reaches Q, K or V" in none.sentence


def test_slow_functions_get_a_shorter_text(head, monkeypatch):
    monkeypatch.setattr(against_torch, "LONGEST_CALL", math.inf)
    assert against(head).long == against_torch.LONG
    monkeypatch.setattr(against_torch, "LONGEST_CALL", 0.0)
    result = against(head)
    assert result.long == against_torch.LONG_FOR_LOOPS and result.outputs_agree
    assert f"on {result.long} tokens" in result.sentence


def test_memory_sentence_follows_the_numbers(head):
    result = against(head)
    table = 4 * result.long**2
    told = "needs less than one table" in result.sentence
    assert told == (result.torch_bytes_long < table <= result.your_bytes_long)


def test_a_function_that_changes_its_input_does_no_harm(head):
    def in_place(Q, K, scale=None):
        Q *= Q.shape[-1] ** -0.5
        return Q @ K.transpose(-2, -1)

    before = [tensor.clone() for tensor in head]
    assert against(head, attention_scores=in_place).outputs_agree
    assert all(torch.equal(a, b) for a, b in zip(head, before))


# What every comparison says about functions that cannot be used


@pytest.mark.parametrize(
    "function, message",
    [
        (raises(NotImplementedError()), "`attention_scores` is not written yet"),
        (raises(RuntimeError("sizes do\nnot fit")), "`attention_scores` stopped with RuntimeError: sizes do not fit"),
        (lambda Q, K, scale=None: None, "`attention_scores` returns nothing yet"),
        (lambda Q, K, scale=None: 3, "`attention_scores` should return a tensor, but returns int"),
        (lambda Q, K, scale=None: Q, r"`attention_scores` returns shape \(13, 32\), but \(13, 13\)"),
        (lambda Q, K, scale=None: attention_scores(Q, K) * math.nan, "`attention_scores` returns holds NaN"),
        (None, "`attention_scores` should be a function"),
    ],
)
def test_unusable_scores_are_one_sentence(head, qk, function, message):
    for compare in (
        lambda: scaling(qk, scores=function),
        lambda: heated(qk, scores=function),
        lambda: against(head, attention_scores=function),
    ):
        with pytest.raises(PictureError, match=message) as caught:
            compare()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda scores, mask=None: scores, "attention weights lie between 0 and 1"),
        (lambda scores, mask=None: torch.softmax(scores, dim=0), "each row of weights adds up to 1"),
    ],
)
def test_weights_that_are_none_are_refused(qk, function, message):
    for compare in (scaling, heated):
        with pytest.raises(PictureError, match=message):
            compare(qk, weights=function)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda *inputs: inputs[0], "should return three tensors"),
        (lambda x, W_q, W_k, W_v: (x, x, x), r"Q from `project_qkv` has shape \(13, 192\)"),
        (raises(ValueError()), "`project_qkv` stopped with ValueError"),
    ],
)
def test_unusable_projections_are_refused(head, function, message):
    with pytest.raises(PictureError, match=message):
        against(head, project_qkv=function)


def test_a_function_that_only_fits_the_example_is_refused(head):
    def only_13(weights, V):
        return weights.view(13, 13) @ V

    with pytest.raises(PictureError, match="`aggregate_values` stopped with RuntimeError"):
        against(head, aggregate_values=only_13)


def test_an_interrupt_passes(qk):
    with pytest.raises(KeyboardInterrupt):
        scaling(qk, scores=raises(KeyboardInterrupt()))


def test_other_queries_and_tokens(qk):
    assert scaling(qk, query=-1).query == "the second “cat”"
    with pytest.raises(PictureError, match="occurs at positions"):
        heated(qk, query="cat")


# The pictures


def test_every_picture_has_its_sentence_as_alternative_text(head, qk):
    two_heads = patterns([[0.9, 0.1], [0.2, 0.8]])
    results = [scaling(qk), heated(qk), one_head_or_all(two_heads, None, ["a", "b"], "a", (0, 1)), against(head)]
    for result in results:
        assert result.sentence in result.picture.alt_text
        assert result.picture.get_size_inches()[0] <= 7.5
        assert result.picture.png().startswith(b"\x89PNG")
        assert re.search(r"[.!?]$", result.sentence) and "nan" not in result.sentence.lower()


def test_in_a_notebook_the_sentence_stands_under_the_picture():
    code = """
import IPython, torch
from IPython.utils.capture import capture_output
shell = IPython.core.interactiveshell.InteractiveShell.instance()
with capture_output() as caught:
    shell.run_cell('''
import torch
from attention_lib.experiments import one_head_or_all
weights = torch.tensor([[0.9, 0.1], [0.2, 0.8]])[None, :, None, :].expand(1, 2, 2, 2)
result = one_head_or_all(weights, None, ["a", "<b>"], "a", (0, 1))
''')
kinds = [output.data["text/html"].split(" ")[0] for output in caught.outputs]
assert kinds == ["<img", "<p"], kinds
assert "&lt;b&gt;" in caught.outputs[1].data["text/html"]
assert caught.outputs[1].data["text/plain"] == shell.user_ns["result"].sentence
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_neither_dynamo_nor_transformers_is_imported():
    """Both take seconds and much memory."""
    code = """
import sys, torch
from attention_lib.experiments import yours_or_torch
W = torch.randn(3, 8, 4)
yours_or_torch(lambda x, *W: [x @ w for w in W], lambda Q, K: Q @ K.T / 2,
    lambda s, m: torch.softmax(s.masked_fill(~m, -torch.inf), -1), lambda w, V: w @ V,
    torch.randn(5, 8), *W, torch.ones(5, 5).tril().bool())
assert "torch._dynamo" not in sys.modules and "transformers" not in sys.modules and "ipywidgets" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
