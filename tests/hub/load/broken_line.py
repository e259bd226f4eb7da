"""A line to a server on which the first request gets stuck half-way."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

_PATIENCE = 60.0  # seconds


class BrokenLine:
    """Passes on connections to the server of `url`, but of the first one only `so_many` bytes. A context manager.

    That one ends when its sender ends it. `stuck` is set once its bytes were passed on.
    """

    def __init__(self, url: str, so_many: int):
        self._target = urlsplit(url)
        self._left = so_many
        self.stuck = threading.Event()

    def __enter__(self) -> "BrokenLine":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = self._target._replace(netloc=f"127.0.0.1:{self._listener.getsockname()[1]}").geturl()
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        # A thread that waits for a connection does not notice that its socket is closed.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def lead_there(self, home: Path) -> None:
        """Whoever submits from this home uses the line."""
        (home / "nbgrader_config.py").write_text(f"c = get_config()\nc.SubmitToService.url = {self.url!r}\n")

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                sender, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=[sender], daemon=True).start()

    def _pass_on(self, sender: socket.socket) -> None:
        server = socket.create_connection((self._target.hostname, self._target.port), _PATIENCE)
        sender.settimeout(_PATIENCE)
        threading.Thread(target=_copy_answer, args=[server, sender], daemon=True).start()
        first = not self.stuck.is_set()
        with server, sender, suppress(OSError):
            try:
                while data := sender.recv(65536):
                    if first:
                        data, self._left = data[: self._left], self._left - len(data[: self._left])
                    server.sendall(data)
                    if first and not self._left:
                        self.stuck.set()
            finally:
                # To close is not enough while another thread waits for the answer.
                server.shutdown(socket.SHUT_RDWR)


def _copy_answer(server: socket.socket, sender: socket.socket) -> None:
    with suppress(OSError):
        while data := server.recv(65536):
            sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
