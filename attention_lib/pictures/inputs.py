"""What a picture is given: turned into plain numpy arrays and labels, or refused with a sentence."""

import numpy as np

LONGEST_LABEL = 14


class PictureError(ValueError):
    """A picture was given something it cannot draw. The message says what it got and what it needs."""


def shape_text(shape) -> str:
    """`(13, 32)` as a student writes it."""
    return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"


def as_array(values, name: str) -> np.ndarray:
    """A float64 copy of a tensor (on any device, with or without gradient), array or nested list.

    Raises PictureError when `values` holds no real numbers or rows of different lengths.
    """
    if values is None:
        raise PictureError(f"{name} is None: the function returns nothing yet. Is a `return` missing?")
    if isinstance(values, (list, tuple)) and any(
        hasattr(row, "detach") or isinstance(row, (list, tuple)) for row in values
    ):
        rows = [as_array(row, name) for row in values]
        if len({row.shape for row in rows}) != 1:
            raise PictureError(f"{name} has rows of different lengths; the picture needs a full table.")
        return np.stack(rows)
    if hasattr(values, "detach"):
        values = values.detach()
        if getattr(values, "is_sparse", False):
            values = values.to_dense()
        if values.is_complex():
            raise PictureError(f"{name} holds complex numbers; the picture needs real ones.")
        return values.cpu().double().numpy().copy()
    if callable(values):
        raise PictureError(f"{name} is a function; the picture needs the numbers that it returns.")
    try:
        array = np.asarray(values)
    except Exception as reason:
        raise PictureError(f"{name} cannot be read as a table of numbers: {reason}") from None
    if np.iscomplexobj(array):
        raise PictureError(f"{name} holds complex numbers; the picture needs real ones.")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        raise PictureError(f"{name} is {type(values).__name__}; the picture needs a table of numbers.") from None


def as_table(values, name: str, shape=(None, None), *, hidden=None, allow_hidden=False) -> np.ndarray:
    """A checked array: as many dimensions as `shape`, each size as given there (None: any).

    `hidden` (a boolean array of that shape) marks entries that are not drawn and may be anything;
    with `allow_hidden`, minus infinity is let through as well: that is what a masked score holds.
    """
    array = as_array(values, name)
    fits = array.ndim == len(shape) and all(want is None or have == want for have, want in zip(array.shape, shape))
    if not fits:
        raise PictureError(
            f"{name} has shape {shape_text(array.shape)}, the picture needs "
            f"{shape_text(['any' if want is None else want for want in shape])}."
        )
    if array.size == 0:
        raise PictureError(f"{name} is empty: its shape is {shape_text(array.shape)}.")
    bad = ~np.isfinite(array)
    if allow_hidden:
        bad &= ~np.isneginf(array)
    if hidden is not None:
        bad &= ~hidden
    if bad.any():
        where = tuple(int(index) for index in np.argwhere(bad)[0])
        value = {True: "NaN", False: "infinity"}[bool(np.isnan(array[where]))]
        raise PictureError(
            f"{name} holds {value} ({int(bad.sum())} of {array.size} entries, the first at "
            f"{list(where)}); the picture needs finite numbers."
        )
    return array


def as_weights(values, name: str, shape) -> np.ndarray:
    """A checked table of attention weights: as `as_table`, each between 0 and 1."""
    array = as_table(values, name, shape)
    if array.min() < -1e-4 or array.max() > 1 + 1e-4:
        raise PictureError(
            f"{name} has values from {array.min():.3g} to {array.max():.3g}; attention weights lie between 0 and 1."
        )
    return np.clip(array, 0.0, 1.0)


def as_mask(mask, shape) -> np.ndarray:
    """A boolean array of `shape`, True where a query may attend; `mask` broadcasts to it."""
    array = as_array(mask, "`mask`")
    if not np.isin(array, (0.0, 1.0)).all():
        raise PictureError("`mask` holds other values than True and False.")
    try:
        return np.broadcast_to(array.astype(bool), shape)
    except ValueError:
        raise PictureError(
            f"`mask` has shape {shape_text(array.shape)}, the picture needs one that broadcasts to {shape_text(shape)}."
        ) from None


def as_labels(labels, name: str) -> list[str]:
    """Tokens as short words to write beside a picture. Spaces at the ends go; a lone one is shown as a sign."""
    if isinstance(labels, str):
        raise PictureError(f"{name} is one string; the picture needs a list of tokens.")
    try:
        return [_label(label) for label in labels]
    except TypeError:
        raise PictureError(f"{name} is {type(labels).__name__}; the picture needs a list of tokens.") from None


def _label(token) -> str:
    text = str(token)
    text = text.replace("\n", "↵").replace("\t", "⇥").replace("Ġ", " ")
    text = text.strip(" ") or "␣"
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def find_token(query, tokens, labels, name: str = "`query`") -> int:
    """The position that `query` names: an index (negative ones count from the end) or a token.

    A token that occurs more than once is refused, with its positions.
    """
    if isinstance(query, str):
        label = _label(query)
        places = [i for i, token in enumerate(tokens) if token == query]
        places = places or [i for i, other in enumerate(labels) if other == label]
        if not places:
            raise PictureError(f"{name} {query!r} is not among the tokens: {' '.join(labels)}")
        if len(places) > 1:
            listed = " and ".join(str(place) for place in places)
            raise PictureError(f"{name} {query!r} occurs at positions {listed}: give the position instead.")
        return places[0]
    try:
        place = int(query)
    except (TypeError, ValueError):
        raise PictureError(f"{name} is {query!r}; give a position or a token.") from None
    if not -len(labels) <= place < len(labels):
        raise PictureError(f"{name} is {place}, but there are {len(labels)} tokens (0 to {len(labels) - 1}).")
    return place % len(labels)
