"""Feedback's way back: our page alone, to its student alone, also in the cases in which nbgrader stopped (R30)."""

import os
import shutil
from pathlib import Path

import pytest
from nbgrader.exchange.default.fetch_feedback import ExchangeFetchFeedback
from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback

from handin.exchange.collect import CollectRegularFiles
from handin.exchange.release_assignment import ReleaseWithDeadline
from handin.exchange.release_feedback import ReleaseOwnPage
from handin.exchange.submit import SubmitWithoutWheels
from tests.handin.exchange.exchange_folder import LATE, ON_TIME, notebook


class Students:
    """Students who submit and fetch with nbgrader's own means, and staff who collect and make pages."""

    def __init__(self, exchange):
        self.exchange = exchange
        release = exchange.course / "release" / "attention"
        release.mkdir(parents=True)
        (release / "attention.ipynb").write_text(notebook("pass"))
        assert exchange.run(ReleaseWithDeadline)[1] == ""

    def home(self, student: str) -> Path:
        return self.exchange.root.parent / "homes" / student

    def submit(self, student: str, text: str = "x = 1") -> str:
        work = self.home(student) / "attention"
        work.mkdir(parents=True, exist_ok=True)
        (work / "attention.ipynb").write_text(notebook(text))
        log, failure = self._run(SubmitWithoutWheels, student)
        assert failure == ""
        return log

    def fetch(self, student: str) -> list[str]:
        """What is on the pages that this student gets."""
        self._run(ExchangeFetchFeedback, student)
        pages = (self.home(student) / "attention" / "feedback").rglob("*.html")
        return [page.read_text() for page in sorted(pages)]

    def _run(self, part, student):
        home = str(self.home(student))
        exchange = {"assignment_dir": home, "cache": f"{home}/cache"}
        return self.exchange.run(part, {"Exchange": exchange, "CourseDirectory": {"student_id": student}})

    def lose_secret(self, student: str) -> None:
        """As submitted by an older version: neither staff nor the student has one."""
        (self.exchange.submitted(student) / "submission_secret.txt").unlink()
        next(self.home(student).glob("cache/c101/*/submission_secret.txt")).unlink()

    def make_page(self, student: str) -> Path:
        """As our converter leaves it: the page, and the time stamp of what was graded."""
        folder = self.exchange.course / "feedback" / student / "attention"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "attention.html").write_text(f"page of {student}")
        shutil.copy(self.exchange.submitted(student) / "timestamp.txt", folder / "timestamp.txt")
        return folder


@pytest.fixture
def students(exchange):
    return Students(exchange)


def released(students) -> list[str]:
    return sorted(path.read_text() for path in students.exchange.feedback.iterdir())


def test_every_student_gets_the_own_page_and_nobody_can_list_them(students):
    for student in ("ada", "Ben.B@example.org"):
        students.submit(student)
    students.exchange.run(CollectRegularFiles)
    for student in ("ada", "Ben.B@example.org"):
        students.make_page(student)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert not failure and "Releasing feedback for student 'ada'" in log
    assert students.fetch("ada") == ["page of ada"]
    assert students.fetch("Ben.B@example.org") == ["page of Ben.B@example.org"]
    folder = students.exchange.feedback
    assert folder.stat().st_mode & 0o7777 == 0o711
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644} and len(list(folder.iterdir())) == 2


def test_a_page_that_was_made_again_takes_the_first_one_s_place(students):
    students.submit("ada")
    students.exchange.run(CollectRegularFiles)
    page = students.make_page("ada") / "attention.html"
    students.exchange.run(ReleaseOwnPage)
    page.write_text("a better page")
    students.exchange.run(ReleaseOwnPage)
    assert students.fetch("ada") == ["a better page"] and released(students) == ["a better page"]


def test_a_page_that_students_may_list_is_closed(students):
    students.exchange.feedback.mkdir(mode=0o755)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert not failure and "were 755, and are now 711" in log
    assert students.exchange.feedback.stat().st_mode & 0o7777 == 0o711


def test_what_lies_beside_the_page_is_not_released_where_plain_nbgrader_does(students):
    students.submit("ada")
    students.exchange.run(CollectRegularFiles)
    folder = students.make_page("ada")
    (folder / "leak.html").symlink_to(students.exchange.source)
    shutil.copy(students.exchange.submitted("ada") / "submission_secret.txt", folder)
    students.exchange.run(ExchangeReleaseFeedback)
    assert "the reference solution" in released(students)
    shutil.rmtree(students.exchange.feedback)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert not failure and "Not released, as no page of ours: 'leak.html'" in log
    assert released(students) == ["page of ada"]


def test_a_page_that_is_a_link_or_missing_stops_no_other_one(students):
    everybody = ("ada", "ben", "cleo", "dan", "eve")
    for student in everybody:
        students.submit(student)
    students.exchange.run(CollectRegularFiles)
    pages = {student: students.make_page(student) for student in everybody}
    (pages["ada"] / "attention.html").unlink()
    (pages["ada"] / "attention.html").symlink_to(students.exchange.source)
    (pages["ben"] / "attention.html").unlink()
    shutil.rmtree(pages["cleo"])
    pages["cleo"].symlink_to(pages["dan"])
    shutil.rmtree(pages["eve"].parent)
    pages["eve"].parent.symlink_to(pages["dan"].parent)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert released(students) == ["page of dan"]
    assert "of 4 students could not be released" in failure
    for student in ("ada", "ben", "cleo", "eve"):
        assert f"Feedback of '{student}' was not released" in log


def test_a_submission_without_a_secret_among_twenty(students):
    """R30: nbgrader stopped at it; its student's own nbgrader looks for a name of older versions."""
    everybody = [f"s{number:02}" for number in range(20)]
    for student in everybody:
        students.submit(student, f"x = {student!r}")
    students.exchange.run(CollectRegularFiles)
    students.lose_secret("s07")
    for student in everybody:
        students.make_page(student)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert not failure and "s07's submission has no submission_secret.txt" in log
    for student in everybody:
        assert students.fetch(student) == [f"page of {student}"]


@pytest.mark.parametrize("secret", [True, False])
def test_a_notebook_that_staff_mended_by_hand(students, secret):
    """R30: the name of the page does not depend on it, or is made of what was handed in."""
    students.submit("ada")
    students.exchange.run(CollectRegularFiles)
    if not secret:
        students.lose_secret("ada")
    (students.exchange.submitted("ada") / "attention.ipynb").write_text(notebook("x = 2  # mended"))
    students.make_page("ada")
    assert students.exchange.run(ReleaseOwnPage)[1] == ""
    assert students.fetch("ada") == ["page of ada"]


def test_what_cannot_be_given_a_name_is_named_with_the_remedy(students):
    students.submit("ada")
    students.submit("ben")
    students.exchange.run(CollectRegularFiles)
    for student in ("ada", "ben"):
        students.make_page(student)
    (students.exchange.submitted("ada") / "submission_secret.txt").unlink()
    (students.exchange.submitted("ada") / "timestamp.txt").unlink()
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert "of 1 student could" in failure and "Collect it again, or give the student the page by hand" in log
    assert released(students) == ["page of ben"]


def test_a_page_of_an_earlier_submission_is_not_given_out_as_one_of_the_newest(students):
    students.exchange.hand_in("ada", ON_TIME)
    students.exchange.run(CollectRegularFiles)
    students.make_page("ada")
    students.exchange.hand_in("ada", LATE, notebook("better work"))
    students.exchange.run(CollectRegularFiles, update=True)
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert "another submission was collected since the page was made" in log and failure and not released(students)


def test_only_those_who_are_asked_for(students):
    for student in ("ada", "ben", "cleo"):
        students.exchange.hand_in(student, secret=student * 10)
    students.exchange.run(CollectRegularFiles)
    for student in ("ada", "ben", "cleo"):
        students.make_page(student)
    students.exchange.run(ReleaseOwnPage, student_id="ben")
    assert released(students) == ["page of ben"]
    students.exchange.run(ReleaseOwnPage, {"CourseDirectory": {"student_id_exclude": "cleo"}})
    assert released(students) == ["page of ada", "page of ben"]


def test_a_target_that_cannot_be_written_is_named(students):
    students.exchange.hand_in("ada")
    students.exchange.run(CollectRegularFiles)
    students.make_page("ada")
    students.exchange.run(ReleaseOwnPage)
    page = next(students.exchange.feedback.iterdir())
    page.unlink()
    page.mkdir()
    log, failure = students.exchange.run(ReleaseOwnPage)
    assert "it could not be stored" in log and "of 1 student could" in failure
    assert os.listdir(students.exchange.feedback) == [page.name]
