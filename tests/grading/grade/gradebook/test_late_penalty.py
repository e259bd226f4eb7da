"""A deadline that was moved after grading: late penalties follow it (R28 b); pages show times in the course's zone."""

import re
from datetime import datetime

import pytest
from nbgrader.api import Gradebook

from course.folders import load_config
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.pages.report.command import make_report
from tests.course_folder import RIGHT
from tests.grading.kept_pool import pool, run_command

pytestmark = pytest.mark.kernel

BEFORE, AFTER = datetime(2026, 11, 25, 9, 0), datetime(2026, 11, 25, 11, 0)  # handed in at 10:00 UTC
PENALTY = "--LateSubmissionPlugin.penalty_method=zero"


def set_due(course, due: datetime | None) -> None:
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("attention", duedate=due)


def points(course, student: str) -> float:
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission("attention", student)
        return submission.score - sum(notebook.late_submission_penalty or 0 for notebook in submission.notebooks)


@pytest.fixture
def config(course, monkeypatch):
    monkeypatch.setenv("ATTENTION101_COURSE", str(course.folder))
    monkeypatch.setenv("ATTENTION101_TIMEZONE", "Europe/Berlin")
    config = load_config()
    config.LateSubmissionPlugin.penalty_method = "zero"
    return config


def test_our_command_notices_it_without_grading_again(course, config, monkeypatch):
    course.hand_in("ada", course.submission(RIGHT))
    set_due(course, BEFORE)
    assert autograde_class("attention", config, pool=pool()).graded == ["ada"]
    assert points(course, "ada") == 0
    set_due(course, AFTER)
    run = autograde_class("attention", config, pool=pool())
    assert (run.graded, run.unchanged, run.late_again) == ([], ["ada"], ["ada"]) and points(course, "ada") == 5
    assert autograde_class("attention", config, pool=pool()).late_again == []
    set_due(course, BEFORE)
    monkeypatch.setattr("course.folders.load_config", lambda: config)
    done = run_command(course.folder, "autograde", "attention")
    assert done.returncode == 0 and points(course, "ada") == 0
    assert "The deadline was moved; the late penalty changed of: 'ada'." in done.stdout


def test_plain_nbgrader_notices_it_too(course, config):
    course.hand_in("ben", course.submission(RIGHT))
    for due, expected, options in (
        (BEFORE, 0, []),
        (AFTER, 5, []),
        (BEFORE, 0, []),
        (AFTER, 5, ["--force"]),
        (BEFORE, 0, ["--force"]),
    ):
        set_due(course, due)
        answer = course.command("nbgrader", "autograde", "attention", "--student=ben", PENALTY, *options)
        assert answer.returncode == 0, answer.stderr
        assert points(course, "ben") == expected


def test_pages_name_the_zone_and_use_it(course, config):
    course.hand_in("ada", course.submission(RIGHT))
    set_due(course, BEFORE)
    autograde_class("attention", config, pool=pool())
    pages, failed = generate_feedback_for_class("attention", config)
    assert not failed
    header = " ".join(re.sub("<[^>]*>", " ", pages["ada"].read_text().partition("<header>")[2]).split())
    assert "Handed in Wednesday, 25 November 2026, 11:00 CET (Europe/Berlin)" in header
    assert "1 hour late , due Wednesday, 25 November 2026, 10:00 CET (Europe/Berlin)" in header
    report = make_report("attention", config).page.read_text()
    assert "due Wednesday, 25 November 2026, 10:00 CET (Europe/Berlin)" in report
    assert "submitted (Europe/Berlin)" in report and "2026-11-25 11:00" in report and "UTC" not in report


def test_an_extension_without_a_due_date_costs_nothing(course, config):
    set_due(course, None)
    for student in ("cleo", "dan"):
        course.hand_in(student, course.submission(RIGHT))
        with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission("attention", student)
            gradebook.grant_extension("attention", student, days=2)
    answer = course.command("nbgrader", "autograde", "attention", "--student=dan", PENALTY)
    assert answer.returncode == 0, answer.stderr
    assert autograde_class("attention", config, pool=pool()).graded == ["cleo"]
    assert points(course, "cleo") == points(course, "dan") == 5
