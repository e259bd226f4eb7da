"""The student's process: runs cells and answers calls, until it is ended."""

import os
import socket
import sys
import tempfile
from pathlib import Path

from grading.sandbox.inside import inner_wall
from grading.sandbox.inside.calls import Calls
from grading.sandbox.inside.cells import CellShell
from grading.sandbox.line.messages import Closed, Line, waiting_for

_LIMIT_FROM_THE_TRUSTED_SIDE = 1 << 31


def become_student(end: socket.socket, folder: Path, setup: dict, program: bytes, shell: CellShell) -> None:
    """What the fork of the warm parent does: gives up all rights, and serves until the line closes. Does not return.

    end: its end of the line
    folder: where it may write
    setup: limits and readable paths, as `warm_parent` gets them
    program: the compiled seccomp filter; empty where there are to be no walls
    """
    try:
        os.setsid()
        _keep_open(end.fileno())
        _move_to(folder)
        inner_wall.set_limits(**setup["limits"])
        if program:
            inner_wall.put_up(setup, str(folder), program)
        _serve(Line(end, _LIMIT_FROM_THE_TRUSTED_SIDE, _LIMIT_FROM_THE_TRUSTED_SIDE), setup, shell)
    except Closed:
        pass
    finally:
        os._exit(0)


def _serve(line: Line, setup: dict, shell: CellShell) -> None:
    calls = Calls(shell.user_ns, setup["tensors"])
    wait = waiting_for(line.end)
    while True:
        message, tensors = line.receive(wait)
        match message["do"]:
            case "cell":
                calls.settle()
                reply, answer = {"outputs": shell.run(message["source"])}, {}
            case "kinds":
                reply, answer = {"kinds": calls.kinds(message["names"])}, {}
            case "call":
                reply, answer = calls.call(message, tensors)
            case "backward":
                reply, answer = calls.backward(message, tensors)
        reply["to"] = message["number"]
        line.send(reply, answer, wait)


def _keep_open(descriptor: int) -> None:
    """Close everything that the parent has open but the line, and put nothing where input and output are."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1 << 16)


def _move_to(folder: Path) -> None:
    """Work in the folder, and look for modules there, too: as a notebook's kernel does, after Python's own library."""
    os.chdir(folder)
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder)
    tempfile.tempdir = None
    places = [place for place in sys.path if place]
    installed = (i for i, place in enumerate(places) if Path(place).name in ("site-packages", "dist-packages"))
    places.insert(next(installed, len(places)), "")
    sys.path[:] = places
