import subprocess
import sys

import pytest
import torch

from attention_lib import embedding, tokenization
from attention_lib.embedding import PRONOUN_HEAD, embed, head_input, head_weights
from attention_lib.tokenization import MissingWeights, tokenize

PROMPT = "The cat lay on the mat because it was tired. The cat"


@pytest.fixture(scope="module")
def model():
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tokenization.WEIGHTS_FOLDER, attn_implementation="eager").eval()


def test_each_word_of_the_running_example_is_one_token():
    tokens, ids = tokenize(PROMPT)
    assert tokens == "The cat lay on the mat because it was tired . The cat".split()
    assert ids.shape == (13,) and ids.dtype == torch.int64
    assert ids[0] == ids[11] and ids[1] == ids[12]


def test_a_text_that_is_empty_or_too_long_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match="empty"):
        tokenize("  ")
    with pytest.raises(ValueError, match="at most 128"):
        tokenize("cat " * 200)


@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_x_is_what_the_model_itself_hands_to_its_heads(model, layer):
    _, ids = tokenize(PROMPT)
    seen = []
    hook = model.transformer.h[layer].ln_1.register_forward_hook(lambda module, args, out: seen.append(out))
    with torch.no_grad():
        model(ids[None])
    hook.remove()
    torch.testing.assert_close(head_input(ids, layer), seen[0][0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(embed(ids), model.transformer.wte(ids) + model.transformer.wpe(torch.arange(13)))


def test_the_matrices_give_the_pattern_of_the_models_own_head(model):
    tokens, ids = tokenize(PROMPT)
    x, (W_q, W_k, W_v) = head_input(ids), head_weights()
    assert W_q.shape == W_k.shape == W_v.shape == (192, 32)
    assert all(w.is_contiguous() and not w.requires_grad for w in (x, W_q, W_k, W_v))
    scores = ((x @ W_q) @ (x @ W_k).T / 32**0.5).masked_fill(~torch.ones(13, 13, dtype=torch.bool).tril(), -torch.inf)
    layer, head = PRONOUN_HEAD
    with torch.no_grad():
        pattern = model(ids[None], output_attentions=True).attentions[layer][0, head]
    torch.testing.assert_close(scores.softmax(-1), pattern, rtol=1e-4, atol=1e-5)
    assert pattern[tokens.index("it"), tokens.index("cat")] > 0.6


def test_the_running_example_needs_no_transformers():
    code = (
        "import sys; from attention_lib.embedding import *; from attention_lib.tokenization import *\n"
        "head_input(tokenize('The cat')[1]); assert 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("damage", [None, b"no weights"])
def test_missing_or_damaged_files_are_named(monkeypatch, tmp_path, damage):
    for module in (embedding, tokenization):
        monkeypatch.setattr(module, "WEIGHTS_FOLDER", tmp_path)
    for name in ("model.safetensors", "tokenizer.json"):
        if damage:
            (tmp_path / name).write_bytes(damage)
    with pytest.raises(MissingWeights, match="model.safetensors .* Install attention101 again"):
        embedding._weights.__wrapped__()
    with pytest.raises(MissingWeights, match="tokenizer.json .* Install attention101 again"):
        tokenization._tokenizer.__wrapped__()
