"""Tries, from behind the inner wall, what must be refused. The wall is believed only after that."""

import ctypes
import os
import socket
import tempfile

from grading.sandbox.inside import inner_wall, landlock

_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


def not_refused(setup: dict, folder: str, program: bytes, parent: int) -> list[str]:
    """Put the inner wall up around this process and try to get over it. Returns what was not refused.

    parent: process id of the warm parent, which must not be in reach of a signal where Landlock can see to that
    """
    inner_wall.put_up(setup, folder, program)
    attempts = {
        "reading the folder of the warm parent": lambda: os.listdir(os.path.dirname(folder)),
        "reading /": lambda: os.listdir("/"),
        "writing beside its folder": lambda: open(os.path.join(os.path.dirname(folder), "probe.txt"), "w").close(),
        "an internet socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "a mount": lambda: _libc_call("mount", b"none", folder.encode(), b"tmpfs", 0, None),
        "new namespaces": lambda: _libc_call("unshare", _CLONE_NEWUSER),
    }
    if setup["own_proc"] is False or landlock.abi_version() >= landlock.SIGNALS_SINCE:
        attempts["a signal to the warm parent"] = lambda: os.kill(parent, 0)
    found = []
    for what, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        found.append(what)
    with tempfile.NamedTemporaryFile(dir=folder):  # and what must be allowed
        pass
    return found


def _libc_call(name: str, *arguments) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "refused")
