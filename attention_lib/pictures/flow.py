"""Attention as a graph: arrows from each token that looks to the tokens it looks at."""

import numpy as np
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError, as_labels, as_weights, find_token
from attention_lib.sentences import upper_first

POINTS_PER_WEIGHT = 8.0
MOST_VALUES = 6
BOX_HEIGHT = 0.3
UNSTRESSED = "#dfe3e7"


def attention_graph(
    weights, tokens, *, query: int | str | None = None, threshold: float = 0.05, title: str = ""
) -> Picture:
    """A directed graph of attention: the tokens in a row, an arrow from each query to each key it looks at.

    weights: (n, n), rows are queries and columns are keys, each between 0 and 1. The width of an arrow
    is its weight; weights below `threshold` have none. Arrows to earlier tokens run above the row,
    arrows to later ones below it; a loop under a token is its look at itself.
    query: position or token whose arrows stand out, with their values; the others stay faint.
    Raises PictureError for other shapes, numbers outside 0 to 1, or a query that is not there.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    weights = as_weights(weights, "`weights`", (n, n))
    if not 0 <= threshold < 1:
        raise PictureError(f"`threshold` is {threshold}; it lies between 0 and 1.")
    place = None if query is None else find_token(query, list(tokens), labels)
    edges = [(q, k, float(weights[q, k])) for q, k in np.argwhere((weights >= threshold) & (weights > 0)).tolist()]
    if not title and place is not None:
        title = upper_first(alt_text.looks_most(weights, labels, labels, place))

    with style.picture_style():
        centres, box_widths, width, upright = _place_tokens(labels)
        box_height = 0.16 + style.widest(labels, style.SMALL_SIZE) if upright else BOX_HEIGHT
        spans = [(abs(centres[q] - centres[k]), q > k) for q, k, _ in edges]
        above = max([_rise(span) for span, up in spans if up], default=0.2) + 0.25
        below = max([_rise(span) for span, up in spans if not up], default=0.0)
        below += 0.3 if below else 0.08
        heading = style.wrapped(title, width - 0.2, style.TITLE_SIZE, "bold") if title else ""
        heading_height = 0.12 + 0.2 * len(heading.splitlines())
        row = 0.42 + below
        height = row + box_height + above + heading_height
        picture = Picture(width, height)
        axes = picture.panel(0, 0, width, height)
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.set_axis_off()
        order = sorted(edges, key=lambda edge: (edge[0] == place, edge[2]))
        for depth, (q, k, weight) in enumerate(order):
            stands_out = place is None or q == place
            colour = UNSTRESSED if not stands_out else style.BLUE if place is None else style.ACCENT
            _draw_arrow(axes, q, k, weight, centres, row, box_height, colour,
                        0.8 if place is None else 1.0, 2 + depth / 1000)
        _draw_tokens(axes, labels, centres, box_widths, row, box_height, upright, weights, place)
        _write_values(axes, order, centres, row, box_height, place)
        _draw_legend(picture, width, threshold)
        if heading:
            picture.heading(height - 0.1, heading, linespacing=1.15)

    start = f"{title}. " if title else ""
    start += f"Graph of attention over {n} tokens, {len(edges)} arrows of weight {threshold:g} or more"
    if place is None:
        told = alt_text.strongest_looks(weights, labels, labels)
    else:
        keys = [k for _, k, _ in sorted((e for e in edges if e[0] == place), key=lambda e: -e[2])][:4]
        told = f"{alt_text.spoken(labels, place)} looks at " + (
            ", ".join(f"{alt_text.spoken(labels, k)} ({weights[place, k]:.2f})" for k in keys) or "none of them"
        )
    picture.alt_text = f"{start}: {told}."
    return shown(picture)


def _place_tokens(labels):
    """Centre and width of each token's box in inches, the picture's width, and whether the words stand upright."""
    padding, gap = 0.12, 0.1
    boxes = [max(style.text_width(label) + padding, 0.24) for label in labels]
    total = sum(boxes) + gap * (len(labels) - 1)
    room = style.WIDEST - 0.3
    if total > room:
        step = max(room / len(labels), 0.26)
        centres = [0.15 + step * (i + 0.5) for i in range(len(labels))]
        return centres, [step - 0.04] * len(labels), 0.3 + step * len(labels), True
    if len(labels) > 1:
        gap = min(0.35, gap + (max(4.2 - 0.3, min(room, total * 1.15)) - total) / (len(labels) - 1))
    total = sum(boxes) + gap * (len(labels) - 1)
    width = max(total + 0.3, 4.2)
    left = (width - total) / 2
    centres = []
    for box in boxes:
        centres.append(left + box / 2)
        left += box + gap
    return centres, boxes, width, False


def _rise(span: float) -> float:
    """How high an arrow over `span` inches runs above its tokens."""
    return 0.26 if span == 0 else 0.2 + 0.36 * span**0.75


def _ends(q, k, weight, centres):
    """Where an arrow leaves and arrives: beside the middle of the boxes, so that comings and goings do not meet."""
    if q == k:
        apart = 0.05 + 0.05 * weight
        return centres[q] - apart, centres[q] + apart
    side = 0.05 if q > k else -0.05
    return centres[q] - side, centres[k] + side


def _draw_arrow(axes, q, k, weight, centres, row, box_height, colour, alpha, depth):
    up = 1 if q > k else -1
    base = row + box_height + 0.02 if up == 1 else row - 0.02
    start, end = _ends(q, k, weight, centres)
    head = 0.05 + 0.09 * weight
    rise = _rise(abs(centres[q] - centres[k])) * 4 / 3
    path = Path(
        [(start, base), (start, base + up * rise), (end, base + up * (rise + head)), (end, base + up * head)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
    axes.add_patch(
        PathPatch(path, fill=False, edgecolor=colour, linewidth=POINTS_PER_WEIGHT * weight, alpha=alpha,
                  capstyle="butt", zorder=depth, gid=f"arrow-{q}-{k}")
    )
    half = 0.03 + 0.08 * weight
    axes.add_patch(
        Polygon([(end - half, base + up * head), (end + half, base + up * head), (end, base)],
                facecolor=colour, linewidth=0, alpha=alpha, zorder=depth, gid=f"head-{q}-{k}")
    )


def _draw_tokens(axes, labels, centres, widths, row, height, upright, weights, place):
    shares = weights[place] if place is not None else np.zeros(len(labels))
    for i, (label, x, width) in enumerate(zip(labels, centres, widths)):
        fill = style.WEIGHTS(shares[i])
        is_query = i == place
        axes.add_patch(
            FancyBboxPatch((x - width / 2, row), width, height, boxstyle="round,pad=0,rounding_size=0.05",
                           facecolor=fill, edgecolor=style.ACCENT if is_query else style.MUTED,
                           linewidth=2 if is_query else 0.7, zorder=5, gid=f"token-{i}")
        )
        axes.text(x, row + height / 2, label, ha="center", va="center", rotation=90 if upright else 0,
                  fontsize=style.SMALL_SIZE if upright else style.TEXT_SIZE, color=str(style.ink_on(fill)),
                  fontweight="bold" if is_query and not upright else "normal", zorder=6)


def _write_values(axes, order, centres, row, box_height, place):
    """The weights on the main arrows, skipping those that would cover one another."""
    written = []
    for q, k, weight in reversed(order):
        if place is not None and q != place or len(written) == MOST_VALUES:
            break
        up = 1 if q > k else -1
        base = row + box_height + 0.02 if up == 1 else row - 0.02
        x = sum(_ends(q, k, weight, centres)) / 2
        y = base + up * (_rise(abs(centres[q] - centres[k])) + 0.025 + 0.045 * weight)
        if q == k:
            y -= 0.1 + POINTS_PER_WEIGHT * weight / 144
        if any(abs(x - a) < 0.32 and abs(y - b) < 0.17 for a, b in written):
            continue
        written.append((x, y))
        axes.text(x, y, f"{weight:.2f}", ha="center", va="center", fontsize=style.SMALL_SIZE, zorder=7,
                  bbox={"boxstyle": "round,pad=0.12", "facecolor": style.PAPER, "edgecolor": "none"},
                  gid=f"value-{q}-{k}")


def _draw_legend(picture, width, threshold):
    axes = picture.axes[0]
    x, y = 0.15, 0.16
    axes.text(x, y, "arrow width = weight:", va="center", fontsize=style.SMALL_SIZE, color=style.MUTED)
    x += style.text_width("arrow width = weight:", style.SMALL_SIZE) + 0.12
    for weight in (0.1, 0.4, 0.8):
        axes.plot([x, x + 0.3], [y, y], color=style.MUTED, linewidth=POINTS_PER_WEIGHT * weight,
                  solid_capstyle="butt", gid=f"legend-{weight}")
        axes.text(x + 0.36, y, f"{weight}", va="center", fontsize=style.SMALL_SIZE, color=style.MUTED)
        x += 0.78
    if threshold and x + style.text_width(f"under {threshold:g}: not drawn", style.SMALL_SIZE) < width:
        axes.text(x, y, f"under {threshold:g}: not drawn", va="center", fontsize=style.SMALL_SIZE, color=style.MUTED)
