"""Values as data, there and back: what goes over is what comes out, and what does not fit is refused."""

import math
import pickle
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import suppress
from enum import IntEnum
from time import process_time

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st

from grading.sandbox.line import values
from grading.sandbox.line.messages import BrokenLine, packed, unpacked
from grading.sandbox.line.values import Incoming, Outgoing, Unsendable, as_name, name_of
from tests.grading.sandbox.forms import FORMS

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
    torch.float32, torch.float64, torch.complex64, torch.complex128,
]  # fmt: skip


class Text(str):
    pass


class Mapping(dict):
    pass


class OddTuple(tuple):
    def __hash__(self):
        return 1


class Colour(IntEnum):
    RED = 0


Pair = namedtuple("Pair", "a b")


def refuse(value):
    raise Unsendable(type(value).__name__)


def encoded(value, other=refuse, most_bytes=10_000_000):
    outgoing = Outgoing(other, most_bytes)
    return outgoing.encoded(value), outgoing


def decoded(form, tensors=None, other=refuse):
    return Incoming(tensors or {}, other, lambda number, value, grad: value.requires_grad_(grad)).decoded(form)


def there_and_back(value):
    form, outgoing = encoded(value)
    message, tensors = unpacked(*parts(packed({"value": form}, outgoing.tensors)))
    return decoded(message["value"], tensors)


def parts(message: bytes) -> tuple[bytes, bytes]:
    text_length = int.from_bytes(message[:4], "big")
    return message[12 : 12 + text_length], message[12 + text_length :]


def same(one, other) -> bool:
    if isinstance(one, torch.Tensor):
        return (
            isinstance(other, torch.Tensor)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.requires_grad == other.requires_grad
            and torch.equal(one.detach().nan_to_num(7.5), other.detach().nan_to_num(7.5))
            and torch.equal(one.detach().isnan(), other.detach().isnan())
        )
    if isinstance(one, numpy.ndarray | numpy.generic):
        alike = type(one) is type(other) and one.dtype == other.dtype and one.shape == other.shape
        return alike and numpy.asarray(one).tobytes() == numpy.asarray(other).tobytes()
    if isinstance(one, float):
        return type(other) is float and (one == other or math.isnan(one) and math.isnan(other))
    if hasattr(one, "_fields"):
        return one._fields == other._fields and type(one).__name__ == type(other).__name__ and same([*one], [*other])
    if isinstance(one, complex):
        return type(other) is complex and same([one.real, one.imag], [other.real, other.imag])
    if isinstance(one, tuple | list | deque):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        alike = type(one) is type(other) and same(list(one), list(other))
        return alike and all(map(same, one.values(), other.values()))
    if isinstance(one, set | frozenset):
        return type(one) is type(other) and same(sorted(one, key=repr), sorted(other, key=repr))
    return type(one) is type(other) and one == other


@st.composite
def tensors(draw):
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    value = torch.randint(0, 2, shape) if dtype is torch.bool else torch.randn(shape, dtype=torch.float64) * 50
    if dtype is torch.uint8:
        value = value.abs()
    value = value.to(dtype)
    if value.is_floating_point() and value.numel() and draw(st.booleans()):
        value.view(-1)[0] = draw(st.sampled_from([math.nan, math.inf, -math.inf, -0.0]))
    view = draw(st.sampled_from(["plain", "transposed", "expanded", "strided", "reversed batch"]))
    if view == "transposed" and value.dim() > 1:
        value = value.transpose(0, -1)
    elif view == "expanded":
        value = value.unsqueeze(0).expand(3, *value.shape)
    elif view == "strided" and value.dim():
        value = value[..., ::2]
    elif view == "reversed batch" and value.dim():
        value = value.flip(0)
    if value.is_floating_point() and draw(st.booleans()):
        value = value.detach().requires_grad_()
    return value


ARRAY_DTYPES = st.one_of(
    numpy_st.boolean_dtypes(), numpy_st.integer_dtypes(endianness="?"), numpy_st.floating_dtypes(endianness="?"),
    numpy_st.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)  # fmt: skip
ARRAYS = numpy_st.arrays(ARRAY_DTYPES, numpy_st.array_shapes(min_dims=0, min_side=0, max_side=3))
HASHABLE = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text(max_size=30), st.binary(max_size=5),
    st.complex_numbers(), ARRAYS.filter(lambda array: array.size).map(lambda array: array.flat[0]),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3)), st.just(numpy.str_("é")),
)  # fmt: skip
KEYS = (
    HASHABLE | st.tuples(HASHABLE, HASHABLE) | st.frozensets(HASHABLE, max_size=2) | st.builds(Pair, HASHABLE, HASHABLE)
)
PLAIN = st.one_of(KEYS, tensors(), ARRAYS, ARRAYS.map(lambda array: array.T[..., ::-1] if array.ndim else array),
    st.integers(1, 12_999).map(lambda bits: 1 - (1 << bits)), st.just(torch.Size([2, 3])),
)  # fmt: skip
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(deque),
        st.builds(Pair, inner, inner),
        st.sets(KEYS, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3).map(OrderedDict),
        st.dictionaries(KEYS, inner, max_size=3).map(Counter),
        st.dictionaries(KEYS, inner, max_size=3).map(lambda items: defaultdict(int, items)),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(NESTED)
def test_what_goes_over_is_what_comes_out(value):
    try:
        back = there_and_back(value)
    except Unsendable as reason:
        # Surrogates are no Unicode text, and are only named.
        assert str(reason) in ("str", "dict", "set", "frozenset", "OrderedDict", "Counter", "defaultdict"), reason
    else:
        assert same(value, back)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (2, 3)], ids=str)
def test_every_dtype_and_empty_shapes(dtype, shape):
    value = torch.ones(shape).to(dtype)
    assert same(value, there_and_back(value))


def test_conjugates_and_negated_views_go_over_as_what_they_show():
    value = torch.tensor([1 + 2j, 3 - 4j])
    assert torch.equal(there_and_back(value.conj()), value.conj())
    assert torch.equal(there_and_back(value.conj().imag), value.conj().imag)


def test_the_same_tensor_twice_stays_one_and_equal_ones_stay_two():
    one, other = torch.ones(3), torch.ones(3)
    first, second, third = there_and_back([one, {"again": one}, other])
    assert first is second["again"] and first is not third


def test_a_container_twice_stays_one_and_equal_ones_stay_two():
    for make in (lambda: [1], lambda: {"a": 1}, lambda: {1}, lambda: numpy.ones(2), lambda: deque([1])):
        one = make()
        first, second, third, fourth = there_and_back([one, (one,), make(), [make(), one]])
        assert first is second[0] is fourth[1] and first is not third and third is not fourth[0]


@pytest.mark.parametrize(
    "array",
    [numpy.array(3.0), numpy.arange(6, dtype=">i2").reshape(2, 3).T, numpy.broadcast_to(numpy.float16(2), (2, 2)),
     numpy.zeros((0, 3), bool), numpy.asfortranarray(numpy.ones((2, 3), complex)), numpy.arange(9)[::-4]],
    ids=str,
)  # fmt: skip
def test_arrays_keep_dtype_shape_and_whether_they_can_be_written(array):
    back = there_and_back(array)
    assert same(array, back) and back.flags.writeable == array.flags.writeable and back.flags.c_contiguous
    assert back.flags.aligned and back.dtype.byteorder == array.dtype.byteorder


def test_an_array_that_only_seems_large_is_refused_before_it_is_copied():
    with pytest.raises(Unsendable, match="MB of tensors"):
        encoded(numpy.broadcast_to(1.0, (1 << 20, 1 << 20)))


@pytest.mark.parametrize("factory", [None, int, float, str, bool, list, dict, set, tuple])
def test_a_defaultdict_keeps_its_default(factory):
    back = there_and_back(defaultdict(factory, a=1))
    assert type(back) is defaultdict and back == {"a": 1} and back.default_factory is factory


def test_views_of_one_memory_go_over_apart():
    base = torch.arange(6.0)
    first, second = there_and_back((base[:4], base[2:]))
    first.zero_()
    assert second.tolist() == [2.0, 3.0, 4.0, 5.0] and base.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_tensor_of_inference_mode_and_one_with_a_graph_go_over():
    with torch.inference_mode():
        made = torch.ones(2) * 3
    assert there_and_back(made).tolist() == [3, 3]
    result = torch.ones(2, requires_grad=True) * 2
    assert there_and_back(result).requires_grad


def test_equal_named_tuples_have_one_type_and_odd_ones_are_tuples():
    first, second = there_and_back([Pair(1, 2), Pair(1, [])])
    assert first == (1, 2) and first.b == 2 and type(first) is type(second) and isinstance(first, tuple)
    assert there_and_back(torch.ones(2).max(0)).indices == 0
    for fields in (("__len__", "b"), ("count", "b"), ("a", "a"), ("a",), ("a", 1), ("a", "é"), ["a", "b"]):
        odd = type("Odd", (tuple,), {"_fields": fields})((1, 2))
        assert type(there_and_back(odd)) is tuple


class Row(list):
    pass


def test_a_subclass_of_list_is_a_list_and_one_of_tensor_a_tensor():
    assert same([1], there_and_back(Row([1])))
    assert same(torch.ones(2, requires_grad=True), there_and_back(torch.nn.Parameter(torch.ones(2))))


NO_DATA = [
    object(), {len: 2}, {len}, frozenset([len]), {torch.ones(1)}, {(1, len): 2}, {Pair(1, len)}, {OddTuple()},
    b"x" * 20_001, Text("x"), {Text("x")}, 1 << 13_000, -(1 << 13_000), "\ud800", {"\ud800": 1}, "x" * 20_001,
    {1 << 64}, range(5_001), range(1 << 70), range(0, -(1 << 64)), len, iter([]), bytearray(b"x"), memoryview(b"x"),
    slice(1), deque([1], maxlen=2), defaultdict(lambda: 1), Mapping(a=1), numpy.array([None]), numpy.array(["x"]),
    numpy.zeros(2, "i4,f4"), numpy.array(["2020"], "M8[D]"), numpy.zeros(1, numpy.longdouble),
    numpy.ma.array([1]), numpy.longdouble(1), numpy.datetime64("2020"), numpy.void(b"x"), numpy.bytes_(b"x"),
    numpy.str_("\ud800"), numpy.str_("x" * 20_001), torch.float32, Colour.RED,
]  # fmt: skip


@pytest.mark.parametrize("value", NO_DATA, ids=lambda value: type(value).__name__)
def test_what_is_no_data_is_only_named(value):
    form, _ = encoded([value], other=lambda thing: {"other": name_of(type(thing))})
    assert form == {"list": [{"other": type(value).__name__}]}


@pytest.mark.parametrize(
    "value",
    [torch.eye(3).to_sparse(), torch.empty(2, device="meta"), torch.ones(2, dtype=torch.float8_e4m3fn)],
    ids=["sparse", "meta", "float8"],
)
def test_tensors_that_cannot_go_over_are_refused_in_words(value):
    with pytest.raises(Unsendable, match="a tensor of"):
        encoded(value)


def test_too_deep_too_many_and_too_large_are_refused_before_they_are_sent():
    deep = []
    for _ in range(values.MOST_DEPTH + 1):
        deep = [deep]
    with pytest.raises(Unsendable, match="nested too deeply"):
        encoded(deep)
    endless = []
    endless.append((endless,))
    with pytest.raises(Unsendable, match="nested too deeply|more parts"):
        encoded(endless)
    twice = []
    for _ in range(11):
        twice = [twice, twice, twice]
    with pytest.raises(Unsendable, match="more parts"):
        encoded(twice)
    with pytest.raises(Unsendable, match="more parts"):
        encoded([1 << 12_000] * 30)
    with pytest.raises(Unsendable, match="more parts"):
        encoded([0] * values.MOST_PARTS)
    with pytest.raises(Unsendable, match="MB of tensors"):
        encoded([torch.zeros(200), torch.zeros(200)], most_bytes=1500)
    once = torch.zeros(200)
    assert encoded([once] * 10, most_bytes=1500)


NO_FORM = [
    [], [1], {}, {"list": 1}, {"list": [], "tuple": []}, {"tuple": [], "more": 1}, {"list": [], "": 0}, {"number": "1"},
    {"number": "NaN"}, {"number": 1.0}, {"dict": {}}, {"dict": [["a"]]}, {"dict": [["a", 1, 2]]}, {"dict": ["ab"]},
    {"dict": [[[], 1]]}, {"dict": [["a", 1], ["a", 2]]}, {"dict": [[{"list": []}, 1]]},
    {"dict": [[{"other": ["A", [], False]}, 1]]}, {"dict": [[{"tuple": [{"list": []}]}, 1]]}, {"dict": [[1 << 64, 1]]},
    {"dict": [[1, 1], [True, 2]]}, {"dict": [["a", 1], [{"scalar": ["str", "a"]}, 1]]}, {"Counter": 3},
    {"defaultdict": []}, {"defaultdict": ["exec", []]}, {"defaultdict": ["int", [], 1]}, {"defaultdict": [["int"], []]},
    {"set": [1, 1]}, {"set": [0, False]}, {"set": [{"list": []}]}, {"set": [1 << 64]}, {"frozenset": [{"set": []}]},
    {"set": [{"tensor": 0, "grad": False, "complex": False}]}, {"set": {}}, {"deque": 1}, {"Size": ["a"]},
    {"Size": [1 << 70]}, {"Size": [0.5]}, {"Size": [{"list": []}]}, {"range": [0, 1]}, {"range": [0, 1, 0]},
    {"range": [0, 9, True]}, {"range": [0, 5_001, 1]}, {"range": [1 << 64, 1 << 64, 1]}, {"range": [0.0, 1, 1]},
    {"complex": [1, 2]}, {"complex": [1.0]}, {"complex": ["nan", 1.0]}, {"complex": [True, 1.0]}, {"bytes": "0"},
    {"bytes": "0g"}, {"bytes": "00 00"}, {"bytes": "AA"}, {"bytes": "00" * 20_001}, {"bytes": 1}, {"scalar": "<f4"},
    {"scalar": ["<f4", "00"]}, {"scalar": ["<f4", "0000000g"]}, {"scalar": ["<f4", "        "]},
    {"scalar": ["|O8", "00" * 8]}, {"scalar": ["O", "00" * 8]}, {"scalar": ["|b1", "02"]}, {"scalar": ["|S1", "00"]},
    {"scalar": ["<M8[D]", "00" * 8]}, {"scalar": ["str", "\ud800"]}, {"scalar": ["str", "x" * 20_001]},
    {"scalar": ["str", 1]}, {"scalar": ["<f4", "0" * 8, 1]}, {"array": []}, {"array": ["<f4", [1]]},
    {"array": ["<f4", [2], True]}, {"array": ["|u1", [2], True]}, {"named": ["P", ["a"], []]},
    {"named": ["P", ["__len__"], [1]]}, {"named": ["P", ["_x"], [1]]}, {"named": ["P", [1], [1]]},
    {"named": ["class", ["a"], [1]]}, {"named": ["P", ["a", "a"], [1, 2]]}, {"named": ["P", ["count"], [1]]},
    {"named": ["P", ["a"]]}, {"named": ["P", "a", [1]]}, {"named": ["P", [["a"]], [1]]}, {"named": [1, ["a"], [1]]},
    {"given": 0}, {"given tensor": 0}, {"again": 5}, {"again": -1}, {"again": True}, {"again": "0"}, {"again": [0]},
    {"again": 0}, 1 << 13_001, {"number": []}, {"number": {}}, {"array": {"list": []}}, {"tensor": {"list": []}},
    {"tensor": 0}, {"tensor": "0", "grad": False, "complex": False}, {"tensor": 0, "grad": 0, "complex": False},
    {"tensor": 0, "grad": False, "complex": None}, {"tensor": 9, "grad": False, "complex": False},
    {"tensor": -1, "grad": False, "complex": False}, {"tensor": 0, "grad": False, "complex": False, "x": 0},
    {"tensor": 0, "grad": False, "complex": True}, {"tensor": 1, "grad": True, "complex": False},
    {"tensor": 2, "grad": False, "complex": True}, "\ud800", "x" * 20_001,
]  # fmt: skip


@pytest.mark.parametrize("form", NO_FORM, ids=lambda form: str(form)[:60])
def test_wrong_forms_are_refused(form):
    there = {"0": torch.ones(3), "1": torch.ones(2, dtype=torch.int64), "2": torch.tensor(1.0)}
    with pytest.raises(Unsendable):
        decoded(form, there)
    with pytest.raises(Unsendable):
        decoded({"list": [{"dict": [["a", form]]}]}, there)


def test_too_deep_and_too_many_are_refused_on_arrival():
    form = 0
    for _ in range(values.MOST_DEPTH + 1):
        form = {"list": [form]}
    with pytest.raises(Unsendable, match="too deep"):
        decoded(form)
    for form in (
        {"list": [0] * values.MOST_PARTS},
        {"list": [{"list": [0] * 1000}, *[{"again": 1}] * 5]},
        {"list": [{"list": []}, *({"list": [{"again": place}] * 2} for place in range(1, 20))]},
        {"list": [1 << 12_000] * 30},
    ):
        with pytest.raises(Unsendable, match="more parts|too deeply"):
            decoded(form)
    with pytest.raises(Unsendable):
        decoded({"dict": [["x" * 20_001, 1]]})


BYTES = torch.tensor([1, 0, 0, 0, 0, 0, 128, 63], dtype=torch.uint8)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (["|u1", [9], True], BYTES),
        (["<f8", [2], True], BYTES),
        (["<f8", [-1, -1], True], BYTES),
        (["|b1", [8], True], BYTES),
        (["|O8", [1], True], BYTES),
        (["O", [1], True], BYTES),
        (["<f16", [], True], BYTES),
        (["<i4,<f4", [1], True], BYTES),
        (["<f8", [1.0], True], BYTES),
        (["<f8", [True], True], BYTES),
        (["<f8", [], 1], BYTES),
        (["<f8", 1, True], BYTES),
        (["<f8", [1] * 40, True], BYTES),
        (["<f8", [0, 1 << 40], True], BYTES[:0]),
        (["<f8", [0, 1 << 70], True], BYTES[:0]),
        (["<f8", [1 << 62, 4], True], BYTES[:0]),
        (["<f4", [2], True], BYTES.view(torch.float32)),
        (["|u1", [8], True], BYTES.reshape(2, 4)),
    ],
)
def test_arrays_that_are_none_are_refused(form, content):
    with pytest.raises(Unsendable):
        decoded({"array": form}, {"array0": content})


def test_truths_are_true_or_false():
    with pytest.raises(Unsendable, match="neither true nor false"):
        decoded({"tensor": 0, "grad": False, "complex": False}, {"0": BYTES.view(torch.bool)})


MANY_OF_ONE_HASH = {
    "ints": {"set": [place * ((1 << 61) - 1) for place in range(1200)]},
    "complex numbers": {
        "set": [{"complex": [float(10**9 - 1_000_003 * place), float(place)]} for place in range(1600)]
    },
    "after a long text": {"dict": [[{"tuple": ["x" * 20_000, place * ((1 << 61) - 1)]}, 0] for place in range(1200)]},
    "large ints": {"set": [(1 << 12_000) + place * ((1 << 61) - 1) for place in range(4_900)]},
}


@pytest.mark.parametrize("form", MANY_OF_ONE_HASH.values(), ids=MANY_OF_ONE_HASH)
def test_keys_that_were_chosen_to_have_one_hash_take_little_time(form):
    begun = process_time()
    with suppress(Unsendable):
        decoded(form)
    assert process_time() - begun < 5


@settings(max_examples=600, deadline=None)
@given(FORMS)
def test_any_json_gives_a_value_or_is_refused(form):
    there = {"0": torch.ones(2), "1": torch.ones(2, 2), "array0": BYTES[:2], "array1": BYTES[:2]}
    given = Outgoing(refuse, 1000, containers=[[1, [2]]], originals=[torch.ones(1)])
    for settled in (False, True):
        incoming = Incoming(there, refuse, lambda number, value, grad: value.clone(), given, settled)
        with suppress(Unsendable):
            incoming.decoded(form)


class Bomb:
    def __reduce__(self):
        return pytest.fail, ("it was unpickled",)


def test_nothing_is_ever_unpickled(tmp_path):
    for bomb in (pickle.dumps(Bomb()), pickle.dumps([torch.ones(2), Bomb()])):
        with pytest.raises(BrokenLine):
            unpacked(b"{}", bomb)
        with pytest.raises(BrokenLine):
            unpacked(bomb, b"")
    torch.save({"0": Bomb()}, tmp_path / "bomb.pt")
    with pytest.raises(BrokenLine):
        unpacked(b"{}", (tmp_path / "bomb.pt").read_bytes())


@pytest.mark.parametrize("text", ["", "x y", "1a", "class", "é", "x" * 61, "a.b", None, 3, "<script>"])
def test_a_name_that_is_none_becomes_object(text):
    assert as_name(text) == "object"


def test_names_of_types_are_shown():
    assert name_of(dict) == "dict" and as_name("Tensor") == "Tensor"
    assert name_of(type("<b>", (), {})) == "object"
