"""The names that a comment mentions exist."""

import builtins
import keyword
import math
import re
from functools import cache

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.named import names_in


def names_the_unknown(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it mention a name that is neither in the code, nor in the task, nor in torch, math or Python?"""
    own = set(re.findall(r"[^\W\d]\w*", f"{code.source}\n{answer.task}"))
    unknown = sorted(names_in(comment.text) - own - _of_python())
    unknown = [name for name in unknown if name not in _of_torch()] if unknown else []
    return f"There is no `{unknown[0][:60]}` in the code, the task, or torch." if unknown else None


@cache
def _of_python() -> frozenset[str]:
    return frozenset([*keyword.kwlist, *dir(builtins), *dir(math), "math", "torch", "np", "numpy", "nn", "F"])


@cache
def _of_torch() -> frozenset[str]:
    # Importing torch takes a second, and most comments need none of its names.
    import torch

    places = (torch, torch.Tensor, torch.nn, torch.nn.functional, torch.nn.Module, torch.nn.Linear, torch.nn.init)
    arguments = {"dim", "dims", "axis", "keepdim", "bias", "in_features", "out_features", "attn_mask", "scale"}
    return frozenset(name for place in places for name in dir(place)) | arguments
