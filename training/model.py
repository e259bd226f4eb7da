"""The model: GPT-2's architecture, small, with query, key and value biases that stay at zero."""

import torch
from transformers import AttentionInterface, GPT2Config, GPT2LMHeadModel

from training.repeats import IGNORED


def new_model(settings):
    """Return a new GPT-2 of the size that `settings` (`training.settings.Settings`) gives."""
    config = GPT2Config(
        vocab_size=settings.vocabulary,
        n_positions=settings.positions,
        n_embd=settings.width,
        n_layer=settings.layers,
        n_head=settings.heads,
        activation_function="gelu_pytorch_tanh",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
    )
    model = GPT2LMHeadModel(config)
    hold_biases_at_zero(model)
    return model


def hold_biases_at_zero(model):
    """Set all query, key and value biases to zero and keep them out of training: the lesson's head has none."""
    for block in model.transformer.h:
        torch.nn.init.zeros_(block.attn.c_attn.bias)
        block.attn.c_attn.bias.requires_grad_(False)


def causal_attention(module, query, key, value, attention_mask=None, scaling=None, **_):
    """Attention in three plain steps, for training on rows without padding: (batch, heads, seq, d_head) each.

    On a processor the backward pass of these steps takes less than half of the time that torch's fused kernel takes.
    """
    batch, heads, seq, d_head = query.shape
    q, k, v = (tensor.reshape(batch * heads, seq, d_head) for tensor in (query, key, value))
    future = torch.full((seq, seq), -1e4, dtype=q.dtype).triu(1).expand(batch * heads, seq, seq)
    scores = torch.baddbmm(future, q, k.transpose(1, 2), alpha=scaling or d_head**-0.5)
    weights = scores.softmax(dim=-1, dtype=torch.float32).to(v.dtype)
    return (weights @ v).view(batch, heads, seq, d_head).transpose(1, 2), None


AttentionInterface.register("training", causal_attention)


class CrossEntropyInChunks(torch.autograd.Function):
    """Mean cross entropy of `states @ embedding.T` against `wanted`, a few hundred rows at a time.

    The logits of a whole batch take 64 MB; in chunks they stay in the processor's cache, which saves a tenth of a step.
    `states` (n, width) in bfloat16, `embedding` (vocabulary, width), `wanted` (n,).
    """

    @staticmethod
    def forward(ctx, states, embedding, wanted, chunk=256):
        """Return the mean in nats, and keep the gradients for `backward`."""
        embedding_16 = embedding.to(states.dtype)
        to_states, to_embedding = torch.empty_like(states), torch.zeros_like(embedding)
        total = states.new_zeros((), dtype=torch.float32)
        for start in range(0, len(wanted), chunk):
            part, words = states[start : start + chunk], wanted[start : start + chunk, None]
            log_p = torch.log_softmax((part @ embedding_16.T).float(), dim=-1)
            total -= log_p.gather(1, words).sum()
            error = (
                log_p.exp_()
                .scatter_add_(1, words, log_p.new_full(words.shape, -1.0))
                .div_(len(wanted))
                .to(states.dtype)
            )
            to_states[start : start + chunk] = error @ embedding_16
            to_embedding += error.T @ part
        ctx.save_for_backward(to_states, to_embedding)
        return total / len(wanted)

    @staticmethod
    def backward(ctx, gradient):
        """Return the gradients of states and embedding."""
        to_states, to_embedding = ctx.saved_tensors
        return to_states * gradient, to_embedding * gradient, None, None


def next_token_loss(model, rows, targets):
    """Mean cross entropy of the next token, in nats.

    `rows`, `targets`: token ids (batch, seq); a target of -100 is left out. Matrices are multiplied in bfloat16.
    """
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model.transformer(rows, use_cache=False).last_hidden_state[:, :-1]
    wanted = targets[:, 1:]
    counted = wanted != IGNORED
    return CrossEntropyInChunks.apply(states[counted].bfloat16(), model.lm_head.weight, wanted[counted])
