"""What a student's function may return or change, and a check of it: grading says what the student's notebook says."""

import collections
import math
import types
from contextlib import suppress

import numpy
import pytest
import torch

from attention_lib.checks import Checks, expect, expect_tensor
from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess
from tests.grading.sandbox.processes import allow

# Each: the body of `f(*a, **named)`, a check, and what becomes of it: it passes, fails, or cannot be judged.
P, F, C = "passes", "fails", "cannot be judged"
RETURNED = {
    # truth
    "numpy true": ("return numpy.True_", "expect(f(), 'no')", P),
    "numpy false": ("return numpy.False_", "expect(f(), 'no')", F),
    "numpy false, negated": ("return numpy.False_", "expect(not f(), 'no')", P),
    "numpy comparison": ("return numpy.float32(1) > 2", "expect(f(), 'no')", F),
    "zero of numpy": ("return numpy.int64(0)", "expect(f(), 'no')", F),
    "array of one false": ("return numpy.array([False])", "expect(f(), 'no')", F),
    "array 0-d": ("return numpy.array(3.0)", "expect(f() == 3 and f().shape == (), 'no')", P),
    "empty set": ("return set()", "expect(f(), 'no')", F),
    "empty range": ("return range(0)", "expect(f(), 'no')", F),
    "empty bytes": ("return b''", "expect(f(), 'no')", F),
    "complex zero": ("return 0j", "expect(f(), 'no')", F),
    "a false object": ("class A:\n  def __bool__(self): return False\nreturn A()", "expect(f(), 'no')", C),
    "a false object, negated": ("class A: pass\nreturn A()", "expect(not f(), 'no')", C),
    "function": ("return lambda: 1", "expect(f(), 'no')", C),
    "the function itself, called": ("return lambda: 1", "expect(f()() == 1, 'no')", C),
    "a class": ("class A: pass\nreturn A", "expect(f(), 'no')", C),
    "a module": ("return math", "expect(f(), 'no')", C),
    "a generator": ("return (x for x in [1, 2])", "expect(list(f()) == [1, 2], 'no')", C),
    "map": ("return map(abs, [1])", "expect(sum(f()) == 1, 'no')", C),
    "dict keys": ("return {1: 2}.keys()", "expect(1 in f(), 'no')", C),
    "Decimal": ("import decimal\nreturn decimal.Decimal(2)", "expect(f() == 2, 'no')", C),
    "Fraction": ("import fractions\nreturn fractions.Fraction(1, 2)", "expect(f() < 1, 'no')", C),
    "always equal": ("class A:\n  def __eq__(self, o): return True\nreturn A()", "expect(f() == 3, 'no')", C),
    "never unequal": ("class A:\n  def __ne__(self, o): return False\nreturn A()", "expect(not (f() != 3), 'no')", C),
    "unequal object": ("return object()", "expect(f() != 3, 'no')", C),
    "reflected equality": ("return object()", "expect(3 != f(), 'no')", C),
    "in a list": ("return [object()]", "expect(3 not in f(), 'no')", C),
    "in a tuple": ("return 1, object()", "expect(f()[1], 'no')", C),
    "in a dict": ("return {'a': object()}", "expect(f()['a'], 'no')", C),
    "rest of a tuple with an object": ("return 1, object()", "expect(f()[0] == 1, 'no')", P),
    "length of an object": ("class A:\n  def __len__(self): return 2\nreturn A()", "expect(len(f()) != 3, 'no')", C),
    "attribute of an object": ("return object()", "expect(not hasattr(f(), 'grad_fn'), 'no')", C),
    "default of an attribute": ("return object()", "expect(getattr(f(), 'x', None) is None, 'no')", C),
    "object to torch": ("return object()", "expect(torch.is_tensor(torch.add(f(), torch.ones(2))), 'no')", C),
    "tensor and object": ("return object()", "expect((torch.ones(2) == f()) is not None, 'no')", C),
    "array and object": ("return object()", "expect(bool((numpy.ones(2) != f()).all()), 'no')", C),
    "object as a number": ("return object()", "expect(float(f()) != 1, 'no')", C),
    "object in a text": ("return object()", "expect(f'{f()}' != 'x', 'no')", C),
    "object's repr": ("return object()", "expect(repr(f()) != 'x', 'no')", C),
    "object is no tensor": ("return object()", "expect(isinstance(f(), torch.Tensor), 'no')", F),
    "callable": ("return lambda: 1", "expect(callable(f()), 'no')", P),
    "not callable": ("return object()", "expect(callable(f()), 'no')", F),
    "generator is a generator": ("return (x for x in [1])", "expect(isinstance(f(), types.GeneratorType), 'no')", P),
    "is iterable": ("class A: pass\nreturn A()", "expect(isinstance(f(), collections.abc.Iterable), 'no')", C),
    "subclass of dict is a dict": ("class D(dict): pass\nreturn D(a=1)", "expect(not isinstance(f(), dict), 'no')", F),
    # numbers
    "numpy int equal": ("return numpy.int64(3)", "expect(f() == 3, 'no')", P),
    "numpy int unequal": ("return numpy.int64(3)", "expect(f() == 4, 'no')", F),
    "numpy int type": ("return numpy.int32(3)", "expect(type(f()) is numpy.int32, 'no')", P),
    "numpy float": ("return numpy.float64(0.1) + 0.2", "expect(abs(f() - 0.3) < 1e-9, 'no')", P),
    "numpy float is a float": ("return numpy.float64(0.5)", "expect(isinstance(f(), float), 'no')", P),
    "numpy float32 is no float": ("return numpy.float32(0.5)", "expect(isinstance(f(), float), 'no')", F),
    "numpy nan": ("return numpy.float32('nan')", "expect(numpy.isnan(f()), 'no')", P),
    "numpy inf": ("return numpy.float64('-inf')", "expect(f() < -1e300, 'no')", P),
    "numpy half": ("return numpy.float16(1.5)", "expect(f().dtype == numpy.float16 and f() == 1.5, 'no')", P),
    "numpy complex": ("return numpy.complex64(1 + 2j)", "expect(f().imag == 2, 'no')", P),
    "numpy uint64": ("return numpy.uint64(2**64 - 1)", "expect(int(f()) == 2**64 - 1, 'no')", P),
    "numpy text": ("return numpy.array(['cat', 'dog'])[1]", "expect(f() == 'dog', 'no')", P),
    "numpy long double": ("return numpy.longdouble(1)", "expect(f() == 1, 'no')", C),
    "numpy date": ("return numpy.datetime64('2020-01-01')", "expect(f(), 'no')", C),
    "factorial": ("return math.factorial(100)", "expect(f() == math.factorial(100), 'no')", P),
    "2 ** 63": ("return -2 ** 63", "expect(f() == -2 ** 63, 'no')", P),
    "a huge int": ("return 1 << 200_000", "expect(f() != 3, 'no')", C),
    "complex": ("return 1 + 2j", "expect(f() == 1 + 2j, 'no')", P),
    "complex nan": ("return complex('nan+infj')", "expect(f() != f() and f().imag == math.inf, 'no')", P),
    "nan": ("return math.nan", "expect(f() != f(), 'no')", P),
    "minus zero": ("return -0.0", "expect(math.copysign(1, f()) == -1, 'no')", P),
    "True is one": ("return True", "expect(f() == 1 and f() is True, 'no')", P),
    "an int enum": ("import enum\nclass A(enum.IntEnum):\n  X = 0\nreturn A.X", "expect(f(), 'no')", C),
    # containers
    "set": ("return {1, 2}", "expect(f() == {2, 1}, 'no')", P),
    "set, wrong": ("return {1, 2}", "expect(f() == {2, 1, 3}, 'no')", F),
    "set of tuples": ("return {(1, 'a'), (2, None)}", "expect((2, None) in f() and len(f()) == 2, 'no')", P),
    "frozenset": ("return frozenset('ab')", "expect(f() == {'a', 'b'} and hash(f()) is not None, 'no')", P),
    "set of objects": ("return {object()}", "expect(len(f()) != 2, 'no')", C),
    "set of tensors": ("return {torch.ones(1)}", "expect(len(f()) == 1, 'no')", C),
    "int keys": ("return {1: 'a', 2: 'b'}", "expect(f() == {1: 'a', 2: 'b'}, 'no')", P),
    "odd keys": (
        "return {None: 1, True: 2, (1, 'x'): 3, 0.5: 4}",
        "expect(f()[1, 'x'] + f()[0.5] + f()[1] == 9, 'no')",
        P,
    ),
    "object keys": ("return {object(): 1}", "expect(len(f()) != 2, 'no')", C),
    "Counter": ("return collections.Counter('aab')", "expect(f() == {'a': 2, 'b': 1} and f()['z'] == 0, 'no')", P),
    "defaultdict": ("d = collections.defaultdict(int)\nd['a'] += 1\nreturn d", "expect(f() == {'a': 1}, 'no')", P),
    "defaultdict's default": ("return collections.defaultdict(list)", "expect(f()['a'] == [], 'no')", P),
    "OrderedDict": ("return collections.OrderedDict(a=1)", "expect(f() == {'a': 1}, 'no')", P),
    "deque": ("return collections.deque([1, 2])", "expect(list(f()) == [1, 2], 'no')", P),
    "named tuple": ("return collections.namedtuple('P', 'x y')(1, 2)", "expect(f().y == 2 and f() == (1, 2), 'no')", P),
    "max of torch": ("return torch.tensor([1., 3.]).max(0)", "expect(f().indices == 1 and f()[0] == 3, 'no')", P),
    "a shape": ("return torch.ones(2, 3).shape", "expect(f() == (2, 3) and f().numel() == 6, 'no')", P),
    "list subclass": ("class L(list): pass\nreturn L([1])", "expect(f() == [1], 'no')", P),
    "range": ("return range(2, 9, 3)", "expect(list(f()) == [2, 5, 8], 'no')", P),
    "huge range": ("return range(10 ** 15)", "expect(len(f()) != 3, 'no')", C),
    "bytes": ("return b'ab\\x00'", "expect(f() == b'ab\\x00', 'no')", P),
    "rows that are one": ("return [[0] * 2] * 2", "r = f()\nr[0][0] = 1\nexpect(r[1][0] == 1, 'no')", P),
    # arrays
    "array": ("return numpy.arange(6.0).reshape(2, 3)", "expect(f().shape == (2, 3) and f()[1, 2] == 5, 'no')", P),
    "array, wrong": ("return numpy.arange(3)", "expect((f() == [0, 1, 3]).all(), 'no')", F),
    "array dtype": ("return numpy.ones(2, numpy.float32)", "expect(f().dtype == numpy.float32, 'no')", P),
    "array transposed": (
        "return numpy.arange(6).reshape(2, 3).T",
        "expect(f().tolist() == [[0, 3], [1, 4], [2, 5]], 'no')",
        P,
    ),
    "array of bools": ("return numpy.array([1, 2]) > 1", "expect(f().tolist() == [False, True], 'no')", P),
    "array big endian": (
        "return numpy.arange(3, dtype='>i4')",
        "expect(f().sum() == 3 and f().dtype == '>i4', 'no')",
        P,
    ),
    "array complex": ("return numpy.fft.fft(numpy.ones(4))", "expect(f()[0] == 4, 'no')", P),
    "array strided": ("return numpy.arange(9)[::-4]", "expect(f().tolist() == [8, 4, 0], 'no')", P),
    "array empty": ("return numpy.ones((0, 3))", "expect(f().shape == (0, 3), 'no')", P),
    "array can be written": ("return numpy.zeros(2)", "r = f()\nr[0] = 1\nexpect(r.sum() == 1, 'no')", P),
    "array of objects": ("return numpy.array([None, 1], dtype=object)", "expect(f()[0] is None, 'no')", C),
    "array of texts": ("return numpy.array(['a'])", "expect(f()[0] == 'a', 'no')", C),
    "array of records": ("return numpy.zeros(2, dtype='i4,f4')", "expect(len(f()) != 3, 'no')", C),
    "array masked": ("return numpy.ma.masked_array([1, 2], [0, 1])", "expect(f().sum() == 1, 'no')", C),
    "array for torch": ("return numpy.ones(3, 'f4')", "expect(torch.from_numpy(f()).sum() == 3, 'no')", P),
    "array is no tensor": ("return numpy.ones(3)", "expect_tensor('the result', f())", F),
    "array in a list": (
        "return [numpy.ones(2), {'a': numpy.int8(3)}]",
        "expect(f()[0].sum() + f()[1]['a'] == 5, 'no')",
        P,
    ),
    # errors of their own
    "a long text": ("return 'x' * 30_000", "expect(f() != 'y', 'no')", C),
    "a lone surrogate": ("return chr(0xd800)", "expect(f() != 'y', 'no')", C),
    "a mute error in an assert": ("return object()", "assert False, f()", C),
    "said as the sentence": ("return object()", "expect(False, f())", C),
}
CHANGED = {
    "append": ("a[0].append(4)", "x = [1]\nf(x)\nexpect(x == [1], 'no')", F),
    "append, wanted": ("a[0].append(4)", "x = [1]\nf(x)\nexpect(x == [1, 4], 'no')", P),
    "sorted in place": ("a[0].sort()", "x = [2, 1]\nf(x)\nexpect(x == [1, 2], 'no')", P),
    "cleared": ("a[0].clear()", "x = [2, 1]\nf(x)\nexpect(x == [2, 1], 'no')", F),
    "changed before an error": (
        "a[0].append(4)\nraise ValueError",
        "x = [1]\nwith suppress(ValueError): f(x)\nexpect(x == [1], 'no')",
        F,
    ),
    "dict set": ("a[0]['k'] = 2", "x = {}\nf(x)\nexpect(x == {}, 'no')", F),
    "dict popped": ("a[0].pop(1)", "x = {1: 2, 3: 4}\nf(x)\nexpect(x == {3: 4}, 'no')", P),
    "set added": ("a[0].add(2)", "x = {1}\nf(x)\nexpect(x == {1, 2}, 'no')", P),
    "array written": ("a[0][0] = 7", "x = numpy.zeros(2)\nf(x)\nexpect(x[0] == 0, 'no')", F),
    "array view": (
        "a[0][:] = 7",
        "x = numpy.zeros((2, 2))\nf(x[:, 0])\nexpect(x.tolist() == [[7, 0], [7, 0]], 'no')",
        P,
    ),
    "array in a dict": (
        "a[0]['w'] -= 1",
        "x = {'w': numpy.zeros(2)}\nf(x)\nexpect(x['w'].tolist() == [-1, -1], 'no')",
        P,
    ),
    "array reshaped": ("a[0].shape = (2, 1)", "x = numpy.zeros(2)\nf(x)\nexpect(x.shape == (2,), 'no')", C),
    "tensor in a list": ("a[0][0].zero_()", "x = [torch.ones(2)]\nf(x)\nexpect(x[0].sum() == 2, 'no')", F),
    "tensor in a list replaced": (
        "a[0][0] = a[0][0] * 2",
        "x = [torch.ones(2)]\nf(x)\nexpect(x[0].sum() == 4, 'no')",
        P,
    ),
    "tensor appended": ("a[0].append(a[1])", "x, t = [], torch.ones(2)\nf(x, t)\nexpect(x[0] is t, 'no')", P),
    "nested list": ("a[0][1][0]['k'] = 3", "y = {}\nx = [0, (y,)]\nf(x)\nexpect(y == {'k': 3}, 'no')", P),
    "inner kept, outer reversed": (
        "a[0].reverse()",
        "p, q = [1], [2]\nx = [p, q]\nf(x)\nexpect(x[0] is q and x[1] is p, 'no')",
        P,
    ),
    "two names of one list": ("a[0].append(1)\nreturn a[0] is a[1]", "x = []\nexpect(f(x, x) and x == [1], 'no')", P),
    "the argument returned": ("a[0].append(1)\nreturn a[0]", "x = []\nexpect(f(x) is x and x == [1], 'no')", P),
    "a copy returned": ("return list(a[0])", "x = []\nexpect(f(x) is x, 'no')", F),
    "a tensor returned as it is": ("return a[0]", "x = torch.ones(2)\nexpect(f(x) is not x, 'no')", F),
    "holds itself": ("a[0].append(a[0])", "x = []\nf(x)\nexpect(x == [], 'no')", F),
    "an object in it": ("a[0].append(object())", "x = []\nf(x)\nexpect(x == [], 'no')", F),
    "an object looked at": ("a[0].append(object())", "x = []\nf(x)\nexpect(x[0] != 3, 'no')", C),
    "emptied of an array": ("a[0].remove(a[0][0])", "x = [3, 3, 4]\nf(x)\nexpect(x == [3, 4], 'no')", P),
    "deque popped": ("a[0].popleft()", "x = collections.deque([1, 2])\nf(x)\nexpect(list(x) == [2], 'no')", P),
    "by name": ("named['m'].append(1)", "x = []\nf(m=x)\nexpect(x == [1], 'no')", P),
    "nothing changed": ("return sum(a[0])", "x = [1, 2]\nexpect(f(x) == 3 and x == [1, 2], 'no')", P),
    "arguments of every kind": (
        "return [type(x).__name__ for x in a]",
        "expect(f({1}, numpy.ones(2), numpy.int8(1), {1: 2}, 1j, b'x', range(3), 1 << 70) == "
        "['set', 'ndarray', 'int8', 'dict', 'complex', 'bytes', 'range', 'int'], 'no')",
        P,
    ),
}


def indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.splitlines())


def verdict(f, check: str) -> str:
    """What the check makes of `f`; another one after it still passes."""
    names = {"f": f, "expect": expect, "expect_tensor": expect_tensor, "torch": torch, "numpy": numpy, "math": math}
    names |= {"types": types, "collections": collections, "suppress": suppress}
    exec(f"def check_it():\n    'The rule.'\n{indented(check)}\ndef check_more(): expect(True, '')", names)
    checks = Checks("f")
    for name in ("check_it", "check_more"):
        checks.visible(names[name])
    first, second = checks.records
    assert second.passed is True
    if first.passed:
        return P
    return C if "cannot be judged" in first.message else F


@pytest.fixture(scope="module")
def one_student(warm_processes):
    """A student's process for all tests of this module."""
    with StudentProcess(warm_processes("inner")) as process:
        yield process


@pytest.mark.parametrize(
    ("body", "check", "want"), [pytest.param(*case, id=name) for name, case in (RETURNED | CHANGED).items()]
)
def test_a_check_says_what_it_says_in_the_students_notebook(one_student, body, check, want):
    source = f"import torch, numpy, math, types, collections\ndef f(*a, **named):\n{indented(body)}"
    allow(one_student)
    assert one_student.run_cell(source) == []
    assert verdict(StudentNamespace(one_student).names(["f"])["f"], check) == want
    if want != C:
        names = {}
        exec(source, names)
        assert verdict(names["f"], check) == want
