"""Which names torch and its neighbours have."""

import builtins
import keyword
import math
from functools import cache

from attention_lib.findings.torch_names import MODULES, PURE_FUNCTIONS

# Ordinary names of the field that are no names of torch; a comment may use them as code.
FIELD_NAMES = frozenset(
    """
    Q K V x W_q W_k W_v d_k d_v d_model d_head n_q n_k seq scores weights mask scale self cls forward output
    None True False project_qkv attention_scores attention_weights aggregate_values AttentionHead PROMPT_EXAMPLE
    __init__ super bool int float str
    """.split()
)


_OFTEN = (
    FIELD_NAMES
    | MODULES
    | PURE_FUNCTIONS
    | frozenset(keyword.kwlist)
    | frozenset(dir(builtins))
    | frozenset(dir(math))
    | frozenset("T mT dim dtype device shape functional Module Linear Tensor keepdim bias attn_mask axis data".split())
)


def is_known(name: str) -> bool:
    """Whether torch, torch.nn, its functions, Tensor's and Module's methods, math or Python itself have the name."""
    return name in _OFTEN or name in _names_of_torch()


@cache
def _names_of_torch() -> frozenset[str]:
    # Importing torch takes a second, and most comments need none of its rarer names.
    import torch

    found: set[str] = set()
    for place in (torch, torch.Tensor, torch.nn, torch.nn.functional, torch.nn.Module, torch.nn.Linear, torch.nn.init):
        found.update(name for name in dir(place) if not name.startswith("_"))
    found.update({"in_features", "out_features"})
    return frozenset(found)
