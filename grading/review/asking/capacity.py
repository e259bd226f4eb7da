"""How many questions are under way at once: fewer after each sign that the server has too much to do."""

import asyncio


class Capacity(asyncio.Semaphore):
    """A semaphore that can be made smaller, down to one place."""

    def __init__(self, count: int):
        super().__init__(count)
        self._count = count
        self._kept_back = 0

    def one_fewer(self) -> None:
        """Called with a place: it, or the next one that is given back, is gone for good, unless it is the last."""
        if self._count > 1:
            self._count -= 1
            self._kept_back += 1

    def release(self) -> None:
        if self._kept_back:
            self._kept_back -= 1
        else:
            super().release()
