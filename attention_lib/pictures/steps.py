"""One query token, step by step: dot products, scaled, softmax, and the mix of the values."""

import numpy as np

from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import as_array, as_labels, as_table, as_weights, find_token
from attention_lib.sentences import upper_first

ROW_HEIGHT = 0.26
GAP = 0.22
QUIET = "#8a939b"


def attention_steps(
    raw_scores, scaled_scores, weights, values, output, tokens, query: int | str, *, title: str = ""
) -> Picture:
    """Four panels with a row per key token: what happens to the scores of one query token.

    1 the dot products, 2 the scaled scores on the same axis, 3 the weights, 4 the value rows, each as
    strong as its weight, and below them the output row.
    raw_scores, scaled_scores, weights: (n_q, n) tables, of which the query's row is drawn, or that row
    alone, (n,). Minus infinity is a masked score. values: (n, d_v). output: (n_q, d_v) or (d_v,).
    tokens: n strings. query: position or token.
    Raises PictureError for other shapes, NaN, or weights outside 0 to 1.
    """
    labels = as_labels(tokens, "`tokens`")
    n = len(labels)
    place = find_token(query, list(tokens), labels)
    raw = as_table(_row(raw_scores, "`raw_scores`", place, n), "`raw_scores`", (n,), allow_hidden=True)
    scaled = as_table(_row(scaled_scores, "`scaled_scores`", place, n), "`scaled_scores`", (n,), allow_hidden=True)
    shares = as_weights(_row(weights, "`weights`", place, n), "`weights`", (n,))
    values = as_table(values, "`values`", (n, None))
    mixed = as_table(_row(output, "`output`", place, n), "`output`", (values.shape[1],))
    hidden = np.isneginf(raw) | np.isneginf(scaled) | (shares == 0)
    if not title:
        every_query = np.zeros((n, n))
        every_query[place] = shares
        title = upper_first(alt_text.looks_most(every_query, labels, labels, place))

    with style.picture_style():
        start = 0.14 + style.widest(labels) + 0.08
        room = style.WIDEST - start - 3 * GAP - 0.15
        across = [room * share for share in (0.235, 0.235, 0.2, 0.33)]
        lefts = [start + sum(across[:i]) + GAP * i for i in range(4)]
        body = ROW_HEIGHT * n
        bottom = 0.82
        heading = style.wrapped(title, style.WIDEST - 0.2, style.TITLE_SIZE, "bold")
        top = bottom + body
        picture = Picture(style.WIDEST, top + 0.62 + 0.22 * len(heading.splitlines()))

        limits = _bar_limits(np.concatenate([raw, scaled]))
        panels = [picture.panel(left, bottom, wide, body) for left, wide in zip(lefts, across)]
        names = ("1  dot products", "2  scaled", "3  softmax", "4  mix")
        notes = ("query · key", "on the same axis", "weights, sum 1", "values, faded by weight")
        for axes, left, name, note in zip(panels, lefts, names, notes):
            picture.write(left, top + 0.34, name, fontweight="bold", va="center")
            picture.note(left, top + 0.14, note, va="center")
            axes.set_ylim(n - 0.5, -0.5)
            axes.tick_params(length=0)
            axes.spines[:].set_visible(False)
        _bars(panels[0], raw, limits, hidden, across[0], 1)
        _bars(panels[1], scaled, limits, hidden, across[1], 1)
        _bars(panels[2], shares, (0, 1), hidden, across[2], 2, is_weights=True)
        panels[0].set_yticks(range(n), labels)
        for key, label in enumerate(panels[0].get_yticklabels()):
            label.set_color(style.ACCENT if key == place else QUIET if hidden[key] else style.INK)
            label.set_fontweight("bold" if key == place else "normal")
        for axes in panels[1:]:
            axes.set_yticks([])

        scale = style.signed_scale(np.concatenate([values, mixed[None]]))
        panels[3].imshow(values, cmap=style.SIGNED, norm=scale, aspect="auto", gid="values",
                         alpha=np.repeat(shares[:, None], values.shape[1], axis=1))
        panels[3].set_xticks([])
        for line in np.arange(n + 1) - 0.5:
            panels[3].axhline(line, color=style.GRID, linewidth=0.6)
        out = picture.panel(lefts[3], 0.3, across[3], ROW_HEIGHT)
        out.imshow(mixed[None], cmap=style.SIGNED, norm=scale, aspect="auto", gid="output")
        out.set(xticks=[], yticks=[])
        out.spines[:].set(edgecolor=style.ACCENT, linewidth=1.6)
        picture.note(lefts[3] + across[3] / 2, 0.69, "↓ added up", ha="center", va="center")
        picture.write(lefts[3] - 0.1, 0.3 + ROW_HEIGHT / 2, f"output of {alt_text.spoken(labels, place)}", ha="right",
                      va="center", color=style.ACCENT, fontweight="bold")
        picture.note(lefts[3] + across[3], 0.14, f"{values.shape[1]} numbers, blue +, orange \N{MINUS SIGN}",
                     ha="right", va="center")
        if hidden.any():
            picture.note(start, bottom - 0.13, "grey: masked, weight 0", va="center")
        picture.heading(top + 0.56 + 0.2 * len(heading.splitlines()), heading, linespacing=1.15)

    best = sorted(range(n), key=lambda key: -shares[key])[:3]
    told = "; ".join(
        f"{alt_text.spoken(labels, key)}: dot product {style.number(raw[key], 2)}, scaled "
        f"{style.number(scaled[key], 2)}, weight {shares[key]:.2f}"
        for key in best
    )
    picture.alt_text = (
        f"{title}. Four panels for the query {alt_text.spoken(labels, place)}, a row per key token: dot products, "
        f"scaled scores, weights, and the values mixed into the output. {told}."
    )
    return shown(picture)


def _row(table, name, place, n):
    """The query's row of a table, or the row that was given alone."""
    array = as_array(table, name)
    if array.ndim == 2:
        array = as_table(array, name, (n, None), hidden=np.ones(array.shape, dtype=bool))[place]
    return array


def _bar_limits(scores):
    finite = scores[np.isfinite(scores)]
    low, high = min(0.0, float(finite.min(initial=0))), max(0.0, float(finite.max(initial=0)))
    return (low, high) if high > low else (low, low + 1)


def _bars(axes, numbers, limits, hidden, width, decimals, is_weights=False):
    """A horizontal bar per key, its number beside it; masked keys have none."""
    drawn = np.where(np.isfinite(numbers), numbers, 0.0)
    low, high = limits
    texts = ["masked" if not np.isfinite(n) else "0" if n == 0 else style.number(n, decimals) for n in numbers]
    # Numbers stand right of the bar or of the zero line, so room is kept at the right alone.
    unit = (high - low) / (width - style.widest(texts, style.SMALL_SIZE) - 0.06)
    axes.set_xlim(low, low + unit * width)
    signed = [style.BLUE if value >= 0 else "#c98200" for value in drawn]
    colours = style.WEIGHTS(0.25 + 0.75 * drawn) if is_weights else signed
    colours = [style.FAINT if out else colour for colour, out in zip(colours, hidden)]
    bars = axes.barh(range(len(drawn)), drawn, height=0.66, color=colours)
    for key, bar in enumerate(bars):
        bar.set_gid(f"bar-{key}")
    for key, (value, text) in enumerate(zip(drawn, texts)):
        axes.text(max(value, 0.0) + 0.05 * unit, key, text, ha="left", va="center_baseline",
                  fontsize=style.SMALL_SIZE, color=style.MUTED if hidden[key] else style.INK)
    axes.axvline(0, color=style.MUTED, linewidth=0.8)
    axes.set_xticks([])
