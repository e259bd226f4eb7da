"""How spread out a row of weights is."""

import numpy as np


def entropy_bits(weights) -> np.ndarray:
    """Entropy of each row in bits: weights (…, n) → (…). 0: all on one; log2(n): the same for all.

    Source: Shannon, 1948, A Mathematical Theory of Communication, section 6.
    """
    weights = np.asarray(weights, dtype=np.float64)
    logs = np.log2(np.where(weights > 0, weights, 1.0))
    return np.abs((weights * logs).sum(axis=-1))
