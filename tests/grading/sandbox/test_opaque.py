"""A value that cannot be judged: nothing that is done with it gives a verdict."""

import collections.abc
import copy
import json
import math
import operator
import pickle
import types

import numpy
import pytest
import torch

from attention_lib.checks import CheckFailed, Checks, expect, expect_shape, expect_tensor
from grading.sandbox.opaque import is_opaque, opaque

SENTENCE = "`f` returned a Thing, which cannot be judged."


def thing(*bases: str, is_callable: bool = False) -> object:
    return opaque("Thing", SENTENCE, bases, is_callable)


BINARY = [
    operator.add, operator.sub, operator.mul, operator.matmul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.lshift, operator.rshift, operator.and_, operator.or_, operator.xor, divmod, operator.eq,
    operator.ne, operator.lt, operator.le, operator.gt, operator.ge, operator.iadd, operator.isub, operator.imul,
    operator.imatmul, operator.itruediv, operator.ifloordiv, operator.imod, operator.ipow, operator.ilshift,
    operator.irshift, operator.iand, operator.ior, operator.ixor, operator.contains, operator.getitem,
    operator.delitem,
]  # fmt: skip
OTHERS = [3, 2.5, "%s", [1], {}, None, torch.ones(2), numpy.ones(2), numpy.float32(1), thing()]


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
def test_no_operation_with_another_value_gives_a_verdict(operation, other):
    with pytest.raises(CheckFailed, match=SENTENCE):
        operation(thing(), other)


@pytest.mark.parametrize("operation", BINARY[:20], ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
def test_nor_on_the_right(operation, other):
    with pytest.raises(CheckFailed, match=SENTENCE):
        operation(other, thing())


def looks(value):
    with value:
        pass


def setting(value):
    value.x = 1


def deleting(value):
    del value.x


ALONE = {
    **{kind.__name__: kind for kind in (bool, int, float, complex, str, repr, format, bytes, list, tuple, set, dict)},
    **{what.__name__: what for what in (len, iter, next, reversed, hash, abs, round, sum, max, sorted, any, dir, vars)},
    **{what.__name__: what for what in (operator.neg, operator.pos, operator.invert, operator.index, operator.not_)},
    **{what.__name__: what for what in (math.floor, math.ceil, math.trunc, math.sqrt, math.isnan, open, bin, aiter)},
    **{what.__name__: what for what in (copy.copy, copy.deepcopy, pickle.dumps, operator.length_hint)},
    **{what.__name__: what for what in (torch.tensor, torch.as_tensor, torch.isnan, torch.sum, torch.zeros)},
    **{what.__name__: what for what in (numpy.array, numpy.asarray, numpy.sum, numpy.isnan, numpy.sqrt, numpy.float32)},
    "with": looks, "set": setting, "delete": deleting, "f-string": lambda value: f"{value!r}",
    "attribute": lambda value: value.shape, "hasattr": lambda value: hasattr(value, "x"),
    "getattr": lambda value: getattr(value, "x", None), "doc": lambda value: value.__doc__,
    "in a set": lambda value: {value}, "in a list": lambda value: 3 in [value], "as an index": lambda value: [1][value],
    "unpacked": lambda value: (lambda *x: 0)(*value), "by name": lambda value: (lambda **x: 0)(**value),
    "texts": lambda value: f"{value}", "range": lambda v: range(v),
    "stack": lambda value: torch.stack([value]), "softmax": lambda value: torch.nn.functional.softmax(value, -1),
    "linear": lambda value: torch.nn.Linear(2, 2)(value), "equal": lambda value: torch.equal(torch.ones(1), value),
    "allclose": lambda value: torch.allclose(value, torch.ones(1)), "set item": lambda v: torch.ones(2).fill_(v),
    "index of a tensor": lambda value: torch.ones(2)[value], "numpy's allclose": lambda v: numpy.allclose(v, [1]),
    "concatenate": lambda value: numpy.concatenate([value]), "shape": lambda v: expect_shape("it", [v][0].T, (1,)),
    "mro": lambda value: type(value).__mro__,
    "attribute of the type": lambda value: hasattr(type(value), "__len__"), "expect": lambda value: expect(value, ""),
    "isinstance of it": lambda value: isinstance(3, value),
}  # fmt: skip


@pytest.mark.parametrize("use", ALONE.values(), ids=ALONE)
@pytest.mark.parametrize("bases", [(), ("list", "object"), ("int",)], ids=str)
def test_nothing_that_is_done_with_it_alone_gives_a_verdict(use, bases):
    with pytest.raises(CheckFailed, match=SENTENCE):
        use(thing(*bases))


@pytest.mark.parametrize("kind", [collections.abc.Iterable, collections.abc.Sized, collections.abc.Hashable])
def test_nor_is_it_said_what_its_type_can_do(kind):
    with pytest.raises(CheckFailed, match=SENTENCE):
        isinstance(thing(), kind)


def test_what_it_is_can_be_asked():
    value = thing()
    assert type(value).__name__ == "Thing" and value is not None and is_opaque(value) and not is_opaque(3)
    assert not isinstance(value, int | list | dict | torch.Tensor | numpy.ndarray | torch.nn.Module | str)
    assert not callable(value) and callable(thing(is_callable=True))
    with pytest.raises(CheckFailed, match="should be a tensor, but came back as a Thing"):
        expect_tensor("the result", value)
    with pytest.raises(CheckFailed, match=SENTENCE):
        thing(is_callable=True)(3)


@pytest.mark.parametrize(
    ("bases", "kind"),
    [
        (("D", "dict", "object"), dict),
        (("generator", "object"), types.GeneratorType),
        (("ndarray",), numpy.ndarray),
        (("ndarray", "object"), numpy.ndarray),
        (("int", "object"), int),
        (("generator",), collections.abc.Iterator),
    ],
)
def test_it_is_an_instance_of_what_the_value_is(bases, kind):
    assert isinstance(thing(*bases), kind) and not isinstance(thing(*bases), torch.Tensor)


@pytest.mark.parametrize("name", ["object", "SystemExit", "Exception", "CheckFailed", "Tensor", "Module", ""])
def test_a_base_that_is_no_kind_of_data_says_nothing(name):
    kind = type(thing(name))
    assert not isinstance(thing(name), BaseException | torch.Tensor | torch.nn.Module) and thing(name).__class__ is kind


@pytest.mark.parametrize(
    "check",
    [
        lambda: expect(False, thing()),
        lambda: json.dumps(thing()),
        lambda: torch.from_numpy(thing()),
        lambda: "".join([thing()]),
        lambda: {}[3, [thing()][0]],
        lambda: thing()(3),
    ],
)
def test_any_error_for_its_sake_is_a_failed_check(check):
    checks = Checks("f")
    checks.visible(check)
    assert checks.records[0].passed is False


def test_an_error_about_it_is_told_with_its_sentence():
    def check_it():
        """The rule."""
        raise AssertionError(thing())

    checks = Checks("f")
    checks.visible(check_it)
    assert SENTENCE.rstrip(".") in checks.records[0].message
