"""Where the trial keeps what it made."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# For the hub, the course and each service: much, for a slow disk.
SECONDS_TO_START = 120


class TrialError(Exception):
    """The trial cannot start; the message says why, and the remedy."""


@dataclass(frozen=True)
class TrialFolder:
    """The places in the trial's folder. Nothing outside it is written."""

    root: Path

    @property
    def course(self) -> Path:
        """nbgrader's course folder: source, release, submitted, gradebook."""
        return self.root / "course"

    @property
    def exchange(self) -> Path:
        return self.root / "exchange"

    @property
    def homes(self) -> Path:
        """A home for each account."""
        return self.root / "homes"

    @property
    def passwords(self) -> Path:
        """Names and passwords for whoever started the trial."""
        return self.root / "passwords.txt"

    @property
    def hashes(self) -> Path:
        """What the hub compares a password with."""
        return self.root / "password_hashes.json"

    @property
    def gradebook(self) -> Path:
        return self.course / "gradebook.db"

    @property
    def has_gradebook(self) -> Path:
        """Is there once the gradebook is whole: the services can start."""
        return self.root / "gradebook_is_made"

    @property
    def prepared(self) -> Path:
        """Is there once the course was compiled and released."""
        return self.root / "course_is_released"

    @property
    def hub(self) -> Path:
        """The hub's own files and log."""
        return self.root / "hub"

    @property
    def log(self) -> Path:
        return self.hub / "hub.log"

    @property
    def reviewer(self) -> Path:
        """Says where the recorded reviewer answers, while it does."""
        return self.hub / "reviewer"

    def make(self) -> None:
        """Make the folder. Raises TrialError where that cannot be done."""
        try:
            for folder in (self.root, self.exchange, self.homes, self.hub):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(13, "you may not write there")
        except OSError as error:
            raise TrialError(
                f"The folder {self.root} cannot be used ({error.strerror}). Name another one with --folder, or in "
                "the environment variable ATTENTION101_HUB."
            ) from None


def default_folder() -> Path:
    """$ATTENTION101_HUB, else attention101-hub where the user's programs keep data."""
    named = os.environ.get("ATTENTION101_HUB", "").strip()
    data = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
    return Path(named or f"{data}/attention101-hub").expanduser().resolve()


def require_free_port(port: int) -> None:
    """Raises TrialError unless something can be served at this port of the loopback address."""
    if not 1 <= port <= 65535:
        raise TrialError(f"{port} is no port: give --port a number from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise TrialError(
                f"Port {port} of this machine cannot be used ({error.strerror}). End what uses it (perhaps another "
                f"`make hub`), or choose another port: .venv/bin/python -m hub.trial --port {free_port()}"
            ) from None


def free_port() -> int:
    """A port of the loopback address at which nothing answers now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many different ones."""
    probes = []
    try:
        for _ in range(count):
            probe = socket.socket()
            probes.append(probe)
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            with suppress(OSError):
                probe.close()
