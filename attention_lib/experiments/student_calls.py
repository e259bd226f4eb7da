"""Calls of a student's function, and what to say when the result is none that can be compared."""

import numpy as np
import torch

from attention_lib.pictures.inputs import PictureError, as_table, as_weights, shape_text

LONGEST_DETAIL = 160


def called(name: str, function, *inputs, **settings):
    """The result of `function`, given copies of the tensors in `inputs`.

    Raises PictureError when the function stops, or returns nothing. The sentence names it by `name`.
    """
    if not callable(function):
        raise PictureError(f"`{name}` should be a function, but is {type(function).__name__}.")
    copies = [value.clone() if isinstance(value, torch.Tensor) else value for value in inputs]
    try:
        result = function(*copies, **settings)
    except NotImplementedError as error:
        raise PictureError(f"`{name}` is not written yet.") from error
    except Exception as error:
        detail = " ".join(str(error).split())
        detail = detail if len(detail) <= LONGEST_DETAIL else detail[: LONGEST_DETAIL - 1] + "…"
        raise PictureError(
            f"`{name}` stopped with {type(error).__name__}" + (f": {detail}" if detail else ".")
        ) from error
    if result is None:
        raise PictureError(f"`{name}` returns nothing yet: is a `return` missing?")
    return result


def tensor_from(name: str, function, *inputs, shape, **settings) -> torch.Tensor:
    """As `called`, for a function that returns one tensor of `shape` with finite numbers."""
    result = called(name, function, *inputs, **settings)
    if not isinstance(result, torch.Tensor):
        raise PictureError(f"`{name}` should return a tensor, but returns {type(result).__name__}.")
    if tuple(result.shape) != tuple(shape):
        raise PictureError(
            f"`{name}` returns shape {shape_text(result.shape)}, but {shape_text(shape)} is needed here."
        )
    as_table(result, f"What `{name}` returns", tuple(shape))
    return result


def weights_from(function, scores, mask) -> np.ndarray:
    """The student's `attention_weights` of `scores (n_q, n_k)`, as float64; each row sums to 1."""
    weights = tensor_from("attention_weights", function, scores, mask, shape=scores.shape)
    return checked_weights(weights)


def checked_weights(weights) -> np.ndarray:
    """`weights (n_q, n_k)` as float64. Raises PictureError unless each is from 0 to 1 and each row sums to 1."""
    name = "What `attention_weights` returns"
    weights = as_weights(weights, name, (None, None))
    sums = weights.sum(axis=1)
    if np.abs(sums - 1).max() > 1e-3:
        raise PictureError(
            f"{name} has rows that add up to {sums.min():.2g} to {sums.max():.2g}; each row of weights adds up to 1."
        )
    return weights
