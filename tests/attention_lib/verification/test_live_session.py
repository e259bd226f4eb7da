import pytest

from attention_lib.verification.live_session import LiveSession, unsaved

OLD = "def f(x):\n    return x"
NEW = "def f(x):\n    return x + 1"


@pytest.mark.parametrize(
    ("saved", "cells", "names", "part"),
    [
        ([OLD], [OLD], {"f"}, ""),
        ([OLD + "\n"], ["import torch", OLD + "  "], {"f"}, ""),
        ([NEW], [NEW, "f(2)", "x = f"], {"f"}, ""),
        ([OLD], [OLD, NEW], {"f"}, "not the one in the saved file"),
        ([NEW], [OLD, NEW, OLD], {"f"}, "not the one in the saved file"),
        ([OLD], ["def f(x)\n    return 1"], {"f"}, "not the one in the saved file"),
        (["x = 1"], [OLD], {"f"}, "has no such cell"),
        (["from m import *"], ["from m import *"], {"f"}, "no cell of the saved file defines it"),
        ([OLD], [], set(), ""),
        ([], [], set(), ""),
    ],
)
def test_what_was_run_against_what_was_saved(saved, cells, names, part):
    sentence = unsaved("f", saved, LiveSession(cells, frozenset(names)))
    assert part in sentence and bool(part) == bool(sentence)
