"""One reading of lateness: terminal table, CSV, report and feedback page agree."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from grading.grade.gradebook.late_penalty import reassess_lateness
from handin.lateness import deadline, lateness
from tests.grading.written_course import BY_HAND, DUE, Handed, WrittenCourse

HOURS = timedelta(hours=1)
STATES = {
    "graded": Handed("", by_hand=BY_HAND),
    "waits for a person": Handed(""),
    "not graded": Handed("", is_graded=False),
}
TIMES = {"on time": -HOURS, "late": 9 * HOURS, "late but within an extension": 2 * HOURS}
CASES = [
    (f"{status}; {when}; {'extension' if extended else 'no extension'}", status, when, extended)
    for status, when, extended in product(STATES, TIMES, (False, True))
]


@pytest.fixture(scope="module")
def late_class(tmp_path_factory):
    course = WrittenCourse(tmp_path_factory.mktemp("late"))
    for student, status, when, extended in CASES:
        extension = 4 * HOURS if extended else None
        course.add(replace(STATES[status], student=student, submitted=DUE + TIMES[when], extension=extension))
    return course, course.outputs()


@pytest.mark.parametrize("student, status, when, extended", CASES, ids=[case[0] for case in CASES])
def test_all_agree_on_who_is_late(late_class, student, status, when, extended):
    course, outputs = late_class
    late = when == "late" or (when == "late but within an extension" and not extended)
    row = outputs.rows[student]
    assert row["status"] == status and row["submitted"]
    assert row["late"] == ("yes" if late else "no")
    assert outputs.cells[student][10].endswith(" late") == late
    assert (outputs.lines[student].removeprefix(student).split()[10:11] == ["late"]) == late
    section = outputs.page.select_one("[aria-labelledby=late]").get_text()
    assert (student in section) == late
    if status != "not graded":
        header = BeautifulSoup(course.feedback(student), "html.parser").header
        assert bool(header.select_one(".late")) == late and ("on time, due" in header.get_text()) != late


def test_the_delay_is_counted_from_the_students_own_deadline(late_class):
    section = " ".join(late_class[1].page.select_one("[aria-labelledby=late]").get_text().split())
    for status in STATES:
        assert f"{status}; late; extension · 5 hours late" in section
        assert f"{status}; late; no extension · 9 hours late" in section


@pytest.mark.parametrize(
    "submitted, due, extension, seconds",
    [
        (DUE, DUE, None, 0),
        (DUE + timedelta(seconds=1), DUE, None, 1),
        (DUE + HOURS, DUE, HOURS, 0),
        (DUE + 2 * HOURS, DUE, HOURS, 3600),
        (DUE - HOURS, DUE, None, 0),
        # An extension may be taken back to before the due date.
        (DUE, DUE, -HOURS, 3600),
        (None, DUE, HOURS, 0),
        (DUE, None, HOURS, 0),
        (None, None, None, 0),
    ],
)
def test_lateness(submitted, due, extension, seconds):
    assert lateness(submitted, due, extension) == seconds


def test_without_a_due_date_an_extension_means_nothing(tmp_path):
    assert deadline(None, HOURS) is None and deadline(DUE, None) == DUE
    course = WrittenCourse(tmp_path, due=None)
    course.add(Handed("ada", by_hand=STATES["graded"].by_hand, extension=HOURS, submitted=datetime(2030, 1, 1)))
    outputs = course.outputs()
    assert outputs.rows["ada"]["late"] == "no" and "Handed in" in course.feedback("ada")
    with Gradebook(course.db_url) as gradebook:
        assert not reassess_lateness(gradebook, "attention", "ada", course.config)
