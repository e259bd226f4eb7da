"""How long each student waited for each step, as a table."""

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """May be used by several threads."""

    def __init__(self):
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        self._lock = threading.Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts the time within as one of the step `name`, or what is raised as one failure of it."""
        started = time.monotonic()
        try:
            yield
        except Exception as error:
            with self._lock:
                self.failures[name].append(error)
            raise
        with self._lock:
            self.seconds[name].append(time.monotonic() - started)

    def table(self) -> str:
        """A line for each step: how often, the median, the 90th percentile and the longest in seconds, failures."""
        lines = [f"{'step':<14}{'times':>6}{'median':>9}{'90 %':>9}{'longest':>9}{'failed':>8}"]
        for name in dict.fromkeys([*self.seconds, *self.failures]):
            taken = sorted(self.seconds[name]) or [float("nan")]
            nine_tenths = statistics.quantiles(taken, n=10, method="inclusive")[8] if len(taken) > 1 else taken[0]
            figures = "".join(f"{each:>7.2f} s" for each in (statistics.median(taken), nine_tenths, taken[-1]))
            lines.append(f"{name:<14}{len(self.seconds[name]):>6}{figures}{len(self.failures[name]):>8}")
        return "\n".join(lines)
