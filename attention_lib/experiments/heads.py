"""One head against all heads of its layer: what a single one misses."""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.colors import Normalize

from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, show_with
from attention_lib.pictures.heatmaps import draw_cells, label_columns, label_rows
from attention_lib.pictures.inputs import (
    PictureError,
    as_array,
    as_labels,
    as_table,
    as_weights,
    find_token,
    shape_text,
)

CELL_HEIGHT = 0.3


@dataclass(frozen=True)
class Heads:
    """favourites: per head of the layer, the token with its largest weight; different_favourites counts them.

    mean_overlap: mean over pairs of heads of the weight they give to the same tokens, 0 to 1.
    lengths: how long the row is that each head adds; None where no outputs were given.
    """

    query: str
    layer: int
    head: int
    favourites: tuple[str, ...]
    different_favourites: int
    mean_overlap: float
    lengths: tuple[float, ...] | None
    sentence: str
    picture: Picture = field(repr=False, compare=False)


def one_head_or_all(patterns, outputs_or_none, tokens, query: int | str = "it", chosen=(2, 2)) -> Heads:
    """Where one query looks in each head of the chosen head's layer, a line per head, the chosen one framed.

    patterns: (layers, heads, n, n), the weights of all heads. outputs_or_none: what each head adds to each token's
    row, (layers, heads, n, d), or None. tokens: n strings. query: position or token. chosen: (layer, head), from 0.
    Raises PictureError for other shapes, numbers outside 0 to 1, and heads that do not exist.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    place = find_token(query, list(tokens), labels)
    given = as_array(patterns, "`patterns`").shape
    if len(given) != 4 or given[2:] != (n, n):
        raise PictureError(f"`patterns` has shape {shape_text(given)}, the picture needs (layers, heads, {n}, {n}).")
    layer, head = _checked_head(chosen, given)
    shares = as_weights(as_array(patterns, "`patterns`")[layer, :, place], "`patterns`", (given[1], n))
    lengths = None
    if outputs_or_none is not None:
        outputs = as_table(outputs_or_none, "`outputs_or_none`", (*given[:3], None))
        lengths = tuple(float(value) for value in np.linalg.norm(outputs[layer, :, place], axis=-1))
    keys = shares.argmax(axis=1)
    different = len(set(keys.tolist()))
    overlap = mean_overlap(shares)
    spoken = alt_text.spoken(labels, place)
    favourites = tuple(alt_text.spoken(labels, key) for key in keys)
    sentence = _sentence(spoken, layer, head, shares, favourites, keys, overlap, lengths)
    picture = _drawn(shares, lengths, labels, spoken, layer, head, different)
    picture.alt_text = f"Weights of {spoken} in each head of layer {layer}, a line per head. {sentence}"
    show_with(picture, sentence)
    return Heads(spoken, layer, head, favourites, different, overlap, lengths, sentence, picture)


def mean_overlap(shares) -> float:
    """Mean over pairs of rows of the sum of the smaller weights: `shares (heads, n)`; 1 where all are the same."""
    pairs = [np.minimum(a, b).sum() for i, a in enumerate(shares) for b in shares[i + 1:]]
    return float(np.mean(pairs)) if pairs else 1.0


def _checked_head(chosen, shape) -> tuple[int, int]:
    try:
        layer, head = (int(part) for part in chosen)
    except (TypeError, ValueError):
        raise PictureError(f"`chosen` is {chosen!r}; give (layer, head), such as (2, 2).") from None
    if not (0 <= layer < shape[0] and 0 <= head < shape[1]):
        raise PictureError(
            f"`chosen` names layer {layer}, head {head}; there are {shape[0]} layers of {shape[1]} heads, "
            "counted from 0."
        )
    return layer, head


def _sentence(query, layer, head, shares, favourites, keys, overlap, lengths) -> str:
    count, different = len(keys), len(set(keys.tolist()))
    largest = shares[head].max()
    alone = f"Head {head} of layer {layer} gives {largest:.2f} of the weight of {query} to {favourites[head]}"
    if count == 1:
        return f"{alone}; it is the only head of its layer."
    share = f"two heads have {overlap:.0%} of their weight in common on average"
    if different == 1:
        text = f"{alone}, and all {count} heads of the layer have this favourite; {share}"
        text += ": for this token, one head tells where the layer looks most"
    else:
        others = [i for i in range(count) if keys[i] != keys[head]]
        text = (
            f"{alone}; {len(others)} of the {count} heads of the layer look most at another token, so that the layer "
            f"has {different} different favourites, and {share}: the layer reads several things at once, one head "
            "only its own"
        )
    if lengths is not None and sum(lengths) > 0:
        part = lengths[head] / sum(lengths)
        text += f". What head {head} adds has {part:.0%} of the summed lengths of what all the heads add"
    return f"{text}."


def _drawn(shares, lengths, labels, query, layer, head, different) -> Picture:
    heads, n = shares.shape
    names = [f"head {i}" for i in range(heads)]
    with style.picture_style():
        start = 0.14 + style.widest(names, style.TEXT_SIZE, "bold") + 0.1
        right = 0.15 if lengths is None else 1.35
        across = min(0.46 * n, style.WIDEST - start - right)
        cell = across / n
        slanted = style.widest(labels) > cell - 0.06
        top_room = 0.71 * style.widest(labels) + 0.2 if slanted else 0.24
        body = CELL_HEIGHT * heads
        heading = f"Where {query} looks in the heads of layer {layer}: {different} " + (
            "favourite" if different == 1 else "different favourites"
        )
        height = 0.34 + body + top_room + 0.36
        width = max(start + across + right, 0.2 + style.text_width(heading, style.TITLE_SIZE, "bold"))
        picture = Picture(width, height)
        axes = picture.panel(start, 0.34, across, body)
        draw_cells(axes, shares, style.WEIGHTS, Normalize(0, 1))
        label_rows(axes, names, head)
        label_columns(axes, labels, cell)
        axes.tick_params(pad=3)
        inks = style.ink_on(style.WEIGHTS(shares))
        for row, column in np.ndindex(heads, n):
            value = shares[row, column]
            if value >= 0.05 and cell > style.text_width("0.00", style.SMALL_SIZE):
                axes.text(column, row, f"{value:.2f}", ha="center", va="center_baseline", fontsize=style.SMALL_SIZE,
                          color=inks[row, column])
        axes.hlines([head - 0.5, head + 0.5], -0.5, n - 0.5, color=style.ACCENT, linewidth=2, clip_on=False, zorder=4)
        axes.vlines([-0.5, n - 0.5], head - 0.5, head + 0.5, color=style.ACCENT, linewidth=2, clip_on=False, zorder=4,
                    gid=f"frame-{head}")
        picture.note(start, 0.14, "a line per head, a column per token looked at; white 0, dark blue 1", va="center")
        if lengths is not None:
            bars = picture.panel(start + across + 0.25, 0.34, 0.95, body)
            bars.barh(range(heads), lengths, height=0.6,
                      color=[style.ACCENT if i == head else style.BLUE for i in range(heads)])
            longest = max(lengths) or 1.0
            for row, length in enumerate(lengths):
                bars.text(length + 0.04 * longest, row, f"{length:.1f}", va="center_baseline",
                          fontsize=style.SMALL_SIZE)
            bars.set(ylim=(heads - 0.5, -0.5), xlim=(0, longest * 1.6), xticks=[], yticks=[])
            style.line_at_the_left(bars)
            picture.note(start + across + 0.25, 0.14, "length added", va="center")
        picture.heading(height - 0.08, heading)
    return picture
