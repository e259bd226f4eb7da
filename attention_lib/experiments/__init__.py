"""Four comparisons, each one call: a picture, its numbers, and one sentence that is made from these numbers.

The functions get the student's own functions and tensors. What these cannot be compared with raises `PictureError`
(see `attention_lib.visualizations`), with one sentence that names the function.
"""

from attention_lib.experiments.against_torch import yours_or_torch
from attention_lib.experiments.heads import one_head_or_all
from attention_lib.experiments.scaling import with_and_without_scaling
from attention_lib.experiments.temperature import temperatures

__all__ = ["one_head_or_all", "temperatures", "with_and_without_scaling", "yours_or_torch"]
