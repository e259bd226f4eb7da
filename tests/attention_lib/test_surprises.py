"""The warnings that need no kernel; the others are tested with `verify()`."""

import os

import pytest

from attention_lib.assignment.canonical import canonical_notebook
from attention_lib.assignment.declaration import declared
from attention_lib.surprises import surprises
from attention_lib.verification.culprits import FreshRun
from attention_lib.verification.grader import Grader, grader_of
from attention_lib.verification.live_session import LiveSession
from tests.attention_lib.lesson_notebook import RIGHT, at, insert_after, lesson, save

RELEASED = lesson()


def warnings_of(notebook, folder, session=None, name="attention.ipynb", run=None, python=None):
    path = save(notebook, folder, name)
    canonical = canonical_notebook(RELEASED, notebook)
    found = surprises(path, declared(RELEASED), notebook, canonical, run, session or LiveSession(), 30, Grader(python))
    return [(surprise.cell, surprise.message) for surprise in found]


def own(*sources, after="setup"):
    return insert_after(lesson(RIGHT), after, *sources)


def calls(helper):
    return RIGHT | {"attention_scores": f"def attention_scores(Q, K, scale=None):\n    return {helper}(Q, K)"}


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("input()", "`input()`"),
        ("import getpass\ngetpass.getpass()", "`getpass()`"),
        ("def f():\n    breakpoint()", "`breakpoint()`"),
        ("import pdb; pdb.set_trace()", "`set_trace()`"),
        ("%pdb", "`%pdb`"),
        ("!pip install einops", "installs a package"),
        ("%conda install einops", "installs a package"),
        ("%%bash\npip install einops", "installs a package"),
        ("import mine", "mine.py"),
        ("from package.sub import x", "the folder package"),
        ("%run mine.py", "mine.py"),
        ("import torch\nw = torch.load('data/w.pt')", "data/w.pt"),
        ("with open(file='data/w.pt') as f: pass", "data/w.pt"),
    ],
)
def test_a_cell_of_the_students_own_is_read(tmp_path, line, part):
    (tmp_path / "mine.py").write_text("")
    for file in ("package/sub.py", "data/w.pt"):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text("")
    found = warnings_of(own(line), tmp_path)
    assert any(part in message for _, message in found)
    assert all(line.splitlines()[0][:20].replace("`", "") in message for _, message in found)


@pytest.mark.parametrize(
    "line",
    [
        "def input_size(x): return x\ninput_size(1)",
        "# breakpoint()",
        "'input()'",
        "import os, attention_lib, torch",
        "%pdb off",
        "!ls",
        "print('mine')",
        "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)",
        "from math import *\nprint(sqrt(2))",
    ],
)
def test_harmless_lines_say_nothing(tmp_path, line):
    assert warnings_of(own(line), tmp_path, LiveSession((), frozenset({"sqrt"}))) == []


def test_a_helper_of_a_helper_that_stands_too_low(tmp_path):
    notebook = insert_after(lesson(calls("upper")), "setup", "def upper(a, b):\n    return lower(a, b)")
    insert_after(notebook, "test_attention_scores", "def lower(a, b):\n    return a * b")
    (found,) = warnings_of(notebook, tmp_path)
    assert found[0] == "attention_scores" and "`lower`, which is defined only further down" in found[1]


def test_helpers_between_their_use_and_the_test_are_fine(tmp_path):
    notebook = insert_after(lesson(calls("helper")), "attention_scores", "def helper(a, b):\n    return a * b")
    assert warnings_of(notebook, tmp_path) == []


def test_a_name_that_only_the_session_knows(tmp_path):
    notebook = lesson(calls("helper"))
    assert warnings_of(notebook, tmp_path) == []
    (found,) = warnings_of(notebook, tmp_path, LiveSession((), frozenset({"helper"})))
    assert found[0] == "attention_scores" and "`helper`, which only this session knows" in found[1]


def test_the_file_that_is_open_and_the_file_that_is_graded(tmp_path):
    session = LiveSession(notebook="attention-Copy1.ipynb")
    (found,) = warnings_of(lesson(RIGHT), tmp_path, session)
    assert "attention-Copy1.ipynb" in found[1] and found[0] == ""
    (found,) = warnings_of(lesson(RIGHT), tmp_path, name="mine.ipynb")
    assert "rename mine.ipynb" in found[1]


def test_only_newer_notebooks_of_this_assignment_are_named(tmp_path):
    path = save(lesson(RIGHT), tmp_path)
    now = path.stat().st_mtime
    for name, seconds in (("old.ipynb", -60), ("attention-Copy1.ipynb", 60)):
        os.utime(save(lesson(RIGHT), tmp_path, name), (now + seconds,) * 2)
    (tmp_path / "other.ipynb").write_text("{}")
    os.utime(tmp_path / "other.ipynb", (now + 60,) * 2)
    notebook = lesson(RIGHT)
    canonical = canonical_notebook(RELEASED, notebook)
    found = surprises(path, declared(RELEASED), notebook, canonical, None, LiveSession(), 30, Grader())
    assert ["attention-Copy1.ipynb" in surprise.message for surprise in found] == [True]


def test_what_was_mended_is_told_with_its_remedy(tmp_path):
    notebook = lesson(RIGHT)
    at(notebook, "setup").source += "\nimport numpy as np"
    at(notebook, "attention_scores").source += "\nnp.ones(1)"
    (found,) = warnings_of(notebook, tmp_path, LiveSession((), frozenset({"np"})))
    assert found[0] == "setup" and "np" in found[1] and "a new cell of your own" in found[1]


def test_syntax_that_the_graders_python_does_not_know(tmp_path):
    notebook = own("try:\n    n = 1\nexcept* ValueError:\n    n = 2")
    ((_, said),) = warnings_of(notebook, tmp_path, python=(3, 10))
    assert "has syntax in line 3 that came with Python 3.11, and grading uses Python 3.10" in said
    assert warnings_of(notebook, tmp_path) == []
    assert warnings_of(own("n = 1"), tmp_path, python=(3, 10)) == []


def test_a_file_that_the_cells_write_is_there_at_grading(tmp_path):
    (tmp_path / "helper.py").write_text("")
    (tmp_path / "notes.txt").write_text("")
    notebook = own("%%writefile helper.py\nx = 1", "import helper\nopen('notes.txt', 'w').close()")
    assert len(warnings_of(notebook, tmp_path)) == 3
    written = FreshRun(notebook, {}, {}, finished=True, files={"helper.py", "notes.txt"})
    assert warnings_of(notebook, tmp_path, run=written) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"python": "3.11", "cell_seconds": 5, "total_seconds": 9.5}, Grader((3, 11), 5.0, 9.5)),
        ({"python": 3.11, "cell_seconds": -1, "total_seconds": True}, Grader()),
        ({"python": "3", "cell_seconds": float("nan"), "total_seconds": 1e9}, Grader()),
        ("damaged", Grader()),
    ],
)
def test_what_a_notebook_tells_of_its_grader(entry, expected):
    notebook = lesson()
    notebook.metadata["attention101"]["grader"] = entry
    assert grader_of(notebook) == expected
