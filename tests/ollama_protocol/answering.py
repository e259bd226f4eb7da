"""The server's side of one connection, with all that a misbehaviour needs."""

import contextlib
import socket
import time

from tests.ollama_protocol.wire import Left, OllamaHandler, client_left

_LOOK_AGAIN = 0.02


class Answering(OllamaHandler):
    """Sends answers, waits, and breaks connections off. `server.closing` is set when the server is closed."""

    def left(self) -> bool:
        """Whether nobody waits for the answer any more: the client left, or the server is closed."""
        return self.server.closing.is_set() or client_left(self.connection)

    def wait(self, seconds: float | None = None) -> None:
        """Do nothing for so long; None means for ever. Raises Left as soon as nobody waits any more."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.left():
            rest = _LOOK_AGAIN if end is None else min(_LOOK_AGAIN, end - time.monotonic())
            if rest <= 0:
                return
            time.sleep(rest)
        raise Left

    def break_off(self) -> None:
        """Close the connection at once, whatever was promised."""
        self.wfile.flush()
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client was faster
            self.connection.shutdown(socket.SHUT_RDWR)
