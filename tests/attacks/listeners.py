"""Who waits outside for an attacker to call: every way out that a process has to another one on the same machine."""

import socket
import threading
import time
from collections.abc import Callable

from world import ABSTRACT_SOCKET, DNS_PORT, DOOR_PORT, SOCKET, TCP_PORT, UDP_PORT


class Listeners:
    """Listens until the process ends. `heard` holds pairs of the way and what came by it."""

    def __init__(self):
        self.heard: list[tuple[str, str]] = []

    def take_the_name_servers_port(self) -> None:
        """To be called while ports below 1024 may be had."""
        self._receive("DNS", self._bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", DNS_PORT)))

    def listen_for_tcp(self) -> int:
        """Open one way alone, at a port that is free; returns the port."""
        end = self._bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._accept("TCP", end)
        return end.getsockname()[1]

    def listen(self) -> None:
        """Open all other ways."""
        tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
        self._accept("TCP", self._bound(socket.AF_INET, tcp, ("0.0.0.0", TCP_PORT)))
        self._receive("UDP", self._bound(socket.AF_INET, udp, ("0.0.0.0", UDP_PORT)))
        self._accept("an abstract Unix socket", self._bound(socket.AF_UNIX, tcp, "\0" + ABSTRACT_SOCKET))
        self._accept("a Unix socket with a path", self._bound(socket.AF_UNIX, tcp, str(SOCKET)))
        SOCKET.chmod(0o777)
        for way, kind, port, use in (("TCP", tcp, TCP_PORT, self._accept), ("UDP", udp, UDP_PORT, self._receive)):
            try:
                use(way, self._bound(socket.AF_INET6, kind, ("::1", port)))
            except OSError:
                pass  # this machine has no IPv6
        _in_background(self._knock_at_the_door)

    def _bound(self, family: int, kind: int, address) -> socket.socket:
        end = socket.socket(family, kind)
        if family != socket.AF_UNIX:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end.bind(address)
        return end

    def _accept(self, way: str, end: socket.socket) -> None:
        end.setsockopt(socket.IPPROTO_TCP, 23, 5) if end.family == socket.AF_INET else None  # TCP_FASTOPEN
        end.listen(50)
        _in_background(lambda: self._serve(way, end))

    def _serve(self, way: str, end: socket.socket) -> None:
        while True:
            guest, _ = end.accept()
            with guest:
                guest.settimeout(1)
                try:
                    self._note(way, guest.recv(4096))
                except OSError:
                    pass

    def _receive(self, way: str, end: socket.socket) -> None:
        def serve():
            while True:
                self._note(way, end.recvfrom(4096)[0])

        _in_background(serve)

    def _knock_at_the_door(self) -> None:
        while True:
            time.sleep(0.2)
            try:
                with socket.create_connection(("127.0.0.1", DOOR_PORT), 1) as guest:
                    self._note("a port that the attacker opened", guest.recv(4096))
            except OSError:
                continue

    def _note(self, way: str, data: bytes) -> None:
        if len(self.heard) < 20_000:
            self.heard.append((way, data.decode("latin-1")))


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
