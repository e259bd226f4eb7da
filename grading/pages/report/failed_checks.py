"""Which checks failed most often over a class, and with which sentences."""

import re
from collections import Counter
from dataclasses import dataclass

from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS, CheckRecord
from grading.class_record.formats import one_line
from grading.class_record.student import Student

_NUMBER = re.compile(r"(?<![A-Za-z_])[-\N{MINUS SIGN}]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not pass for at least one student.

    answer: the answer's grade_id
    check: the check's name; "" where several checks of the answer had one and the same sentence, which counts once
    hidden: whether it is a hidden check
    passed: False, or None for "could not be checked"
    students: how many students
    sentences: sentences that differ in more than their numbers, each with the number of students, most frequent first
    """

    answer: str
    check: str
    hidden: bool
    passed: bool | None
    students: int
    sentences: list[tuple[str, int]]


def failed_checks(students: list[Student]) -> list[FailedCheck]:
    """Over all submissions that could be read: failed ones first, the most frequent first."""
    sentences: dict[tuple, Counter] = {}
    examples: dict[tuple, str] = {}
    for student in students:
        for answer, records in student.records.items() if not student.unusable else ():
            for check, hidden, passed, message in _of_one_answer(records):
                pattern = _NUMBER.sub("#", message)
                # What several checks say is known by its sentence alone.
                key = (answer, check, hidden, passed, "" if check else pattern)
                examples.setdefault((key, pattern), message)
                sentences.setdefault(key, Counter())[pattern] += 1
    found = [
        FailedCheck(*key[:4], counts.total(), [(examples[key, pattern], n) for pattern, n in counts.most_common()])
        for key, counts in sentences.items()
    ]
    # The records come in the notebook's order.
    order = list(dict.fromkeys(answer for student in students for answer in student.records))
    # Among equals, a sentence that many read says more than many sentences.
    return sorted(found, key=lambda f: (f.passed is None, -f.students, -f.sentences[0][1], order.index(f.answer)))


def _of_one_answer(records: list[CheckRecord]) -> list[tuple[str, bool, bool | None, str]]:
    """Check, whether hidden, verdict and sentence of each check that did not pass."""
    not_passed = {
        (record.check, record.hidden, record.passed): one_line(record.message)
        for record in records
        if record.passed is not True and record.code != JUDGED_OVER_CORRECT_FUNCTIONS
    }
    said = Counter((passed, message) for (_, _, passed), message in not_passed.items())
    found = [
        ("", False, passed, message) if said[passed, message] > 1 else (check, hidden, passed, message)
        for (check, hidden, passed), message in not_passed.items()
    ]
    return list(dict.fromkeys(found))
