"""The training-time shortcuts give what the plain model gives; the biases stay at zero."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from training.model import CrossEntropyInChunks, causal_attention, new_model, next_token_loss
from training.settings import SMALLEST

TINY = replace(SMALLEST, vocabulary=60, positions=16, width=32)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return new_model(TINY)


def test_causal_attention_equals_torch():
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, 7, 4, generator=generator) for _ in range(3))
    output, _ = causal_attention(None, q, k, v)
    torch.testing.assert_close(output.transpose(1, 2), F.scaled_dot_product_attention(q, k, v, is_causal=True))


def test_cross_entropy_in_chunks_equals_torch_with_gradients():
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(50, 8, generator=generator, requires_grad=True)
    embedding = torch.randn(20, 8, generator=generator, requires_grad=True)
    wanted = torch.randint(0, 20, (50,), generator=generator)
    ours = CrossEntropyInChunks.apply(states, embedding, wanted, 16)
    theirs = F.cross_entropy(states @ embedding.T, wanted)
    torch.testing.assert_close(ours, theirs)
    for a, b in zip(
        torch.autograd.grad(ours, (states, embedding)), torch.autograd.grad(theirs, (states, embedding)), strict=True
    ):
        torch.testing.assert_close(a, b)


def test_the_loss_equals_the_models_own(model):
    rows = torch.randint(0, 60, (4, 16), generator=torch.Generator().manual_seed(0))
    targets = rows.clone()
    targets[:, :5] = -100
    expected = model(rows, labels=targets).loss.item()
    model.set_attn_implementation("training")
    # The loss multiplies in bfloat16, which keeps three digits.
    assert next_token_loss(model, rows, targets).item() == pytest.approx(expected, rel=5e-3)


def test_biases_of_query_key_and_value_are_zero_and_not_trained(model):
    for block in model.transformer.h:
        assert not block.attn.c_attn.bias.requires_grad
        assert (block.attn.c_attn.bias == 0).all()
