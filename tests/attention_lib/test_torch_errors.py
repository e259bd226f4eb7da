"""Each sentence is tried with the error that torch itself raises."""

import re

import pytest
import torch

from attention_lib.torch_errors import in_plain_words

x, W = torch.randn(3, 4), torch.randn(4, 2)


@pytest.mark.parametrize(
    "code, said",
    [
        ("W @ x", r"shapes \(4, 2\) and \(3, 4\) do not fit .* 2 is not 3.* Is `x` on the left\?"),
        ("x @ x", r"shapes \(3, 4\) and \(3, 4\) do not fit in a matrix product in `x @ x`: 4 is not 3\.$"),
        ("torch.randn(2, 3, 4) @ torch.randn(2, 5, 4)", "left one's last size is 4, the right one's last but one is 5"),
        ("x + W", "in dimension 1 one has size 4, the other 2"),
        ("torch.mm(torch.randn(2, 3, 4), W)", "`transpose.-2, -1.` take any number in front"),
        ("torch.bmm(x, W)", "takes a fixed number of dimensions"),
        ("x.view(5, 2)", r"12 numbers do not fit into the shape \(5, 2\)"),
        ("x.softmax(2)", "there is no dimension 2 in `x.softmax.2.`: they go from -2 to 1 here"),
        ("torch.einsum('ij,jk->ik', torch.randn(2, 3, 4), W)", "`...` stands for any number"),
        ("x @ W.double()", "two tensors of different dtypes meet"),
        ("x.clone().requires_grad_().mul_(2)", "an in-place operation changes an input"),
        ("x.clone().requires_grad_().numpy()", "numpy knows no gradients"),
    ],
)
def test_an_error_of_torchs_is_said_in_plain_words(code, said):
    with pytest.raises((RuntimeError, IndexError)) as caught:
        eval(code)
    assert re.search(said, in_plain_words(str(caught.value), code)), str(caught.value)


def test_other_errors_are_left_as_they_are():
    assert in_plain_words("division by zero", "1 / 0") == ""
