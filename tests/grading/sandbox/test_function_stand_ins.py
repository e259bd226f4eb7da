"""A function of the student's, called from outside: what goes in, what comes back, and what is left as it was."""

import random

import numpy
import pytest
import torch

from attention_lib.checks import CheckFailed
from grading.sandbox.line.values import Unsendable
from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess, StudentStopped

ECHO = "def f(*arguments, **named): return arguments, named"


def test_arguments_arrive_by_place_and_by_name_as_they_are(stand_ins):
    f = stand_ins(ECHO, "f")
    value = torch.randn(2, 3)
    arguments, named = f(value, None, True, 3, 0.5, "é", scale=[1, (2, {"x": value})], mask=None)
    assert torch.equal(arguments[0], value) and arguments[1:] == (None, True, 3, 0.5, "é")
    assert list(named) == ["scale", "mask"] and named["mask"] is None
    assert named["scale"][0] == 1 and type(named["scale"][1]) is tuple
    assert named["scale"][1][1]["x"] is arguments[0]


def test_defaults_are_the_students(stand_ins):
    f = stand_ins("def f(Q, K, scale=None):\n    return scale is None, Q + K if scale is None else Q * scale", "f")
    assert f(1, K=2) == (True, 3)
    assert f(1, 2, 0.0) == (False, 0.0)


def test_a_wrong_call_is_the_students_type_error(stand_ins):
    f = stand_ins("def f(x): return x", "f")
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        f(1, 2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'mask'"):
        f(1, mask=None)


RESULTS = {
    "None": None, "(1, 2)": (1, 2), "[1, 2]": [1, 2], "{'a': 1}": {"a": 1}, "'x'": "x", "True": True, "2.5": 2.5,
    "()": (), "torch.return_types.max((torch.ones(1), torch.ones(1)))": (torch.ones(1), torch.ones(1)),
}  # fmt: skip


@pytest.mark.parametrize("text", RESULTS)
def test_plain_results_come_back_as_they_are(stand_ins, text):
    assert stand_ins(f"def f(): return {text}", "f")() == RESULTS[text]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("__import__('numpy').array([None])", "ndarray"),
        ("__import__('numpy').longdouble(1)", "longdouble"),
        ("{f}", "set"),
        ("(x for x in [1])", "generator"),
        ("f", "function"),
        ("type('Odd name', (), {})()", "object"),
        ("{f: 2}", "dict"),
        ("1 << 20_000", "int"),
    ],
)
def test_other_results_are_only_named(stand_ins, text, name):
    result = stand_ins(f"def f(): return {text}", "f")()
    assert type(result).__name__ == name and not isinstance(result, torch.Tensor)
    with pytest.raises(CheckFailed, match=f"^`f` returned a {name}, which cannot be judged.$"):
        bool(result)


@pytest.mark.parametrize(
    "text",
    ["torch.ones(4)[::2]", "torch.ones(3).expand(2, 3)", "torch.ones(2, 3).T", "torch.tensor(3)", "torch.empty(0)",
     "torch.ones(2).half()", "torch.ones(2, dtype=torch.complex64).conj()", "torch.ones(2) > 0"],
)  # fmt: skip
def test_tensors_come_back_with_shape_dtype_and_values(stand_ins, text):
    want = eval(text)
    got = stand_ins(f"def f(): return {text}", "f")()
    assert got.dtype == want.dtype and got.shape == want.shape and torch.equal(got, want)


def test_one_tensor_returned_twice_stays_one(stand_ins):
    first, second = stand_ins("def f(x):\n    y = x + 1\n    return y, y", "f")(torch.ones(2))
    assert first is second


def test_a_result_that_is_too_large_is_an_error_of_the_answers(stand_ins):
    f = stand_ins("def f(n): return torch.zeros(n)", "f")
    with pytest.raises(ValueError, match="more than 64 MB of tensors"):
        f(20_000_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        stand_ins("def g():\n    a = []\n    a.append(a)\n    return a", "g")()
    assert f(3).tolist() == [0, 0, 0]


def test_changes_in_place_come_back(stand_ins):
    f, g = stand_ins("def f(x, y):\n    x.mul_(2)\n    return x\n\ndef g(x):\n    x.resize_(1, 4).zero_()", "f", "g")
    x, y = torch.ones(2, 2), torch.ones(2, 2)
    f(x, y)
    assert x.tolist() == [[2, 2], [2, 2]] and y.tolist() == [[1, 1], [1, 1]]
    f(x[0], y)
    assert x.tolist() == [[4, 4], [2, 2]]
    g(x)
    assert x.tolist() == [[0, 0, 0, 0]]


CHANGES = "    x += 1\n    items.append(1)\n    array += 1\n"


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ("raise ValueError('late')", "late"),
        ("return torch.zeros(20_000_000)", "it returned more than 64 MB of tensors"),
    ],
    ids=["an error", "a result that is too large"],
)
def test_changes_come_back_before_an_error(stand_ins, end, text):
    f = stand_ins(f"def f(x, items, array):\n{CHANGES}    {end}", "f")
    x, items, array = torch.zeros(2), [], numpy.zeros(2)
    with pytest.raises(ValueError, match=text):
        f(x, items, array)
    assert x.tolist() == [1, 1] and items == [1] and array.tolist() == [1, 1]


LEAVES = {
    "itself": ("x.append(x)", "it left a container that is nested too deeply"),
    "itself in a tuple": ("x.append((x,))", "it left a container that is nested too deeply"),
    "one another": ("x.append(y)\n    y['x'] = x", "it left a container that is nested too deeply"),
    "too much": ("x.extend([[0] * 100] * 100)", "it left more parts than can be sent"),
    "much by way of another": ("y['y'] = [0] * 3000\n    x.extend([y, y])", "it left more parts than can be sent"),
    "a key that is no data": ("y[f] = 1", "it left a dict with something in it that is no data"),
    "a tensor of a layout": ("x.append(torch.eye(2).to_sparse())", "it left a tensor of layout"),
}


@pytest.mark.parametrize(("body", "text"), LEAVES.values(), ids=LEAVES)
def test_what_cannot_come_back_in_an_argument_is_an_error_of_the_answers(stand_ins, body, text):
    f, g = stand_ins(f"def f(x, y):\n    {body}\ndef g(x): return x", "f", "g")
    x, y = [], {}
    with pytest.raises(ValueError, match=text):
        f(x, y)
    assert x == [] and y == {} and g(3) == 3


def test_much_that_becomes_less_comes_back(stand_ins):
    f = stand_ins("def f(x, y):\n    y.clear()\n    x.extend([y] * 9)", "f")
    x, y = [], [0] * 1000
    f(x, y)
    assert x == [[]] * 9 and all(item is y for item in x)


def test_a_list_may_be_changed_and_returned_up_to_its_full_size(stand_ins):
    x = list(range(4000))
    assert stand_ins("def f(x):\n    x.reverse()\n    return x", "f")(x) is x and x[0] == 3999


def test_an_argument_that_becomes_another_array_cannot_be_judged(stand_ins):
    f, g = stand_ins("def f(x): x.shape = (2, 1)\ndef g(x):\n    x.flags.writeable = True\n    x[0] = 1", "f", "g")
    with pytest.raises(CheckFailed, match="`f` made another array of an argument, which cannot be judged."):
        f(numpy.zeros(2))
    fixed = numpy.zeros(2)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="read-only|WRITEABLE"):
        stand_ins("def h(x): x[0] = 1", "h")(fixed)
    with pytest.raises(CheckFailed, match="`g` made another array"):
        g(fixed)


def test_a_value_that_is_no_data_cannot_be_handed_on(stand_ins):
    f, g = stand_ins("def f(): return f\ndef g(x): return 1", "f", "g")
    with pytest.raises(CheckFailed, match="`f` returned a function, which cannot be judged"):
        g(f())


def test_what_has_equal_parts_in_two_places_stays_one_or_two(stand_ins):
    f = stand_ins("def f(x):\n    y = [1]\n    x.append(y)\n    return y, y, [1]", "f")
    x = []
    first, second, third = f(x)
    assert first is second is x[0] and third == first and third is not first


def test_an_input_with_nan_that_stays_as_it_was_is_not_changed_in_value(stand_ins):
    x = torch.tensor([float("nan"), 1.0])
    stand_ins("def f(x): return x.sum()", "f")(x)
    assert x.isnan().tolist() == [True, False]


def test_one_argument_given_twice_is_one_tensor_there(stand_ins):
    x = torch.ones(2)
    assert stand_ins("def f(a, b):\n    a += 1\n    return a is b, b.sum()", "f")(x, x)[0] is True
    assert x.tolist() == [2, 2]


LEFT_BEHIND = """
import random, numpy
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(12)
torch.use_deterministic_algorithms(True)
numpy.random.seed(3)
random.seed(3)
torch.set_default_device("meta")
def f(x):
    return torch.zeros(2), torch.rand(3), numpy.random.rand(), random.random(), torch.is_grad_enabled(), (x * 2)
"""


def test_what_a_cell_left_behind_changes_nothing(stand_ins):
    f = stand_ins(LEFT_BEHIND, "f")
    x = torch.ones(2, requires_grad=True)
    zeros, drawn, of_numpy, of_python, grad, doubled = f(x)
    assert zeros.dtype == torch.float32 and zeros.device.type == "cpu" and grad is True and doubled.requires_grad
    with torch.no_grad():
        assert f(x)[4] is False and not f(x)[5].requires_grad
    clean = stand_ins("import random, numpy\ndef g(): return torch.rand(3), numpy.random.rand(), random.random()", "g")
    one, two = clean(), clean()
    assert not torch.equal(one[0], two[0]), "two calls draw the same numbers"


def test_a_call_leaves_nothing_behind_here(stand_ins):
    before = torch.get_rng_state(), numpy.random.get_state()[1].tolist(), random.getstate()
    stand_ins("def f(): return torch.rand(3).tolist(), torch.set_default_dtype(torch.float64)", "f")()
    assert torch.equal(torch.get_rng_state(), before[0]) and random.getstate() == before[2]
    assert numpy.random.get_state()[1].tolist() == before[1] and torch.get_default_dtype() == torch.float32


def test_the_seeds_of_a_run_are_the_same_in_every_run(warm):
    drawn = []
    for _ in range(2):
        with StudentProcess(warm) as process:
            process.run_cell("import torch\ntorch.seed()\ndef f(): return torch.rand(4).tolist()")
            drawn.append(StudentNamespace(process).names(["f"])["f"]())
    assert drawn[0] == drawn[1]


PRINTS = "import sys\ndef f(x):\n    print('value', x)\n    print('warning', file=sys.stderr)\n    return 1"


def test_prints_of_a_call_come_out_here(stand_ins, capsys):
    stand_ins(PRINTS, "f")(5)
    assert capsys.readouterr().out == "value 5\nwarning\n"


def test_of_a_flood_only_the_beginning_comes_out(stand_ins, capsys):
    stand_ins("def f():\n    for i in range(100_000): print(i)\n    print('\\ud800')", "f")()
    out = capsys.readouterr().out
    assert out.startswith("0\n1\n") and len(out) == 4_000


def test_in_secret_nothing_is_printed_and_no_text_of_an_error_told(stand_ins, capsys):
    source = PRINTS + "\nclass Secret(ValueError): pass\ndef g(x): raise Secret(x)\ndef h(): return hidden_name"
    f, g, h = stand_ins(source, "f", "g", "h", secret=True)
    assert f(5) == 1 and capsys.readouterr() == ("", "")
    with pytest.raises(ValueError) as caught:
        g("expected value")
    assert str(caught.value) == "" and type(caught.value).__name__ == "ValueError"
    with pytest.raises(NameError) as caught:
        h()
    assert str(caught.value) == "" and caught.value.name is None


def test_names_are_stand_ins_only_where_they_are_defined(stand_ins, student):
    source = "def f(): return 1\ng = lambda: 2\nclass H(nn.Module): pass\nn = 5\n"
    source += "class K:\n    def __call__(self): return 3\nk = K()"
    f, g, k = stand_ins(source, "f", "g", "k")
    assert (f(), g(), k()) == (1, 2, 3) and f.__name__ == "f"
    names = StudentNamespace(student).names(["f", "H", "n", "missing"])
    assert list(names) == ["f", "H", "n"] and issubclass(names["H"], torch.nn.Module)
    assert type(names["n"]).__name__ == "object" and not callable(names["n"])
    with pytest.raises(CheckFailed, match="`n` is neither a function nor a class, so it cannot be judged"):
        names["n"] + 1


def test_a_name_that_is_gone_or_new_by_the_time_of_the_call(stand_ins, printed):
    f = stand_ins("def f(): return 1", "f")
    printed("f = lambda: 2")
    assert f() == 2
    printed("del f")
    with pytest.raises(NameError) as caught:
        f()
    assert caught.value.name == "f"


@pytest.mark.parametrize(
    "argument", [object(), {len}, lambda: 1, 1 << 20_000], ids=["object", "set", "function", "int"]
)
def test_a_test_cannot_send_what_is_no_data(stand_ins, argument):
    with pytest.raises(Unsendable, match="only tensors, arrays, numbers"):
        stand_ins(ECHO, "f")(argument)


def test_a_call_that_ends_the_process_is_no_error_that_a_check_could_catch(stand_ins):
    f = stand_ins("import os\ndef f(): os._exit(3)", "f")
    with pytest.raises(StudentStopped) as stopped:
        f()
    assert not isinstance(stopped.value, Exception) and "ended the Python process" in stopped.value.reason
