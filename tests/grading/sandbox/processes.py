"""Warm parents for tests, and time for what runs in their forks."""

from time import monotonic

import pytest

from grading.sandbox.settings import Sandbox
from grading.sandbox.student_process import StudentProcess
from grading.sandbox.walls import chosen_walls
from grading.sandbox.warm_process import WarmProcess

SECONDS = 60
BOTH = pytest.param("both", marks=[pytest.mark.slow, pytest.mark.needs("namespaces")])


def started(walls: str, cpu_seconds: int = 120, **settings) -> WarmProcess:
    """A warm parent that is ready; the caller closes it."""
    warm = WarmProcess(chosen_walls(walls), Sandbox(walls=walls, **settings).trait_values(config=True), cpu_seconds)
    try:
        warm.wait_until_ready()
    except BaseException:
        warm.close()
        raise
    return warm


def allow(process: StudentProcess, seconds: float = SECONDS) -> None:
    """From now on it is stopped after so many seconds."""
    process.limit(seconds, monotonic() + seconds, "took too long")
