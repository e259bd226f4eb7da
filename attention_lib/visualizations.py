"""The lesson's pictures. Each function returns a matplotlib Figure and shows it once, with alternative text.

Numbers may be tensors (any device, with or without gradient), arrays or nested lists; they are copied,
never changed. What cannot be drawn raises `PictureError`. Nothing here does any attention: the
pictures draw what they are given.
"""

from attention_lib.pictures.card import picture_of
from attention_lib.pictures.flow import attention_graph
from attention_lib.pictures.head_maps import head_grid
from attention_lib.pictures.heatmaps import compare_heatmaps, heatmap
from attention_lib.pictures.inputs import PictureError
from attention_lib.pictures.next_tokens import next_tokens
from attention_lib.pictures.steps import attention_steps
from attention_lib.pictures.strips import embedding_strip, projection_strips

__all__ = [
    "PictureError",
    "attention_graph",
    "attention_steps",
    "compare_heatmaps",
    "embedding_strip",
    "head_grid",
    "heatmap",
    "next_tokens",
    "picture_of",
    "projection_strips",
]
