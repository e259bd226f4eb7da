"""Starting the hub so that nothing of it is left when it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 20  # seconds for the hub to end by itself


class Processes:
    """Children of this process, and all that they start. A context manager: at its end none of them runs."""

    def __enter__(self) -> "Processes":
        self._children: list[subprocess.Popen] = []
        self._known: dict[int, psutil.Process] = {}
        if sys.platform == "linux":
            # What a child leaves behind becomes ours, so that it can be found and ended.
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        return self

    def start(self, command: list[str], environment: dict[str, str], log: Path, folder: Path) -> subprocess.Popen:
        """Start a command in a process group of its own, so that Ctrl-C reaches this process first."""
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with(os.getpid()) if sys.platform == "linux" else None,
            )
        self._children.append(child)
        return child

    def __exit__(self, *error: object) -> None:
        previous = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
        try:
            self._look()
            for child in self._children:
                if child.poll() is None:
                    child.send_signal(signal.SIGINT)
            ends = time.monotonic() + _PATIENCE
            while time.monotonic() < ends and any(child.poll() is None for child in self._children):
                self._look()
                time.sleep(0.1)
            self._end_the_rest()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            self._known.setdefault(process.pid, process)

    def _end_the_rest(self) -> None:
        for action in (psutil.Process.terminate, psutil.Process.kill, psutil.Process.kill):
            self._look()
            # psutil compares the start time, too: a number that was given to another process is left alone.
            left = [process for process in self._known.values() if process.is_running()]
            if not left:
                return
            for process in left:
                try:
                    action(process)
                except psutil.NoSuchProcess:
                    continue
            psutil.wait_procs(left, timeout=3)
        for child in self._children:
            child.poll()


def _end_with(parent: int):
    prctl = ctypes.CDLL(None).prctl

    def end_with_parent() -> None:
        # If the parent is killed, the hub ends in good order all the same.
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent
