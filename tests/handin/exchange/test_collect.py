"""What `nbgrader collect` takes from students who mean well: the right one of several submissions, as it was."""

import os
import pwd
from datetime import timedelta

import pytest

from handin.exchange.collect import CollectRegularFiles
from tests.handin.exchange.exchange_folder import DUE, LATE, ON_TIME, notebook

EARLY = "2026-11-25 20:00:00.000000 UTC"
NAMES = ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


def content(exchange, student="ada") -> str:
    return (exchange.submitted(student) / "attention.ipynb").read_text()


def time(exchange, student="ada") -> str:
    return (exchange.submitted(student) / "timestamp.txt").read_text()


def test_takes_the_newest_of_each_student_with_modes_that_keep_others_out(exchange):
    exchange.hand_in("ada", EARLY, notebook("old"))
    newest = exchange.hand_in("ada", ON_TIME, notebook("new"))
    (newest / "data").mkdir(mode=0o777)
    (newest / "data" / "x.csv").write_text("1")
    (newest / "data" / "x.csv").chmod(0o777)
    exchange.hand_in("Ben.B@example.org", EARLY)
    other = exchange.hand_in("ada", LATE)
    other.rename(other.with_name(other.name.replace("+attention+", "+other+")))
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and "Collecting submission: ada attention" in log and "Left out" not in log
    assert exchange.submitted_files("ada") == ["attention.ipynb", "data", "data/x.csv", *NAMES[1:]]
    assert exchange.submitted_files("Ben.B@example.org") == NAMES
    assert "new" in content(exchange) and time(exchange) == ON_TIME
    assert (exchange.submitted("ada") / "submission_secret.txt").read_text() == "s" * 128
    for path in [exchange.submitted("ada").parent, *exchange.submitted("ada").rglob("*")]:
        assert path.stat().st_mode & 0o7777 == (0o700 if path.is_dir() else 0o600)
        assert path.stat().st_uid == os.geteuid()
    assert list(exchange.submitted("ada").parent.iterdir()) == [exchange.submitted("ada")]


def test_group_shared_courses_let_the_group_write(exchange):
    exchange.hand_in("ada")
    assert exchange.run(CollectRegularFiles, {"CourseDirectory": {"groupshared": True}})[1] == ""
    assert exchange.submitted("ada").stat().st_mode & 0o7777 == 0o2770
    assert (exchange.submitted("ada") / "attention.ipynb").stat().st_mode & 0o777 == 0o660


def test_a_newer_one_replaces_what_was_collected_only_when_told(exchange):
    exchange.hand_in("ada", EARLY, notebook("old"))
    exchange.run(CollectRegularFiles)
    exchange.hand_in("ada", ON_TIME, notebook("new"))
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and "use --update" in log and "old" in content(exchange)
    log, failure = exchange.run(CollectRegularFiles, update=True)
    assert not failure and "Updating submission: ada attention" in log and "new" in content(exchange)
    (exchange.submitted("ada") / "attention.ipynb").write_text("mended by hand")
    log, failure = exchange.run(CollectRegularFiles, update=True)
    assert not failure and "No newer submission" in log and content(exchange) == "mended by hand"


def test_one_student_alone(exchange):
    exchange.hand_in("ada")
    exchange.hand_in("ben")
    exchange.run(CollectRegularFiles, student_id="ben")
    assert [path.name for path in (exchange.course / "submitted").iterdir()] == ["ben"]


def test_before_duedate_takes_the_last_one_on_time(exchange):
    exchange.hand_in("ada", EARLY, notebook("first"))
    exchange.hand_in("ada", ON_TIME, notebook("second"))
    exchange.hand_in("ada", LATE, notebook("third"))
    exchange.hand_in("ben", LATE)
    exchange.run(CollectRegularFiles)
    assert "third" in content(exchange)
    assert exchange.run(CollectRegularFiles, before_duedate=True)[1] == ""
    assert "second" in content(exchange) and time(exchange, "ben") == LATE


def test_ignored_and_not_included_files_stay_behind_and_nothing_is_said(exchange):
    folder = exchange.hand_in("ada")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    (folder / "notes.doc").write_text("x")
    log, failure = exchange.run(CollectRegularFiles, {"CourseDirectory": {"include": ["*.ipynb", "*.txt"]}})
    assert not failure and "Left out" not in log and exchange.submitted_files("ada") == NAMES


class TestTheSameWorkAgainAfterTheDeadline:
    """R28 (a)."""

    def test_the_one_on_time_counts_and_this_is_said(self, exchange):
        exchange.hand_in("ada", ON_TIME, notebook("work", output="1"))
        exchange.hand_in("ada", LATE, notebook("work", output="2"))
        exchange.hand_in("ben", ON_TIME, notebook("work"))
        exchange.hand_in("ben", LATE, notebook("better work"))
        log, failure = exchange.run(CollectRegularFiles)
        assert not failure
        assert time(exchange, "ada") == ON_TIME and time(exchange, "ben") == LATE
        assert (
            "ada handed in the same work on time, Wednesday, 25 November 2026, 22:50 UTC, and again after the "
            "deadline, Wednesday, 25 November 2026, 23:05 UTC: the one on time counts" in log
        )
        assert "ben handed in the same" not in log

    def test_also_where_the_late_one_was_collected_before(self, exchange):
        exchange.hand_in("ada", ON_TIME, notebook("work"))
        exchange.hand_in("ada", LATE, notebook("work"))
        exchange.run(CollectRegularFiles, same_work_keeps_its_time=False)
        assert time(exchange) == LATE
        exchange.run(CollectRegularFiles, update=True)
        assert time(exchange) == ON_TIME

    def test_also_where_the_one_on_time_is_in_submitted_alone(self, exchange):
        first = exchange.hand_in("ada", ON_TIME, notebook("work"))
        exchange.run(CollectRegularFiles)
        first.rename(exchange.root / "gone")
        late = exchange.hand_in("ada", LATE, notebook("work"))
        log, _ = exchange.run(CollectRegularFiles, update=True)
        assert time(exchange) == ON_TIME and "was on time, counts" in log
        (late / "attention.ipynb").write_text(notebook("better work"))
        exchange.run(CollectRegularFiles, update=True)
        assert time(exchange) == LATE

    def test_whoever_has_more_time_is_not_late(self, exchange):
        exchange.hand_in("ada", ON_TIME, notebook("work"))
        exchange.hand_in("ada", LATE, notebook("work"))
        with exchange.gradebook() as gradebook:
            gradebook.add_student("ada")
            gradebook.add_submission("attention", "ada")
            gradebook.update_or_create_submission("attention", "ada", extension=timedelta(hours=1))
        log, _ = exchange.run(CollectRegularFiles)
        assert time(exchange) == LATE and "same work" not in log

    @pytest.mark.parametrize("damaged", ["no notebook", '{"cells": 3}', '{"cells": [{"source": [1]}]}', "[" * 100_000])
    def test_what_is_no_notebook_is_the_same_only_byte_by_byte(self, exchange, damaged):
        exchange.hand_in("ada", ON_TIME, damaged)
        exchange.hand_in("ada", LATE, damaged)
        exchange.hand_in("ben", ON_TIME, damaged)
        exchange.hand_in("ben", LATE, damaged + " ")
        exchange.run(CollectRegularFiles)
        assert time(exchange, "ada") == ON_TIME and time(exchange, "ben") == LATE


def test_where_name_and_time_stamp_differ_the_name_counts_and_this_is_said(exchange):
    (exchange.hand_in("ada", LATE) / "timestamp.txt").write_text(EARLY)
    (exchange.hand_in("ben", ON_TIME) / "timestamp.txt").unlink()
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and time(exchange, "ada") == LATE and time(exchange, "ben") == ON_TIME
    assert "timestamp.txt says Wednesday, 25 November 2026, 20:00 UTC: the name counts" in log
    assert f"ben's folder is named {ON_TIME}, but its timestamp.txt says no time that can be read" in log


def test_a_folder_that_was_changed_after_the_deadline_it_claims_to_have_met_is_said(exchange):
    exchange.hand_in("ada", "2020-01-01 10:00:00.000000 UTC")
    exchange.set_due(DUE.replace(year=2020))
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and "ada's submission says that it was on time" in log and "changed after the deadline" in log


def test_times_of_summer_zones_are_understood(exchange):
    exchange.hand_in("ada", "2026-07-10 23:30:00.000000 CEST")
    exchange.hand_in("ben", "2026-07-10 23:30:00.000000 EDT")
    log, failure = exchange.run(CollectRegularFiles, {"NbGraderAPI": {"timezone": "Europe/Berlin"}})
    assert time(exchange, "ada").endswith("CEST") and "'EDT'" in log and "1 folder " in failure


def test_only_the_student_s_own_folder_counts_as_hers(exchange):
    me = pwd.getpwuid(os.geteuid()).pw_name
    exchange.hand_in(me)
    exchange.hand_in("ada", LATE)
    log, failure = exchange.run(CollectRegularFiles, accept_own_folders=False)
    assert f"it claims to be ada's and belongs to {me}" in log and "check_owner" in log and "1 folder " in failure
    assert [path.name for path in (exchange.course / "submitted").iterdir()] == [me]
    assert exchange.run(CollectRegularFiles, accept_own_folders=False, check_owner=False)[1] == ""
    assert time(exchange, "ada") == LATE


def test_nothing_to_collect_is_no_failure_and_no_course_is_one(exchange):
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and "No submissions of 'attention'" in log
    exchange.inbound.rmdir()
    assert "Course not found" in exchange.run(CollectRegularFiles)[1]


def test_takes_a_notebook_under_whatever_name_and_place_and_what_it_is_packed_in(exchange):
    folder = exchange.hand_in("ada", ON_TIME)
    (folder / "attention.ipynb").unlink()
    (folder / "attention").mkdir(mode=0o777)
    names = ["Attention.IPYNB", "attention.ipynb.txt", "attention.json", "attention.zip", "attention/attention.ipynb"]
    for name in names:
        (folder / name).write_text(name)
    log, failure = exchange.run(CollectRegularFiles)
    assert not failure and "Left out" not in log
    assert {name for name in names if (exchange.submitted("ada") / name).read_text() == name} == set(names)
