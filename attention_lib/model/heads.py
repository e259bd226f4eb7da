"""One real head of a GPT-2 in transformers: its matrices, and what goes in and comes out of it."""

import math
from typing import NamedTuple

import torch

from attention_lib.model.architecture import require_gpt2
from attention_lib.model.files import check_number


class HeadMatrices(NamedTuple):
    """The matrices of one head, each (d_model, d_head).

    approximate: whether three matrices alone give only about what the head gives, because the model also has biases
        there or another scale than 1 / sqrt(d_head)
    """

    W_q: torch.Tensor
    W_k: torch.Tensor
    W_v: torch.Tensor
    approximate: bool


class HeadRun(NamedTuple):
    """What one head of the model did with a text.

    x: what it received, (seq, d_model)
    weights: (seq, seq), a row for each query
    output: the values that it mixed, (seq, d_head), before the layer puts its heads together
    """

    x: torch.Tensor
    weights: torch.Tensor
    output: torch.Tensor


def _attention(model, layer: int, head: int):
    require_gpt2(getattr(model, "config", None))
    check_number("layer", layer, model.config.n_layer)
    check_number("head", head, model.config.n_head)
    return model.transformer.h[layer].attn


def _columns(model, head: int) -> slice:
    d_head = model.config.n_embd // model.config.n_head
    return slice(head * d_head, (head + 1) * d_head)


@torch.no_grad()
def head_of(model, layer: int, head: int) -> HeadMatrices:
    """Copies of the matrices of one head; `layer` and `head` count from 0.

    Raises OtherArchitecture (see `architecture`) when `model` is no GPT-2, ValueError for a layer or head that does not
    exist.
    """
    attention = _attention(model, layer, head)
    columns = _columns(model, head)
    matrices = [part[:, columns].contiguous().clone() for part in attention.c_attn.weight.chunk(3, dim=1)]
    biases = [part[columns] for part in attention.c_attn.bias.chunk(3)]
    usual_scale = math.isclose(attention.scaling, (columns.stop - columns.start) ** -0.5)
    return HeadMatrices(*matrices, approximate=any(bool(bias.any()) for bias in biases) or not usual_scale)


@torch.no_grad()
def head_output(model, ids: torch.Tensor, layer: int, head: int) -> HeadRun:
    """Run the model on `ids` (seq,) and watch one head; `layer` and `head` count from 0.

    Within `attend_with` this is the head as it is with those functions.

    Raises OtherArchitecture (see `architecture`) when `model` is no GPT-2; ValueError for a layer, head or ids that do
    not exist, and for a model that does not show its weights.
    """
    attention = _attention(model, layer, head)
    ids = torch.as_tensor(ids)
    most = model.config.n_positions
    if ids.ndim != 1 or not 1 <= len(ids) <= most or ids.is_floating_point():
        raise ValueError(
            f"The ids should be whole numbers of shape (seq,), 1 to {most} of them, but have shape {tuple(ids.shape)} "
            f"and type {ids.dtype}. Take them from `tokenize(text)`."
        )
    seen = {}
    hooks = [
        attention.c_attn.register_forward_pre_hook(lambda _, given: seen.update(x=given[0])),
        attention.c_proj.register_forward_pre_hook(lambda _, given: seen.update(mixed=given[0])),
        attention.register_forward_hook(lambda _, __, gave: seen.update(weights=gave[1])),
    ]
    try:
        model(ids[None].to(model.device), use_cache=False)
    finally:
        for hook in hooks:
            hook.remove()
    if seen["weights"] is None:
        raise ValueError(
            f"The model attends by {model.config._attn_implementation!r}, which does not show its weights. "
            "Call `model.set_attn_implementation('eager')` first."
        )
    output = seen["mixed"][0, :, _columns(model, head)]
    return HeadRun(seen["x"][0].clone(), seen["weights"][0, head].clone(), output.clone())
