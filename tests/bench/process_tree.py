"""Runs a command and measures what it and all that it starts use. Needs Linux's /proc."""

import ctypes
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import monotonic, sleep, thread_time

INTERVAL_S = 0.1
SHARE_OF_A_CORE = 0.03
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


@dataclass(frozen=True)
class Measured:
    """What a command used, with all processes that descend from it.

    wall: seconds from start to end; cpu: seconds of all processes; watching: CPU seconds of measuring, not in cpu
    peak: bytes, the most that was held at any of the samples, a page shared by several processes counted once
    processes: the most at any of the samples
    exact: False where some process did not tell its share, so that all of its resident pages were counted
    left: how many processes were still there `patience` seconds after the end, and were ended
    """

    status: int
    output: str
    wall: float
    cpu: float
    peak: int
    processes: int
    exact: bool
    left: int
    watching: float


def measure(command: list[str], folder: Path, environment: Mapping[str, str], patience: float = 5.0) -> Measured:
    """Run a command to its end; its outputs are kept together, as text.

    patience: seconds that processes may stay when the command itself has ended
    """
    before, strangers = getrusage(RUSAGE_CHILDREN), set(_children(os.getpid()))
    # Orphans come to us, so that their seconds are counted, too.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    watching, peak = thread_time(), _Peak()
    with tempfile.TemporaryFile() as output:
        begun = monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                cost = thread_time()
                peak.look(process.pid, strangers)
                pause = max(INTERVAL_S, (thread_time() - cost) / SHARE_OF_A_CORE)
                _wait_for_end(process, pause)
            process.wait()
            wall = monotonic() - begun
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
            left = _reap(strangers, patience)
            ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)
        output.seek(0)
        text = output.read().decode(errors="replace")
    after = getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    watched = thread_time() - watching
    return Measured(process.returncode, text, wall, cpu, peak.held, peak.processes, peak.exact, left, watched)


class _Peak:
    def __init__(self):
        self.held, self.processes, self.exact = 0, 0, True

    def look(self, root: int, strangers: set[int]) -> None:
        orphans = [child for child in _children(os.getpid()) if child not in strangers and child != root]
        held, processes = 0, 0
        for pid in _with_descendants([root, *orphans]):
            share, exact = _memory(pid)
            held += share
            processes += share > 0
            self.exact &= exact
        self.held, self.processes = max(self.held, held), max(self.processes, processes)


def _wait_for_end(process: subprocess.Popen, seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass


def _children(pid: int) -> list[int]:
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += map(int, file.read().split())
    except OSError:
        pass
    return found


def _with_descendants(pids: list[int]) -> list[int]:
    found = []
    while pids:
        pid = pids.pop()
        found.append(pid)
        pids += _children(pid)
    return found


def _memory(pid: int) -> tuple[int, bool]:
    """Bytes that a process holds, and whether shared ones were counted in part; 0 for a process that has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:")), 0), True
    except PermissionError:
        pass
    except OSError:
        return 0, True
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), False
    except OSError:
        return 0, True


def _reap(strangers: set[int], patience: float) -> int:
    """Wait for what the command left behind, end what stays, and say how many stayed."""
    deadline, ended = monotonic() + patience, set()
    while orphans := [child for child in _children(os.getpid()) if child not in strangers]:
        late = monotonic() > deadline
        for orphan in orphans:
            if os.waitpid(orphan, os.WNOHANG) == (0, 0) and late:
                ended.add(orphan)
                os.kill(orphan, signal.SIGKILL)
        sleep(0.01)
    return len(ended)
