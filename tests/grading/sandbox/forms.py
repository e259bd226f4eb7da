"""Replies as a hostile process may write them: forms of values, whole, broken and mixed."""

from hypothesis import strategies as st

from grading.sandbox.line import values

_NAMES = [
    "tensor", "grad", "complex", "number", "other", "module", "bytes", "range", "scalar", "array", "named", "given",
    "given tensor", "again", *values._FIXED, *values._CHANGEABLE, *values._BY_KEY,
]  # fmt: skip
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.integers(), st.integers(1 << 62, 1 << 64), st.floats(),
    st.text(max_size=5), st.sampled_from(["00", "inf", "nan", "<f4", ">i8", "|b1", "str", "int", "x", "P", "\ud800"]),
    st.just({"tensor": 0, "grad": True, "complex": False}), st.just({"tensor": 1, "grad": False, "complex": False}),
    st.just({"array": ["|u1", [2], True]}), st.just({"scalar": ["<f4", "0000803f"]}),
    st.just({"other": ["A", [], True]}), st.just({"other": ["A", ["list", "tuple"], False]}),
    st.just({"given": 0}), st.just({"given tensor": 0}),
    st.just({"again": 0}), st.just({"number": "nan"}),
)  # fmt: skip
FORMS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(st.sampled_from(_NAMES), st.lists(inner, max_size=3)).map(lambda pair: dict([pair])),
        st.tuples(
            st.sampled_from(["dict", "OrderedDict", "Counter"]),
            st.lists(st.lists(inner, min_size=2, max_size=2), max_size=3),
        ).map(lambda pair: dict([pair])),
        st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3),
    ),
    max_leaves=20,
)
_LAYER = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["Linear", "Module"]),
        "name": st.text(max_size=3),
        "number": st.integers(0, 3) | FORMS,
        **{
            kind: st.lists(
                st.lists(st.sampled_from(["W_q", "weight", "a", "\ud800"]) | st.integers(0, 2), max_size=2), max_size=2
            )
            | FORMS
            for kind in ("parameters", "buffers", "layers")
        },
    }
)
_MODULE = st.fixed_dictionaries(
    {
        "layers": st.lists(_LAYER, max_size=3) | FORMS,
        "parameters": st.lists(st.tuples(st.integers(0, 2), FORMS).map(list), max_size=2) | FORMS,
    }
)
_NUMBERED = st.lists(st.tuples(st.integers(0, 2), FORMS).map(list), max_size=3) | FORMS
REPLIES = st.fixed_dictionaries(
    {"left": _NUMBERED | st.just([]), "changed": _NUMBERED | st.just([])},
    optional={
        "result": FORMS | _MODULE.map(lambda module: {"module": module}),
        "module": _MODULE | FORMS,
        "printed": st.text(max_size=5) | FORMS,
        "rewritten": _NUMBERED | FORMS,
        "identities": st.lists(st.integers(-2, 12) | st.none(), max_size=4) | FORMS,
        "error": FORMS
        | st.fixed_dictionaries(
            {},
            optional={
                "type": st.text(max_size=5) | FORMS,
                "bases": st.lists(st.sampled_from(["KeyError", "NameError", "SystemExit", "exec", "x"])) | FORMS,
                **{key: FORMS for key in ("text", "raised", "name")},
            },
        ),
    },
)
