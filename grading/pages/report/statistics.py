"""A class in numbers."""

import math
import statistics

from grading.class_record.record import ClassRecord
from grading.class_record.student import GRADED, MISSING, NOT_GRADED, PARTLY_GRADED, WAITS

MOST_BARS = 12


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

    def __init__(self, record: ClassRecord):
        graded = record.with_status(GRADED)
        judged = [student for student in record.students if student.judged]
        points = {column: [s.scores[column] for s in judged if column in s.scores] for column in record.columns}
        scores = [student.score for student in graded if student.score is not None]
        self.students, self.handed_in = len(record.students), len(record.handed_in)
        self.graded, self.judged = len(graded), len(judged)
        self.partly = len(record.with_status(PARTLY_GRADED))
        self.waiting = len(record.with_status(WAITS))
        self.not_graded = len(record.with_status(NOT_GRADED))
        self.missing = len(record.with_status(MISSING))
        self.late = sum(student.late for student in record.students)
        self.all_right = sum(all(s.scores.get(column, 0) >= most for column, most in record.of.items()) for s in graded)
        self.of = sum(record.of.values())
        self.mean = statistics.fmean(scores) if scores else None
        self.median = statistics.median(scores) if scores else None
        self.scored = {column: len(found) for column, found in points.items()}
        self.passed = {column: sum(score >= record.of[column] for score in found) for column, found in points.items()}
        self.distribution, self.bar = _distribution(scores, self.of)

    @property
    def bars(self) -> list[tuple[str, int]]:
        """The distribution, each bar with its points in words."""
        beginnings = range(0, len(self.distribution) * self.bar, self.bar)
        names = [f"{first}" if self.bar == 1 else f"{first}–{first + self.bar - 1}" for first in beginnings]
        if len(names) > MOST_BARS:
            names[-1] = f"{beginnings[-1]}+"
        return list(zip(names, self.distribution, strict=True))


def _distribution(scores: list[float], of: float) -> tuple[list[int], int]:
    bar = max(1, math.ceil((int(of) + 1) / (MOST_BARS + 1)))
    last = min(MOST_BARS, max([int(of), *map(int, scores)]) // bar)
    counts = [0] * (last + 1)
    for score in scores:
        counts[min(int(score) // bar, last)] += 1
    return counts, bar
