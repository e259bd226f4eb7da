"""How much of a page one kind of content may take."""

from dataclasses import fields, is_dataclass

from markupsafe import escape

AROUND_A_TEXT = 60  # bytes of tags


def html_size(thing: object) -> int:
    """About how many bytes the texts of a dataclass, and of what it holds, take of a page; pictures apart."""
    if isinstance(thing, str):
        return AROUND_A_TEXT + len(escape(thing).encode("utf-8", "replace"))
    if is_dataclass(thing):
        return sum(html_size(getattr(thing, each.name)) for each in fields(thing) if each.name != "picture")
    return sum(map(html_size, thing)) if isinstance(thing, tuple | list) else 0


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
