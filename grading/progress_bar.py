"""A progress bar over a class, with the time that is left."""

import sys

from tqdm import tqdm


class ProgressBar:
    """A progress bar that learns how many submissions there are with the first one. A context manager."""

    def __init__(self, what: str, unit: str = "submission"):
        self._bar = tqdm(desc=what, unit=f" {unit}", total=0)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *error) -> None:
        if error[0] is None:
            self._bar.n = self._bar.total
            self._bar.set_postfix_str("")
        self._bar.close()

    def tell(self, student: str, done: int, of: int) -> None:
        """Show that `done` of `of` are done, and with whom it is now."""
        self._bar.total = of
        self._bar.n = done
        # An id may hold what a terminal would obey.
        self._bar.set_postfix_str("".join(c if c.isprintable() else "?" for c in student))

    def warn(self, sentence: str) -> None:
        """Show a sentence above the bar."""
        self._bar.write(sentence, file=sys.stderr)
