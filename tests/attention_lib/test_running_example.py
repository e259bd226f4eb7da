"""The running example out of the shipped weights, compared with the same model in transformers."""

import shutil
import subprocess
import sys

import pytest
import torch
from transformers import AutoModelForCausalLM

from attention_lib import embedding, tokenization
from attention_lib.embedding import (
    PRONOUN_HEAD,
    embed,
    head_input,
    head_weights,
    position_embedding,
    token_embedding,
)
from attention_lib.model import files as model_files
from attention_lib.model.files import WEIGHTS_FOLDER, MissingWeights
from attention_lib.tokenization import tokenize
from training.pronouns import PROMPT_EXAMPLE


@pytest.fixture(scope="module")
def model():
    return AutoModelForCausalLM.from_pretrained(WEIGHTS_FOLDER, attn_implementation="eager").eval()


@pytest.fixture(scope="module")
def example():
    return tokenize(PROMPT_EXAMPLE)


@pytest.fixture
def copied_folder(tmp_path, monkeypatch):
    """A copy of the model's folder that the library reads from, with nothing loaded yet."""
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS_FOLDER, folder)
    for module in (model_files, tokenization, embedding):
        monkeypatch.setattr(module, "WEIGHTS_FOLDER", folder)
    loaded = (model_files.config, tokenization.tokenizer, embedding.weights)
    for one in loaded:
        one.cache_clear()
    yield folder
    for one in loaded:
        one.cache_clear()


def test_every_word_of_the_example_is_one_token(example):
    tokens, ids = example
    assert tokens == PROMPT_EXAMPLE.replace(".", " .").split()
    assert ids.shape == (13,) and ids.dtype == torch.int64


def test_tokens_with_odd_signs():
    tokens, ids = tokenize("a  b\n<|endoftext|> 你")
    assert len(tokens) == len(ids) and all(tokens)
    assert "<|endoftext|>" in tokens and "�" in tokens


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ValueError, match="empty text. Give it at least one word"):
        tokenize(text)


def test_a_text_may_be_as_long_as_the_model_and_no_longer():
    tokens, ids = tokenize("cat " * 127 + "cat")
    assert len(tokens) == 128 and head_input(ids).shape == (128, 192)
    with pytest.raises(ValueError, match="129 tokens, and the model takes at most 128. Use a shorter text"):
        tokenize("cat " * 128 + "cat")


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="needs a text, but got list"):
        tokenize(["cat"])
    with pytest.raises(ValueError, match="half a sign at place 4"):
        tokenize("cat \ud800")


@torch.no_grad()
def test_embedding_is_token_plus_position(model, example):
    ids = example[1]
    assert torch.equal(token_embedding(ids), model.transformer.wte(ids))
    assert torch.equal(position_embedding(13), model.transformer.wpe(torch.arange(13)))
    assert torch.equal(embed(ids), token_embedding(ids) + position_embedding(13))


@pytest.mark.parametrize("layer", range(4))
@torch.no_grad()
def test_head_input_is_what_the_model_computes(model, example, layer):
    ids = example[1]
    states = model(ids[None], output_hidden_states=True).hidden_states[layer]
    theirs = model.transformer.h[layer].ln_1(states)[0]
    torch.testing.assert_close(head_input(ids, layer), theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("layer, head", [PRONOUN_HEAD, (0, 0), (3, 5)])
@torch.no_grad()
def test_weights_give_the_models_own_attention(model, example, layer, head):
    ids = example[1]
    theirs = model(ids[None], output_attentions=True).attentions[layer][0, head]
    x, (W_q, W_k, _) = head_input(ids, layer), head_weights(layer, head)
    scores = (x @ W_q) @ (x @ W_k).T / 32**0.5
    weights = scores.masked_fill(torch.ones(13, 13).triu(1).bool(), float("-inf")).softmax(-1)
    torch.testing.assert_close(weights, theirs, rtol=0, atol=1e-5)


@torch.no_grad()
def test_values_give_the_models_own_attention_output(model, example):
    """All heads of the layer, side by side, through the model's own output projection."""
    ids, layer = example[1], PRONOUN_HEAD[0]
    found = {}
    attention = model.transformer.h[layer].attn
    handle = attention.register_forward_hook(lambda module, given, result: found.update(output=result[0][0]))
    pattern = model(ids[None], output_attentions=True).attentions[layer][0]
    handle.remove()
    x = head_input(ids, layer)
    mixed = torch.cat([pattern[head] @ (x @ head_weights(layer, head)[2]) for head in range(6)], dim=-1)
    torch.testing.assert_close(attention.c_proj(mixed), found["output"], rtol=0, atol=1e-5)


def test_the_pronoun_head_looks_from_it_to_cat(example):
    tokens, ids = example
    x, (W_q, W_k, _) = head_input(ids), head_weights()
    query = tokens.index("it")
    weights = ((x[query] @ W_q) @ (x[: query + 1] @ W_k).T / 32**0.5).softmax(-1)
    assert tokens[int(weights.argmax())] == "cat"
    assert weights.max() > 0.6


def test_queries_keys_and_values_have_no_biases():
    for layer in range(4):
        assert torch.count_nonzero(embedding._weight(f"h.{layer}.attn.c_attn.bias")) == 0


def test_results_are_plain_copies(example):
    ids = example[1]
    makers = (
        lambda: token_embedding(ids),
        lambda: position_embedding(13),
        lambda: embed(ids),
        lambda: head_input(ids),
        *(lambda i=i: head_weights()[i] for i in range(3)),
    )
    for make in makers:
        first = make()
        assert first.dtype == torch.float32 and first.is_contiguous() and not first.requires_grad
        kept = first.clone()
        first.zero_()
        assert torch.equal(make(), kept)
    assert [tuple(W.shape) for W in head_weights()] == [(192, 32)] * 3


def test_a_first_use_in_inference_mode_harms_no_later_one(copied_folder, example):
    with torch.inference_mode():
        head_weights()
    W_q, _, _ = head_weights()
    factor = torch.ones(192, requires_grad=True)
    (factor @ W_q).sum().backward()
    torch.testing.assert_close(factor.grad, W_q.sum(dim=1), rtol=0, atol=1e-5)


def test_what_the_model_does_not_have_is_refused(example):
    ids = example[1]
    with pytest.raises(ValueError, match="`layer` is 4, .* use 0 to 3"):
        head_input(ids, layer=4)
    with pytest.raises(ValueError, match="`head` is -1, .* use 0 to 5"):
        head_weights(head=-1)
    with pytest.raises(ValueError, match="from 0 to 4095"):
        embed(torch.tensor([1, 4096]))
    with pytest.raises(ValueError, match=r"shape \(seq,\), but have shape \(1, 13\)"):
        embed(ids[None])
    with pytest.raises(ValueError, match="whole numbers"):
        embed(ids.float())
    with pytest.raises(ValueError, match="1 to 128 positions, not 129"):
        embed(ids[:1].repeat(129))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("harm", ["missing", "cut"])
def test_a_bad_file_is_named_with_the_remedy(copied_folder, name, harm):
    file = copied_folder / name
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    problem = "is missing" if harm == "missing" else "cannot be read"
    with pytest.raises(MissingWeights, match=f"{name} {problem}.*Install attention101 again, from the wheel"):
        head_input(tokenize(PROMPT_EXAMPLE)[1])


def test_weights_of_another_model_are_refused(copied_folder):
    from safetensors.torch import load_file, save_file

    file = copied_folder / "model.safetensors"
    weights = {name: tensor.clone() for name, tensor in load_file(file).items()}
    del weights["transformer.h.3.ln_2.bias"]
    save_file(weights, file)
    with pytest.raises(MissingWeights, match=r"h\.3\.ln_2\.bias should be float32 of shape \(192,\)"):
        head_weights()


def test_the_example_needs_no_transformers_and_the_package_no_torch():
    code = (
        "import sys, attention_lib; assert 'torch' not in sys.modules\n"
        "from attention_lib.embedding import head_input, head_weights\n"
        "from attention_lib.tokenization import tokenize\n"
        f"head_input(tokenize({PROMPT_EXAMPLE!r})[1]); head_weights()\n"
        "assert 'transformers' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
