import pytest

from attention_lib.cell_code import read_code, seems_to_define


@pytest.mark.parametrize(
    ("source", "defines", "at_once", "later"),
    [
        ("def f(x):\n    return [helper(z) for z in x] + other", {"f"}, set(), {"helper", "other"}),
        ("y = [a(b) for b in c]", {"y"}, {"a", "c"}, set()),
        (
            "class A(nn.Module):\n    n = q\n    def f(self):\n        return super().f() + zz",
            {"A"},
            {"nn", "q"},
            {"zz"},
        ),
        ("import numpy as np\nfrom math import *\nnp.ones(n)", {"np", "*"}, {"n"}, set()),
        ("def f():\n    global g\n    g = len([])", {"f", "g"}, set(), set()),
        ("%%time\ndef f(): pass", {"f"}, set(), set()),
        ("!pip install x\n%pip install y\nz", set(), {"z"}, set()),
        ("display(In)\nprint(__name__)", set(), set(), set()),
    ],
)
def test_names_of_a_cell(source, defines, at_once, later):
    code = read_code(source)
    assert (code.defines, code.needs_at_once, code.needs_later) == (defines, at_once, later)


@pytest.mark.parametrize("source", ["def f(:", "(" * 5000, "\0", "x = \ud800", "1" * 5000, "é" + "." * 10])
def test_text_that_is_no_python_needs_nothing(source):
    assert not read_code(source).needs_later


def test_a_definition_with_a_syntax_error_still_counts_as_one():
    assert seems_to_define("def f(x)\n    return", "f") and not seems_to_define("def ff(x)\n    return", "f")


def test_a_text_of_thousands_of_magics_is_not_read():
    assert read_code("!ls aaaa\n" * 10_000).tree is None
    assert read_code("x = 1\n" + "!ls\n" * 100).defines == {"x"}
    assert read_code("y = 1  # " + "a" * 60_000).tree is None
