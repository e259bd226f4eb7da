"""A progress bar over a class, with the time that is left."""

import sys

from tqdm import tqdm


class ProgressBar(tqdm):
    """A progress bar that learns how many submissions there are with the first one. A context manager."""

    def __init__(self, what: str, unit: str = "submission"):
        super().__init__(desc=what, unit=f" {unit}", total=0)

    def __exit__(self, *error) -> None:
        if error[0] is None:
            self.n = self.total
            self.set_postfix_str("")
        self.close()

    def tell(self, student: str, done: int, of: int) -> None:
        """Show that `done` of `of` are done, and with whom it is now."""
        self.total, self.n = of, done
        # An id may hold what a terminal would obey.
        self.set_postfix_str("".join(c if c.isprintable() else "?" for c in student))

    def warn(self, sentence: str) -> None:
        """Show a sentence above the bar."""
        self.write(sentence, file=sys.stderr)
