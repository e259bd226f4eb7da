"""Sentences made from the data, for those who do not see the picture."""

import numpy as np

from attention_lib.pictures.style import number

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def spoken(labels, place: int) -> str:
    """The token in quotes; a repeated one says which one it is: `the second "cat"`."""
    same = [i for i, label in enumerate(labels) if label == labels[place]]
    if len(same) == 1:
        return f"“{labels[place]}”"
    rank = same.index(place)
    which = f"the {ORDINALS[rank]}" if rank < len(ORDINALS) else f"number {rank + 1} of"
    return f"{which} “{labels[place]}”"


def looks_most(weights, query_labels, key_labels, query: int) -> str:
    """`“it” looks most at “cat” (0.72)` from `weights (n_q, n_k)`."""
    key = int(np.argmax(weights[query]))
    if key == query and list(query_labels) == list(key_labels):
        return f"{spoken(query_labels, query)} looks most at itself ({weights[query, key]:.2f})"
    return f"{spoken(query_labels, query)} looks most at {spoken(key_labels, key)} ({weights[query, key]:.2f})"


def strongest_looks(weights, query_labels, key_labels, count: int = 3) -> str:
    """The `count` queries with the largest single weights, as one sentence."""
    queries = np.argsort(-weights.max(axis=1), kind="stable")[:count]
    return "; ".join(looks_most(weights, query_labels, key_labels, int(q)) for q in sorted(queries))


def extremes(values, row_labels, column_labels) -> str:
    """Where the largest and the smallest finite entries of a table stand."""
    finite = np.where(np.isfinite(values), values, np.nan)
    parts = []
    for word, where in (("largest", np.nanargmax(finite)), ("smallest", np.nanargmin(finite))):
        row, column = np.unravel_index(where, finite.shape)
        parts.append(
            f"{word} {number(finite[row, column], 2)} at {spoken(row_labels, row)} and {spoken(column_labels, column)}"
        )
    return "; ".join(parts)
