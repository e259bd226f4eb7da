"""The shipped model with its own attention and with functions written by hand."""

import json
import math
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, OPTConfig, OPTForCausalLM
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

import training
from attention_lib import embedding, mini_transformer
from attention_lib.embedding import head_input, head_weights
from attention_lib.mini_transformer import (
    AttentionProblem,
    MissingWeights,
    ModelUnavailable,
    OtherArchitecture,
    attend_with,
    continuation,
    head_of,
    head_output,
    load,
    next_token_probabilities,
    perplexity,
)
from attention_lib.model import files as model_files
from attention_lib.model.files import WEIGHTS_FOLDER
from attention_lib.tokenization import tokenize
from training.pronouns import PROMPT_EXAMPLE

HELD_OUT = Path(training.__file__).parent / "held_out.txt"


def scores(Q, K, scale=None):
    return Q @ K.transpose(-2, -1) * (1 / math.sqrt(Q.shape[-1]) if scale is None else scale)


def weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1)


def values(weights, V):
    return weights @ V


RIGHT = {"attention_scores": scores, "attention_weights": weights, "aggregate_values": values}


def attend(model, **instead):
    return attend_with(model, **(RIGHT | instead))


@pytest.fixture(scope="module")
def loaded():
    return load()


@pytest.fixture
def model(loaded):
    yield loaded[0]
    assert loaded[0].config._attn_implementation == "eager"
    assert not [name for name in ALL_ATTENTION_FUNCTIONS if "attention101" in name]


@pytest.fixture(scope="module")
def tokenizer(loaded):
    return loaded[1]


@pytest.fixture(scope="module")
def ids(tokenizer):
    return torch.tensor([tokenizer(PROMPT_EXAMPLE + " slept")["input_ids"]])


@torch.no_grad()
def logits(model, ids, **settings):
    return model(ids, **settings).logits


def assert_same(got, want):
    torch.testing.assert_close(got, want, rtol=0, atol=1e-4)


def test_the_model_is_ready_to_be_read(model, tokenizer):
    assert not model.training and model.dtype == torch.float32
    assert tokenizer(PROMPT_EXAMPLE)["input_ids"] == tokenize(PROMPT_EXAMPLE)[1].tolist()


@pytest.mark.parametrize("length", range(1, 15))
def test_right_functions_give_the_logits_of_the_model(model, ids, length):
    assert ids.shape == (1, 14)
    prompt = ids[:, :length]
    want = logits(model, prompt)
    with attend(model):
        assert_same(logits(model, prompt), want)


@pytest.mark.parametrize("length", range(2, 15))
def test_the_last_token_moves_no_logits_before_it(model, ids, length):
    prompt = ids[:, :length]
    changed = prompt.clone()
    changed[0, -1] = 7
    assert changed[0, -1] != prompt[0, -1]
    with attend(model):
        before, after = logits(model, prompt), logits(model, changed)
    assert torch.equal(before[:, :-1], after[:, :-1])
    assert not torch.allclose(before[:, -1], after[:, -1], atol=0.1)


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_changes_nothing_for_the_real_tokens(model, ids, side):
    lengths = [3, 8, 14]
    rows = torch.zeros(3, 14, dtype=torch.long)
    real = torch.zeros(3, 14, dtype=torch.bool)
    for row, n in enumerate(lengths):
        place = slice(14 - n, 14) if side == "left" else slice(0, n)
        rows[row, place], real[row, place] = ids[0, :n], True
    positions = (real.cumsum(dim=1) - 1).clamp(min=0)
    settings = {"attention_mask": real.long(), "position_ids": positions}
    want = logits(model, rows, **settings)
    seen = []

    def watched(scores, mask=None):
        seen.append(mask)
        return weights(scores, mask)

    with attend(model, attention_weights=watched):
        got = logits(model, rows, **settings)
    assert_same(got[real], want[real])
    for row, n in enumerate(lengths):
        assert_same(got[row][real[row]], logits(model, ids[:, :n])[0])
    assert all(mask.shape == (3, 1, 14, 14) and mask.dtype == torch.bool for mask in seen)
    if side == "left":  # a query of the padding before the text sees itself alone
        assert torch.equal(seen[0][0, 0, :11], torch.eye(14, dtype=torch.bool)[:11])


def test_a_cache_gives_the_same(model, ids):
    want = logits(model, ids)
    with attend(model), torch.no_grad():
        first = model(ids[:, :5], use_cache=True)
        middle = model(ids[:, 5:9], cache=first.past_key_values, use_cache=True)
        last = model(ids[:, 9:10], cache=middle.past_key_values, use_cache=True)
    assert_same(torch.cat([first.logits, middle.logits, last.logits], dim=1), want[:, :10])


@pytest.mark.parametrize("use_cache", [True, False])
def test_a_padded_batch_goes_on_as_with_the_model(model, tokenizer, ids, use_cache):
    rows = torch.stack([torch.cat([torch.zeros(9, dtype=torch.long), ids[0, :5]]), ids[0]])
    real = torch.ones_like(rows)
    real[0, :9] = 0
    settings = {"attention_mask": real, "max_new_tokens": 17, "do_sample": False, "use_cache": use_cache}
    want = model.generate(rows, **settings)
    with attend(model):
        assert torch.equal(model.generate(rows, **settings), want)


def test_gradients_flow_as_in_the_model(model, ids):
    def gradient():
        model.zero_grad()
        model(ids, labels=ids).loss.backward()
        return model.transformer.h[1].attn.c_attn.weight.grad.clone()

    want = gradient()
    with attend(model):
        torch.testing.assert_close(gradient(), want, rtol=1e-4, atol=1e-5)
    model.zero_grad()


def test_all_heads_can_be_seen(model, ids):
    want = model(ids, output_attentions=True).attentions
    with attend(model):
        got = model(ids, output_attentions=True).attentions
    assert len(got) == 4
    for one, other in zip(got, want):
        assert_same(one, other)


def test_weights_that_ignore_the_mask_look_ahead(model, tokenizer, ids):
    changed = ids.clone()
    changed[0, -1] = 7
    right = perplexity(model, tokenizer, PROMPT_EXAMPLE)
    with attend(model, attention_weights=lambda scores, mask=None: scores.softmax(dim=-1)):
        before, after = logits(model, ids), logits(model, changed)
        wrong = perplexity(model, tokenizer, PROMPT_EXAMPLE)
    assert (before[:, :-1] - after[:, :-1]).abs().amax(dim=-1).min() > 0.01
    assert abs(wrong - right) > 0.1


@pytest.mark.parametrize(
    "wrong",
    [
        {"attention_scores": lambda Q, K, scale=None: Q @ K.transpose(-2, -1)},
        {"attention_scores": lambda Q, K, scale=None: scores(K, Q)},
        {"attention_weights": lambda s, mask=None: s.masked_fill(~mask, -1e9).softmax(dim=0)},
        {"attention_weights": lambda s, mask=None: s.masked_fill(~mask, -1e9).softmax(dim=-2)},
        {"aggregate_values": lambda w, V: torch.zeros_like(V)},
    ],
)
def test_wrong_numbers_make_the_model_worse(model, tokenizer, wrong):
    text = HELD_OUT.read_text(encoding="utf-8")[:400]
    right, text_right = perplexity(model, tokenizer, text), continuation(model, tokenizer, PROMPT_EXAMPLE)
    with attend(model, **wrong):
        assert perplexity(model, tokenizer, text) > 1.2 * right
        assert continuation(model, tokenizer, PROMPT_EXAMPLE) != text_right


def raises(*_, **__):
    print("noise")
    raise KeyError("oh")


def stops(*_, **__):
    sys.exit("enough")


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize(
    "wrong, said",
    [
        (raises, r"stopped with KeyError in line \d+, given .*: 'oh'"),
        (stops, r"stopped with SystemExit in line \d+, given .*: enough"),
        (lambda *_: None, r"returned None \(is a `return` missing\?\) instead of a tensor of shape \(1, 6, 14, "),
        (lambda *given: list(given), r"returned a list of 2 things instead of a tensor of shape \(1, 6, 14, "),
        (lambda first, _: first[..., :1, :], r"returned shape \(1, 6, 1, \d+\) instead of \(1, 6, 14, "),
    ],
)
def test_a_function_that_fails_is_named_with_layer_and_shapes(model, ids, capsys, name, wrong, said):
    given = {
        "attention_scores": "given Q of shape (1, 6, 14, 32) and K of shape (1, 6, 14, 32)",
        "attention_weights": "given scores of shape (1, 6, 14, 14) and mask of shape (1, 1, 14, 14)",
        "aggregate_values": "given weights of shape (1, 6, 14, 14) and V of shape (1, 6, 14, 32)",
    }
    with pytest.raises(AttentionProblem, match=rf"^In layer 0 of the model, `{name}` {said}") as caught:
        with attend(model, **{name: wrong}):
            model(ids)
    message = str(caught.value)
    assert given[name] in message and message.endswith(".") and "\n" not in message and ". " not in message
    assert caught.value._render_traceback_() == [f"AttentionProblem: {message}"]
    assert (caught.value.function, caught.value.layer) == (name, 0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize(
    "spoil, said",
    [
        (lambda right: right.double(), r"returned torch\.float64 instead of torch\.float32, in shape \(1, 6, 14, "),
        (
            lambda right: right.index_fill(-1, torch.tensor(3), torch.nan),
            "84 of .* are not finite, the first .* nan, given",
        ),
        (lambda right: right / 0, "are not finite, the first of them (inf|-inf|nan), given"),
    ],
)
def test_numbers_that_cannot_be_used_are_named(model, ids, name, spoil, said):
    with pytest.raises(AttentionProblem, match=f"^In layer 0 of the model, `{name}` .*{said}"):
        with attend(model, **{name: lambda *given: spoil(RIGHT[name](*given))}):
            model(ids)


def test_a_softmax_over_the_batch_is_named(model, ids):
    with pytest.raises(AttentionProblem, match="`attention_weights` .* not finite, the first of them nan"):
        with attend(model, attention_weights=lambda s, mask: s.masked_fill(~mask, -torch.inf).softmax(dim=0)):
            model(ids)


def test_the_layer_is_that_of_the_failure(model, ids):
    calls = []

    def third_time_wrong(weights, V):
        calls.append(1)
        return weights @ V if len(calls) < 3 else V.sum()

    with pytest.raises(AttentionProblem, match=r"In layer 2 of the model, `aggregate_values` returned shape \(\) "):
        with attend(model, aggregate_values=third_time_wrong):
            model(ids)


def test_prints_and_edits_in_place_do_no_harm(model, tokenizer, ids, capsys):
    def noisy(Q, K, scale=None):
        print("noise")
        print("noise", file=sys.stderr)
        got = scores(Q, K)
        Q.zero_()
        K.zero_()
        return got

    def noisy_weights(scores, mask):
        got = weights(scores, mask)
        mask.fill_(True)
        return got

    def noisy_values(weights, V):
        got = weights @ V
        V.zero_()
        return got

    want = continuation(model, tokenizer, PROMPT_EXAMPLE)
    with attend_with(model, noisy, noisy_weights, noisy_values):
        assert continuation(model, tokenizer, PROMPT_EXAMPLE) == want
    assert capsys.readouterr() == ("", "")


def test_functions_get_contiguous_tensors(model, ids):
    seen = []

    def watch(right):
        def watched(*given):
            seen.extend(tensor.is_contiguous() for tensor in given)
            return right(*given)

        return watched

    with attend(model, **{name: watch(right) for name, right in RIGHT.items()}):
        model(ids)
    assert len(seen) == 4 * 3 * 2 and all(seen)


def test_nested_blocks_and_errors_restore_what_was(model, ids):
    want = logits(model, ids)
    names = set()
    with attend(model, aggregate_values=lambda w, V: 0 * V):
        outer = logits(model, ids)
        names.add(model.config._attn_implementation)
        with pytest.raises(RuntimeError, match="mine"), attend(model):
            assert_same(logits(model, ids), want)
            names.add(model.config._attn_implementation)
            raise RuntimeError("mine")
        assert torch.equal(logits(model, ids), outer)
    assert len(names) == 2 and "eager" not in names
    assert not torch.allclose(outer, want, atol=0.1)
    assert torch.equal(logits(model, ids), want)


def test_another_scale_of_the_model_is_handed_over(ids):
    torch.manual_seed(0)
    settings = {"n_embd": 24, "n_head": 2, "n_layer": 3, "vocab_size": 4096, "initializer_range": 0.5}
    model = GPT2LMHeadModel(GPT2Config(**settings, scale_attn_by_inverse_layer_idx=True)).eval()
    model.set_attn_implementation("eager")
    want, scales = logits(model, ids), []

    def watched(Q, K, scale=None):
        scales.append(scale)
        return scores(Q, K, scale)

    with attend(model, attention_scores=watched):
        assert_same(logits(model, ids), want)
    assert scales == [None, pytest.approx(12**-0.5 / 2), pytest.approx(12**-0.5 / 3)]
    assert not head_of(model, 0, 1).approximate and head_of(model, 1, 1).approximate
    with torch.no_grad():
        model.transformer.h[0].attn.c_attn.bias[12 + 3] = 0.5  # of the queries of head 1
    assert head_of(model, 0, 1).approximate and not head_of(model, 0, 0).approximate
    with pytest.raises(ValueError, match=r"drops 10% .* Call `model.eval\(\)` first"), attend(model):
        model.train()(ids)


def test_what_cannot_be_hooked_is_refused(model, ids):
    with pytest.raises(TypeError, match="`attention_weights` should be a function, but is a Tensor"):
        with attend(model, attention_weights=torch.ones(2)):
            pass
    opt = OPTForCausalLM(
        OPTConfig(hidden_size=8, ffn_dim=8, word_embed_proj_dim=8, num_hidden_layers=1, num_attention_heads=1)
    )
    with pytest.raises(OtherArchitecture, match=r"'opt', .* Use `load\(\)` without a name"):
        with attend(opt):
            pass
    with pytest.raises(OtherArchitecture, match="no model of transformers"):
        with attend(torch.nn.Linear(2, 2)):
            pass
    with pytest.raises(ValueError, match=r"not boolean. Give it a mask of shape \(batch, seq\)"), attend(model):
        model(ids, attention_mask=torch.zeros(1, 1, 14, 14))


@pytest.mark.parametrize("layer, head", [(0, 0), (2, 2), (3, 5)])
def test_a_head_by_hand_is_the_head_of_the_model(model, ids, layer, head):
    W_q, W_k, W_v, approximate = head_of(model, layer, head)
    assert not approximate
    for got, want in zip((W_q, W_k, W_v), head_weights(layer, head)):
        assert got.shape == (192, 32) and torch.equal(got, want)
    run = head_output(model, ids[0], layer, head)
    torch.testing.assert_close(run.x, head_input(ids[0], layer), rtol=1e-4, atol=1e-4)
    by_hand = weights(scores(run.x @ W_q, run.x @ W_k), torch.ones(14, 14, dtype=torch.bool).tril())
    assert_same(run.weights, by_hand)
    assert_same(run.output, by_hand @ (run.x @ W_v))
    before = logits(model, ids)
    W_q.zero_(), run.x.zero_()
    assert torch.equal(logits(model, ids), before)


def test_a_head_can_be_watched_with_functions_by_hand(model, ids):
    with attend(model, attention_weights=lambda s, mask: mask.expand_as(s) / mask.sum(dim=-1, keepdim=True)):
        run = head_output(model, ids[0], 2, 2)
    torch.testing.assert_close(run.weights, torch.ones(14, 14).tril() / torch.arange(1, 15)[:, None])


def test_heads_and_ids_that_do_not_exist_are_refused(model, ids):
    with pytest.raises(ValueError, match="`layer` is 4, .* use 0 to 3"):
        head_of(model, 4, 0)
    with pytest.raises(ValueError, match="`head` is -1, .* use 0 to 5"):
        head_output(model, ids[0], 0, -1)
    with pytest.raises(ValueError, match=r"shape \(1, 14\)"):
        head_output(model, ids, 0, 0)
    model.set_attn_implementation("sdpa")
    try:
        with pytest.raises(ValueError, match=r"'sdpa'.*set_attn_implementation\('eager'\)"):
            head_output(model, ids[0], 0, 0)
    finally:
        model.set_attn_implementation("eager")


def test_what_comes_next(model, tokenizer, ids):
    likely = next_token_probabilities(model, tokenizer, PROMPT_EXAMPLE)
    want = logits(model, ids[:, :-1])[0, -1].softmax(dim=-1)
    assert len(likely) == 8 and likely[0][0] == tokenizer.decode([int(want.argmax())]) == " slept"
    assert [p for _, p in likely] == pytest.approx(want.sort(descending=True).values[:8].tolist())
    text = continuation(model, tokenizer, PROMPT_EXAMPLE, n=5)
    assert text.startswith(" slept") and len(tokenizer(text)["input_ids"]) == 5
    with attend(model):
        assert continuation(model, tokenizer, PROMPT_EXAMPLE, n=5) == text
        assert [p for _, p in next_token_probabilities(model, tokenizer, PROMPT_EXAMPLE)] == pytest.approx(
            [p for _, p in likely], abs=1e-4
        )


def test_perplexity_is_that_of_the_models_loss(model, tokenizer, ids):
    with torch.no_grad():
        loss = model(ids[:, :-1], labels=ids[:, :-1]).loss
    assert perplexity(model, tokenizer, PROMPT_EXAMPLE) == pytest.approx(loss.exp().item(), rel=1e-4)


def test_texts_that_do_not_fit_are_refused(model, tokenizer):
    for use in (next_token_probabilities, continuation, perplexity):
        with pytest.raises(TypeError, match="quotation marks"):
            use(model, tokenizer, 3)
        with pytest.raises(ValueError, match="empty"):
            use(model, tokenizer, "")
        with pytest.raises(ValueError, match="129 tokens.* at most 128"):
            use(model, tokenizer, "The" + " cat" * 128)
    with pytest.raises(ValueError, match="120 tokens and should go on for 17, .* at most 128"):
        continuation(model, tokenizer, "The" + " cat" * 119)
    with pytest.raises(ValueError, match="one token, and perplexity needs two"):
        perplexity(model, tokenizer, "The")
    with pytest.raises(ValueError, match="use 1 to 4096"):
        next_token_probabilities(model, tokenizer, "The", top=0)
    with pytest.raises(ValueError, match="at least 1"):
        continuation(model, tokenizer, "The", n=0)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("harm", ["missing", "cut"])
def test_a_bad_file_is_named_with_the_remedy(tmp_path, monkeypatch, name, harm):
    folder = _copied(tmp_path)
    file = folder / name
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    _read_from(folder, monkeypatch)
    problem = "is missing" if harm == "missing" else "cannot be read"
    try:
        with pytest.raises(MissingWeights, match=f"{name} {problem}.*Install attention101 again, from the wheel"):
            load()
    finally:
        model_files.config.cache_clear()


def test_weights_that_lack_a_part_are_refused(tmp_path, monkeypatch):
    from safetensors.torch import load_file, save_file

    folder = _copied(tmp_path)
    kept = {name: tensor for name, tensor in load_file(folder / "model.safetensors").items() if "h.3.ln_2" not in name}
    save_file({name: tensor.clone() for name, tensor in kept.items()}, folder / "model2.safetensors")
    (folder / "model2.safetensors").replace(folder / "model.safetensors")
    _read_from(folder, monkeypatch)
    try:
        with pytest.raises(MissingWeights, match=r"h\.3\.ln_2\.bias is missing"):
            load()
    finally:
        model_files.config.cache_clear()


def _copied(tmp_path):
    return shutil.copytree(WEIGHTS_FOLDER, tmp_path / "weights")


def _read_from(folder, monkeypatch):
    for module in (model_files, mini_transformer, embedding):
        monkeypatch.setattr(module, "WEIGHTS_FOLDER", folder)
    model_files.config.cache_clear()


def test_a_folder_of_ones_own_is_loaded_or_refused(tmp_path, ids, model):
    folder = _copied(tmp_path)
    own, tokenizer = load(str(folder))
    assert torch.equal(logits(own, ids), logits(model, ids)) and not own.training
    (folder / "config.json").write_text(json.dumps({"model_type": "opt"}))
    with pytest.raises(OtherArchitecture, match=r"weights' has the architecture 'opt'.*`load\(\)` without a name"):
        load(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"weights' cannot be loaded. Check its name"):
        load(str(folder))
    with pytest.raises(TypeError, match="needs a model's name"):
        load(3)


@pytest.mark.parametrize("setting", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}])
def test_a_hub_name_without_network_is_an_error_with_the_remedy(setting, monkeypatch, tmp_path):
    code = (
        "from attention_lib.mini_transformer import load, ModelUnavailable\n"
        "try: load('distilgpt2')\n"
        "except ModelUnavailable as error: print(error)\n"
        "load()"
    )
    for name, value in (setting | {"HF_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    done = _python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The model 'distilgpt2' cannot be loaded. Check its name and your connection")
    assert "use `load()` without a name, which needs no network" in done.stdout
    assert "Loading weights" not in done.stderr


def test_importing_the_module_does_not_import_transformers():
    done = _python("import sys, attention_lib.mini_transformer; assert 'transformers' not in sys.modules")
    assert done.returncode == 0, done.stderr


def _python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_each_function_is_called_once_a_layer_and_the_time_is_printed(model, ids):
    def best():
        times = []
        for _ in range(20):
            start = time.perf_counter()
            logits(model, ids)
            times.append(time.perf_counter() - start)
        return min(times)

    calls = Counter()

    def counted(name):
        def function(*given):
            calls[name] += 1
            return RIGHT[name](*given)

        return function

    own = best()
    with attend(model, **{name: counted(name) for name in RIGHT}):
        by_hand = best()
    print(f"forward pass of 14 tokens: eager {1e3 * own:.1f} ms, by hand {1e3 * by_hand:.1f} ms, {by_hand / own:.2f} x")
    assert calls == dict.fromkeys(RIGHT, 4 * 20)
