"""Tables of numbers as coloured cells: one, or two side by side."""

import math

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError, as_labels, as_mask, as_table, find_token
from attention_lib.sentences import upper_first

MOST_ANNOTATED = 16
CELL_WIDTH, CELL_HEIGHT = 0.44, 0.34
MASKED = "#f1f3f5"


def heatmap(
    values,
    row_labels,
    column_labels,
    *,
    title: str = "",
    row_name: str = "query",
    column_name: str = "key",
    annotate: bool | None = None,
    highlight_row: int | str | None = None,
    mask=None,
) -> Picture:
    """A table of numbers as coloured cells, a token beside each row and above each column.

    values: (n_rows, n_columns). Rows that are weights (each from 0 to 1) go from white to dark blue;
    signed numbers go from orange over white at 0 to dark blue. Minus infinity is drawn as a masked cell.
    annotate: write the numbers into the cells; None means where they fit (at most 16 rows and columns).
    highlight_row: position or token of a row to frame. With weights and no title of your own, the
    title tells where that row looks.
    mask: boolean, broadcasts to `values`, True where a query may attend (as in
    `torch.nn.functional.scaled_dot_product_attention`); the other cells are hatched.
    Raises PictureError for other shapes, NaN, and labels that do not fit.
    """
    rows = as_labels(row_labels, "`row_labels`")
    columns = as_labels(column_labels, "`column_labels`")
    shape = (len(rows), len(columns))
    hidden = None if mask is None else ~as_mask(mask, shape)
    values = as_table(values, "the table", shape, hidden=hidden, allow_hidden=True)
    hidden = np.isneginf(values) if hidden is None else hidden | np.isneginf(values)
    values = np.where(hidden, np.nan, values)
    if hidden.all():
        raise PictureError("the table is masked everywhere; there is nothing to draw.")
    row = None if highlight_row is None else find_token(highlight_row, list(row_labels), rows, "`highlight_row`")
    if annotate is None:
        annotate = max(shape) <= MOST_ANNOTATED

    are_weights = _are_weights(values)
    colours, scale = (style.WEIGHTS, Normalize(0, 1)) if are_weights else (style.SIGNED, style.signed_scale(values))
    told = np.nan_to_num(values, nan=-1.0) if are_weights else None
    if not title and row is not None and are_weights:
        title = upper_first(alt_text.looks_most(told, rows, columns, row))

    with style.picture_style():
        corner = (f"{column_name} →", f"{row_name} ↓")
        label_width = max(style.widest(rows), style.widest(corner, style.SMALL_SIZE))
        cell_width = min(CELL_WIDTH, (style.WIDEST - 1.05 - label_width) / len(columns))
        cell_height = min(CELL_HEIGHT, 8.0 / len(rows))
        body_width, body_height = cell_width * len(columns), cell_height * len(rows)
        left = 0.2 + label_width
        top = max(0.46, 0.1 + _slanted_height(columns, cell_width))
        overhang = _slanted_overhang(columns, cell_width)
        width = left + body_width + max(0.9, overhang + 0.05)
        heading = style.wrapped(title, width - 0.2, style.TITLE_SIZE, "bold") if title else ""
        heading_height = 0.1 + 0.2 * len(heading.splitlines())
        picture = Picture(width, heading_height + top + body_height + 0.12)
        axes = picture.panel(left, 0.12, body_width, body_height)
        image = draw_cells(axes, values, colours, scale, hidden)
        label_rows(axes, rows, row)
        label_columns(axes, columns, cell_width)
        if annotate:
            _write_numbers(axes, values, colours, scale, cell_width, are_weights)
        if row is not None:
            axes.add_patch(
                Rectangle((-0.5, row - 0.5), len(columns), 1, fill=False, edgecolor=style.ACCENT, linewidth=2,
                          clip_on=False, zorder=4, gid="highlight")
            )
        picture.note(left - 0.06, 0.12 + body_height + 0.05, "\n".join(corner), ha="right", va="bottom")
        if hidden.any():
            _masked_key(picture, left + body_width + 0.14, 0.12 + body_height)
        _colour_bar(picture, image, left + body_width + 0.14, 0.12, min(body_height - 0.1, 2.6),
                    "weight" if are_weights else "value")
        if heading:
            picture.heading(heading_height + top + body_height + 0.06, heading, linespacing=1.15)

    picture.alt_text = _heatmap_sentence(title, values, told, rows, columns, row_name, column_name, row, hidden)
    return shown(picture)


def compare_heatmaps(left, right, labels, titles) -> Picture:
    """Two tables of the same shape side by side on one colour scale; the heading says how far they differ.

    left, right: (n_rows, n_columns). labels: n_rows tokens, written above the columns too when the
    tables are square. titles: two strings.
    Raises PictureError when the shapes differ or an entry is not finite.
    """
    rows = as_labels(labels, "`labels`")
    if isinstance(titles, str) or len(titles) != 2:
        raise PictureError("`titles` needs two strings, one per table.")
    left = as_table(left, "`left`", (len(rows), None))
    right = as_table(right, "`right`", left.shape)
    square = left.shape[1] == len(rows)
    columns = rows if square else [""] * left.shape[1]
    both = np.stack([left, right])
    are_weights = _are_weights(both)
    colours, scale = (style.WEIGHTS, Normalize(0, 1)) if are_weights else (style.SIGNED, style.signed_scale(both))
    difference = float(np.abs(left - right).max())
    heading = "Both are exactly the same" if difference == 0 else f"The largest difference is {difference:.2g}"
    with style.picture_style():
        label_width = style.widest(rows, style.SMALL_SIZE)
        room = (style.WIDEST - 0.2 - label_width - 0.35 - 0.75) / 2
        cell_width = min(0.3, room / len(columns))
        body_width = cell_width * len(columns)
        cell_height = min(0.25, 5.0 / len(rows))
        body_height = cell_height * len(rows)
        top = _slanted_height(columns, cell_width, style.SMALL_SIZE) if square else 0.05
        overhang = _slanted_overhang(columns, cell_width, style.SMALL_SIZE) if square else 0.0
        start = 0.2 + label_width
        second = start + body_width + 0.3
        width = second + body_width + max(0.8, overhang)
        picture = Picture(width, 0.15 + body_height + top + 0.65)
        for x, values, title in ((start, left, titles[0]), (second, right, titles[1])):
            axes = picture.panel(x, 0.15, body_width, body_height)
            image = draw_cells(axes, values, colours, scale)
            label_rows(axes, rows if x == start else [""] * len(rows), None, style.SMALL_SIZE)
            label_columns(axes, columns, cell_width, style.SMALL_SIZE)
            picture.write(x, 0.15 + body_height + top + 0.06, title, va="bottom")
        _colour_bar(picture, image, second + body_width + 0.14, 0.15, min(body_height, 2.6),
                    "weight" if are_weights else "value")
        picture.heading(0.15 + body_height + top + 0.58, heading)
    picture.alt_text = (
        f"Two heatmaps side by side, {titles[0]} and {titles[1]}, {left.shape[0]} by {left.shape[1]} "
        f"each. {heading}."
    )
    return shown(picture)


def _are_weights(values) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() >= 0 and finite.max() <= 1 + 1e-6)


def draw_cells(axes, values, colours, scale, hidden=None):
    """The cells of a table with a grid between them; those that are `hidden` are hatched. Returns the image."""
    image = axes.imshow(values, cmap=colours, norm=scale, aspect="auto", gid="cells")
    rows, columns = values.shape
    if max(rows, columns) <= 40:
        edges = {"color": style.GRID, "linewidth": 0.6, "zorder": 2}
        axes.hlines(np.arange(1, rows) - 0.5, -0.5, columns - 0.5, **edges)
        axes.vlines(np.arange(1, columns) - 0.5, -0.5, rows - 0.5, **edges)
    axes.tick_params(length=0)
    if hidden is not None and hidden.any():
        cells = [
            Path.unit_rectangle().transformed(Affine2D().translate(column - 0.5, row - 0.5))
            for row, column in np.argwhere(hidden)
        ]
        axes.add_patch(
            PathPatch(Path.make_compound_path(*cells), facecolor=MASKED, edgecolor=style.FAINT, hatch="////",
                      linewidth=0, gid="masked")
        )
    return image


def label_rows(axes, labels, highlighted, size=style.TEXT_SIZE):
    """A word beside each row; that of the row `highlighted` stands out."""
    axes.set_yticks(range(len(labels)), labels, fontsize=size)
    if highlighted is not None:
        axes.get_yticklabels()[highlighted].set(color=style.ACCENT, fontweight="bold")


def label_columns(axes, labels, cell_width, size=style.TEXT_SIZE):
    """A word above each column, slanted where the words are wider than the cells."""
    axes.xaxis.tick_top()
    slanted = style.widest(labels, size) > cell_width - 0.06
    every = math.ceil(0.22 / cell_width) if len(labels) > MOST_ANNOTATED else 1
    axes.set_xticks(range(0, len(labels), every), labels[::every], fontsize=size, rotation=45 if slanted else 0,
                    ha="left" if slanted else "center", rotation_mode="anchor")
    axes.tick_params(axis="x", pad=3)


def _slanted_height(labels, cell_width, size=style.TEXT_SIZE) -> float:
    longest = style.widest(labels, size)
    return 0.2 if longest <= cell_width - 0.06 else 0.71 * longest + 0.16


def _slanted_overhang(labels, cell_width, size=style.TEXT_SIZE) -> float:
    if style.widest(labels, size) <= cell_width - 0.06:
        return 0.0
    ends = [
        (i + 0.5 - len(labels)) * cell_width + 0.71 * style.text_width(label, size) for i, label in enumerate(labels)
    ]
    return max(0.0, *ends) + 0.1


def _write_numbers(axes, values, colours, scale, cell_width, are_weights):
    finite = values[np.isfinite(values)]
    for decimals in (2, 1, 0):
        texts = [style.number(value, decimals) for value in finite]
        if style.widest(texts, style.SMALL_SIZE) <= cell_width - 0.05:
            break
    inks = style.ink_on(colours(scale(np.nan_to_num(values))))
    for row, column in np.argwhere(np.isfinite(values)):
        value = values[row, column]
        text = "0" if value == 0 else style.number(value, decimals)
        quiet = are_weights and value < 0.05
        axes.text(column, row, text, ha="center", va="center_baseline", fontsize=style.SMALL_SIZE,
                  color=style.MUTED if quiet else inks[row, column], gid=f"value-{row}-{column}")


def _colour_bar(picture, image, x, y, height, name):
    axes = picture.panel(x, y, 0.12, height)
    bar = picture.colorbar(image, cax=axes)
    bar.outline.set(edgecolor=style.FAINT, linewidth=0.6)
    low, high = image.norm.vmin, image.norm.vmax
    ticks = [0, 0.5, 1] if low == 0 and high == 1 else [low, 0, high]
    decimals = 0 if high >= 100 else 1 if high >= 1 else 2
    bar.set_ticks(ticks, labels=[f"{tick:g}" if low == 0 else style.number(tick, decimals) for tick in ticks])
    axes.tick_params(length=0, labelsize=style.SMALL_SIZE, labelcolor=style.MUTED, pad=3)
    picture.note(x, y + height + 0.07, name, va="bottom")


def _masked_key(picture, x, y):
    axes = picture.panel(x, y - 0.16, 0.12, 0.14)
    axes.set(xticks=[], yticks=[], facecolor=MASKED)
    axes.add_patch(Rectangle((0, 0), 1, 1, facecolor=MASKED, edgecolor=style.FAINT, hatch="////", linewidth=0))
    picture.note(x + 0.17, y - 0.09, "masked", va="center")


def _heatmap_sentence(title, values, weights, rows, columns, row_name, column_name, row, hidden) -> str:
    start = f"{title}. " if title else ""
    start += (
        f"Heatmap of {'attention weights' if weights is not None else 'numbers'}, {len(rows)} "
        f"rows ({row_name}) by {len(columns)} columns ({column_name})"
    )
    start += f", {int(hidden.sum())} cells masked" if hidden.any() else ""
    if weights is None:
        return f"{start}: {alt_text.extremes(values, rows, columns)}."
    told = alt_text.strongest_looks(weights, rows, columns)
    if row is not None and not title.endswith(alt_text.looks_most(weights, rows, columns, row)):
        told = f"{alt_text.looks_most(weights, rows, columns, row)} (framed); {told}"
    return f"{start}: {told}."
