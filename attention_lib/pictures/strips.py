"""Rows of numbers as strips of colour: how tokens become vectors, and vectors become Q, K and V."""

import numpy as np

from attention_lib.pictures import style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError, as_labels, as_table

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

    with style.picture_style():
        token_width = max(style.widest(labels) + 0.2, style.text_width("token", style.SMALL_SIZE) + 0.1)
        id_width = max(style.widest(id_texts), style.text_width("id", style.SMALL_SIZE)) + 0.1
        left = 0.15 + token_width + 0.35 + id_width + 0.35
        body, bottom = ROW_HEIGHT * n, 0.42
        top = bottom + body
        wide = style.WIDEST - left - 0.15
        picture = Picture(style.WIDEST, top + 0.66)
        _strip(picture.panel(left, bottom, wide, body), x, "x")
        token_x, id_x = 0.15 + token_width / 2, 0.15 + token_width + 0.35 + id_width / 2
        for i, (label, id_text) in enumerate(zip(labels, id_texts)):
            y = top - ROW_HEIGHT * (i + 0.5)
            picture.write(token_x, y, label, ha="center", va="center_baseline",
                          bbox={"boxstyle": "round,pad=0.18", "facecolor": "#eef2f5", "edgecolor": "none"})
            picture.write(id_x, y, id_text, ha="center", va="center_baseline")
            for arrow in (0.15 + token_width + 0.17, left - 0.18):
                picture.write(arrow, y, "→", ha="center", va="center_baseline", color=style.MUTED)
        for place, name in ((token_x, "token"), (id_x, "id"), (left + wide / 2, "row of x")):
            picture.note(place, top + 0.08, name, ha="center", va="bottom")
        under = f"({n}, {x.shape[1]})   blue positive, orange negative, {_range_note(x)}"
        picture.note(left + wide / 2, bottom - 0.08, under, ha="center", va="top")
        heading = f"{n} tokens become {n} rows of {x.shape[1]} numbers"
        picture.heading(top + 0.58, heading)

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

    with style.picture_style():
        left = 0.14 + style.widest(labels) + 0.08
        arrow, gap = 0.36, 0.14
        room = style.WIDEST - left - arrow - 2 * gap - 0.12
        # Square roots: x may be six times as wide as Q and would leave it no room.
        shares = np.sqrt([table.shape[1] for table in tables.values()])
        shares = np.maximum(shares / shares.sum(), 0.22)
        widths = room * shares / shares.sum()
        body, bottom = ROW_HEIGHT * n, 0.74
        top = bottom + body
        picture = Picture(style.WIDEST, top + 0.82)
        where = left
        for (name, table), wide in zip(tables.items(), widths):
            axes = picture.panel(where, bottom, wide, body)
            _strip(axes, table, name)
            if name == "x":
                axes.set_yticks(range(n), labels)
                axes.tick_params(length=0)
            picture.write(where, top + 0.1, name, fontsize=style.TITLE_SIZE, fontweight="bold", va="bottom")
            picture.note(where + 0.17, top + 0.11, roles[name], va="bottom")
            picture.write(where + wide / 2, bottom - 0.08, f"({n}, {table.shape[1]})", ha="center", va="top")
            picture.note(where + wide / 2, bottom - 0.27, _range_note(table), ha="center", va="top")
            where += wide + (arrow if name == "x" else gap)
        picture.write(left + widths[0] + arrow / 2, bottom + body / 2, "→", ha="center", va="center",
                      fontsize=18, color=style.MUTED)
        heading = "Three projections read the same rows in three ways"
        picture.heading(top + 0.74, heading)
        picture.note(0.1, 0.1, "blue positive, orange negative; ± is each table's largest size", va="bottom")

    sizes = ", ".join(f"{name} {table.shape[0]} by {table.shape[1]}" for name, table in tables.items())
    picture.alt_text = f"{heading}. Four tables as strips of colour, a row per token of “{' '.join(labels)}”: {sizes}."
    return shown(picture)


def _strip(axes, table, name):
    axes.imshow(table, cmap=style.SIGNED, norm=style.signed_scale(table), aspect="auto", gid=f"strip-{name}")
    for line in np.arange(1, table.shape[0]) - 0.5:
        axes.axhline(line, color=style.PAPER, linewidth=1)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(edgecolor=style.FAINT, linewidth=0.6)


def _range_note(table) -> str:
    largest = float(np.abs(table).max())
    return f"±{largest:.1f}" if 1 <= largest < 1000 else f"±{largest:.2g}"
