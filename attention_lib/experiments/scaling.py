"""With and without the scaling factor: what it does to the weights, and to learning."""

from dataclasses import dataclass, field

import numpy as np
import torch

from attention_lib.experiments.student_calls import checked_weights, tensor_from, weights_from
from attention_lib.experiments.weight_bars import ROW_HEIGHT, draw_weight_bars, entropy_bits
from attention_lib.pictures import alt_text, style
from attention_lib.pictures.display import Picture, show_with
from attention_lib.pictures.inputs import PictureError, as_labels, find_token

SIZES = (4, 8, 16, 32, 64, 128, 256, 512)
RANDOM_QUERIES, RANDOM_KEYS = 256, 16
SEED = 0


@dataclass(frozen=True)
class Scaling:
    """Entropies are in bits. Tuples have one number per size in `sizes`, means over random queries.

    A gradient's size is the Frobenius norm of a row's derivative, d weights / d scores, a (keys, keys) table.
    """

    query: str
    bits_with: float
    bits_without: float
    mean_bits_with: float
    mean_bits_without: float
    sizes: tuple[int, ...]
    random_bits_with: tuple[float, ...]
    random_bits_without: tuple[float, ...]
    gradients_with: tuple[float, ...]
    gradients_without: tuple[float, ...]
    sentence: str
    picture: Picture = field(repr=False, compare=False)


def with_and_without_scaling(
    attention_scores, attention_weights, Q, K, tokens, mask, query: int | str = "it"
) -> Scaling:
    """Weights with the usual scale and with `scale=1.0`: for one query, and for random Q and K as d grows.

    attention_scores, attention_weights: the student's. Q, K: (n, d). tokens: n strings. mask: (n, n), True where a
    query may attend. query: position or token.
    Raises PictureError when a function stops or returns something that is not usable, or no gradient passes.
    """
    labels = as_labels(tokens, "`tokens`")
    place = find_token(query, list(tokens), labels)
    n = len(labels)
    with_scale, without = (
        weights_from(attention_weights, tensor_from("attention_scores", attention_scores, Q, K, shape=(n, n), **scale),
                     mask)
        for scale in ({}, {"scale": 1.0})
    )
    by_size = [_random_rows(attention_scores, attention_weights, d) for d in SIZES]
    bits_with, bits_without, gradients_with, gradients_without = (tuple(column) for column in zip(*by_size))
    rows_with, rows_without = entropy_bits(with_scale), entropy_bits(without)
    numbers = dict(
        query=alt_text.spoken(labels, place),
        bits_with=float(rows_with[place]),
        bits_without=float(rows_without[place]),
        mean_bits_with=float(rows_with.mean()),
        mean_bits_without=float(rows_without.mean()),
        sizes=SIZES,
        random_bits_with=bits_with,
        random_bits_without=bits_without,
        gradients_with=gradients_with,
        gradients_without=gradients_without,
    )
    same = np.allclose(with_scale, without, atol=1e-6) and np.allclose(bits_with, bits_without, atol=1e-6)
    sentence = _sentence(numbers, same)
    picture = _drawn(numbers, with_scale[place], without[place], labels)
    picture.alt_text = (
        f"Bars of the weights of {numbers['query']}, with the scale and with scale = 1; below them, curves over d of "
        f"mean entropy and of gradient size. {sentence}"
    )
    show_with(picture, sentence)
    return Scaling(**numbers, sentence=sentence, picture=picture)


def _random_rows(attention_scores, attention_weights, d):
    """Mean entropy with and without the scale, then mean gradient size with and without."""
    generator = torch.Generator().manual_seed(SEED)
    Q = torch.randn(RANDOM_QUERIES, d, generator=generator)
    K = torch.randn(RANDOM_KEYS, d, generator=generator)
    bits, gradients = [], []
    for scale in ({}, {"scale": 1.0}):
        scores = tensor_from("attention_scores", attention_scores, Q, K, shape=(RANDOM_QUERIES, RANDOM_KEYS), **scale)
        scores = scores.detach().requires_grad_()
        with torch.enable_grad():
            weights = tensor_from("attention_weights", attention_weights, scores, shape=scores.shape)
            bits.append(float(entropy_bits(checked_weights(weights)).mean()))
            gradients.append(_mean_gradient(weights, scores))
    return *bits, *gradients


def _mean_gradient(weights, scores) -> float:
    if not weights.requires_grad:
        raise PictureError(
            "No gradient passes through `attention_weights`. Is there a `detach`, `no_grad`, `.data` or `.numpy()`?"
        )
    squares = torch.zeros(len(scores))
    for key in range(scores.shape[1]):
        # Rows do not mix, so the gradient of a column's sum holds that of each row.
        slopes, = torch.autograd.grad(weights[:, key].sum(), scores, retain_graph=True, allow_unused=True)
        if slopes is None:
            raise PictureError("`attention_weights` does not depend on its scores; their gradient is missing.")
        squares += slopes.square().sum(dim=1)
    return float(squares.sqrt().mean())


def _sentence(numbers, same: bool) -> str:
    if same:
        return (
            "With scale=1.0 the weights are the same as with no scale given: `attention_scores` either uses no scale "
            "of its own or does not use the one that it is given, so there is nothing to compare yet."
        )
    small, large = numbers["sizes"][0], numbers["sizes"][-1]
    text = (
        f"The weights of {numbers['query']} have {numbers['bits_with']:.2f} bits of entropy with the scale and "
        f"{numbers['bits_without']:.2f} without. For random Q and K, from d = {small} to d = {large}, mean entropy "
        f"{_change(numbers['random_bits_with'])} with the scale and {_change(numbers['random_bits_without'])} without, "
        f"and the gradient's size {_change(numbers['gradients_with'])} with it and "
        f"{_change(numbers['gradients_without'])} without"
    )
    harder = numbers["random_bits_without"][-1] < 0.9 * numbers["random_bits_with"][-1]
    flatter = numbers["gradients_without"][-1] < 0.9 * numbers["gradients_with"][-1]
    if harder and flatter:
        return f"{text}: in wide heads, the scale keeps attention from all-or-nothing, and leaves a slope to learn by."
    return f"{text}."


def _change(values) -> str:
    first, last = values[0], values[-1]
    if abs(last - first) <= 0.1 * first:
        return f"ends near where it began ({first:.2f}, then {last:.2f})"
    return f"{'falls' if last < first else 'rises'} from {first:.2f} to {last:.2f}"


def _drawn(numbers, shares_with, shares_without, labels) -> Picture:
    with style.picture_style():
        body, curves = ROW_HEIGHT * len(labels), 1.5
        start = 0.14 + style.widest(labels) + 0.08
        across = (style.WIDEST - start - 0.4) / 2
        low = 0.5
        bottom = low + curves + 0.62
        height = bottom + body + 0.62
        picture = Picture(style.WIDEST, height)
        lefts = (start, start + across + 0.25)
        heads = (
            ("with the scale", shares_with, numbers["bits_with"], style.BLUE),
            ("without (scale = 1)", shares_without, numbers["bits_without"], style.ACCENT),
        )
        for i, (name, shares, bits, colour) in enumerate(heads):
            axes = picture.panel(lefts[i], bottom, across, body)
            draw_weight_bars(axes, shares, None if i else labels)
            picture.write(lefts[i], bottom + body + 0.06, name, fontweight="bold", color=colour, va="bottom")
            picture.note(lefts[i] + style.text_width(name, style.TEXT_SIZE, "bold") + 0.12, bottom + body + 0.06,
                         f"{bits:.2f} bits", va="bottom")
        curve_left, curve_width = 0.5, (style.WIDEST - 0.5 - 0.75 - 0.25) / 2
        for i, (name, with_scale, without, top) in enumerate((
            ("mean entropy in bits", numbers["random_bits_with"], numbers["random_bits_without"],
             np.log2(RANDOM_KEYS)),
            ("gradient's size", numbers["gradients_with"], numbers["gradients_without"], None),
        )):
            axes = picture.panel(curve_left + i * (curve_width + 0.75), low, curve_width, curves)
            _curves(axes, numbers["sizes"], with_scale, without, top)
            picture.write(curve_left + i * (curve_width + 0.75), low + curves + 0.08, f"random Q and K: {name}",
                          va="bottom")
            picture.note(curve_left + i * (curve_width + 0.75) + curve_width / 2, 0.1, "d, numbers per query and key",
                         ha="center", va="bottom")
        picture.heading(height - 0.08, f"Where {numbers['query']} looks, with the scale and without")
    return picture


def _curves(axes, sizes, with_scale, without, top):
    places = range(len(sizes))
    axes.plot(places, without, color=style.ACCENT, marker="s", markersize=4, gid="curve-without")
    axes.plot(places, with_scale, color=style.BLUE, marker="o", markersize=4, gid="curve-with")
    highest = top or max(*with_scale, *without) * 1.1 or 1.0
    axes.set(ylim=(0, highest * 1.04), xlim=(-0.3, len(sizes) - 0.7))
    axes.set_xticks(places, [str(size) for size in sizes], fontsize=style.SMALL_SIZE)
    axes.tick_params(length=0, labelsize=style.SMALL_SIZE)
    if top:
        names = ((with_scale, "with", style.BLUE), (without, "without", style.ACCENT))
        if abs(with_scale[-1] - without[-1]) < 0.15 * highest:
            names = ((np.maximum(with_scale, without), "both", style.MUTED),)
        for values, name, colour in names:
            axes.text(places[-1], values[-1] + 0.05 * highest, name, color=colour, fontsize=style.SMALL_SIZE,
                      ha="right", va="bottom")
    axes.grid(axis="y", color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
