"""What one head of the mini-transformer receives, and its matrices, straight from the weights file.

The model is a GPT-2 (Radford et al., 2019): layer norm first, then attention or a small network, each added to the
row that it got. What this gives equals what `transformers` computes; a test compares.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from attention_lib.tokenization import WEIGHTS_FOLDER, MissingWeights

N_HEADS = 6
PRONOUN_HEAD = (2, 2)
"""(layer, head), counted from 0: the head in which a pronoun looks at whom it means."""


def token_embedding(ids: torch.Tensor) -> torch.Tensor:
    """(seq,) ids to (seq, d_model): the row of the vocabulary for each token."""
    return _weights()["wte.weight"][ids]


def position_embedding(n: int) -> torch.Tensor:
    """(n, d_model): the rows of the first n positions."""
    return _weights()["wpe.weight"][:n]


def embed(ids: torch.Tensor) -> torch.Tensor:
    """(seq,) ids to (seq, d_model): token and position, added."""
    return token_embedding(ids) + position_embedding(len(ids))


def head_input(ids: torch.Tensor, layer: int = PRONOUN_HEAD[0]) -> torch.Tensor:
    """(seq,) ids to x, (seq, d_model): what the heads of `layer` receive, after its layer norm."""
    rows = embed(ids)
    for below in range(layer):
        rows = rows + _all_heads(_norm(rows, below, "ln_1"), below)
        rows = rows + _network(_norm(rows, below, "ln_2"), below)
    return _norm(rows, layer, "ln_1")


def head_weights(layer: int = PRONOUN_HEAD[0], head: int = PRONOUN_HEAD[1]) -> tuple[torch.Tensor, ...]:
    """W_q, W_k and W_v of one head, each (d_model, d_head)."""
    query_key_value = _weights()[f"h.{layer}.attn.c_attn.weight"].chunk(3, dim=1)
    return tuple(all_heads.chunk(N_HEADS, dim=1)[head].contiguous() for all_heads in query_key_value)


def _all_heads(x: torch.Tensor, layer: int) -> torch.Tensor:
    projected = _linear(x, layer, "attn.c_attn").unflatten(-1, (3, N_HEADS, -1))  # (seq, 3, heads, d_head)
    mixed = F.scaled_dot_product_attention(*projected.permute(1, 2, 0, 3), is_causal=True)  # (heads, seq, d_head)
    return _linear(mixed.transpose(0, 1).flatten(1), layer, "attn.c_proj")


def _network(x: torch.Tensor, layer: int) -> torch.Tensor:
    return _linear(F.gelu(_linear(x, layer, "mlp.c_fc"), approximate="tanh"), layer, "mlp.c_proj")


def _linear(x: torch.Tensor, layer: int, name: str) -> torch.Tensor:
    return x @ _weights()[f"h.{layer}.{name}.weight"] + _weights()[f"h.{layer}.{name}.bias"]


def _norm(x: torch.Tensor, layer: int, name: str) -> torch.Tensor:
    scale, shift = _weights()[f"h.{layer}.{name}.weight"], _weights()[f"h.{layer}.{name}.bias"]
    return F.layer_norm(x, x.shape[-1:], scale, shift, eps=1e-5)


@lru_cache(maxsize=1)
def _weights() -> dict[str, torch.Tensor]:
    path = WEIGHTS_FOLDER / "model.safetensors"
    if not path.is_file():
        raise MissingWeights(path, "is missing")
    try:
        return {name.removeprefix("transformer."): tensor for name, tensor in load_file(path).items()}
    except Exception as error:
        raise MissingWeights(path, "cannot be read") from error
