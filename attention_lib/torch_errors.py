"""What torch's commonest errors about tensors mean, in plain words."""

import re
from ast import BinOp, MatMult, parse, unparse

_WITHOUT_NUMBERS = {
    r"a leaf Variable that requires grad is being used in an in-place operation": (
        "an in-place operation changes an input. Make a new tensor instead."
    ),
    r"modified by an inplace operation": "an in-place operation changed what the gradients need. Make a new tensor.",
    r"backward through the graph a second time": (
        "a part of the result comes from an earlier call. Compute everything in each call."
    ),
    r"Can't call numpy\(\) on Tensor that requires grad": (
        "numpy knows no gradients, so a tensor that needs them cannot go there. Stay in torch."
    ),
    r"must be a (?:3D tensor|matrix)|expects a tensor with <= 2 dimensions": (
        "this operation takes a fixed number of dimensions. `@` and `transpose(-2, -1)` take any number in front."
    ),
    r"einsum\(\): the number of subscripts in the equation": (
        "the letters are written for a fixed number of dimensions; `...` stands for any number of them."
    ),
    r"to have the same dtype|Found dtype|expected scalar type": (
        "two tensors of different dtypes meet. Keep that of the inputs, float32."
    ),
}
_PRODUCT = re.compile(r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)")
_BATCHED = re.compile(r"batch2 tensor to be: \[\d+, (\d+)\] but got: \[\d+, (\d+)\]")
_SIZES = re.compile(r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)")
_VIEW = re.compile(r"shape '\[([\d, -]+)\]' is invalid for input of size (\d+)")
_RANGE = re.compile(r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)")


def in_plain_words(text: str, code: str = "") -> str:
    """What an error of torch's says, as a clause that ends with a full stop; "" for one that is not known here.

    code: the piece of the student's code that failed, if it is known
    """
    quoted = f" in `{code}`" if code else ""
    if found := _PRODUCT.search(text):
        a, b, c, d = map(int, found.groups())
        rule = f"shapes ({a}, {b}) and ({c}, {d}) do not fit in a matrix product{quoted}: {b} is not {c}."
        return f"{rule} {_other_way(code)}".strip() if d == a and b != c else rule
    if found := _BATCHED.search(text):
        left, right = found.groups()
        return (
            f"shapes do not fit in a matrix product{quoted}: the left one's last size is {left}, the right one's last "
            f"but one is {right}."
        )
    if found := _SIZES.search(text):
        a, b, place = found.groups()
        return f"shapes do not fit{quoted}: in dimension {place} one has size {a}, the other {b}."
    if found := _VIEW.search(text):
        return f"{found[2]} numbers do not fit into the shape ({found[1]}){quoted}."
    if found := _RANGE.search(text):
        return f"there is no dimension {found[3]}{quoted}: they go from {found[1]} to {found[2]} here."
    for pattern, sentence in _WITHOUT_NUMBERS.items():
        if re.search(pattern, text):
            return sentence
    return ""


def _other_way(code: str) -> str:
    fits = "The other way round they would."
    try:
        tree = parse(code, mode="eval").body
    except SyntaxError:
        return fits
    return f"{fits} Is `{unparse(tree.right)}` on the left?" if _is_product(tree) else fits


def _is_product(tree) -> bool:
    return isinstance(tree, BinOp) and isinstance(tree.op, MatMult)
