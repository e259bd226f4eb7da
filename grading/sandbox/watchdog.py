"""Watches what a submission's processes use together: no limit of the kernel's counts that over several of them."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from time import monotonic

import psutil

_SHORTEST_PAUSE_S = 0.1
_SHARE_OF_TIME = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Watchdog:
    """Looks now and then at all that runs below one process.

    root: id of the process below which the submission runs
    ours: ids of the processes of our own below it
    scratch: the submissions' folder on disk; None where it lies in memory with a fixed size
    settings: of `Sandbox`, as a dictionary
    """

    def __init__(self, root: int, ours: set[int], scratch: str | None, settings: dict):
        self._root, self._ours, self._scratch, self._settings = root, ours, scratch, settings
        self._next = monotonic() + _SHORTEST_PAUSE_S
        self._waited_before = _seconds_without_processor("self")
        self._shared_before = _shared_memory_used() if scratch else 0

    @property
    def pause(self) -> float:
        """Seconds until it wants to look again."""
        return max(0.0, self._next - monotonic())

    def trouble(self, at_once: bool = False) -> str:
        """Which limit is passed, as a clause ("used more memory ..."); "" if none.

        Also "" if it is not time to look yet, unless it is asked to look `at_once`.
        """
        begun = monotonic()
        if begun < self._next and not at_once:
            return ""
        try:
            return self._look()
        finally:
            now = monotonic()
            self._next = now + max(_SHORTEST_PAUSE_S, (now - begun) / _SHARE_OF_TIME)

    def seconds_without_processor(self) -> float:
        """How long the submission, since it started, and this process meanwhile, were ready to run and had to wait."""
        theirs = [_seconds_without_processor(str(pid)) for pid in descendants(self._root) - self._ours]
        return max(theirs, default=0.0) + _seconds_without_processor("self") - self._waited_before

    def _look(self) -> str:
        settings = self._settings
        processes = descendants(self._root) - self._ours
        if len(processes) > settings["processes"]:
            return f"started more than {settings['processes']} processes at a time"
        if sum(map(_threads, processes)) > settings["threads"]:
            return f"started more than {settings['threads']} threads at a time"
        if self._uses_too_much_memory(processes):
            return f"used more memory than {settings['memory_mb']} MB"
        if self._scratch and self._disk() > settings["scratch_mb"] * 1_000_000:
            return f"wrote more than {settings['scratch_mb']} MB of files"
        return ""

    def _uses_too_much_memory(self, processes: set[int]) -> bool:
        most = self._settings["memory_mb"] * 1_000_000
        # Quick, and too high, since pages that a fork has not written yet count for both.
        if sum(map(_memory_at_most, processes)) <= most:
            return False
        # Exact, and slow. Meanwhile they stand still, or many of them would take much more before it is counted.
        _signal_all(processes, signal.SIGSTOP)
        if sum(map(_memory, processes)) > most:
            return True
        _signal_all(processes, signal.SIGCONT)
        return False

    def _disk(self) -> int:
        used = max(0, _shared_memory_used() - self._shared_before)
        most = self._settings["scratch_mb"] * 1_000_000
        for folder, _, files in os.walk(self._scratch):
            used += 4096
            for name in files:
                try:
                    used += max(4096, os.lstat(os.path.join(folder, name)).st_blocks * 512)
                except OSError:
                    continue
            if used > most:
                break
        return used


def descendants(root: int) -> set[int]:
    """The ids of all processes below a process, and its own."""
    try:
        # The kernel's own lists of children; psutil reads every process of the machine.
        found, rest = set(), [root]
        while rest:
            pid = rest.pop()
            found.add(pid)
            for task in Path(f"/proc/{pid}/task").iterdir():
                rest += [child for child in map(int, (task / "children").read_text().split()) if child not in found]
        return found
    except OSError:
        try:
            return {root, *(child.pid for child in psutil.Process(root).children(recursive=True))}
        except psutil.Error:
            return set()


def _seconds_without_processor(pid: str) -> float:
    """What the scheduler says (Documentation/scheduler/sched-stats.rst); 0 where the kernel does not keep it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def _signal_all(processes: set[int], number: int) -> None:
    for pid in processes:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def _memory_at_most(pid: int) -> int:
    """Bytes of a process that are in no file, all of them counted, shared ones too."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * _PAGE


def _memory(pid: int) -> int:
    """Bytes of a process, a page that is shared by n processes counted as its n-th part."""
    try:
        with suppress(psutil.AccessDenied):
            return psutil.Process(pid).memory_full_info().pss
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0


def _shared_memory_used() -> int:
    try:
        usage = os.statvfs("/dev/shm")
    except OSError:
        return 0
    return (usage.f_blocks - usage.f_bfree) * usage.f_frsize
