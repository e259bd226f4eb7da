"""Which expressions surely are float tensors."""

import ast

import pytest

from attention_lib.findings.code import Code
from attention_lib.findings.tensors_of_floats import is_float_tensor
from tests.grading.review.checkers.cases import scores

FLOATS = [
    ("return Q",),
    ("return Q @ K.mT",),
    ("s = Q * 2", "return s"),
    ("Q = Q * scale", "return Q"),
    ("return torch.matmul(Q, K.transpose(-2, -1)) * scale",),
    ("return Q.softmax(-1)[0]",),
]
OTHERS = [
    ("return scale",),
    ("return Q.shape[-1]",),
    ("return Q > 0",),
    ("return ~Q",),
    ("Q = Q > 0", "return Q"),
    ("s = Q", "s = s.int()", "return s"),
    ("for Q in K:", "    return Q"),
    ("torch = scale", "return torch.exp(Q)"),
    ("return Q.argmax(-1)",),
    ("return lambda K: K",),
    ("return mask",),
    ("return other",),
]


def returned(body: tuple[str, ...]) -> bool:
    code = Code(scores(*body))
    value = next(node.value for node in code.all_nodes if isinstance(node, ast.Return))
    if isinstance(value, ast.Lambda):
        value = value.body
    return is_float_tensor(value, code)


@pytest.mark.parametrize("body", FLOATS, ids=" ".join)
def test_float_tensors(body):
    assert returned(body)


@pytest.mark.parametrize("body", OTHERS, ids=" ".join)
def test_what_may_be_something_else(body):
    assert not returned(body)
