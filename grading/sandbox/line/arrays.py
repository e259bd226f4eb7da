"""Arrays and scalars of numpy as data: the bytes of numbers and booleans, never a pickle."""

import math

import numpy
import torch

# Of the scalars' own byte order and of the other one. Objects, records, texts and dates would need more than bytes.
_DTYPES = {numpy.dtype(order + kind).str for order in "<>" for kind in ("b1", *"bBhHiIlLqQefdFD")}
_MOST_DIMENSIONS = 32
_LONGEST_EMPTY_SIDE = 1 << 20


def is_array(value: object) -> bool:
    """Whether this is an array, and one that can go over."""
    return type(value) is numpy.ndarray and value.dtype.str in _DTYPES


def bytes_of(array: numpy.ndarray) -> torch.Tensor:
    """A copy of what the array holds, row by row, as a tensor of bytes."""
    return torch.from_numpy(array.flatten().view(numpy.uint8))


def array_form(array: numpy.ndarray) -> list:
    """What has to be known besides the bytes, as JSON."""
    return [array.dtype.str, list(array.shape), array.flags.writeable]


def as_array(form: object, content: torch.Tensor | None) -> numpy.ndarray:
    """The array of a form and its bytes. Raises ValueError where they do not fit each other."""
    match form:
        case [str(dtype), list(shape), bool(writeable)] if dtype in _DTYPES and len(shape) <= _MOST_DIMENSIONS:
            pass
        case _:
            raise ValueError
    if content is None or content.dtype is not torch.uint8 or content.dim() != 1:
        raise ValueError
    if not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError
    size = math.prod(shape) * numpy.dtype(dtype).itemsize
    if size != content.numel() or (not size and max(shape) > _LONGEST_EMPTY_SIDE):
        raise ValueError
    array = _read(content.numpy(), dtype).reshape(shape).copy()
    array.flags.writeable = writeable
    return array


def scalar_form(value: numpy.generic) -> list[str] | None:
    """JSON for a scalar of numpy, or None for one that cannot go over."""
    kind = type(value)
    if kind is numpy.str_:
        return ["str", str(value)]
    if value.dtype.str in _DTYPES and kind is value.dtype.type:
        return [value.dtype.str, value.tobytes().hex()]
    return None


def as_scalar(form: object) -> numpy.generic:
    """The scalar of a form. Raises ValueError."""
    match form:
        case ["str", str(text)]:
            return numpy.str_(text)
        case [str(dtype), str(text)] if dtype in _DTYPES and len(text) == 2 * numpy.dtype(dtype).itemsize:
            return _read(numpy.frombuffer(bytes_from(text), numpy.uint8), dtype)[0]
    raise ValueError


def bytes_from(text: str) -> bytes:
    """The bytes that `bytes.hex` made this text of. Raises ValueError."""
    content = bytes.fromhex(text)
    if content.hex() != text:
        raise ValueError
    return content


def _read(content: numpy.ndarray, dtype: str) -> numpy.ndarray:
    if dtype == "|b1" and (content > 1).any():
        raise ValueError
    return content.view(dtype)
