"""Gradients through a stand-in are the ones that the same function gives here."""

import pytest
import torch

FUNCTIONS = {
    "product": "def f(x, y): return x @ y",
    "two results": "def f(x, y): return x @ y, (x * 2).sum(-1)",
    "one result is not joined": "def f(x, y): return (x @ y).detach(), x * 3",
    "nested results": "def f(x, y): return {'a': [x @ y, 5, None], 'b': (x.exp(),)}",
    "an input unused": "def f(x, y): return x.softmax(-1)",
    "an input returned as it is": "def f(x, y): return x, x @ y",
    "views": "def f(x, y): return x.transpose(-2, -1), x[0].expand(4, 3)",
    "float64 inside": "def f(x, y): return (x.double() @ y.double()).float()",
    "in place inside": "def f(x, y):\n    z = x * 1\n    z[0] = 0\n    return z @ y",
    "a loop over rows": "def f(x, y): return torch.stack([row @ y for row in x])",
    "not smooth": "def f(x, y): return x.masked_fill(x < 0, -torch.inf).softmax(-1) @ y",
    "a change of dtype": "def f(x, y): return (x @ y).double()",
}


def leaves():
    torch.manual_seed(4)
    return torch.randn(3, 3, requires_grad=True), torch.randn(3, 2, requires_grad=True)


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return [tensor for item in items for tensor in tensors_in(item)]


def gradients(f, x, y):
    found = [result for result in tensors_in(f(x, y)) if result.requires_grad]
    weighted = sum((result * torch.arange(1.0, result.numel() + 1).reshape(result.shape)).sum() for result in found)
    return torch.autograd.grad(weighted, (x, y), allow_unused=True)


def equal(one, other):
    return (one is None) == (other is None) and (one is None or torch.allclose(one, other))


def local(source):
    names = {"torch": torch}
    exec(source, names)
    return names["f"]


@pytest.mark.parametrize("source", FUNCTIONS.values(), ids=FUNCTIONS)
def test_gradients_are_the_local_ones(stand_ins, source):
    got, want = gradients(stand_ins(source, "f"), *leaves()), gradients(local(source), *leaves())
    assert all(map(equal, got, want)), (got, want)


@pytest.mark.parametrize("source", FUNCTIONS.values(), ids=FUNCTIONS)
def test_results_take_part_in_gradients_where_the_local_ones_do(stand_ins, source):
    f, g = stand_ins(source, "f"), local(source)
    for x, y in (leaves(), [leaf.detach() for leaf in leaves()]):
        there, here = tensors_in(f(x, y)), tensors_in(g(x, y))
        assert [t.requires_grad for t in there] == [t.requires_grad for t in here]


def test_without_gradients_there_are_none_there_either(stand_ins):
    f, (x, y) = stand_ins("def f(x, y): return x @ y, torch.is_grad_enabled()", "f"), leaves()
    with torch.no_grad():
        product, enabled = f(x, y)
    assert not product.requires_grad and enabled is False and f(x, y)[0].requires_grad


def test_only_one_of_two_results_is_used(stand_ins):
    f = stand_ins("def f(x, y): return x * 2, y * 3", "f")
    x, y = leaves()
    assert torch.autograd.grad(f(x, y)[1].sum(), (x, y), allow_unused=True)[0] is None
    x, y = leaves()
    f(x, y)[0].sum().backward()
    assert x.grad.tolist() == [[2.0] * 3] * 3 and y.grad is None


def test_a_result_that_is_cut_off_has_no_gradient(stand_ins):
    f = stand_ins("def f(x): return x.detach() * 2", "f")
    result = f(torch.ones(2, requires_grad=True))
    assert not result.requires_grad


def test_one_leaf_in_two_arguments_gets_the_sum(stand_ins):
    f = stand_ins("def f(a, b): return a * b", "f")
    x = torch.tensor([3.0], requires_grad=True)
    assert torch.autograd.grad(f(x, x), x)[0].item() == 6
    assert torch.autograd.grad(f(x, 2 * x), x)[0].item() == 12


def test_calls_may_be_made_before_the_first_gradient_is_asked_for(stand_ins):
    f = stand_ins("def f(x, n): return x ** n", "f")
    x = torch.tensor([2.0], requires_grad=True)
    second, third = f(x, 2), f(x, 3)
    assert torch.autograd.grad(second, x)[0].item() == 4
    assert torch.autograd.grad(third, x)[0].item() == 12


def test_a_chain_of_calls_and_local_operations(stand_ins):
    f, g = stand_ins("def f(x): return x.sin()\ndef g(x): return x * 4", "f", "g")
    x = torch.tensor([0.7], requires_grad=True)
    (got,) = torch.autograd.grad(g(f(x * 2) ** 2), x)
    want = torch.tensor([0.7], requires_grad=True)
    assert torch.allclose(got, torch.autograd.grad(4 * (want * 2).sin() ** 2, want)[0])


def test_a_gradient_may_be_asked_for_twice(stand_ins):
    f = stand_ins("def f(x): return x ** 2", "f")
    x = torch.tensor([3.0], requires_grad=True)
    result = f(x)
    for _ in range(2):
        assert torch.autograd.grad(result, x, retain_graph=True)[0].item() == 6


def test_an_error_in_the_backward_is_the_students(stand_ins):
    source = """
class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): raise ZeroDivisionError('no way back')
def f(x): return Odd.apply(x)
"""
    x = torch.ones(2, requires_grad=True)
    result = stand_ins(source, "f")(x)
    with pytest.raises(ZeroDivisionError, match="no way back"):
        torch.autograd.grad(result.sum(), x)


def test_a_complex_result_is_complex_and_has_no_gradient_here(stand_ins):
    f = stand_ins("def f(x): return torch.complex(x, x), x * 2", "f")
    x = torch.ones(2, requires_grad=True)
    number, doubled = f(x)
    assert number.dtype == torch.complex64 and number.shape == (2,)
    assert torch.autograd.grad(doubled.sum(), x)[0].tolist() == [2, 2]


IN_PLACE = {
    "put into a list": "def f(x, y, items): items.append(x @ y)",
    "put into a list and returned": "def f(x, y, items):\n    items.append(x @ y)\n    return items[0]",
    "a list given back": "def f(x, y, items):\n    items += [x * 2, y]\n    return items",
    "into an input without gradients": "def f(x, y, items): return items[0].add_(y).mul(3), items[0]",
}


@pytest.mark.parametrize("source", IN_PLACE.values(), ids=IN_PLACE)
def test_gradients_flow_through_what_a_function_leaves_in_its_arguments(stand_ins, source):
    def found(f):
        (x, y), items = leaves(), [torch.ones(3, 2)] if "items[0].add_" in source else []
        result = f(x, y, items)
        wanted = [value for value in tensors_in(items if result is None else result) if value.requires_grad]
        return torch.autograd.grad(sum((value * 2).sum() for value in wanted), (x, y), allow_unused=True)

    assert all(map(equal, found(stand_ins(source, "f")), found(local(source))))
