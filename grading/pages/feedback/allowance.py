"""How much of a page one kind of content may take."""

from html import escape


def html_size(text: str) -> int:
    """How many bytes `text` takes of a page, its special characters escaped."""
    return len(escape(text).encode("utf-8", "replace"))


class Allowance:
    """A number of bytes that is used up piece by piece.

    A piece that no longer fits is refused as a whole, and from then on every other one too, so that what is shown
    is a beginning and not a selection.
    """

    def __init__(self, size: int):
        self._left = size

    @property
    def spent(self) -> bool:
        """Whether a piece was refused, or nothing is left."""
        return self._left <= 0

    def take(self, size: int) -> bool:
        """Return whether a piece of this size still fits, and book it if so."""
        self._left -= size
        return self._left >= 0
