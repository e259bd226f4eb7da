"""From token ids to what an attention head of the mini-transformer receives: its input `x` and its three matrices.

The model is a GPT-2 (https://huggingface.co/docs/transformers/model_doc/gpt2) with weights of its own. All results are
float32 CPU tensors without gradient, and copies: what is done to them does not change the model.
"""

from functools import cache

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from attention_lib.model.files import WEIGHTS_FOLDER, check_number, config, read_model_file

PRONOUN_HEAD = (2, 2)  # (layer, head), from 0: looks from a pronoun to what it stands for


def _checked(path: str) -> dict[str, torch.Tensor]:
    """Read the weights. Raises ValueError when they are not those that the settings describe."""
    weights = load_file(path)
    width = config()["n_embd"]
    shapes = {"wte.weight": (config()["vocab_size"], width), "wpe.weight": (config()["n_positions"], width)}
    for layer in range(config()["n_layer"]):
        for norm in ("ln_1", "ln_2"):
            shapes |= {f"h.{layer}.{norm}.{part}": (width,) for part in ("weight", "bias")}
        for matrix, rows, columns in (
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, 4 * width),
            ("mlp.c_proj", 4 * width, width),
        ):
            shapes |= {f"h.{layer}.{matrix}.weight": (rows, columns), f"h.{layer}.{matrix}.bias": (columns,)}
    for name, shape in shapes.items():
        found = weights.get(f"transformer.{name}")
        if found is None or tuple(found.shape) != shape or found.dtype != torch.float32:
            raise ValueError(f"its part transformer.{name} should be float32 of shape {shape}")
    return weights


@cache
def weights() -> dict[str, torch.Tensor]:
    """The model's weights by their names in its file. Raises MissingWeights (see `model.files`)."""
    return read_model_file(WEIGHTS_FOLDER / "model.safetensors", _checked)


def _weight(name: str) -> torch.Tensor:
    return weights()[f"transformer.{name}"]


def _checked_ids(ids) -> torch.Tensor:
    ids = torch.as_tensor(ids, device="cpu")
    if ids.ndim != 1 or len(ids) == 0 or ids.dtype.is_floating_point or ids.dtype in (torch.bool, torch.complex64):
        raise ValueError(
            f"The ids should be whole numbers of shape (seq,), but have shape {tuple(ids.shape)} and type {ids.dtype}. "
            "Take them from `tokenize(text)`."
        )
    size = config()["vocab_size"]
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError(
            f"The ids go from {int(ids.min())} to {int(ids.max())}, but the vocabulary from 0 to {size - 1}. "
            "Take them from `tokenize(text)`."
        )
    return ids.long()


@torch.no_grad()
def token_embedding(ids: torch.Tensor) -> torch.Tensor:
    """The embedding's row of each token: ids (seq,) → (seq, d_model). Raises ValueError for ids that do not exist."""
    return _weight("wte.weight")[_checked_ids(ids)]


@torch.no_grad()
def position_embedding(n: int) -> torch.Tensor:
    """The rows of the first `n` positions: (n, d_model). Raises ValueError when the model has fewer, or n < 1."""
    most = config()["n_positions"]
    if not isinstance(n, int) or not 1 <= n <= most:
        raise ValueError(f"The model has 1 to {most} positions, not {n!r}. Use a shorter text.")
    return _weight("wpe.weight")[:n].clone()


@torch.no_grad()
def embed(ids: torch.Tensor) -> torch.Tensor:
    """Token's row plus position's row: ids (seq,) → (seq, d_model).

    Raises ValueError for ids that do not exist, or more of them than the model has positions.
    """
    rows = token_embedding(ids)
    return rows + position_embedding(len(rows))


def _layer_norm(x: torch.Tensor, name: str) -> torch.Tensor:
    return F.layer_norm(
        x, x.shape[-1:], _weight(f"{name}.weight"), _weight(f"{name}.bias"), config()["layer_norm_epsilon"]
    )


def _linear(x: torch.Tensor, name: str) -> torch.Tensor:
    return torch.addmm(_weight(f"{name}.bias"), x, _weight(f"{name}.weight"))


def _layer(x: torch.Tensor, layer: int) -> torch.Tensor:
    """One whole layer, all its heads: (seq, d_model) → (seq, d_model)."""
    heads = config()["n_head"]
    projected = _linear(_layer_norm(x, f"h.{layer}.ln_1"), f"h.{layer}.attn.c_attn")  # (seq, 3 * d_model)
    by_head = projected.view(len(x), 3, heads, -1).permute(1, 2, 0, 3)  # (3, heads, seq, d_head)
    mixed = F.scaled_dot_product_attention(*by_head, is_causal=True)  # (heads, seq, d_head)
    x = x + _linear(mixed.transpose(0, 1).flatten(1), f"h.{layer}.attn.c_proj")
    wide = _linear(_layer_norm(x, f"h.{layer}.ln_2"), f"h.{layer}.mlp.c_fc")
    return x + _linear(F.gelu(wide, approximate="tanh"), f"h.{layer}.mlp.c_proj")


@torch.no_grad()
def head_input(ids: torch.Tensor, layer: int = PRONOUN_HEAD[0]) -> torch.Tensor:
    """What all heads of `layer` (from 0) receive: ids (seq,) → x (seq, d_model).

    The embedding goes through the layers before this one, then through this one's layer norm.

    Raises ValueError for a layer or ids that do not exist, or more ids than the model has positions; MissingWeights
    (see `model.files`) when the weights cannot be read.
    """
    check_number("layer", layer, config()["n_layer"])
    x = embed(ids)
    for before in range(layer):
        x = _layer(x, before)
    return _layer_norm(x, f"h.{layer}.ln_1")


@torch.no_grad()
def head_weights(
    layer: int = PRONOUN_HEAD[0], head: int = PRONOUN_HEAD[1]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The matrices W_q, W_k, W_v of one head, each (d_model, d_head). The model has no biases there.

    Raises ValueError for a layer or head that does not exist; MissingWeights (see `model.files`) when the weights
    cannot be read.
    """
    check_number("layer", layer, config()["n_layer"])
    check_number("head", head, config()["n_head"])
    width = config()["n_embd"] // config()["n_head"]
    queries, keys, values = _weight(f"h.{layer}.attn.c_attn.weight").chunk(3, dim=1)
    columns = slice(head * width, (head + 1) * width)
    return tuple(part[:, columns].contiguous().clone() for part in (queries, keys, values))
