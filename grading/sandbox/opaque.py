"""A value of the student's of which only the type is known. Whatever would judge it fails the check and says so."""

import builtins
import types
from functools import lru_cache

import numpy

from attention_lib.checks import CheckFailed

# What an opaque value may be said to be an instance of, by name.
_KNOWN = {
    kind.__name__: kind
    for kind in [*vars(builtins).values(), *vars(types).values(), numpy.ndarray]
    if isinstance(kind, type) and not issubclass(kind, BaseException) and kind is not object
}
_OF_THE_TYPE = {"__name__", "__qualname__", "__module__", "__class__", "__array_ufunc__", "__array_function__"}
_UNARY = "bool len length_hint iter next reversed aiter anext await hash repr str bytes fspath dir neg pos abs invert "
_UNARY += "int float complex index round trunc floor ceil enter exit aenter aexit copy deepcopy reduce_ex "
_BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or".split()
_OTHER = "eq ne lt le gt ge contains getitem setitem delitem format setattr delattr array array_ufunc array_function"
_REFUSED = [*_UNARY.split(), *_BINARY, *_OTHER.split(), *(f"{side}{name}" for side in "ri" for name in _BINARY)]


def opaque(name: str, sentence: str, bases: tuple[str, ...] = (), is_callable: bool = False) -> object:
    """A value whose type has this name. `isinstance`, `callable`, `is` and the type's name work; all else raises.

    sentence: what the check that uses the value then says
    bases: names of types; it counts as an instance of the first one that is known here
    """
    return _opaque_type(name, sentence, bases, is_callable)()


def is_opaque(value: object) -> bool:
    """Whether the value is one of these."""
    return issubclass(type(value), _Opaque)


@lru_cache(maxsize=256)
def _opaque_type(name: str, sentence: str, bases: tuple[str, ...], is_callable: bool) -> type:
    def refuse(*arguments, **named):
        raise CheckFailed(sentence)

    kind = next((_KNOWN[base] for base in bases if base in _KNOWN), None)
    content = {f"__{name}__": refuse for name in [*_REFUSED, *(["call"] if is_callable else [])]}
    content |= {"__slots__": (), "__torch_function__": staticmethod(refuse), "_refuse": staticmethod(refuse)}
    return _TypeOfOpaque(name, (_Opaque,), content | {"_kind": kind})


class _TypeOfOpaque(type):
    def __getattribute__(cls, name: str) -> object:
        # `isinstance` of an abstract class looks into `__mro__` for methods; all of them are here.
        if name not in _OF_THE_TYPE:
            type.__getattribute__(cls, "_refuse")()
        return type.__getattribute__(cls, name)


class _Opaque(metaclass=_TypeOfOpaque):
    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        kind = type(self)
        if name == "__class__":
            return type.__getattribute__(kind, "_kind") or kind
        if name == "__torch_function__":
            return type.__getattribute__(kind, name)
        return type.__getattribute__(kind, "_refuse")()
