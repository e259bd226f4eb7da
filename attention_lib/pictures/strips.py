"""Rows of numbers as strips of colour: how tokens become vectors, and vectors become Q, K and V."""

import numpy as np

from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError, as_labels, as_table
from attention_lib.pictures.style import (
    FAINT,
    MUTED,
    PAPER,
    SIGNED,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    WIDEST,
    picture_style,
    signed_scale,
    text_width,
    widest,
)

ROW_HEIGHT = 0.25


def embedding_strip(tokens, ids, x) -> Picture:
    """Each token, its id in the vocabulary, and its row of numbers.

    tokens: n strings. ids: (n,) whole numbers. x: (n, d_model).
    Raises PictureError when their lengths differ or an entry is not finite.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    ids = as_table(ids, "`ids`", (n,))
    if not np.array_equal(ids, np.round(ids)):
        raise PictureError("`ids` holds numbers with a fraction; token ids are whole numbers.")
    x = as_table(x, "`x`", (n, None))
    id_texts = [str(int(token_id)) for token_id in ids]

    with picture_style():
        token_width = max(widest(labels, TEXT_SIZE) + 0.2, text_width("token", SMALL_SIZE) + 0.1)
        id_width = max(widest(id_texts, TEXT_SIZE), text_width("id", SMALL_SIZE)) + 0.1
        left = 0.15 + token_width + 0.35 + id_width + 0.35
        body, bottom = ROW_HEIGHT * n, 0.42
        top = bottom + body
        wide = WIDEST - left - 0.15
        picture = Picture(WIDEST, top + 0.66)
        _strip(picture.panel(left, bottom, wide, body), x, "x")
        token_x, id_x = 0.15 + token_width / 2, 0.15 + token_width + 0.35 + id_width / 2
        for i, (label, id_text) in enumerate(zip(labels, id_texts)):
            y = top - ROW_HEIGHT * (i + 0.5)
            picture.write(token_x, y, label, ha="center", va="center_baseline", fontsize=TEXT_SIZE,
                          bbox={"boxstyle": "round,pad=0.18", "facecolor": "#eef2f5", "edgecolor": "none"})
            picture.write(id_x, y, id_text, ha="center", va="center_baseline", fontsize=TEXT_SIZE)
            for arrow in (0.15 + token_width + 0.17, left - 0.18):
                picture.write(arrow, y, "→", ha="center", va="center_baseline", color=MUTED, fontsize=TEXT_SIZE)
        for place, name in ((token_x, "token"), (id_x, "id"), (left + wide / 2, "row of x")):
            picture.write(place, top + 0.08, name, ha="center", va="bottom", fontsize=SMALL_SIZE, color=MUTED)
        picture.write(left + wide / 2, bottom - 0.08, _shape_note(x), ha="center", va="top", fontsize=SMALL_SIZE,
                      color=MUTED)
        heading = f"{n} tokens become {n} rows of {x.shape[1]} numbers"
        picture.write(0.1, top + 0.58, heading, va="top", fontsize=TITLE_SIZE, fontweight="bold")

    pairs = ", ".join(f"“{label}” {id_text}" for label, id_text in zip(labels, id_texts))
    picture.alt_text = f"{heading}. Tokens with their ids: {pairs}."
    return shown(picture)


def projection_strips(x, Q, K, V, tokens) -> Picture:
    """The rows of x, and what the three projections make of them, side by side with their shapes.

    x: (n, d_model). Q, K: (n, d_head). V: (n, d_v). tokens: n strings.
    Raises PictureError when the numbers of rows differ, Q and K differ in shape, or an entry is not finite.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    x = as_table(x, "`x`", (n, None))
    Q = as_table(Q, "`Q`", (n, None))
    K = as_table(K, "`K`", Q.shape)
    V = as_table(V, "`V`", (n, None))
    tables = {"x": x, "Q": Q, "K": K, "V": V}
    roles = {"x": "what comes in", "Q": "what I look for", "K": "what I offer", "V": "what I pass on"}

    with picture_style():
        left = 0.14 + widest(labels, TEXT_SIZE) + 0.08
        arrow, gap = 0.36, 0.14
        room = WIDEST - left - arrow - 2 * gap - 0.12
        # Square roots: x may be six times as wide as Q and would leave it no room.
        shares = np.sqrt([table.shape[1] for table in tables.values()])
        shares = np.maximum(shares / shares.sum(), 0.22)
        widths = room * shares / shares.sum()
        body, bottom = ROW_HEIGHT * n, 0.74
        top = bottom + body
        picture = Picture(WIDEST, top + 0.82)
        where = left
        for (name, table), wide in zip(tables.items(), widths):
            axes = picture.panel(where, bottom, wide, body)
            _strip(axes, table, name)
            if name == "x":
                axes.set_yticks(range(n), labels, fontsize=TEXT_SIZE)
                axes.tick_params(length=0)
            picture.write(where, top + 0.1, name, fontsize=TITLE_SIZE, fontweight="bold", va="bottom")
            picture.write(where + 0.17, top + 0.11, roles[name], fontsize=SMALL_SIZE, color=MUTED, va="bottom")
            picture.write(where + wide / 2, bottom - 0.08, f"({n}, {table.shape[1]})", ha="center", va="top",
                          fontsize=TEXT_SIZE)
            picture.write(where + wide / 2, bottom - 0.27, _range_note(table), ha="center", va="top",
                          fontsize=SMALL_SIZE, color=MUTED)
            where += wide + (arrow if name == "x" else gap)
        picture.write(left + widths[0] + arrow / 2, bottom + body / 2, "→", ha="center", va="center",
                      fontsize=18, color=MUTED)
        heading = "Three projections read the same rows in three ways"
        picture.write(0.1, top + 0.74, heading, va="top", fontsize=TITLE_SIZE, fontweight="bold")
        picture.write(0.1, 0.1, "blue positive, orange negative; ± is each table's largest size", va="bottom",
                      fontsize=SMALL_SIZE, color=MUTED)

    sizes = ", ".join(f"{name} {table.shape[0]} by {table.shape[1]}" for name, table in tables.items())
    picture.alt_text = (
        f"{heading}. Four tables as strips of colour, a row per token of “{' '.join(labels)}”: {sizes}."
    )
    return shown(picture)


def _strip(axes, table, name):
    axes.imshow(table, cmap=SIGNED, norm=signed_scale(table), aspect="auto", gid=f"strip-{name}")
    for line in np.arange(1, table.shape[0]) - 0.5:
        axes.axhline(line, color=PAPER, linewidth=1)
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set(edgecolor=FAINT, linewidth=0.6)


def _shape_note(table) -> str:
    return f"({table.shape[0]}, {table.shape[1]})   blue positive, orange negative, {_range_note(table)}"


def _range_note(table) -> str:
    largest = float(np.abs(table).max())
    return f"±{largest:.1f}" if 1 <= largest < 1000 else f"±{largest:.2g}"
