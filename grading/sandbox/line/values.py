"""Arguments and results as data: tensors, arrays, numbers, texts and containers of them. All else is only named.

Tensors and arrays are kept apart, under a number; the same tensor twice has one number, so that it arrives as one
tensor. Containers that can be changed are numbered in the order in which they come; one that comes again is only named
by its number, so that it arrives as one, too.
"""

import keyword
import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

import numpy
import torch

from grading.sandbox.line.arrays import array_form, as_array, as_scalar, bytes_from, bytes_of, is_array, scalar_form

MOST_DEPTH = 12
MOST_PARTS = 5_000
LONGEST_TEXT = 20_000
LONGEST_NAME = 60
MOST_BITS = 13_000  # of an int; Python itself makes no text of one with more than 4,300 digits
_SHIPPED = {
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
}  # fmt: skip
_AS_REAL = {torch.complex64: torch.float32, torch.complex128: torch.float64}
_FIXED = {kind.__name__: kind for kind in (tuple, frozenset, torch.Size)}
_CHANGEABLE = {kind.__name__: kind for kind in (list, set, deque)}
_BY_KEY = {kind.__name__: kind for kind in (dict, OrderedDict, Counter, defaultdict)}
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, dict, set, tuple)} | {"": None}
_NO_ATOM = object()


class Unsendable(Exception):
    """A value that cannot go over; the text says which and why."""


@dataclass
class _Extent:
    """How much of a value was seen so far: each part counts, as often as it is met on a walk over all of it.

    A large int counts as many parts.
    """

    parts: int = 0

    def count(self, value: object, depth: int) -> None:
        """One more part, so deep. Raises Unsendable."""
        self.parts += 1 if type(value) is not int else 1 + value.bit_length() // 64
        if self.parts > MOST_PARTS:
            raise Unsendable("more parts than can be sent")
        if depth > MOST_DEPTH:
            raise Unsendable("a container that is nested too deeply")

    def walk(self, value: object, depth: int) -> None:
        """Count all of a value. Raises Unsendable, also for one that holds itself."""
        self.count(value, depth)
        if issubclass(type(value), tuple | list | set | frozenset | deque | dict):
            for item in value:
                self.walk(item, depth + 1)
            for item in value.values() if issubclass(type(value), dict) else ():
                self.walk(item, depth + 1)


def check_extent(value: object) -> None:
    """Raise Unsendable where a walk over a value would be too long or too deep."""
    _Extent().walk(value, 0)


@dataclass
class Outgoing:
    """Collects the tensors of one message.

    other: called with a value that is no data; returns a JSON object that stands for it, or raises Unsendable
    most_bytes: of all tensors and arrays together
    given: the forms of things that the other side has already, by their id
    originals: the tensors, by number
    containers: what can be changed besides, by number
    """

    other: Callable[[object], dict]
    most_bytes: int
    given: dict[int, dict] = field(default_factory=dict)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    originals: list[torch.Tensor] = field(default_factory=list)
    containers: list[object] = field(default_factory=list)
    extent: _Extent = field(default_factory=_Extent)
    _numbers: dict[int, int] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)
    _bytes: int = 0

    def encoded(self, value: object, depth: int = 0) -> object:
        """JSON for a value. Raises Unsendable where it is too deep, has too many parts, or is too large."""
        self.extent.count(value, depth)
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        atom = _atom(value)
        if atom is not _NO_ATOM:
            return atom
        kind = type(value)
        if issubclass(kind, tuple) or kind is frozenset:
            return self._fixed(value, depth)
        if not _is_changeable(value):
            return self.other(value)
        known = self.given.get(id(value))
        if known is None and id(value) in self._places:
            known = {"again": self._places[id(value)]}
        if known is None:
            return self._contents(value, depth)
        self.extent.parts -= 1
        self.extent.walk(value, depth)
        return known

    def contents(self, value: object) -> dict:
        """JSON for what is in a container or an array, also where the other side has it already. Raises Unsendable."""
        if not _is_changeable(value):
            raise Unsendable(f"a {name_of(type(value))} with something in it that is no data")
        self.extent.count(value, 0)
        return self._contents(value, 0)

    def _contents(self, value: object, depth: int) -> dict:
        place = len(self.containers)
        self.containers.append(value)
        self._places[id(value)] = place
        if isinstance(value, numpy.ndarray):
            self._count_bytes(value.nbytes)
            self.tensors[f"array{place}"] = bytes_of(value)
            return {"array": array_form(value)}
        if isinstance(value, dict):
            pairs = [[self.encoded(key, depth + 1), self.encoded(item, depth + 1)] for key, item in value.items()]
            if isinstance(value, defaultdict):
                pairs = [_factory_name(value), pairs]
            return {type(value).__name__: pairs}
        name = "list" if isinstance(value, list) else type(value).__name__
        return {name: [self.encoded(item, depth + 1) for item in value]}

    def _fixed(self, value: tuple | frozenset, depth: int) -> dict:
        if type(value) is frozenset and not _is_key(value):
            return self.other(value)
        items = [self.encoded(item, depth + 1) for item in value]
        name = type(value).__name__
        if _FIXED.get(name) is type(value):
            return {name: items}
        fields = _fields(type(value))
        return {"named": [name_of(type(value)), fields, items]} if _are_fields(fields, items) else {"tuple": items}

    def _tensor(self, value: torch.Tensor) -> dict:
        if id(value) in self.given and value.is_leaf:
            return self.given[id(value)]
        number = self._numbers.get(id(value))
        if number is None:
            plain = _plain(value)
            self._count_bytes(plain.numel() * plain.element_size())
            number = len(self.originals)
            self._numbers[id(value)] = number
            self.originals.append(value)
            self.tensors[str(number)] = plain
        return {"tensor": number, "grad": value.requires_grad, "complex": value.dtype in _AS_REAL}

    def _count_bytes(self, count: int) -> None:
        self._bytes += count
        if self._bytes > self.most_bytes:
            raise Unsendable(f"more than {self.most_bytes / 1e6:.0f} MB of tensors")


def _atom(value: object) -> object:
    """JSON for a value without parts; `_NO_ATOM` for any other value, and where it is too large."""
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is int:
        return value if value.bit_length() <= MOST_BITS else _NO_ATOM
    if kind is float:
        return value if math.isfinite(value) else {"number": repr(value)}
    if kind is str:
        return value if len(value) <= LONGEST_TEXT and _is_encodable(value) else _NO_ATOM
    if kind is complex:
        return {"complex": [_atom(value.real), _atom(value.imag)]}
    if kind is bytes:
        return {"bytes": value.hex()} if len(value) <= LONGEST_TEXT else _NO_ATOM
    if kind is range:
        steps = [value.start, value.stop, value.step]
        return {"range": steps} if _is_short(value) else _NO_ATOM
    if issubclass(kind, numpy.generic):
        form = scalar_form(value)
        text = value if isinstance(value, str) else ""
        return {"scalar": form} if form and len(text) <= LONGEST_TEXT and _is_encodable(text) else _NO_ATOM
    return _NO_ATOM


def _is_changeable(value: object) -> bool:
    """Whether this is a container or an array that can go over and that a function could change."""
    kind = type(value)
    if kind is deque:
        return value.maxlen is None
    if kind is set:
        return all(map(_is_key, value))
    if _BY_KEY.get(kind.__name__) is kind:
        return (kind is not defaultdict or _factory_name(value) is not None) and all(map(_is_key, value))
    return issubclass(kind, list) or is_array(value)


def _is_key(value: object, depth: int = 0) -> bool:
    """Whether this is data that can stand in a set: it has a hash that no code of a stranger's computes."""
    kind = type(value)
    if issubclass(kind, tuple | frozenset):
        is_plain = kind.__hash__ in (tuple.__hash__, frozenset.__hash__) and kind.__eq__ in (
            tuple.__eq__, frozenset.__eq__
        )  # fmt: skip
        return is_plain and depth <= MOST_DEPTH and all(_is_key(item, depth + 1) for item in value)
    # Of larger ints, a hostile program can find many with one hash.
    return value.bit_length() < 64 if kind is int else _atom(value) is not _NO_ATOM


def _is_short(value: range) -> bool:
    # A test may walk over it, as over any container.
    try:
        return len(value) <= MOST_PARTS and all(
            step.bit_length() < 64 for step in (value.start, value.stop, value.step)
        )
    except OverflowError:
        return False


def _factory_name(value: defaultdict) -> str | None:
    return next((name for name, kind in _FACTORIES.items() if kind is value.default_factory), None)


def _fields(kind: type) -> list[str]:
    # What torch returns where there are several results has no `_fields`.
    fields = getattr(kind, "_fields", None) or getattr(kind, "__match_args__", None)
    return list(fields) if isinstance(fields, tuple) else []


def _are_fields(fields: object, items: list) -> bool:
    return (
        isinstance(fields, list)
        and len(fields) == len(items)
        and all(isinstance(name, str) and as_name(name) == name and name[0] != "_" for name in fields)
        and len({"count", "index", *fields}) == len(fields) + 2
    )


@lru_cache(maxsize=64)
def _named_tuple(name: str, *fields: str) -> type:
    """As `collections.namedtuple` makes it, but without running any text as code."""

    def shown(self) -> str:
        return f"{name}({', '.join(f'{field}={value!r}' for field, value in zip(fields, self))})"

    content = {field: property(itemgetter(place)) for place, field in enumerate(fields)}
    return type(name, (tuple,), {"__slots__": (), "__repr__": shown, "_fields": fields, **content})


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
    given: the message that was sent before, of whose things this one may speak
    given_is_settled: whether what this one says of those things is done already; else they are not walked over
    containers: what was made so far that can be changed, by number; None while it is being made
    """

    tensors: dict[str, torch.Tensor]
    other: Callable[[dict], object]
    tensor: Callable[[int, torch.Tensor, bool], torch.Tensor]
    given: Outgoing | None = None
    given_is_settled: bool = False
    containers: list[object] = field(default_factory=list)
    extent: _Extent = field(default_factory=_Extent)
    _made: dict[int, torch.Tensor] = field(default_factory=dict)

    def decoded(self, given: object, depth: int = 0) -> object:
        """The value of a JSON value. Raises Unsendable."""
        self.extent.count(given, depth)
        if given is None or isinstance(given, bool | float):
            return given
        if isinstance(given, int):
            if given.bit_length() > MOST_BITS:
                raise Unsendable("a number that is too large")
            return given
        if isinstance(given, str):
            return _checked_text(given)
        match given:
            case {"tensor": int(number), "grad": bool(grad), "complex": bool(is_complex), **rest} if not rest:
                return self._tensor(number, grad, is_complex)
            case {**single} if len(single) == 1:
                [(name, content)] = single.items()
                try:
                    made = self._made_of(name, content, depth)
                except (TypeError, ValueError, LookupError, OverflowError):
                    raise Unsendable("an unknown form") from None
                return self.other(given) if made is _NO_ATOM else made
            case {**more} if more:
                return self.other(given)
        raise Unsendable("an unknown form")

    def _made_of(self, name: str, content: object, depth: int) -> object:
        """The value of an object with one entry; `_NO_ATOM` where the name stands for no kind of data."""
        match name, content:
            case ("number", "inf" | "-inf" | "nan"):
                return float(content)
            case ("complex", [real, imaginary]):
                return complex(self._float(real, depth), self._float(imaginary, depth))
            case ("bytes", str(text)) if len(text) <= 2 * LONGEST_TEXT:
                return bytes_from(text)
            case ("range", [_, _, _]) if all(type(step) is int for step in content):
                value = range(*content)
                if not _is_short(value):
                    raise ValueError
                return value
            case ("scalar", [_, str(text)]):
                _checked_text(text)
                return as_scalar(content)
            case ("array", _):
                key = f"array{len(self.containers)}"
                self.containers.append(as_array(content, self.tensors.get(key)))
                return self.containers[-1]
            case ("named", [kind, fields, list(items)]) if as_name(kind) == kind and _are_fields(fields, items):
                return _named_tuple(kind, *fields)(self.decoded(item, depth + 1) for item in items)
            case ("given", number) if self.given is not None:
                return self._counted(self.given.containers, number, depth, self.given_is_settled)
            case ("given tensor", number) if self.given is not None:
                return _one_of(self.given.originals, number)
            case ("again", number):
                return self._counted(self.containers, number, depth)
        if name in _FIXED and isinstance(content, list):
            return _FIXED[name](self._items(name, content, depth))
        if name in _CHANGEABLE and isinstance(content, list):
            return self._container(lambda: _CHANGEABLE[name](self._items(name, content, depth)))
        match name, content:
            case ("defaultdict", [str(factory), list(pairs)]):
                return self._container(lambda: defaultdict(_FACTORIES[factory], self._pairs(pairs, depth)))
            case (_, list(pairs)) if name in _BY_KEY and name != "defaultdict":
                return self._container(lambda: _BY_KEY[name](self._pairs(pairs, depth)))
        return _NO_ATOM

    def _container(self, make: Callable[[], object]) -> object:
        place = len(self.containers)
        self.containers.append(None)
        self.containers[place] = make()
        return self.containers[place]

    def _items(self, name: str, content: list, depth: int) -> list:
        items = [self.decoded(item, depth + 1) for item in content]
        if name in ("set", "frozenset") and not (all(map(_is_key, items)) and len(set(items)) == len(items)):
            raise ValueError
        if name == "Size" and not all(type(item) is int and item.bit_length() < 64 for item in items):
            raise ValueError
        return items

    def _pairs(self, content: list, depth: int) -> dict:
        pairs = {}
        for pair in content:
            if not isinstance(pair, list):
                raise ValueError
            key, item = pair
            key = self.decoded(key, depth + 1)
            if not _is_key(key) or key in pairs:
                raise ValueError
            pairs[key] = self.decoded(item, depth + 1)
        return pairs

    def _float(self, given: object, depth: int) -> float:
        value = self.decoded(given, depth + 1)
        if type(value) is not float:
            raise ValueError
        return value

    def _counted(self, known: list, number: object, depth: int, walk: bool = True) -> object:
        value = _one_of(known, number)
        if walk:
            self.extent.parts -= 1
            self.extent.walk(value, depth)
        return value

    def _tensor(self, number: int, grad: bool, is_complex: bool) -> torch.Tensor:
        if number not in self._made:
            value = self.tensors.get(str(number))
            if value is None:
                raise Unsendable("a tensor that is not there")
            if is_complex:
                if value.dtype not in _AS_REAL.values() or value.dim() < 1 or value.shape[-1] != 2:
                    raise Unsendable("a complex tensor that is none")
                value = torch.view_as_complex(value)
            if value.dtype is torch.bool and bool((value.view(torch.uint8) > 1).any()):
                raise Unsendable("truths that are neither true nor false")
            if grad and not (value.is_floating_point() or value.is_complex()):
                raise Unsendable("a gradient for whole numbers")
            self._made[number] = self.tensor(number, value, grad)
        return self._made[number]


def _one_of(known: list, number: object) -> object:
    if type(number) is not int or not 0 <= number < len(known) or known[number] is None:
        raise Unsendable("a thing that is not there")
    return known[number]


def _checked_text(text: str) -> str:
    if len(text) > LONGEST_TEXT or not _is_encodable(text):
        raise Unsendable("a text that is too long or not Unicode")
    return text


def name_of(kind: type) -> str:
    """The name of a type, as it may be shown: an identifier of at most 60 characters."""
    return as_name(getattr(kind, "__name__", ""))


def as_name(text: object) -> str:
    """`text` if it may be the name of a type, else "object"."""
    if isinstance(text, str) and len(text) <= LONGEST_NAME and text.isidentifier() and text.isascii():
        return text if not keyword.iskeyword(text) else "object"
    return "object"
