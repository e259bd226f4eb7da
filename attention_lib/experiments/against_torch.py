"""The student's three steps against torch's own fused attention: same numbers, same gradients, at which price."""

import time
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from attention_lib.checks import is_close
from attention_lib.experiments.peak_memory import peak_bytes
from attention_lib.experiments.student_calls import called, tensor_from
from attention_lib.pictures import style
from attention_lib.pictures.display import Picture, show_with
from attention_lib.pictures.inputs import PictureError, as_mask, as_table
from attention_lib.sentences import listed

LONG, LONG_FOR_LOOPS = 256, 64
LONGEST_CALL = 0.05  # seconds that one call on the long text may take
SECONDS_EACH = 0.12
MOST_RUNS = 100
SEED = 0


@dataclass(frozen=True)
class AgainstTorch:
    """Yours against torch's `F.scaled_dot_product_attention`.

    largest_difference: between the outputs on the tokens of `x`. gradient_difference: the largest between the
    gradients of Q, K and V there, of those that get one; without_gradient: those that get none. outputs_agree,
    gradients_agree: within rtol 1e-4 and atol 1e-5.
    Seconds are medians of runs without gradient, on the text of `tokens` rows and on a random one of `long`
    rows, fewer for functions that are slow.
    Bytes: the most that torch allocated at once on the long text, beyond its inputs (see `peak_memory`).
    """

    tokens: int
    long: int
    largest_difference: float
    outputs_agree: bool
    gradient_difference: float | None
    without_gradient: tuple[str, ...]
    gradients_agree: bool
    your_seconds: float
    torch_seconds: float
    your_seconds_long: float
    torch_seconds_long: float
    your_bytes_long: int
    torch_bytes_long: int
    sentence: str
    picture: Picture = field(repr=False, compare=False)


def yours_or_torch(
    project_qkv, attention_scores, attention_weights, aggregate_values, x, W_q, W_k, W_v, mask
) -> AgainstTorch:
    """Difference, gradients, time and memory of the student's functions against torch's own.

    The four functions are the student's; Q, K and V come from `project_qkv` for both sides, so that the other three
    are compared. x: (n, d_model). W_q, W_k, W_v: (d_model, d_head). mask: (n, n), True where a query may attend.
    Raises PictureError when a function stops, or returns something of another shape or with NaN.
    """
    n, d_head = len(x), W_q.shape[1]
    mask = torch.tensor(as_mask(mask, (n, n)))
    Q, K, V = _projected(project_qkv, x, W_q, W_k, W_v)

    def yours(Q, K, V, mask):
        scores = attention_scores(Q, K)
        return aggregate_values(attention_weights(scores, mask), V)

    def checked(Q, K, V, mask):
        n_q, n_k = len(Q), len(K)
        scores = tensor_from("attention_scores", attention_scores, Q, K, shape=(n_q, n_k))
        weights = tensor_from("attention_weights", attention_weights, scores, mask, shape=(n_q, n_k))
        return tensor_from("aggregate_values", aggregate_values, weights, V, shape=(n_q, V.shape[1]))

    same = _compared(checked, (Q, K, V), mask)

    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        your_seconds = _median_seconds(lambda: yours(Q, K, V, mask))
        # Loops over queries and keys are right, too, but would keep the student waiting.
        long = LONG if your_seconds * (LONG / n) ** 2 < LONGEST_CALL else LONG_FOR_LOOPS
        long_inputs = tuple(torch.randn(long, d_head, generator=generator) for _ in range(3))
        long_mask = torch.ones(long, long, dtype=torch.bool).tril()
        checked(*long_inputs, long_mask)
        numbers = dict(
            tokens=n,
            long=long,
            **same,
            your_seconds=your_seconds,
            torch_seconds=_median_seconds(lambda: _torchs(Q, K, V, attn_mask=mask)),
            your_seconds_long=_median_seconds(lambda: yours(*long_inputs, long_mask)),
            torch_seconds_long=_median_seconds(lambda: _torchs(*long_inputs, is_causal=True)),
            your_bytes_long=peak_bytes(lambda: yours(*long_inputs, long_mask)),
            torch_bytes_long=peak_bytes(lambda: _torchs(*long_inputs, is_causal=True)),
        )
    sentence = _sentence(numbers)
    picture = _drawn(numbers)
    picture.alt_text = f"Your three functions and torch's own attention, as bars of time and memory. {sentence}"
    show_with(picture, sentence)
    return AgainstTorch(**numbers, sentence=sentence, picture=picture)


def _projected(project_qkv, x, W_q, W_k, W_v):
    result = called("project_qkv", project_qkv, x, W_q, W_k, W_v)
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        raise PictureError("`project_qkv` should return three tensors, Q, K and V, in this order.")
    parts = zip("QKV", result, (W_q, W_k, W_v))
    for name, part, weight in parts:
        as_table(part, f"{name} from `project_qkv`", (len(x), weight.shape[1]))
    return tuple(torch.as_tensor(part).detach().clone() for part in result)


def _torchs(Q, K, V, **settings):
    # Only with a batch and a head in front does torch take its fused way.
    return F.scaled_dot_product_attention(Q[None, None], K[None, None], V[None, None], **settings)[0, 0]


def _compared(checked, inputs, mask) -> dict:
    """How far outputs and gradients differ, under the names of `AgainstTorch`."""
    generator = torch.Generator().manual_seed(SEED)
    outputs, gradients = [], []
    with torch.enable_grad():
        for function in (checked, lambda *given: _torchs(*given[:3], attn_mask=given[3])):
            leaves = [part.clone().requires_grad_() for part in inputs]
            output = function(*leaves, mask)
            if not outputs:
                probe = torch.randn(output.shape, generator=generator)
            outputs.append(output.detach())
            gradients.append(
                torch.autograd.grad((output * probe).sum(), leaves, allow_unused=True)
                if output.requires_grad else (None,) * 3
            )
    reached = [(a, b) for a, b in zip(*gradients) if a is not None]
    missing = tuple(name for name, gradient in zip("QKV", gradients[0]) if gradient is None)
    return dict(
        largest_difference=_farthest(*outputs),
        outputs_agree=is_close(*outputs),
        gradient_difference=max((_farthest(a, b) for a, b in reached), default=None),
        without_gradient=missing,
        gradients_agree=not missing and all(is_close(a, b) for a, b in reached),
    )


def _farthest(a, b) -> float:
    return float((a.double() - b.double()).abs().max())


def _median_seconds(call) -> float:
    seconds, begun = [], time.perf_counter()
    while len(seconds) < MOST_RUNS and time.perf_counter() - begun < SECONDS_EACH:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2]


def _sentence(numbers) -> str:
    largest = f"largest difference {numbers['largest_difference']:.2g}"
    if numbers["outputs_agree"]:
        text = f"Your functions give the same numbers as torch's own attention ({largest})"
    else:
        text = f"Your functions give other numbers than torch's own attention ({largest})"
    joint = "and" if numbers["outputs_agree"] == numbers["gradients_agree"] else "but"
    if numbers["without_gradient"]:
        text += f", {joint} no gradient reaches {listed(numbers['without_gradient'], 'or')} through them"
    elif numbers["gradients_agree"]:
        text += f", {joint} the same gradients"
    else:
        text += f", {joint} other gradients (largest difference {numbers['gradient_difference']:.2g})"
    yours, torchs = numbers["your_seconds_long"], numbers["torch_seconds_long"]
    mine, its = numbers["your_bytes_long"], numbers["torch_bytes_long"]
    text += (
        f"; on {numbers['long']} tokens you take {time_text(yours)} and {memory_text(mine)}, "
        f"torch {time_text(torchs)} and {memory_text(its)}"
    )
    table = 4 * numbers["long"] ** 2
    if its < table <= mine:
        text += (
            f": torch needs less than one table of {numbers['long']} × {numbers['long']} weights "
            f"({memory_text(table)}), your functions do not"
        )
    return f"{text}."


def time_text(seconds: float) -> str:
    if seconds < 0.9995e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def memory_text(size: int) -> str:
    if size < 1024:
        return f"{size} bytes"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def _drawn(numbers) -> Picture:
    outputs = "agree" if numbers["outputs_agree"] else "differ"
    missing = listed(numbers["without_gradient"], "or")
    gradients = "missing" if missing else "agree" if numbers["gradients_agree"] else "differ"
    facts = (
        ("outputs", outputs, f"largest difference {numbers['largest_difference']:.2g}"),
        ("gradients", gradients,
         f"none reaches {missing}" if missing else f"largest difference {numbers['gradient_difference']:.2g}"),
    )
    bars = (
        (f"time, {numbers['tokens']} tokens", numbers["your_seconds"], numbers["torch_seconds"], time_text),
        (f"time, {numbers['long']} tokens", numbers["your_seconds_long"], numbers["torch_seconds_long"], time_text),
        (f"memory, {numbers['long']} tokens", numbers["your_bytes_long"], numbers["torch_bytes_long"], memory_text),
    )
    with style.picture_style():
        body, low = 0.56, 0.4
        height = low + body + 0.4 + 0.95
        picture = Picture(style.WIDEST, height)
        picture.heading(height - 0.08, "Your three functions and torch's own attention")
        for line, (name, verdict, detail) in enumerate(facts):
            y = height - 0.5 - 0.24 * line
            picture.write(0.14, y, name, va="center_baseline")
            picture.write(1.05, y, verdict, fontweight="bold", va="center_baseline",
                          color=style.BLUE if verdict == "agree" else style.ACCENT)
            picture.write(1.75, y, detail, color=style.MUTED, va="center_baseline")
        start, gap = 0.62, 0.25
        across = (style.WIDEST - start - 0.1 - gap * 2) / 3
        for i, (name, yours, torchs, told) in enumerate(bars):
            left = start + i * (across + gap)
            axes = picture.panel(left, low, across, body)
            axes.barh((0, 1), (yours, torchs), height=0.62, color=(style.ACCENT, style.BLUE))
            most = max(yours, torchs) or 1.0
            for row, value in enumerate((yours, torchs)):
                axes.text(value + 0.03 * most, row, told(value), va="center_baseline", fontsize=style.SMALL_SIZE,
                          gid=f"bar-{i}-{row}")
            axes.set(ylim=(1.5, -0.5), xlim=(0, most * 1.55), xticks=[])
            axes.set_yticks((0, 1) if i == 0 else (), ("yours", "torch") if i == 0 else ())
            style.line_at_the_left(axes)
            picture.write(left, low + body + 0.08, name, va="bottom")
        picture.note(0.14, 0.14,
                     "time: median of repeated runs, no gradient; memory: the most that torch allocated at once",
                     va="center")
    return picture
