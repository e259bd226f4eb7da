"""Another assignment of the same kind, in a notebook of its own: a function, a class over it, and an essay."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SECRETS = ("turning_speeds", "rows_of_places")
RIGHT = {
    "positional_encoding": """\
def positional_encoding(n, d):
    columns = torch.arange(d)
    angles = torch.arange(n)[:, None] / 10000 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())""",
    "positional_module": """\
class PositionalEncoding(nn.Module):
    def __init__(self, d, max_len=64):
        super().__init__()
        self.rows = positional_encoding(max_len, d)

    def forward(self, x):
        return x + self.rows[: x.shape[-2]]""",
}

_ENCODING = '''\
def positional_encoding(n, d):
    """A row of numbers for every position: (n, d), float32."""
    ### BEGIN SOLUTION
    turning_speeds = 10000.0 ** (-torch.arange(0, d, 2) / d)
    angles = torch.arange(n)[:, None] * turning_speeds
    rows = torch.zeros(n, d)
    rows[:, 0::2], rows[:, 1::2] = torch.sin(angles), torch.cos(angles[:, : d // 2])
    return rows
    ### END SOLUTION'''
_TEST_OF_THE_ENCODING = '''\
from attention_lib.checks import Checks, expect_close, expect_shape

checks = Checks("positional_encoding")


@checks.visible
def check_shape():
    """There is one row per position."""
    expect_shape("the result", positional_encoding(5, 4), (5, 4))


### BEGIN HIDDEN TESTS
@checks.hidden
def check_waves():
    """Sine and cosine take turns, ever more slowly."""
    for n, d in ((1, 1), (3, 2), (7, 16), (4, 5)):
        wave = lambda p, c: (math.cos if c % 2 else math.sin)(p / 10000 ** ((c - c % 2) / d))
        want = torch.tensor([[wave(p, c) for c in range(d)] for p in range(n)])
        expect_close("the result", positional_encoding(n, d), want, "Sine, cosine, sine, cosine.")


### END HIDDEN TESTS
checks.report()'''
_MODULE = '''\
class PositionalEncoding(nn.Module):
    """Adds to every token, x (…, n, d), the row of its position."""

    def __init__(self, d, max_len=64):
        super().__init__()
        ### BEGIN SOLUTION
        self.rows_of_places = positional_encoding(max_len, d)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return x + self.rows_of_places[: x.shape[-2]]
        ### END SOLUTION'''
_TEST_OF_THE_MODULE = '''\
from attention_lib.checks import Checks, expect_close

checks = Checks("positional_module", name="PositionalEncoding", over=["positional_encoding"])


@checks.visible
def check_values():
    """It adds the rows, for a batch, too."""
    for shape in ((1, 1), (2, 1, 2)):
        x = torch.randn(*shape)
        first = torch.tensor([0.0, 1.0])[: shape[-1]]
        expect_close("the result", PositionalEncoding(shape[-1], 8)(x.clone()), x + first, "x plus its rows.")


checks.report()'''


def second_assignment() -> NotebookNode:
    """Its source notebook: `positional_encoding` 1 point, the essay `why_waves` 3, `positional_module` 2."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Where is a word?"),
            _code("setup", "import math\n\nimport torch\nfrom torch import nn", locked=True),
            _code("positional_encoding", _ENCODING, solution=True),
            _code("test_positional_encoding", _TEST_OF_THE_ENCODING, grade=True, locked=True, points=1),
            new_markdown_cell("**Why waves?**", metadata=_metadata("why_waves", grade=True, solution=True, points=3)),
            _code("positional_module", _MODULE, solution=True),
            _code("test_positional_module", _TEST_OF_THE_MODULE, grade=True, locked=True, points=2),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def _code(grade_id: str, source: str, **flags: object) -> NotebookNode:
    return new_code_cell(source, metadata=_metadata(grade_id, **flags))


def _metadata(grade_id: str, **flags: object) -> dict:
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": plain | {"grade_id": grade_id} | flags}
