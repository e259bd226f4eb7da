"""Watches a grading run from beside it: memory, files to be left alone, a process to be left alone."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

SECONDS_BETWEEN_LOOKS = 0.15
# More than this, and the run is ended: the machine belongs to others, too.
MOST_BYTES = 9 << 30


class Watch:
    """Looks around until the process ends.

    memory: (time, bytes) that the run's processes and all files in memory take, above what they took at first
    changes: (time, sentence) of what should not have happened
    """

    def __init__(self, files: list[Path], bystander: psutil.Process, keep: set[int], end_run: Callable[[], None]):
        self.memory: list[tuple[float, int]] = []
        self.changes: list[tuple[float, str]] = []
        self._files = {path: _state(path) for path in files}
        self._bystander, self._keep, self._end_run = bystander, keep, end_run
        self._shared_at_first = _bytes_of_files_in_memory()
        threading.Thread(target=self._look_for_ever, daemon=True).start()

    def _look_for_ever(self) -> None:
        while True:
            now = time.time()
            self._look_at_memory(now)
            for path, before in list(self._files.items()):
                state = _state(path)
                if state != before:
                    self._files[path] = state
                    self.changes.append((now, f"changed {path.name} of {path.parts[-3]}"))
            if self._bystander is not None and not _alive(self._bystander):
                self._bystander = None
                self.changes.append((now, "ended a process that has nothing to do with grading"))
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _look_at_memory(self, now: float) -> None:
        used = sum(_memory_of(process) for process in others(self._keep))
        used += max(0, _bytes_of_files_in_memory() - self._shared_at_first)
        self.memory.append((now, used))
        if used > MOST_BYTES:
            self.changes.append((now, f"took {used / (1 << 30):.0f} GB of memory, and the run was ended for it"))
            self._end_run()


def others(keep: set[int]) -> list[psutil.Process]:
    """All processes in this jail but those with these ids, and zombies."""
    return [p for p in psutil.process_iter() if p.pid not in keep and _alive(p)]


def end(processes: list[psutil.Process]) -> None:
    """End these processes for good."""
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            pass


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _memory_of(process: psutil.Process) -> int:
    """Its share of the memory; where that is kept secret, all that is its own."""
    try:
        with open(f"/proc/{process.pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        pass
    try:
        memory = process.memory_info()
        return memory.rss - memory.shared
    except psutil.Error:
        return 0


def _bytes_of_files_in_memory() -> int:
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("Shmem:"))


def _state(path: Path) -> tuple | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_mode, found.st_ino
