"""Where large things are kept between test runs: the model's file, and a Python that can run it."""

import os
import subprocess
from pathlib import Path


class CannotBeHad(Exception):
    """Something large that a test needs cannot be made here; the message says what, why and what to do."""


def cache_folder() -> Path:
    """Make and return ~/.cache/attention101 (or the same below XDG_CACHE_HOME). Raises CannotBeHad."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "attention101"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotBeHad(f"the cache folder cannot be made: {error}; set XDG_CACHE_HOME to a writable one") from error
    return folder


def run(command: list, what: str, seconds: float) -> None:
    """Run a command. Raises CannotBeHad, which says that `what` failed and ends with the command's last words."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"{what} did not end within {seconds:.0f} s") from None
    except OSError as error:
        raise CannotBeHad(f"{what} failed: {error}") from error
    if done.returncode:
        raise CannotBeHad(f"{what} failed: {done.stdout.strip()[-500:]}")
