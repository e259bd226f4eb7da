"""A class in numbers."""

import statistics
from dataclasses import dataclass

from attention_lib.canonical import ANSWERS
from grading.report.class_facts import ClassFacts

MOST_BARS = 12


@dataclass(frozen=True)
class Statistics:
    """Counts of students. Means, rates and the distribution are over the graded submissions alone.

    passed: by answer, how many have all its points
    distribution: how many have 0, 1, 2, … points; parts of a point are not counted, and the last entry holds the rest
    mean, median: of the score; None where nothing is graded
    """

    students: int
    handed_in: int
    graded: int
    not_graded: int
    missing: int
    late: int
    all_right: int
    of: float
    mean: float | None
    median: float | None
    passed: dict[str, int]
    distribution: list[int]


def class_statistics(facts: ClassFacts) -> Statistics:
    """Count."""
    graded = facts.with_status("graded")
    missing = len(facts.with_status("missing"))
    scores = [student.score for student in graded]
    passed = {answer: sum(student.scores[answer] >= facts.of[answer] for student in graded) for answer in ANSWERS}
    return Statistics(
        students=len(facts.students),
        handed_in=len(facts.students) - missing,
        graded=len(graded),
        not_graded=len(facts.with_status("not graded")),
        missing=missing,
        late=sum(student.late_by > 0 for student in facts.students),
        all_right=sum(all(s.scores[answer] >= facts.of[answer] for answer in ANSWERS) for s in graded),
        of=sum(facts.of.values()),
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        passed=passed,
        distribution=_distribution(scores, sum(facts.of.values())),
    )


def _distribution(scores: list[float], of: float) -> list[int]:
    last = min(MOST_BARS, max([int(of), *map(int, scores)]))
    counts = [0] * (last + 1)
    for score in scores:
        counts[min(int(score), last)] += 1
    return counts
