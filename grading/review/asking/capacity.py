"""How many questions are under way at once: fewer after each sign that the server has too much to do."""

import asyncio


class Capacity:
    """A semaphore that can be made smaller, down to one place. `async with` takes a place."""

    def __init__(self, count: int):
        self._free = count
        self._count = count
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._free > 0)
            self._free -= 1

    async def __aexit__(self, *error: object) -> None:
        async with self._changed:
            self._free += 1
            self._changed.notify()

    def one_fewer(self) -> None:
        """Take a place away for good, unless it is the last one."""
        if self._count > 1:
            self._count -= 1
            self._free -= 1
