"""Arguments and results as data: tensors, numbers, strings, plain containers of them. All else is only named.

Tensors are kept apart, under a number; the same tensor twice has one number, so that it arrives as one tensor.
"""

import keyword
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

MOST_DEPTH = 12
MOST_PARTS = 5_000
LONGEST_TEXT = 20_000
LONGEST_NAME = 60
_LARGEST_NUMBER = 1 << 63
_SHIPPED = {
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
}  # fmt: skip
_AS_REAL = {torch.complex64: torch.float32, torch.complex128: torch.float64}


class Unsendable(Exception):
    """A value that cannot go over; the text says which and why."""


@dataclass
class Outgoing:
    """Collects the tensors of one message.

    other: called with a value that is no data; returns a JSON object that stands for it, or raises Unsendable
    most_bytes: of all tensors together
    """

    other: Callable[[object], dict]
    most_bytes: int
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    originals: list[torch.Tensor] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _parts: int = 0
    _bytes: int = 0

    def encoded(self, value: object, depth: int = 0) -> object:
        """JSON for a value. Raises Unsendable where it is too deep, has too many parts, or is too large."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Unsendable("more parts than can be sent")
        if depth > MOST_DEPTH:
            raise Unsendable("a container that is nested too deeply")
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        if kind is int:
            return value if abs(value) < _LARGEST_NUMBER else self.other(value)
        if kind is float:
            return value if math.isfinite(value) else {"number": repr(value)}
        if kind is str:
            return value if len(value) <= LONGEST_TEXT and _is_encodable(value) else self.other(value)
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, tuple | list):
            # A named tuple is a tuple, too: torch returns such.
            name = "tuple" if isinstance(value, tuple) else "list"
            return {name: [self.encoded(item, depth + 1) for item in value]}
        if kind is dict and all(type(key) is str for key in value):
            return {"dict": [[self.encoded(key), self.encoded(item, depth + 1)] for key, item in value.items()]}
        return self.other(value)

    def _tensor(self, value: torch.Tensor) -> dict:
        number = self._numbers.get(id(value))
        if number is None:
            plain = _plain(value)
            self._bytes += plain.numel() * plain.element_size()
            if self._bytes > self.most_bytes:
                raise Unsendable(f"more than {self.most_bytes / 1e6:.0f} MB of tensors")
            number = len(self.originals)
            self._numbers[id(value)] = number
            self.originals.append(value)
            self.tensors[str(number)] = plain
        return {"tensor": number, "grad": value.requires_grad, "complex": value.dtype in _AS_REAL}


def _plain(value: torch.Tensor) -> torch.Tensor:
    """A dense, contiguous tensor on the CPU without gradients. It may share its memory with `value`."""
    if value.layout is not torch.strided or value.is_quantized or value.device.type != "cpu":
        raise Unsendable(f"a tensor of layout {value.layout} on {value.device.type}")
    plain = value.detach()
    if plain.dtype in _AS_REAL:
        plain = torch.view_as_real(plain.resolve_conj())
    if plain.dtype not in _SHIPPED:
        raise Unsendable(f"a tensor of dtype {plain.dtype}")
    return plain.resolve_neg().contiguous()


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass
class Incoming:
    """Makes values out of one message. Strict: what does not fit raises Unsendable.

    other: called with a JSON object that stands for something else; returns the value, or raises Unsendable
    tensor: called with each tensor's number, the tensor and whether it takes part in gradients; returns what to use
    """

    tensors: dict[str, torch.Tensor]
    other: Callable[[dict], object]
    tensor: Callable[[int, torch.Tensor, bool], torch.Tensor]
    _made: dict[int, torch.Tensor] = field(default_factory=dict)
    _parts: int = 0

    def decoded(self, given: object, depth: int = 0) -> object:
        """The value of a JSON value. Raises Unsendable."""
        self._parts += 1
        if self._parts > MOST_PARTS or depth > MOST_DEPTH:
            raise Unsendable("too many parts, or too deep")
        if given is None or isinstance(given, bool | int | float):
            return given
        if isinstance(given, str):
            if len(given) > LONGEST_TEXT or not _is_encodable(given):
                raise Unsendable("a text that is too long or not Unicode")
            return given
        if not isinstance(given, dict):
            raise Unsendable("an unknown form")
        match given:
            case {"number": ("inf" | "-inf" | "nan") as text, **rest} if not rest:
                return float(text)
            case {"tuple": list(items), **rest} if not rest:
                return tuple(self.decoded(item, depth + 1) for item in items)
            case {"list": list(items), **rest} if not rest:
                return [self.decoded(item, depth + 1) for item in items]
            case {"dict": list(items), **rest} if not rest:
                return dict(self._pair(item, depth) for item in items)
            case {"tensor": int(number), "grad": bool(grad), "complex": bool(is_complex), **rest} if not rest:
                return self._tensor(number, grad, is_complex)
        return self.other(given)

    def _pair(self, item: object, depth: int) -> tuple[str, object]:
        if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)):
            raise Unsendable("an unknown form")
        return self.decoded(item[0]), self.decoded(item[1], depth + 1)

    def _tensor(self, number: int, grad: bool, is_complex: bool) -> torch.Tensor:
        if number not in self._made:
            value = self.tensors.get(str(number))
            if value is None:
                raise Unsendable("a tensor that is not there")
            if is_complex:
                if value.dtype not in _AS_REAL.values() or value.dim() < 1 or value.shape[-1] != 2:
                    raise Unsendable("a complex tensor that is none")
                value = torch.view_as_complex(value)
            if grad and not (value.is_floating_point() or value.is_complex()):
                raise Unsendable("a gradient for whole numbers")
            self._made[number] = self.tensor(number, value, grad)
        return self._made[number]


def name_of(kind: type) -> str:
    """The name of a type, as it may be shown: an identifier of at most 60 characters."""
    return as_name(getattr(kind, "__name__", ""))


def as_name(text: object) -> str:
    """`text` if it may be the name of a type, else "object"."""
    if isinstance(text, str) and len(text) <= LONGEST_NAME and text.isidentifier() and text.isascii():
        return text if not keyword.iskeyword(text) else "object"
    return "object"
