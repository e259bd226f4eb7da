"""The course on the trial hub, from `make hub` to feedback that was read, in a real browser."""

import pytest

from tests.hub.person import Person
from tests.hub.running_trial import RunningTrial
from tests.hub.story import graded_and_given_back, student_works_and_hands_in

pytestmark = [pytest.mark.slow(minutes=3), pytest.mark.needs("chromium"), pytest.mark.timeout(600)]


def test_from_make_hub_to_feedback_that_was_read(browser, shots, tmp_path):
    from hub.trial.folder import free_port

    with RunningTrial(tmp_path / "trial", free_port()) as trial:
        student, instructor, ta = (
            Person(browser, trial.address, name, trial.passwords[name], shots)
            for name in ("ada", "instructor", "ta-grace")
        )
        try:
            student_works_and_hands_in(student)
            instructor.log_in()
            instructor.open_formgrader()
            graded_and_given_back(student, instructor, ta)
        finally:
            for person in (student, instructor, ta):
                person.shot("last")
        print(f"login page after {trial.seconds_to_start} s; login to JupyterLab: {student.seconds_to_lab:.1f} s")
