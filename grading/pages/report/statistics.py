"""A class in numbers."""

import math
import statistics
from dataclasses import dataclass

from grading.class_record.record import ClassRecord
from grading.class_record.student import GRADED, MISSING, NOT_GRADED, PARTLY_GRADED, WAITS

MOST_BARS = 12


@dataclass(frozen=True)
class Statistics:
    """Counts of students. Mean, median and distribution are over the submissions that are graded in full.

    partly, waiting: with a test at fault, or a cell that waits for a person
    judged: graded in full, partly, or but for what waits for a person
    of: the points that a submission can get
    mean, median: of the score; None where nothing is graded in full
    scored: by column, how many have points there, be it 0
    passed: by column, how many have all its points
    distribution: how many have a score in each bar; parts of a point are not counted, and the last entry holds the rest
    bar: how many points a bar spans: 1, but for assignments of many points
    """

    students: int
    handed_in: int
    graded: int
    partly: int
    waiting: int
    judged: int
    not_graded: int
    missing: int
    late: int
    all_right: int
    of: float
    mean: float | None
    median: float | None
    scored: dict[str, int]
    passed: dict[str, int]
    distribution: list[int]
    bar: int

    @property
    def bars(self) -> list[tuple[str, int]]:
        """The distribution, each bar with its points in words."""
        names = [f"{n * self.bar}" if self.bar == 1 else f"{n * self.bar}–{(n + 1) * self.bar - 1}" for n in self._bars]
        if len(names) > MOST_BARS:
            names[-1] = f"{self._bars[-1] * self.bar}+"
        return list(zip(names, self.distribution, strict=True))

    @property
    def _bars(self) -> range:
        return range(len(self.distribution))


def class_statistics(record: ClassRecord) -> Statistics:
    """Count."""
    graded, missing = record.with_status(GRADED), len(record.with_status(MISSING))
    judged = [student for student in record.students if student.judged]
    scores = [student.score for student in graded if student.score is not None]
    of = sum(record.of.values())
    distribution, bar = _distribution(scores, of)
    points = {column: [s.scores[column] for s in judged if column in s.scores] for column in record.columns}
    return Statistics(
        students=len(record.students),
        handed_in=len(record.students) - missing,
        graded=len(graded),
        partly=len(record.with_status(PARTLY_GRADED)),
        waiting=len(record.with_status(WAITS)),
        judged=len(judged),
        not_graded=len(record.with_status(NOT_GRADED)),
        missing=missing,
        late=sum(student.late for student in record.students),
        all_right=sum(all(s.scores.get(column, 0) >= most for column, most in record.of.items()) for s in graded),
        of=of,
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        scored={column: len(found) for column, found in points.items()},
        passed={column: sum(score >= record.of[column] for score in found) for column, found in points.items()},
        distribution=distribution,
        bar=bar,
    )


def _distribution(scores: list[float], of: float) -> tuple[list[int], int]:
    bar = max(1, math.ceil((int(of) + 1) / (MOST_BARS + 1)))
    last = min(MOST_BARS, max([int(of), *map(int, scores)]) // bar)
    counts = [0] * (last + 1)
    for score in scores:
        counts[min(int(score) // bar, last)] += 1
    return counts, bar
