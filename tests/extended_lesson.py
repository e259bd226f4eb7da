"""The lesson as an instructor extends it, by editing the notebook alone: two more answers.

`band_mask(n, width)` stands between the scores and the weights, and `local_weights(scores, width)`, which is built over
it and over the weights, below the weights.
"""

from copy import deepcopy

from nbformat.v4 import new_code_cell, new_markdown_cell

RIGHT = {
    "band_mask": """
        def band_mask(n, width):
            places = torch.arange(n)
            return (places[:, None] - places).abs() <= width
    """,
    "local_weights": """
        def local_weights(scores, width):
            return attention_weights(scores, band_mask(scores.shape[-1], width))
    """,
}
WRONG = {
    "band_mask": """
        def band_mask(n, width):
            places = torch.arange(n)
            return (places[:, None] - places).abs() < width
    """,
    "local_weights": """
        def local_weights(scores, width):
            return attention_weights(scores)
    """,
}

_BAND_SECTION = r"""
## 5b · A mask for neighbours
*2 minutes · easy*

Some heads look at their neighbourhood only. **Write** the function that says who is near: a boolean mask of shape
`(n, n)`, `True` where the two positions are at most `width` steps apart, to the left or to the right:

$$M_{ij} = \big(|i - j| \le \text{width}\big)$$
"""
_BAND = '''
def band_mask(n, width):
    """Say which positions are near each other.

    n: number of positions, at least 1    width: how many steps count as near, 0 or more
    Returns a boolean tensor, (n, n): True where |i - j| <= width. A new one at every call.
    """
    ### BEGIN SOLUTION
    places = torch.arange(n)
    gap_between_places = (places[:, None] - places[None, :]).abs()
    return gap_between_places <= width  # (n, n)
    ### END SOLUTION
'''
_BAND_HINTS = """
<details><summary>Hint 1: a nudge</summary>

Number the positions with `torch.arange(n)`, once as a column and once as a row.
</details>
"""
_BAND_TEST = '''
import torch
from attention_lib.checks import Checks, expect, expect_shape, expect_tensor

checks = Checks("band_mask")


def the_mask(n, width):
    got = expect_tensor("the result", band_mask(n, width))
    expect_shape("the result", got, (n, n), "One row and one column per position.")
    expect(got.dtype == torch.bool, f"The mask should be boolean, and is {got.dtype}.")
    return got


@checks.visible
def check_shape():
    """The mask is boolean, with one row and one column per position."""
    the_mask(4, 1)


@checks.visible
def check_worked_example():
    """Of four positions, with width 1, each is near itself and its neighbours."""
    want = torch.tensor(
        [
            [True, True, False, False],
            [True, True, True, False],
            [False, True, True, True],
            [False, False, True, True],
        ]
    )
    got = the_mask(4, 1)
    expect(not torch.equal(got, ~want), "The mask is upside down: True means near.")
    expect(torch.equal(got, want), f"It should be {want.tolist()}, and is {got.tolist()}.")


### BEGIN HIDDEN TESTS
def expect_band(n, width):
    got = the_mask(n, width).tolist()
    for i in range(n):
        for j in range(n):
            near = abs(i - j) <= width
            expect(
                got[i][j] == near,
                f"With n = {n} and width = {width}, entry ({i}, {j}) should be {near}.",
            )


@checks.hidden
def check_other_sizes():
    """It works for any number of positions."""
    for n in (1, 2, 5, 9):
        expect_band(n, 1)


@checks.hidden
def check_other_widths():
    """It works for any width: 0 means only itself, and a large one everybody."""
    for width in (0, 2, 3, 6, 50):
        expect_band(7, width)


@checks.hidden
def check_new_each_time():
    """Every call returns a new mask."""
    the_mask(5, 1).fill_(False)
    expect_band(5, 1)


### END HIDDEN TESTS
checks.report()
'''
_BAND_PICTURE = """
with picture_of("band_mask"):
    heatmap(band_mask(len(tokens), 2).float(), tokens, tokens, title="Who is near whom?")
"""
_LOCAL_SECTION = """
## 6b · Weights for neighbours
*2 minutes · easy*

**Write** attention that looks at most `width` steps to either side. You have both parts already.
"""
_LOCAL = '''
def local_weights(scores, width):
    """Weights that look at neighbours only.

    scores: (…, n, n)    width: how many steps a query may look, to the left and to the right
    Returns the weights, (…, n, n); exactly 0 further away.
    """
    ### BEGIN SOLUTION
    local_view = band_mask(scores.shape[-1], width)
    return attention_weights(scores, local_view)  # (…, n, n)
    ### END SOLUTION
'''
_LOCAL_TEST = '''
import torch
from attention_lib.checks import (
    Checks,
    RightGradients,
    expect,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)

checks = Checks("local_weights", over=("band_mask", "attention_weights"))


@checks.visible
def check_shape():
    """There is one weight per query and key, as there is one score."""
    expect_shape("the result", local_weights(torch.zeros(4, 4), 1), (4, 4))


@checks.visible
def check_worked_example():
    """Equal scores are shared among the neighbours."""
    want = torch.tensor([[1 / 2, 1 / 2, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.0, 1 / 2, 1 / 2]])
    expect_close("the result", local_weights(torch.zeros(3, 3), 1), want, "Only neighbours count.")


### BEGIN HIDDEN TESTS
def correct_local(scores, width):
    n = scores.shape[-1]
    near = torch.tensor([[abs(i - j) <= width for j in range(n)] for i in range(n)])
    return torch.softmax(scores.masked_fill(~near, -torch.inf), -1)


@checks.hidden
def check_other_values():
    """It works for any size, width and leading dimensions, and keeps the dtype."""
    for shape in ((5, 5), (1, 1), (2, 4, 4), (2, 3, 6, 6)):
        for width in (0, 1, 2, 9):
            scores = torch.randn(*shape)
            got = local_weights(scores.clone(), width)
            want = correct_local(scores, width)
            expect_close(f"the result with width {width}", got, want, "Softmax over the neighbours.")
            expect(bool((got[want == 0] == 0).all()), "Far away the weight should be exactly 0.")
            expect_dtype("the result", got)


@checks.hidden
def check_inputs_unchanged():
    """The scores are as they were afterwards."""
    inputs = {"the scores": torch.randn(4, 4)}
    before = {name: value.clone() for name, value in inputs.items()}
    local_weights(inputs["the scores"], 1)
    expect_unchanged(inputs, before)


@checks.hidden
def check_gradients():
    """Gradients flow back to the scores."""
    scores = torch.randn(2, 5, 5, requires_grad=True)
    right = RightGradients([correct_local(scores, 1)], {"the scores": scores})
    right.expect([local_weights(scores, 1)])


### END HIDDEN TESTS
checks.report()
'''


def extended(notebook: dict) -> dict:
    """A copy of the lesson's source notebook, as nbformat or as json reads it, with both answers and their tests."""
    longer = deepcopy(notebook)
    _put_below(
        longer,
        "after_attention_scores",
        _text("section_band_mask", _BAND_SECTION),
        _answer("band_mask", _BAND),
        _text("hints_band_mask", _BAND_HINTS),
        _test("test_band_mask", _BAND_TEST),
        _code("picture_band_mask", _BAND_PICTURE, ["lesson-only"]),
    )
    _put_below(
        longer,
        "after_attention_weights",
        _text("section_local_weights", _LOCAL_SECTION),
        _answer("local_weights", _LOCAL),
        _test("test_local_weights", _LOCAL_TEST),
    )
    return longer


def _put_below(notebook: dict, grade_id: str, *cells: dict) -> None:
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    below = ids.index(grade_id) + 1
    notebook["cells"][below:below] = cells


def _text(grade_id: str, source: str) -> dict:
    return _with_metadata(new_markdown_cell(source.strip()), grade_id)


def _code(grade_id: str, source: str, tags: list[str], **nbgrader) -> dict:
    cell = _with_metadata(new_code_cell(source.strip()), grade_id, **nbgrader)
    if tags:
        cell.metadata["tags"] = tags
    return cell


def _answer(grade_id: str, source: str) -> dict:
    return _code(grade_id, source, [], locked=False, solution=True)


def _test(grade_id: str, source: str) -> dict:
    return _code(grade_id, source, ["raises-exception"], grade=True, points=1)


def _with_metadata(cell: dict, grade_id: str, **nbgrader) -> dict:
    plain = {"grade": False, "locked": True, "schema_version": 3, "solution": False, "task": False}
    cell.metadata["nbgrader"] = plain | {"grade_id": grade_id} | nbgrader
    # nbformat makes a new one each time; a notebook that is made twice is the same.
    cell["id"] = grade_id.replace("_", "-")
    return cell
