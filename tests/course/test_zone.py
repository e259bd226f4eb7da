"""The course's time zone, with the nights in which its clocks change."""

from datetime import datetime

import pytest
from traitlets.config import Config

from course.checkout import CourseError
from course.zone import CourseZone, course_zone

BERLIN = CourseZone("Europe/Berlin")


@pytest.mark.parametrize(
    "typed, utc",
    [
        ("2026-01-15 23:59", "2026-01-15 22:59"),
        ("2026-07-10 23:59", "2026-07-10 21:59"),
        ("2026-07-10T23:59:30", "2026-07-10 21:59:30"),
        ("2026-03-28 23:59", "2026-03-28 22:59"),
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        # There is no such time: the clock goes from 02:00 to 03:00.
        ("2026-03-29 02:30", "2026-03-29 01:30"),
        ("2026-03-29 23:59", "2026-03-29 21:59"),
        ("2026-10-24 23:59", "2026-10-24 21:59"),
        # This time comes twice.
        ("2026-10-25 02:30", "2026-10-25 01:30"),
        ("2026-10-25 02:30 CEST", "2026-10-25 00:30"),
        ("2026-10-25 02:30 CET", "2026-10-25 01:30"),
        ("2026-10-25 23:59", "2026-10-25 22:59"),
        ("2026-07-10 23:59 +0200", "2026-07-10 21:59"),
        ("2026-07-10 23:59 -03:30", "2026-07-11 03:29"),
        ("2026-07-10 23:59 +05", "2026-07-10 18:59"),
        ("2026-07-10T23:59 America/New_York", "2026-07-11 03:59"),
        ("2026-07-10 23:59 UTC", "2026-07-10 23:59"),
    ],
)
def test_what_is_typed_means_the_course_s_clock(typed, utc):
    assert BERLIN.parse(typed) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    "utc, shown",
    [
        ("2026-07-10 21:59", "Friday, 10 July 2026, 23:59 CEST (Europe/Berlin)"),
        ("2026-01-15 22:59", "Thursday, 15 January 2026, 23:59 CET (Europe/Berlin)"),
        ("2026-10-25 00:30", "Sunday, 25 October 2026, 02:30 CEST (Europe/Berlin)"),
        ("2026-10-25 01:30", "Sunday, 25 October 2026, 02:30 CET (Europe/Berlin)"),
        ("2026-03-29 00:59", "Sunday, 29 March 2026, 01:59 CET (Europe/Berlin)"),
        ("2026-03-29 01:30", "Sunday, 29 March 2026, 03:30 CEST (Europe/Berlin)"),
    ],
)
def test_what_is_stored_is_shown_by_the_course_s_clock(utc, shown):
    assert BERLIN.words(datetime.fromisoformat(utc)) == shown
    assert BERLIN.words(datetime.fromisoformat(f"{utc}+00:00")) == shown


def test_zones_without_a_short_name_and_utc():
    assert CourseZone("America/Sao_Paulo").called(datetime(2026, 7, 10)) == "UTC-0300 (America/Sao_Paulo)"
    assert CourseZone().words(datetime(2026, 11, 5, 7, 3)) == "Thursday, 5 November 2026, 07:03 UTC"


BEYOND_THE_CALENDAR = ["0001-01-01 00:00 +0100", "9999-12-31 23:59 -01:00", "9999-12-31 23:59:59 UTC"]


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01 10:00", "2026-07-10 23:59 MOON", "2026-07-10 9:59", *BEYOND_THE_CALENDAR],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(ValueError, match="is no time"):
        BERLIN.parse(text)


def test_the_setting():
    assert course_zone(None) == course_zone(Config()) == CourseZone("UTC")
    assert course_zone(Config(NbGraderAPI={"timezone": "Europe/Berlin"})) == BERLIN
    for wrong in ("Europe/Berlni", ""):
        with pytest.raises(CourseError, match="is no time zone. Set c.NbGraderAPI.timezone"):
            CourseZone(wrong)
