import warnings

import pytest

from attention_lib.top_level_code import LONGEST_SOURCE, defined_names, statements


@pytest.mark.parametrize(
    "source, names",
    [
        ("def f(a):\n    b = 1", {"f"}),
        ("async def f(): pass", {"f"}),
        ("class A(B):\n    c = 1", {"A"}),
        ("import os.path, numpy as np\nfrom math import pi as p, e", {"os", "np", "p", "e"}),
        ("from math import *", set()),
        ("a = b = 1\n(c, [d, *e]) = 1, [2]\nf: int = 3\ng += 1", set("abcdefg")),
        ("x.y = 1\nz[0] = 2", set()),
        ("if a:\n    b = 1\nelif c:\n    d = 1\nelse:\n    e = 1", set("bde")),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None", {"torch"}),
        ("for i in r:\n    j = i\nwith open(a) as k:\n    l = 1\nwhile (m := 1):\n    pass", set("ijklm")),
        ("a = [b for b in c]\nd = lambda e: e\nf = {g: h for g, h in i}", set("adf")),
        ("%matplotlib inline\n!ls\na = 1\n?print\nprint?", {"a"}),
        ("if True:\n    %time x\n    a = 1", {"a"}),
        ("%%time\na = 1", {"a"}),
        ("%%capture out\na = 1", {"a"}),
        ("%%bash\na=1", set()),
        ("a = 1\nno Python", set()),
        ("", set()),
    ],
)
def test_defined_names(source, names):
    found = defined_names(source)
    assert set(found) == names and len(found) == len(names)


def test_statements_know_no_comments_and_layout():
    assert statements("a = 1 # one\n\nb = (2)") == statements("# two\na=1\nb = 2")
    assert len(statements("a = 1\nb = 2")) == 2
    assert statements("# nothing") == []


def test_other_statements_differ():
    assert statements("a = 1") != statements("a = 1.0")
    assert statements("%matplotlib inline") != statements("%matplotlib widget")


@pytest.mark.parametrize("source", ["(", "\0", "-" * 40_000 + "1", "a" + ".b" * 20_000, "a" + ".b" * 1500])
def test_what_cannot_be_read_or_compared_has_no_statements(source):
    assert statements(source) is None


def test_too_long_a_text_is_not_read():
    line = "a = 1\n"
    fits = line * (LONGEST_SOURCE // len(line))
    assert defined_names(fits) == ["a"]
    assert defined_names(fits + line) == [] and statements(fits + line) is None


def test_the_students_warnings_stay_out_of_the_graders_output():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        defined_names("a = '\\d'\nb = 1 is 1")
    assert caught == []
