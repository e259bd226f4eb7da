"""The attention maps of every head of a model in one picture."""

import numpy as np
from matplotlib.patches import Rectangle

from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError, as_array, as_labels, as_weights, shape_text

GAP = 0.12


def head_grid(weights, tokens, titles=None, highlight=None) -> Picture:
    """The attention maps of all heads as small pictures, a row per layer.

    weights: (layers, heads, n, n) or (heads, n, n), rows are queries and columns are keys; each between
    0 and 1. tokens: n strings. titles: one string per head in that order; None means L0H0, L0H1, …
    highlight: (layer, head), or a list of them, to frame.
    Raises PictureError for other shapes, numbers outside 0 to 1, and heads that do not exist.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    given = as_array(weights, "`weights`").shape
    dimensions = len(given)
    if dimensions not in (3, 4):
        raise PictureError(
            f"`weights` has shape {shape_text(given)}, the picture needs "
            f"(layers, heads, {n}, {n}) or (heads, {n}, {n})."
        )
    weights = as_weights(weights, "`weights`", (None,) * (dimensions - 2) + (n, n))
    weights = weights[None] if dimensions == 3 else weights
    layers, heads = weights.shape[:2]
    names = [f"L{layer}H{head}" for layer in range(layers) for head in range(heads)]
    titles = names if titles is None else [str(title) for title in titles]
    if len(titles) != layers * heads:
        raise PictureError(f"`titles` has {len(titles)} entries, the picture needs {layers * heads}.")
    framed = _framed_heads(highlight, layers, heads)

    with style.picture_style():
        side = min(1.6, (style.WIDEST - 0.2 - GAP * (heads - 1)) / heads)
        step_down = side + 0.34
        width = max(0.2 + heads * side + GAP * (heads - 1), 3.6)
        footer = style.wrapped(
            f"Rows look, columns are looked at; tokens in order, from “{labels[0]}” (top, left) to "
            f"“{labels[-1]}” (bottom, right). White 0, dark blue 1.",
            width - 0.2, style.SMALL_SIZE,
        )
        bottom = 0.14 + 0.17 * len(footer.splitlines())
        picture = Picture(width, bottom + layers * step_down + 0.06)
        across, up = picture.get_size_inches()
        # One axes for all: 24 separate ones take much longer.
        axes = picture.panel(0, 0, across, up)
        axes.set_axis_off()
        for index, title in enumerate(titles):
            layer, head = divmod(index, heads)
            x = 0.1 + head * (side + GAP)
            y = bottom + (layers - layer - 1) * step_down + 0.04
            axes.imshow(weights[layer, head], cmap=style.WEIGHTS, vmin=0, vmax=1, extent=(x, x + side, y, y + side),
                        aspect="auto", gid=f"head-{layer}-{head}")
            is_framed = (layer, head) in framed
            axes.add_patch(
                Rectangle((x, y), side, side, fill=False, edgecolor=style.ACCENT if is_framed else style.FAINT,
                          linewidth=2.2 if is_framed else 0.6, gid=f"frame-{layer}-{head}")
            )
            axes.text(x, y + side + 0.05, title, fontsize=style.SMALL_SIZE, va="bottom",
                      color=style.ACCENT if is_framed else style.INK, fontweight="bold" if is_framed else "normal")
        axes.set(xlim=(0, across), ylim=(0, up))
        picture.note(0.1, bottom - 0.08, footer, va="top")

    told = [
        f"{titles[layer * heads + head]}: {alt_text.strongest_looks(weights[layer, head], labels, labels, 2)}"
        for layer, head in sorted(framed)
    ]
    picture.alt_text = (
        f"Attention maps of {layers * heads} heads ({layers} {'layer' if layers == 1 else 'layers'} of {heads}) "
        f"for “{' '.join(labels)}”." + (f" Framed: {'. '.join(told)}." if told else "")
    )
    return shown(picture)


def _framed_heads(highlight, layers: int, heads: int) -> set:
    if highlight is None or len(np.atleast_1d(highlight)) == 0:
        return set()
    pairs = np.atleast_2d(np.asarray(highlight))
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise PictureError(f"`highlight` is {highlight!r}; the picture needs (layer, head) or a list of them.")
    for layer, head in pairs.tolist():
        if not (0 <= layer < layers and 0 <= head < heads):
            raise PictureError(
                f"`highlight` names layer {layer}, head {head}; there are {layers} layers of {heads} heads, "
                "counted from 0."
            )
    return {tuple(pair) for pair in pairs.tolist()}
