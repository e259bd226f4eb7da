"""Why there is no reply, and what may be tried before that is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoReply(Exception):
    """A question without a usable reply; the message is a clause that says why, with the remedy where there is one.

    of_server: whether the next question would fare no better, so that nobody should wait for it now
    """

    def __init__(self, why: str, of_server: bool = False):
        super().__init__(why)
        self.of_server = of_server


class Busy(Exception):
    """The server has too much to do (HTTP 503, 429)."""


class Failed(Exception):
    """The server failed or went away; another try may succeed. The message is a clause."""


class Refused(Exception):
    """The server does not do what was asked (another HTTP status from 400 on)."""

    def __init__(self, status: int, said: str):
        super().__init__(f"HTTP {status}: {said}")
        self.status, self.said = status, said


@asynccontextmanager
async def within(seconds: float, why: str, of_server: bool = False) -> AsyncIterator[None]:
    """A deadline for what is done in it. Raises NoReply."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise NoReply(why, of_server) from None
