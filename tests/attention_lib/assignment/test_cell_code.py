import ast
import json
import re
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from attention_lib.assignment.cell_code import LONGEST_SOURCE, MOST_MAGICS, read_code, seems_to_define

# Each cell binds these names for certain.
CERTAIN = [
    # Assignments.
    "a = b = 1\n(c, [d, *e]) = 1, [2]\nf: int = 3\ngiven += 1",
    "a, *b = 1, 2, 3",
    "a: int",
    "x = [0]\nx[0] = 1\nx.append(2)",
    "import types\nn = types.SimpleNamespace()\nn.y = 1",
    "print(y := 1)",
    "a = [(last := i) for i in range(3)]",
    "any((hit := i) > 1 for i in range(3))",
    "f = lambda x: (inside := x)\nf(1)",
    "a = [b for b in 'ab']\nd = lambda e: e\nf = {g: h for g, h in {1: 2}.items()}\ns = {i for i in a}",
    "def f(a=(default := 1), *b, c: (note := int) = 2) -> (result := int):\n    d = 1",
    # Definitions.
    "def f(x):\n    def inner():\n        pass\n    y = x\n    return inner",
    "async def f():\n    async with x as y:\n        z = 1",
    "class A:\n    b = 1\n    def c(self):\n        self.d = 1",
    "class A(B := object, metaclass=(M := type)):\n    pass",
    "import functools\n@functools.lru_cache\n@(wrap := lambda f: f)\ndef f(x):\n    return x",
    "def f():\n    global g\n    g = 1\n    def inner():\n        global i\n        i = g\n    inner()\nf()",
    "class A:\n    global g\n    g = 1",
    "def f():\n    global given\n    print(given)\nf()",
    "def f():\n    global g\n    [g := i for i in range(2)]\nf()",
    "def f():\n    n = 1\n    def inner():\n        nonlocal n\n        n = 2\nf()",
    # Imports.
    "import os.path, json as j\nfrom math import pi as p, e",
    "import xml.dom.minidom",
    "import xml.dom.minidom as m",
    "from __future__ import annotations\ndef f(a: int): pass",
    # Blocks.
    "for i in range(2):\n    j = i\nelse:\n    k = 1",
    "for i, (j, *k) in [(1, (2, 3))]:\n    pass",
    "while (m := given) < 0:\n    pass\nelse:\n    n = 1",
    "import io\nwith io.StringIO() as a, io.StringIO() as b:\n    c = 1",
    "from contextlib import nullcontext\nwith nullcontext((1, 2)) as (a, b):\n    pass",
    "try:\n    import json\nexcept ImportError:\n    pass\nelse:\n    a = 1\nfinally:\n    b = 1",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    pass",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    kept = error",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    error = 1",
    "try:\n    raise ExceptionGroup('', [ValueError()])\nexcept* ValueError as group:\n    a = 1",
    "match [1, 2, 3]:\n    case [a, *b]:\n        c = 1",
    "match {'k': 1, 'l': 2}:\n    case {'k': a, **b} as c:\n        pass",
    "match 5:\n    case int(x) if (y := x):\n        pass",
    "match 5:\n    case _:\n        pass",
    # Deletions.
    "a = 1\ndel a",
    "a = b = c = 1\ndel a, (b, [c])",
    "del given",
    "a = 1\ndel a\na = 2",
    "for i in range(3):\n    pass\ndel i",
    "import io\na = 1\nwith io.StringIO():\n    del a",
    "a = [1, 2]\ndel a[0]",
    "def f():\n    global g\n    g = 1\n    del g\nf()",
    # Asynchronous code at the top level.
    "import asyncio\nawait asyncio.sleep(0)\na = await asyncio.sleep(0, 1)",
    "async def f():\n    yield 1\nasync for i in f():\n    a = i\nb = [j async for j in f()]",
    "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def m():\n    yield 1\n"
    "async with m() as a:\n    b = 1",
    # Line magics.
    "files = !echo a b",
    'files = !echo it\\\'s "(" {given} $given\na = 1',
    "!echo it\\'s\na = 1",
    "!echo a \\\n  b\na = 1",
    "!!echo a\na = 1",
    "if given:\n    !echo a\n    a = 1\n    b = !echo b",
    "if given:\n  if given:\n    a = !echo 1\n  b = 1\nc = 1",
    "def f():\n    a = !echo 1\n    return a\nf()",
    "t = %timeit -n 1 -r 1 -o 1 + 1",
    "t = %time 1 + 1",
    "%time a = 1",
    "%time a = 1; b = 2",
    "%time a = !echo b",
    "%time !echo b",
    "%time def f(): pass",
    "if given:\n    %time a = 1",
    "def f():\n    %time a = 1\nf()",
    "%timeit -n 1 -r 1 a = 1",
    "%timeit -n1 -r1 -v t 1 + 1",
    "%prun -q -l 3 a = 1",
    "%matplotlib --list\na = 1",
    "%config InlineBackend.figure_format = 'svg'\n%env X=1\nw = %pwd\na = 1",
    "x = 1\nx?\n?x\nx??\nprint?\ny = 2",
    "given.real?\n%time?\na = 1",
    "/print given\n,print a b\n;print a b\na = 1",
    "get_ipython().run_line_magic('precision', '3')\na = get_ipython().getoutput('echo b')",
    "a = '''\n!no\n%no\nb = !no\nno?\n'''\nb = (given\n    % 3)\nc = given \\\n    % 3\n!echo d",
    "a = 'x = !echo'  # b = !echo\n# why?\n!echo c  # d",
    "a = {\n    'b': 1,  # really?\n}\n!echo",
    # Cell magics.
    "%%time\na = 1\n!echo b",
    "\n  \n%%time\n\na = 1",
    "%%time\n%%capture out\na = 1",
    "%%capture\na = 1",
    "%%capture out\na = 1",
    "%%capture --no-stdout out --no-display\na = 1",
    "%%capture out\n%%capture inner\n%time a = !echo b",
    "%%prun -q\na = 1",
    "%%prun -q -s cumulative\na = 1",
    "%%timeit -n 1 -r 1\na = 1",
    "%%timeit -n 1 -r 1 -v t\na = 1",
    "%%bash\na=1",
    "%%bash --out o --err e\necho 1",
    "%%sh --out o\necho 1",
    "%%script bash --out o\necho 1",
    "%%sx\necho a",
    "%%writefile a.py\na = 1",
    "%%html\n<b>a = 1</b>",
    "%%python3\na = 1",
    "%%time?\n",
    # Layout.
    "",
    "\n\n# a = 1\n",
    "if given:\n\ta = 1\n\tif a:\n\t\tb = 2",
    "    a = 1\n    b = 2",
    "    a = 1\n    !echo b",
    "In [1]: a = 1",
    ">>> a = 1\n>>> def f():\n...     b = 2",
    "In [1]: a = 1\n   ...: b = 2",
    "a = 1; b = 2;",
    "a = 1\r\nb = 2\r\n",
    "a = 1\n\x0cb = 2",
    "é = 1\nﬁ = 2",
    "a = 1 \\\n  + 2\n%env\n",
    "get_ipython()",
    "get_ipython().run_cell_magic('time', '', 'a = 1\\n!echo b\\n')",
    "get_ipython().run_cell_magic('capture', 'out', 'a = 1\\n')",
    "get_ipython().run_line_magic('time', 'a = 1')",
    *(["type A = int", "def f[T](a: T): pass\nclass A[T]: pass"] if sys.version_info >= (3, 12) else []),
]

# Where control flow decides: what the cell would also bind on another way than the one that it takes.
UNCERTAIN = [
    ("if not given:\n    a = 1\nelif given:\n    b = 1\nelse:\n    c = 1", {"a", "c"}),
    ("for i in []:\n    a = 1", {"i", "a"}),
    ("while not given:\n    a = 1", {"a"}),
    ("given or (a := 1)", {"a"}),
    ("[(a := i) for i in []]", {"a"}),
    ("try:\n    1 / 0\n    a = 1\nexcept ZeroDivisionError:\n    b = 1\nelse:\n    c = 1", {"a", "c"}),
    ("e = 1\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    pass", {"e"}),
    ("match 5:\n    case [a]:\n        b = 1\n    case int(c):\n        pass", {"a", "b"}),
    ("a = 1\nif given:\n    del a", {"a"}),
    ("def f():\n    global g\n    g = 1", {"g"}),
    ("a = 1\nimport sys\nif not given:\n    %time b = 1", {"b"}),
]

CELLS = [(source, set()) for source in CERTAIN] + UNCERTAIN


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory):
    """For each cell of the table the names that IPython bound, or why the cell did not run to its end."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("run_cells.py"), tmp_path_factory.mktemp("cells")],
        input=json.dumps([source for source, _ in CELLS]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip([source for source, _ in CELLS], json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("source, elsewhere", CELLS)
def test_a_cell_defines_what_the_interpreter_binds(source, elsewhere, interpreter):
    bound = interpreter[source]
    assert isinstance(bound, list), bound
    assert not elsewhere & set(bound)
    assert read_code(source).defines == set(bound) | elsewhere


def test_a_modules_names_imported_unnamed_are_a_star():
    assert read_code("from math import *\na = 1").defines == {"*", "a"}


@pytest.mark.parametrize("source, name", [("a: int = input(", "a"), ("return 1\ndef f(): pass", "f")])
def test_a_text_that_does_not_compile(source, name):
    assert (name in read_code(source).defines) == (read_code(source).tree is not None)


def as_ipython_reads(source: str) -> str | None:
    try:
        return ast.dump(ast.parse(TransformerManager().transform_cell(source)))
    except SyntaxError:
        return None


LINES = st.sampled_from([
    "a = 1", "if a:", "    b = 2", "        c = 3", "  d = 4", "", "# why?", "def f():", "e = '''", "'''", "f(", ")",
    "    % 3", "!echo it's", "a = !echo (", "    b = %pwd", "%env", "    !ls", "x?", "    x??", "?x",
    "g = [1,  # so?", "]", "!ls \\", "  -l", "a = 'b = !c'", "print('?'", "/f x", "a = b \\", "  % c", "!!ls",
    "%time x", "'what?'", "\ta", ">>> a = 1", "... b", "h = (a ==", "else:", "    pass", "x?  # so", "{", "}",
    "a.b = !c", "a, b = !c", "é?",
])  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(LINES, max_size=9).map("\n".join))
@example("f(\n    % 3)\n!ls\nx?")
def test_magics_are_read_as_ipython_reads_them(source):
    tree = read_code(source).tree
    ours, theirs = tree and ast.dump(tree), as_ipython_reads(source)
    # Where help ends a statement of several lines, IPython drops the lines above unseen.
    assume(ours == theirs or not _HELP_IN_A_LONG_STATEMENT.search(source))
    assert ours == theirs


_HELP_IN_A_LONG_STATEMENT = re.compile(r"[(\[{\\].*\n(.*\n)*.*\?\s*$", re.MULTILINE)


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
        ("%%time\ndef f(): return g", {"f"}, set(), {"g"}),
        ("%%capture out\nprint(g)", {"out"}, {"g"}, set()),
        ("!pip install x\n%pip install y\nz", set(), {"z"}, set()),
        ("display(In)\nprint(__name__)", set(), set(), set()),
        ("try:\n    f()\nexcept E as e:\n    print(e)", set(), {"f", "E"}, set()),
        ("a = 1\nprint(a)\ndel a", set(), set(), set()),
    ],
)
def test_names_of_a_cell(source, defines, at_once, later):
    code = read_code(source)
    assert (code.defines, code.needs_at_once, code.needs_later) == (defines, at_once, later)


STUB = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


@pytest.mark.parametrize(
    "one, other",
    [
        ("a = 1 # one\n\nb = (2)", "# two\na=1\nb = 2"),
        (STUB, STUB.replace("YOUR CODE HERE", "see above").replace("    ", "\t")),
        (STUB, "%%time\n" + STUB),
        (STUB, "\n\n  # mine\n" + STUB + "\n\n# end"),
        ("%matplotlib inline\na = 1", "# first\n%matplotlib inline\n\na=1  # so"),
        ("files = !ls", "files=!ls"),
    ],
)
def test_statements_know_no_comments_and_layout(one, other):
    assert read_code(one).statements == read_code(other).statements != ()


def test_no_code_has_no_statements_and_each_statement_is_one():
    assert read_code("# nothing").statements == read_code("").statements == ()
    assert len(read_code("a = 1\nb = 2").statements) == 2


@pytest.mark.parametrize(
    "one, other",
    [
        ("a = 1", "a = 1.0"),
        ("%matplotlib inline", "%matplotlib widget"),
        ("!ls", "!ls -l"),
        ("a = !ls", "a = %pwd"),
        ("x?", "x??"),
        ("%%bash\nls", "%%bash\npwd"),
        ("%%capture out\na = 1", "a = 1"),
    ],
)
def test_other_statements_differ(one, other):
    assert None not in (read_code(one).statements, read_code(other).statements)
    assert read_code(one).statements != read_code(other).statements


@pytest.mark.parametrize("source", ["(", "\0", "-" * 40_000 + "1", "a" + ".b" * 20_000, "a" + ".b" * 1500])
def test_what_cannot_be_read_or_compared_has_no_statements(source):
    assert read_code(source).statements is None


@pytest.mark.parametrize("source", ["def f(:", "(" * 5000, "\0", "x = \ud800", "1" * 5000, "é" + "." * 10])
def test_text_that_is_no_python_needs_nothing(source):
    assert not read_code(source).needs_later


def test_a_definition_with_a_syntax_error_still_counts_as_one():
    assert seems_to_define("def f(x)\n    return", "f") and not seems_to_define("def ff(x)\n    return", "f")


def test_too_long_a_text_is_not_read():
    line = "a = 1\n"
    fits = line * (LONGEST_SOURCE // len(line))
    assert read_code(fits).defines == {"a"}
    assert read_code(fits + line).tree is None and read_code(fits + line).statements is None


def test_a_text_of_too_many_magics_is_not_read():
    assert read_code("!ls\n" * MOST_MAGICS).tree is not None
    assert read_code("!ls\n" * (MOST_MAGICS + 1)).tree is None


@pytest.mark.parametrize(
    "source",
    [
        "x = foo(a, b)\n" * 3000 + "!ls\n" * 190,
        "a" * 49_000 + "?\n",
        ("a." * 140 + "a ?\n") * 150,
        "%%time\n" * 190 + "a = 1\n" * 8000,
        "%time " * 8000,
        ("%time x = " + "a+" * 100 + "1\n") * 199,
        " " * 49_000 + "\n!ls",
        "!ls\n'''" + "\n" * 49_000,
        "= " * 24_000 + "!",
        "get_ipython().run_cell_magic('time', '', 'x = 1')\n" * 900,
        "if a: pass\n" + "elif a: pass\n" * 3000,
        "%%capture " + "a " * 24_000,
    ],
)
def test_a_hostile_text_costs_no_more_than_long_code(source):
    """Where the time grew with the square of the length, these would take ten times as long and more."""

    def seconds(text: str) -> float:
        started = time.process_time()
        code = read_code.__wrapped__(text)
        return time.process_time() - started + 0 * len(code.defines)

    honest = "f'{a!r}' + b[1:2](c, d=e)\n" * (LONGEST_SOURCE // 26 - 10) + "!ls\n"
    assert min(seconds(source) for _ in range(2)) < 3 * max(seconds(honest) for _ in range(2))


def test_the_students_warnings_stay_out_of_the_graders_output():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        code = read_code("a = '\\d'\nb = 1 is 1")
        assert code.statements and code.tree and not code.needs_later
    assert caught == []
