"""Values as data, there and back: what goes over is what comes out, and what does not fit is refused."""

import math
import pickle
from collections import namedtuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.sandbox.line import values
from grading.sandbox.line.messages import BrokenLine, packed, unpacked
from grading.sandbox.line.values import Incoming, Outgoing, Unsendable, as_name, name_of

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
    torch.float32, torch.float64, torch.complex64, torch.complex128,
]  # fmt: skip


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
    if isinstance(one, float):
        return type(other) is float and (one == other or math.isnan(one) and math.isnan(other))
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return type(other) is dict and list(one) == list(other) and all(map(same, one.values(), other.values()))
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


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(), st.text(max_size=30), tensors()
)  # fmt: skip
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
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
        assert str(reason) in ("str", "dict"), reason
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


def test_a_named_tuple_is_a_tuple_and_a_subclass_of_tensor_a_tensor():
    assert there_and_back(namedtuple("Pair", "a b")(1, 2)) == (1, 2)
    assert same(torch.ones(2, requires_grad=True), there_and_back(torch.nn.Parameter(torch.ones(2))))


class Text(str):
    pass


@pytest.mark.parametrize(
    "value",
    [object(), {1: 2}, {1, 2}, b"x", 1j, Text("x"), 1 << 63, "\ud800", "x" * 20_001, range(3), len, iter([])],
    ids=lambda value: type(value).__name__,
)
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
    endless.append(endless)
    with pytest.raises(Unsendable, match="nested too deeply"):
        encoded(endless)
    with pytest.raises(Unsendable, match="more parts"):
        encoded([0] * values.MOST_PARTS)
    with pytest.raises(Unsendable, match="MB of tensors"):
        encoded([torch.zeros(200), torch.zeros(200)], most_bytes=1500)
    once = torch.zeros(200)
    assert encoded([once] * 10, most_bytes=1500)


NO_FORM = [
    [], [1], {}, {"list": 1}, {"list": [], "tuple": []}, {"tuple": [], "more": 1}, {"list": [], "": 0}, {"number": "1"},
    {"number": "NaN"}, {"number": 1.0}, {"dict": {}}, {"dict": [["a"]]}, {"dict": [["a", 1, 2]]}, {"dict": [[1, 2]]},
    {"dict": ["ab"]}, {"tensor": 0}, {"tensor": "0", "grad": False, "complex": False},
    {"tensor": 0, "grad": 0, "complex": False}, {"tensor": 0, "grad": False, "complex": None},
    {"tensor": 9, "grad": False, "complex": False}, {"tensor": -1, "grad": False, "complex": False},
    {"tensor": 0, "grad": False, "complex": False, "x": 0}, {"tensor": 0, "grad": False, "complex": True},
    {"tensor": 1, "grad": True, "complex": False}, {"tensor": 2, "grad": False, "complex": True},
    "\ud800", "x" * 20_001,
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
    with pytest.raises(Unsendable, match="too many"):
        decoded({"list": [0] * values.MOST_PARTS})
    with pytest.raises(Unsendable):
        decoded({"dict": [["x" * 20_001, 1]]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["tensor", "grad", "complex", "list", "tuple", "dict", "number", "other"]), inner, max_size=3
    ),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_gives_a_value_or_is_refused(form):
    try:
        decoded(form, {"0": torch.ones(2), "1": torch.ones(2, 2)})
    except Unsendable:
        pass


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
