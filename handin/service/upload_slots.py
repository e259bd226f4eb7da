"""How many uploads run at once: a bounded number of all students, one of each."""

import asyncio

from handin.service.refusal import Denied


class UploadSlots:
    """count: uploads at once; patience: seconds that others wait before they are sent away"""

    def __init__(self, count: int, patience: float):
        self._free = asyncio.Semaphore(count)
        self._patience = patience
        self._students: set[str] = set()
        self.taken = 0

    async def take(self, student: str) -> None:
        """Raises Denied (503). Whoever comes back calls `give_back` once."""
        if student in self._students:
            raise Denied(503, "Another submission of yours is being received. Submit again in a moment.", 2)
        self._students.add(student)
        try:
            await asyncio.wait_for(self._free.acquire(), self._patience)
        except TimeoutError:
            self._students.discard(student)
            raise Denied(503, "Very many are handing in just now. Submit again in a moment.", 3) from None
        except BaseException:
            self._students.discard(student)
            raise
        self.taken += 1

    def give_back(self, student: str) -> None:
        self._students.discard(student)
        self._free.release()
        self.taken -= 1
