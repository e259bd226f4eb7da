"""Failed checks and scores of a class, counted."""

import pytest

from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS, CheckRecord
from grading.class_record.record import ClassRecord
from grading.class_record.student import Student
from grading.pages.report.failed_checks import failed_checks
from grading.pages.report.statistics import Statistics
from tests.lesson_answers import ANSWERS


def record(check, message, passed=False, hidden=False, code=""):
    return CheckRecord(check, passed, message, hidden, code)


def student(*records, unusable=False):
    return Student("ada", "", "graded", records={"attention_scores": list(records)}, unusable=unusable)


def test_sentences_that_differ_in_numbers_count_together():
    found = failed_checks(
        [
            student(record("rows", "Row 2 adds up to 3.71.")),
            student(record("rows", "Row 0 adds up to -1.5e-05.")),
            student(record("rows", "W_q1 is missing.")),
            student(record("rows", "W_q2 is missing.")),
        ]
    )
    assert [(f.check, f.students) for f in found] == [("rows", 4)]
    assert found[0].sentences == [("Row 2 adds up to 3.71.", 2), ("W_q1 is missing.", 1), ("W_q2 is missing.", 1)]


def test_one_sentence_of_several_checks_counts_once():
    blank = student(*(record(check, "It is not written yet.") for check in ("shape", "values", "mask")))
    found = failed_checks([blank, blank, student(record("shape", "It has a wrong shape."))])
    assert [(f.check, f.students) for f in found] == [("", 2), ("shape", 1)]


def test_failed_checks_come_first_the_most_frequent_first():
    waits = record("values", "This comes once the other is right.", passed=None, hidden=True)
    shape, mask = student(record("shape", "Wrong.")), student(record("mask", "No."))
    found = failed_checks([student(waits)] * 3 + [shape] + [mask] * 2)
    assert [(f.check, f.students, f.passed, f.hidden) for f in found] == [
        ("mask", 2, False, False),
        ("shape", 1, False, False),
        ("values", 3, None, True),
    ]


def test_what_passed_or_is_no_check_or_of_no_notebook_is_not_counted():
    passed = record("shape", "It has the right shape.", passed=True)
    judged = record("judged", "Judged over correct functions.", None, code=JUDGED_OVER_CORRECT_FUNCTIONS)
    lost = record("completed", "The file is not a notebook.")
    assert failed_checks([student(passed, judged), student(lost, unusable=True)]) == []


@pytest.mark.parametrize(
    "scores, counts",
    [
        ([], [0, 0]),
        ([0, 0.5, 1], [2, 1]),
        ([1.5, 2.25], [0, 1, 1]),
        ([1000], [0] * 12 + [1]),
    ],
)
def test_every_score_is_in_the_distribution(scores, counts):
    students = [Student(str(s), "", "graded", {a: s for a in ANSWERS}, score=s) for s in scores]
    of = dict.fromkeys(ANSWERS, 1 / len(ANSWERS))
    assert Statistics(ClassRecord("attention", students, None, of)).distribution == counts
