"""The bench's arithmetic: seconds of a class out of what was measured on a sample of it."""

from dataclasses import dataclass
from statistics import median

from tests.bench.process_tree import Measured


@dataclass(frozen=True)
class Figures:
    """What grading a class takes.

    size: submissions in the class; wall, cpu: seconds for all of them, start-up included; peak: bytes
    start: wall seconds of the start-up, where it was measured by itself
    measured: how many submissions were graded to find this; below `size` the seconds are projected
    """

    size: int
    wall: float
    cpu: float
    peak: int
    start: float | None
    measured: int

    @property
    def per_submission(self) -> float:
        """Seconds of the class's time for each submission."""
        return self.wall / self.size

    @property
    def each(self) -> float | None:
        """Wall seconds for each submission beyond the start-up, where that was measured."""
        return None if self.start is None else (self.wall - self.start) / self.size


def of_whole_class(runs: list[Measured], size: int) -> Figures:
    """Medians over runs that graded the whole class; the peak is the highest of all."""
    wall, cpu = median(run.wall for run in runs), median(run.cpu for run in runs)
    return Figures(size, wall, cpu, max(run.peak for run in runs), None, size)


def of_sample(starts: list[Measured], runs: list[Measured], measured: int, size: int) -> Figures:
    """The same out of runs over `measured` submissions: start-up + size * (run - start-up) / measured.

    starts: runs in which there was nothing to grade
    """
    share = size / measured

    def scaled(start: float, run: float) -> float:
        return start + share * (run - start)

    start = median(each.wall for each in starts)
    wall = scaled(start, median(run.wall for run in runs))
    cpu = scaled(median(each.cpu for each in starts), median(run.cpu for run in runs))
    return Figures(size, wall, cpu, max(run.peak for run in runs), start, measured)


def growth(small: Figures, large: Figures) -> float:
    """By what part a submission takes longer in the larger class: 0.15 is 15 %."""
    return large.per_submission / small.per_submission - 1
