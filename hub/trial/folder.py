"""Where the trial keeps what it made."""

import os
import socket
from contextlib import ExitStack
from pathlib import Path

# For the hub, the course and each service: much, for a slow disk.
SECONDS_TO_START = 120


class TrialError(Exception):
    """The trial cannot start; the message says why, and the remedy."""


class TrialFolder:
    """The places in the trial's folder. Nothing outside it is written."""

    def __init__(self, root: Path):
        self.root = root
        # nbgrader's course folder: source, release, submitted, gradebook.
        self.course = root / "course"
        self.gradebook = self.course / "gradebook.db"
        self.exchange = root / "exchange"
        # A home for each account.
        self.homes = root / "homes"
        # For whoever started the trial, and what the hub compares a password with.
        self.passwords = root / "passwords.txt"
        self.hashes = root / "password_hashes.json"
        # Is there once the gradebook is whole: the services can start; and once the course was compiled and released.
        self.has_gradebook = root / "gradebook_is_made"
        self.prepared = root / "course_is_released"
        # The hub's own files and log.
        self.hub = root / "hub"
        self.log = self.hub / "hub.log"
        # Says where the recorded reviewer answers, while it does.
        self.reviewer = self.hub / "reviewer"

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
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
