"""Temperature: scores divided by a number before they become weights."""

import math
from dataclasses import dataclass, field

import numpy as np

from attention_lib.experiments.slider import show_slider, slider_runs
from attention_lib.experiments.student_calls import tensor_from, weights_from
from attention_lib.experiments.weight_bars import ROW_HEIGHT, draw_weight_bars, entropy_bits
from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, show_with
from attention_lib.pictures.inputs import PictureError, as_labels, find_token

MOST_PANELS = 6


@dataclass(frozen=True)
class Temperatures:
    """One entry per temperature: the query's entropy in bits, its largest weight, and the token that has it."""

    query: str
    values: tuple[float, ...]
    bits: tuple[float, ...]
    largest: tuple[float, ...]
    favourites: tuple[str, ...]
    sentence: str
    picture: Picture = field(repr=False, compare=False)


def temperatures(
    attention_scores, attention_weights, Q, K, tokens, mask, query: int | str = "it", values=(0.25, 0.5, 1, 2, 4)
) -> Temperatures:
    """One query's weights when its scores are divided by each temperature in `values`, a panel for each.

    Where a notebook's page and ipywidgets are there, a slider stands below the panels.
    attention_scores, attention_weights: the student's. Q, K: (n, d). tokens: n strings. mask: (n, n), True where a
    query may attend. query: position or token. values: 2 to 6 numbers above 0.
    Raises PictureError when a function stops or returns something that is not usable, or `values` does not fit.
    """
    labels = as_labels(tokens, "`tokens`")
    place = find_token(query, list(tokens), labels)
    values = _checked(values)
    scores = tensor_from("attention_scores", attention_scores, Q, K, shape=(len(labels), len(labels)))

    def row(temperature: float) -> np.ndarray:
        return weights_from(attention_weights, scores.detach() / temperature, mask)[place]

    rows = np.stack([row(value) for value in values])
    bits = tuple(float(value) for value in entropy_bits(rows))
    keys = rows.argmax(axis=1)
    spoken = alt_text.spoken(labels, place)
    favourites = tuple(alt_text.spoken(labels, key) for key in keys)
    largest = tuple(float(value) for value in rows.max(axis=1))
    sentence = _sentence(spoken, values, bits, largest, favourites, len(set(keys.tolist())) == 1, rows)
    picture = _drawn(rows, [f"T = {value:g}" for value in values], bits, labels, spoken)
    picture.alt_text = f"Weights of {spoken} as bars, a panel for each of {len(values)} temperatures. {sentence}"
    show_with(picture, sentence)
    if slider_runs():

        def drawn_at(value: float) -> Picture:
            one = row(value)[None]
            return _drawn(one, [f"T = {value:.2f}"], entropy_bits(one), labels, spoken)

        show_slider(drawn_at, lowest=min(values), highest=max(values))
    return Temperatures(spoken, values, bits, largest, favourites, sentence, picture)


def _checked(values) -> tuple[float, ...]:
    try:
        values = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        raise PictureError("`values` should be a list of temperatures, such as (0.5, 1, 2).") from None
    if not 2 <= len(set(values)) or len(values) > MOST_PANELS:
        raise PictureError(f"`values` needs 2 to {MOST_PANELS} different temperatures, but has {len(set(values))}.")
    if not all(math.isfinite(value) and value > 0 for value in values):
        raise PictureError("Every temperature in `values` should be a number above 0; scores are divided by it.")
    return tuple(sorted(set(values)))


def _sentence(query, values, bits, largest, favourites, same_favourite, rows) -> str:
    if np.allclose(rows, rows[0], atol=1e-6):
        return (
            f"The weights of {query} are the same at every temperature: they do not depend on how large the scores are."
        )
    text = (
        f"At temperature {values[0]:g}, {query} gives most, {largest[0]:.2f}, to {favourites[0]} "
        f"(entropy {bits[0]:.2f} bits); at {values[-1]:g}, {largest[-1]:.2f} to {favourites[-1]} ({bits[-1]:.2f} bits)"
    )
    if all(later > earlier - 1e-9 for earlier, later in zip(bits, bits[1:])) and bits[-1] > bits[0]:
        text += ": a low temperature sharpens the weights, a high one flattens them"
    else:
        text += "; here a higher temperature does not always flatten the weights"
    return text + f", and the favourite {'stays' if same_favourite else 'is not always'} the same."


def _drawn(rows, names, bits, labels, query) -> Picture:
    with style.picture_style():
        body, gap = ROW_HEIGHT * len(labels), 0.12
        start = 0.14 + style.widest(labels) + 0.08
        across = min(2.4, (style.WIDEST - start - 0.1 - gap * (len(rows) - 1)) / len(rows))
        heading = f"The weights of {query} at {'one temperature' if len(rows) == 1 else 'different temperatures'}"
        width = start + len(rows) * (across + gap)
        width = max(width, 0.2 + style.text_width(heading, style.TITLE_SIZE, "bold"))
        height = 0.12 + body + 0.78
        picture = Picture(width, height)
        for i, (shares, name, bit) in enumerate(zip(rows, names, bits)):
            left = start + i * (across + gap)
            draw_weight_bars(picture.panel(left, 0.12, across, body), shares, None if i else labels)
            picture.write(left, 0.12 + body + 0.23, name, fontweight="bold", va="bottom")
            picture.note(left, 0.12 + body + 0.06, f"{bit:.2f} bits", va="bottom")
        picture.heading(height - 0.08, heading)
    return picture
