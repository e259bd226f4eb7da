"""The student's `AttentionHead`, seen from outside as a module with the same layers."""

import pytest
import torch
from torch import nn

from attention_lib.checks import CheckFailed

HEAD = """
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
    def forward(self, x, mask=None):
        scores = self.W_q(x) @ self.W_k(x).mT / math.sqrt(self.W_q.out_features)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ self.W_v(x), weights
"""


def with_init(*lines: str) -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return f"class AttentionHead(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()\n{body}"


def local_copy(head, source=HEAD):
    names = {"nn": nn, "torch": torch, "math": __import__("math")}
    exec(source, names)
    copy = names["AttentionHead"](head.W_q.in_features, head.W_q.out_features)
    copy.load_state_dict(head.state_dict())
    return copy


@pytest.fixture
def head(stand_ins):
    return stand_ins(HEAD, "AttentionHead")(6, 4)


def test_it_is_a_module_with_linear_layers(head):
    assert isinstance(head, nn.Module) and type(head).__name__ == "AttentionHead"
    for name in ("W_q", "W_k", "W_v"):
        layer = getattr(head, name)
        assert isinstance(layer, nn.Linear) and layer.bias is None
        assert (layer.in_features, layer.out_features) == (6, 4) and layer.weight.shape == (4, 6)
        assert isinstance(layer.weight, nn.Parameter) and layer.weight.requires_grad and layer.weight.is_leaf
    assert list(head.state_dict()) == ["W_q.weight", "W_k.weight", "W_v.weight"]
    assert [name for name, _ in head.named_parameters()] == ["W_q.weight", "W_k.weight", "W_v.weight"]
    assert getattr(head, "W_o", None) is None
    assert sum(p.numel() for p in head.parameters()) == 72


def test_it_computes_what_the_same_class_computes_here(head):
    for x, mask in ((torch.randn(5, 6), None), (torch.randn(2, 3, 5, 6), torch.ones(5, 5, dtype=torch.bool).tril())):
        got, want = head(x, mask), local_copy(head)(x, mask)
        assert all(torch.allclose(g, w, atol=1e-6) for g, w in zip(got, want)) and len(got) == 2
        assert torch.equal(head(x, mask=mask)[0], got[0]) and torch.equal(head.forward(x, mask)[1], got[1])


def test_gradients_reach_the_input_and_all_matrices(head):
    def gradients(module, x):
        output, weights = module(x)
        wanted = (x, module.W_q.weight, module.W_k.weight, module.W_v.weight)
        return torch.autograd.grad((output * torch.arange(20.0).view(5, 4)).sum() + weights[0, 0], wanted)

    x = torch.randn(5, 6, requires_grad=True)
    for got, want in zip(gradients(head, x), gradients(local_copy(head), x)):
        assert torch.allclose(got, want, atol=1e-5)
    head.zero_grad()
    head(x)[0].sum().backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in head.parameters())


def set_under_no_grad(head, values):
    with torch.no_grad():
        for layer, value in zip((head.W_q, head.W_k, head.W_v), values):
            layer.weight.copy_(value)


def set_by_data(head, values):
    for layer, value in zip((head.W_q, head.W_k, head.W_v), values):
        layer.weight.data = value


def set_by_state_dict(head, values):
    head.load_state_dict({f"{name}.weight": value for name, value in zip(("W_q", "W_k", "W_v"), values)})


def set_by_a_step(head, values):
    optimizer = torch.optim.SGD(head.parameters(), lr=1.0)
    for parameter, value in zip(head.parameters(), values):
        parameter.grad = parameter.detach() - value
    optimizer.step()


@pytest.mark.parametrize("change", [set_under_no_grad, set_by_data, set_by_state_dict, set_by_a_step])
def test_weights_that_are_set_here_are_used_there(head, change):
    values, x = torch.randn(3, 4, 6), torch.randn(5, 6)
    change(head, values)
    assert torch.allclose(head.W_k.weight, values[1])
    assert torch.allclose(head(x)[0], local_copy(head)(x)[0], atol=1e-6)
    assert torch.allclose(head.W_k.weight, values[1])


def test_two_heads_are_two_and_the_first_stays_as_it_was(stand_ins):
    make = stand_ins(HEAD, "AttentionHead")
    first, x = make(6, 4), torch.randn(5, 6)
    before = first(x)[0]
    second = make(d_model=6, d_head=4)
    assert not torch.equal(first.W_q.weight, second.W_q.weight)
    assert torch.equal(first(x)[0], before) and not torch.equal(second(x)[0], before)


def test_an_input_that_is_changed_in_place_is_changed_here(stand_ins):
    head = stand_ins(HEAD.replace("        scores =", "        x *= 2\n        scores =", 1), "AttentionHead")(6, 4)
    x = torch.ones(5, 6)
    head(x)
    assert x.tolist() == [[2.0] * 6] * 5


def test_layers_that_are_one_layer_count_once(stand_ins):
    layer = "nn.Linear(*sizes, bias=False)"
    init = (f"self.W_q = {layer}", "self.W_k = self.W_q", f"self.W_v = {layer}")
    head = stand_ins(with_init(*init), "AttentionHead")(6, 4)
    assert head.W_q is head.W_k and head.W_q is not head.W_v and len(list(head.parameters())) == 2


def test_one_matrix_in_two_layers_counts_once(stand_ins):
    init = ("self.W_q, self.W_k = nn.Linear(*sizes), nn.Linear(*sizes)", "self.W_k.weight = self.W_q.weight")
    head = stand_ins(with_init(*init), "AttentionHead")(6, 4)
    assert head.W_q is not head.W_k and head.W_q.weight is head.W_k.weight and len(list(head.parameters())) == 3


def test_a_bias_and_extra_parameters_and_buffers_are_seen(stand_ins):
    init = (
        "self.W_q = nn.Linear(*sizes)",
        "self.temperature = nn.Parameter(torch.tensor(2.0), requires_grad=False)",
        "self.register_buffer('mask', torch.ones(3, 3).tril().bool())",
        "self.register_parameter('none', None)",
        "self.inner = nn.Sequential(nn.Linear(2, 3), nn.ReLU())",
    )
    head = stand_ins(with_init(*init), "AttentionHead")(6, 4)
    assert head.W_q.bias.shape == (4,) and head.none is None
    assert head.temperature.item() == 2 and not head.temperature.requires_grad
    assert head.mask.dtype == torch.bool and torch.equal(head.mask, torch.ones(3, 3).tril().bool())
    assert list(head.state_dict()) == [
        "temperature", "mask", "W_q.weight", "W_q.bias", "inner.0.weight", "inner.0.bias",
    ]  # fmt: skip
    assert isinstance(head.get_submodule("inner.0"), nn.Linear)


def test_plain_tensors_are_no_parameters(stand_ins):
    head = stand_ins(with_init("self.W_q = torch.randn(*sizes)", "self.d = 4"), "AttentionHead")(6, 4)
    assert list(head.parameters()) == [] and getattr(head, "W_q", None) is None


def test_layers_made_in_forward_are_followed(stand_ins):
    source = with_init("self.n = 0") + (
        "    def forward(self, x):\n        self.W_q = nn.Linear(6, 4, bias=False)\n        return self.W_q(x)"
    )
    head, x = stand_ins(source, "AttentionHead")(6, 4), torch.randn(5, 6)
    assert list(head.parameters()) == []
    first = head(x)
    weight = head.W_q.weight
    assert torch.allclose(first, x @ weight.T, atol=1e-6) and len(list(head.parameters())) == 1
    second = head(x)
    assert not torch.equal(first, second) and torch.allclose(second, x @ head.W_q.weight.T, atol=1e-6)
    assert head.W_q.weight is not weight


def test_weights_that_forward_changes_are_changed_here(stand_ins):
    source = HEAD.replace("        scores =", "        self.W_q.weight.data.zero_()\n        scores =", 1)
    head = stand_ins(source, "AttentionHead")(6, 4)
    assert head.W_q.weight.abs().sum() > 0
    head(torch.ones(5, 6))
    assert head.W_q.weight.abs().sum() == 0


def test_layers_below_are_called_there(head):
    x = torch.randn(5, 6)
    assert torch.allclose(head.W_q(x), x @ head.W_q.weight.T)


def test_a_module_inside_that_is_no_linear_layer_can_be_called(stand_ins):
    source = with_init("self.act = nn.Sequential(nn.Linear(6, 4), nn.ReLU())") + (
        "    def forward(self, x):\n        return self.act(x)"
    )
    head, x = stand_ins(source, "AttentionHead")(6, 4), torch.randn(5, 6)
    assert torch.equal(head.act(x), head(x)) and (head(x) >= 0).all()


def test_a_function_may_return_a_module(stand_ins):
    make = stand_ins(HEAD + "\ndef make(n): return AttentionHead(n, 2)", "make")
    head, x = make(3), torch.randn(4, 3)
    assert isinstance(head, nn.Module) and isinstance(head.W_q, nn.Linear)
    assert torch.allclose(head(x)[0], local_copy(head)(x)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class AttentionHead:\n    def __init__(self, *sizes): self.W_q = nn.Linear(*sizes)", "AttentionHead"),
        ("def AttentionHead(d_model, d_head): return 5", "int"),
        ("def AttentionHead(d_model, d_head): return None", "NoneType"),
    ],
)  # fmt: skip
def test_a_class_that_is_no_module_gives_a_thing_of_which_the_name_is_known(stand_ins, source, kind):
    made = stand_ins(source, "AttentionHead")(6, 4)
    assert type(made).__name__ == kind and not isinstance(made, nn.Module)
    if kind == "AttentionHead":
        with pytest.raises(CheckFailed, match="which cannot be judged. Is it a subclass of `nn.Module`?"):
            hasattr(made, "W_q")


def test_errors_while_it_is_made_and_called(stand_ins):
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        stand_ins(HEAD, "AttentionHead")(6)
    forgot = "class AttentionHead(nn.Module):\n    def __init__(self, a, b):\n        self.W_q = nn.Linear(a, b)"
    with pytest.raises(AttributeError, match="before Module.__init__"):
        stand_ins(forgot, "AttentionHead")(6, 4)
    with pytest.raises(NotImplementedError):
        stand_ins(with_init("pass"), "AttentionHead")(6, 4)(torch.ones(5, 6))
    head = stand_ins(HEAD, "AttentionHead")(6, 4)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        head(torch.ones(5, 7))
    assert head(torch.ones(5, 6))[0].shape == (5, 4)


@pytest.mark.parametrize("other", ["5", "object()"])
def test_a_new_that_makes_something_else_is_an_error(stand_ins, other):
    source = with_init("pass") + f"    def __new__(cls, *sizes): return {other}"
    with pytest.raises(TypeError, match="made something else"):
        stand_ins(source, "AttentionHead")(6, 4)


def test_it_can_be_set_to_evaluation(head):
    head.eval()
    assert head(torch.ones(5, 6))[0].shape == (5, 4) and not head.training
