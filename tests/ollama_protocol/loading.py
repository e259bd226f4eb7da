"""A model that takes its time to load."""

import threading
import time
from collections.abc import Callable

from tests.ollama_protocol.wire import Left

_LOOK_AGAIN = 0.02


class Loading:
    """Loads for `seconds` when the first client asks; others wait for the same load.

    As with Ollama the load belongs to the client that started it: when it leaves, the load is aborted, and the next
    client starts it again. `starts` and `aborted` count loads.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loaded = False
        self._loading = False
        self._changed = threading.Condition()
        self.starts = 0
        self.aborted = 0

    @property
    def loaded(self) -> bool:
        return self._loaded

    def unload(self) -> None:
        with self._changed:
            self._loaded = False

    def wait(self, left: Callable[[], bool]) -> float:
        """Return once the model is loaded, with the seconds that it took. Raises Left once `left()` is true."""
        start = time.monotonic()
        with self._changed:
            while not self._loaded:
                if left():
                    raise Left
                if self._loading:
                    self._changed.wait(_LOOK_AGAIN)
                else:
                    self._load(left)
        return time.monotonic() - start

    def _load(self, left: Callable[[], bool]) -> None:
        self._loading = True
        self.starts += 1
        end = time.monotonic() + self._seconds
        try:
            while (rest := end - time.monotonic()) > 0:
                self._changed.wait(min(_LOOK_AGAIN, rest))
                if left():
                    self.aborted += 1
                    raise Left
            self._loaded = True
        finally:
            self._loading = False
            self._changed.notify_all()
