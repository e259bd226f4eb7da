"""What each finder finds, on which lines, and what exactly is true there; and what none of them takes for a flaw."""

import sys

import pytest

from attention_lib.findings.find import find
from attention_lib.findings.linter import is_installed
from attention_lib.findings.sentences import SENTENCES
from tests.attention_lib.findings.cases import all_found, cases, found_in, in_short
from tests.catalogue.findings import findings_in_all

FOUND, GOOD = cases("found"), cases("good")
# What is found in the catalogue's right answers. All of it is true; what few would change is called noise.
IN_RIGHT_ANSWERS = {
    "a loop over the tokens": "loop/rows",
    "loops over queries and keys, with type hints": "loop/rows",
    "flattened, row by row": "loop/rows",
    "a sum over the keys in a loop": "loop/rows",
    "its width and scale kept as numbers, other initial values": "dead_code/attribute",  # noise
    "a lambda, and prints left in from debugging": "non_idiomatic_call/lambda",
    "token by token, stacked again": "loop/rows",
    "every pair by broadcasting, no matrix product": "non_idiomatic_call/none",
    "key by key, each a column": "loop/rows",
    "early return for None, a square root of a tensor": "redundant_step/needless copy non_idiomatic_call/root",
    "row after row, the softmax over the keys that are visible": "loop/rows",
    "recursion down the dimensions in front": "loop/rows",
    "transposed twice, in float64": "redundant_step/product turned back",
    "transposed twice": "redundant_step/product turned back",
    "by hand, the row's maximum taken after the mask": "non_idiomatic_call/softmax",
    "the smallest float instead of minus infinity": "non_idiomatic_call/none non_idiomatic_call/truth value",
    "a running sum over the tokens": "loop/rows",
    "query by query into a tensor of zeros": "loop/rows",
    "the operator module, float64 inside": "non_idiomatic_call/operator",
    "everything inline, none of the four functions": "non_idiomatic_call/super",
    "written into a fresh tensor": "loop/rows",
    "torch.vmap over the three": "non_idiomatic_call/lambda",
    "an object that is called": "redundant_step/product turned back",
    "torch's masked softmax by the negative, softmin": "non_idiomatic_call/truth value",
    "outer products, added up in place": "loop/rows",
    "a namedtuple, keyword arguments, its own scale": "non_idiomatic_call/super non_idiomatic_call/lambda",
}


@pytest.mark.parametrize("place", range(len(FOUND)), ids=[found for found, _ in FOUND])
def test_what_is_found(place):
    assert " | ".join(map(in_short, all_found("found")[place])) == FOUND[place][0]


@pytest.mark.parametrize("place", range(len(GOOD)), ids=[name for name, _ in GOOD])
def test_nothing_is_found_in_a_good_answer(place):
    assert all_found("good")[place] == []


def test_every_sentence_is_met():
    met = {each.split(" ", 1)[1].split(":")[0] for found, _ in FOUND for each in found.split(" | ")}
    all_forms = {f"{kind}/{form}" for kind, forms in SENTENCES.items() for form in forms}
    assert all_forms - met == {"missing_shape_comment/none"}


def test_the_catalogues_right_answers():
    right = [(entry, found) for entry, found in findings_in_all() if entry.right]
    told = {entry.what: " ".join(f"{each.kind}/{each.form}" for each in found) for entry, found in right if found}
    assert len(right) > 50 and told == IN_RIGHT_ANSWERS


def test_missing_comments_on_shapes_count_where_they_are_asked_for():
    source = "def pairs(Q, K):\n    return (Q.unsqueeze(-2) * K.unsqueeze(-3)).sum(-1)\n"
    assert find([source], {"pairs"}) == [[]]
    [[found]] = find([source], {"pairs"}, shape_comments=True)
    assert in_short(found) == "1-2 missing_shape_comment/none: pairs"


def test_without_ruff_our_own_finders_speak_and_it_can_be_asked(monkeypatch):
    source = "def mix(weights, V):\n    n = len(V)\n    if V == None:\n        return None\n    return weights @ V\n"
    assert is_installed()
    assert [each.form for each in find([source], {"mix"})[0]] == ["variable", "none"]
    monkeypatch.setitem(sys.modules, "ruff", None)
    assert not is_installed()
    assert [each.form for each in find([source], {"mix"})[0]] == ["variable"]


def test_a_remark_for_the_linter_does_not_silence_it():
    assert found_in("def mix(weights, V):\n    sum = weights @ V  # noqa\n    return sum\n")


def test_what_other_cells_use_is_not_dead():
    source = "import numpy as np\n\n\ndef half(t):\n    return t / 2\n"
    assert [each.names for each in find([source])[0]] == [("np",), ("half",)]
    assert find([source], used_elsewhere=[{"np", "half"}]) == [[]]


def test_names_that_double_each_other_take_no_time():
    lines = [f"    a{n + 1} = a{n} + a{n}\n" for n in range(60)]
    found_in(
        "def attention_scores(Q, K, scale=None):\n    a0 = scale\n" + "".join(lines) + "    return Q * a60 * 1.0\n"
    )
