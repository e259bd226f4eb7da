"""Rows of weights: how spread out they are, and one as bars, a token per line."""

import numpy as np

from attention_lib.pictures import style

ROW_HEIGHT = 0.23


def draw_weight_bars(axes, shares, labels=None):
    """Bars of `shares (n,)`, each from 0 to 1, on one scale, with their numbers; `labels` go to the left."""
    width = axes.get_window_extent().width / axes.figure.dpi
    unit = 1 / (width - style.text_width("0.00", style.SMALL_SIZE) - 0.08)
    n = len(shares)
    axes.barh(range(n), shares, height=0.7, color=style.WEIGHTS(0.25 + 0.75 * np.asarray(shares)))
    for key, share in enumerate(shares):
        axes.text(share + 0.05 * unit, key, f"{share:.2f}", va="center_baseline", fontsize=style.SMALL_SIZE,
                  color=style.INK if share >= 0.05 else style.MUTED, gid=f"share-{key}")
    axes.set(xlim=(0, unit * width), ylim=(n - 0.5, -0.5), xticks=[])
    axes.set_yticks(range(n) if labels else [], labels or [])
    style.line_at_the_left(axes)


def entropy_bits(weights) -> np.ndarray:
    """Entropy of each row in bits: weights (…, n) → (…). 0: all on one; log2(n): the same for all.

    Source: Shannon, 1948, A Mathematical Theory of Communication, section 6.
    """
    weights = np.asarray(weights, dtype=np.float64)
    logs = np.log2(np.where(weights > 0, weights, 1.0))
    return np.abs((weights * logs).sum(axis=-1))
