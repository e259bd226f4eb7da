"""What a call leaves for later ones: code that remembers does here what it does in a notebook."""

import torch

KEEPS_BY_IDENTITY = """
_last = {}
def f(x):
    if _last.get("x") is not x:
        _last["x"], _last["result"] = x, x * 2
    return _last["result"]
"""
ONE_BUFFER = """
_buffer = torch.empty(3)
def f(x):
    return _buffer.copy_(x * 2)
"""
HEAD = """
class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Linear(2, 2, bias=False)
        self.register_buffer("kept", torch.ones(1))
        self.register_buffer("not_kept", torch.ones(1), persistent=False)
    def forward(self, x):
        return self.training, self.W(x)
"""


def test_a_tensor_that_comes_again_is_the_same_object_with_its_new_values(stand_ins):
    f = stand_ins("_seen = []\ndef f(x):\n    _seen.append(x)\n    return _seen[0] is x, x + 0", "f")
    x = torch.zeros(2)
    f(x)
    x.fill_(3.0)
    same, value = f(x)
    assert same and torch.equal(value, torch.full((2,), 3.0))
    assert f(x.clone())[0] is False


def test_what_is_kept_by_identity_comes_back_as_it_does_in_a_notebook(stand_ins):
    f, x = stand_ins(KEEPS_BY_IDENTITY, "f"), torch.ones(3)
    first = f(x)
    x.fill_(5.0)
    assert torch.equal(f(x), first)
    assert torch.equal(f(torch.ones(3) * 4), torch.full((3,), 8.0))


def test_a_later_call_changes_an_earlier_result_that_is_the_same_buffer(stand_ins):
    f = stand_ins(ONE_BUFFER, "f")
    first = f(torch.ones(3))
    second = f(torch.zeros(3))
    assert torch.equal(first, torch.zeros(3)) and first.data_ptr() == second.data_ptr()
    new_each_time = stand_ins("def f(x): return x * 2", "f")
    first, second = new_each_time(torch.ones(3)), new_each_time(torch.ones(3))
    assert first.data_ptr() != second.data_ptr()


def test_gradients_of_an_earlier_result_reach_its_own_arguments(stand_ins):
    f, x, y = stand_ins("def f(x): return x * 2", "f"), torch.ones(2), torch.ones(2)
    first, second = f(x.requires_grad_()), f(y.requires_grad_())
    (first.sum() + 3 * second.sum()).backward()
    assert torch.equal(x.grad, torch.full((2,), 2.0)) and torch.equal(y.grad, torch.full((2,), 6.0))


def test_a_module_is_in_the_same_mode_here_and_there_and_its_buffers_are_of_their_kind(stand_ins):
    head, x = stand_ins(HEAD, "H")(), torch.ones(2)
    assert head(x)[0] is True and head.eval()(x)[0] is False and head.train()(x)[0] is True
    assert list(head.state_dict()) == ["kept", "W.weight"] and len(list(head.buffers())) == 2
