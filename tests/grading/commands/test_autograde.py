"""`python -m grading autograde` and `feedback`: every folder of a class, and after an interruption too."""

import pytest
from nbgrader.api import Gradebook

from attention_lib.assignment.check_records import completed_records
from course.folders import CourseError, load_config, open_course
from grading.class_record.record import class_record
from grading.class_record.table import class_table
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from tests.course_folder import RIGHT, at
from tests.grading.kept_pool import pool, run_command

pytestmark = pytest.mark.kernel

HEAD_OF_ONE = "class AttentionHead(nn.Module):\n    def forward(self, x): return 1"
REFUSED = ["Group 3 (Tue) [late]", ".hidden", "star*", "who?"]
UNUSUAL = ["a,b", "a+b@example.org", "{x}"]


def settings(course, monkeypatch):
    monkeypatch.setenv("ATTENTION101_COURSE", str(course.folder))
    config = load_config()
    config.RunNotebook.cell_seconds = 4.0
    return config


@pytest.fixture(scope="module")
def graded(course):
    wrong = {**RIGHT, "attention_scores": "def attention_scores(Q, K, scale=None):\n    return 0"}
    raising = {**RIGHT, "aggregate_values": "def aggregate_values(weights, V):\n    raise ValueError('no')"}
    looping = (
        "def project_qkv(x, W_q, W_k, W_v):\n    while x == 2 and W_q == 1: pass\n    return x * W_q, x * W_k, x * W_v"
    )
    course.hand_in("ada", course.submission(RIGHT))
    course.hand_in("blank", course.submission())
    course.hand_in("wrong helper", course.submission(wrong))
    course.hand_in("raising helper", course.submission(raising))
    course.hand_in("helper loops in head", course.submission({**RIGHT, "project_qkv": looping}))
    course.hand_in(
        "wrong head",
        course.submission({**wrong, "attention_head": HEAD_OF_ONE}),
    )
    course.hand_in("exit", course.submission({**RIGHT, "attention_head": "import os\nos._exit(0)"}))
    course.hand_in("renamed", course.submission(RIGHT), "attention (1).ipynb")
    other = course.submission()
    other.cells = other.cells[:1]
    course.hand_in("other assignment", other, "ps2.ipynb")
    course.hand_in("nothing", "", "essay.txt")
    for student in (*REFUSED, *UNUSUAL):
        course.hand_in(student, course.submission(RIGHT))
    half = course.folder / "autograded" / "ada" / "attention"
    half.mkdir(parents=True)
    (half / "attention.ipynb").write_text('{"cells": [')
    (half / "left_over.py").write_text("")
    with pytest.MonkeyPatch.context() as monkeypatch:
        config = settings(course, monkeypatch)
        course.first = autograde_class("attention", config, pool=pool())
        course.first_table = class_table(
            class_record(open_course("attention", config), "attention", course.first.not_graded)
        )
        course.first_scores = course.scores()
    return course


def records(course, student, test):
    return completed_records(at(course.autograded(student), test).outputs)


def test_every_folder_has_its_points(graded):
    assert graded.first_scores == {
        "ada": [1, 1, 1, 1, 1],
        "blank": [0, 0, 0, 0, 0],
        "wrong helper": [1, 0, 1, 1, 1],
        "raising helper": [1, 1, 1, 0, 1],
        "helper loops in head": [1, 1, 1, 1, 1],
        "wrong head": [1, 0, 1, 1, 0],
        "exit": [1, 1, 1, 1, 0],
        "renamed": [1, 1, 1, 1, 1],
        "other assignment": [0, 0, 0, 0, 0],
        "nothing": [0, 0, 0, 0, 0],
        **dict.fromkeys(UNUSUAL, [1, 1, 1, 1, 1]),
    }


def test_a_right_head_over_a_wrong_helper_says_how_it_was_judged(graded):
    first, *rest = records(graded, "wrong helper", "test_attention_head")
    assert first.check == "judged over correct functions" and "`attention_scores` does not pass yet" in first.message
    assert rest and all(record.passed for record in rest)
    assert records(graded, "ada", "test_attention_head")[0].check != first.check
    assert [r.passed for r in records(graded, "wrong head", "test_attention_head")] == [False]


def test_ids_that_nbgrader_cannot_handle_are_refused_by_name(graded):
    assert sorted(graded.first.not_graded) == sorted(REFUSED)
    assert all(f"{student}" in graded.first_table for student in REFUSED)
    assert "not graded, because its id holds [ ]" in graded.first_table


def test_reasons_name_what_was_found(graded):
    def problem(student):
        return graded.autograded(student).metadata.attention101.problem

    assert "ps2.ipynb" in problem("other assignment") and "not the notebook of this assignment" in problem(
        "other assignment"
    )
    assert "no other notebook" in problem("nothing")
    assert "attention (1).ipynb" in graded.autograded("renamed").metadata.attention101.mended[0].message
    assert "ended the Python process" in records(graded, "exit", "test_attention_head")[0].message


def test_a_half_written_folder_is_graded_again(graded):
    assert "ada" in graded.first.graded
    assert not (graded.folder / "autograded" / "ada" / "attention" / "left_over.py").exists()


def test_the_table_shows_each_cell(graded):
    lines = {line.split("  ")[0].strip(): line for line in graded.first_table.splitlines()}
    assert lines["wrong helper"].split()[2:8] == ["1", "0", "1", "1", "1", "4"]
    assert "13 of 17 graded" in graded.first_table


def test_a_second_run_grades_what_changed_and_what_was_interrupted(graded, monkeypatch):
    config = settings(graded, monkeypatch)
    graded.hand_in("blank", graded.submission(RIGHT))
    with Gradebook(open_course("attention", config).db_url) as gradebook:
        gradebook.remove_submission("attention", "renamed")
    second = autograde_class("attention", config, pool=pool())
    assert second.graded == ["blank", "renamed"]
    assert len(second.unchanged) == 11 and second.not_graded == graded.first.not_graded
    assert graded.scores() == graded.first_scores | {"blank": [1, 1, 1, 1, 1]}


def test_feedback_covers_all_that_was_graded(graded, monkeypatch):
    broken = graded.folder / "autograded" / "zoe" / "attention"
    broken.mkdir(parents=True)
    pages, failed = generate_feedback_for_class("attention", settings(graded, monkeypatch))
    assert sorted(pages) == sorted(graded.first_scores) and all(page.stat().st_size > 1_000 for page in pages.values())
    assert list(failed) == ["zoe"] and "interrupted" in failed["zoe"]
    broken.rmdir()


def test_a_fault_of_the_grader_is_not_a_score(graded, monkeypatch):
    config = settings(graded, monkeypatch)
    in_the_way = graded.folder / "autograded" / "zuse"
    in_the_way.write_text("a file where a folder should be")
    graded.hand_in("zuse", graded.submission(RIGHT))
    run = autograde_class("attention", config, pool=pool())
    assert str(in_the_way) in run.not_graded["zuse"]
    rows = {
        row.student: row for row in class_record(open_course("attention", config), "attention", run.not_graded).students
    }
    assert rows["zuse"].score is None and rows["zuse"].remark.startswith("not graded, because the grader failed")
    assert "zuse" not in graded.scores() and in_the_way.is_file()
    in_the_way.unlink()
    assert autograde_class("attention", config, pool=pool()).graded == ["zuse"]
    assert graded.scores()["zuse"] == [1, 1, 1, 1, 1]


def test_a_time_stamp_that_is_no_time_is_named(graded, monkeypatch):
    folder = graded.hand_in("hilbert", graded.submission(RIGHT))
    (folder / "timestamp.txt").write_text("yesterday, I think")
    run = autograde_class("attention", settings(graded, monkeypatch), pool=pool())
    assert "timestamp.txt holds no time" in run.not_graded["hilbert"]


def test_the_command_ends_non_zero_where_something_was_not_graded(graded):
    answer = run_command(graded.folder, "autograde", "attention")
    assert answer.returncode == 1 and "'star*': not graded, because" in answer.stderr
    assert "wrong helper" in answer.stdout


def test_an_unknown_assignment_and_a_gradebook_without_it_are_named(graded, monkeypatch):
    config = settings(graded, monkeypatch)
    with pytest.raises(CourseError, match="The course has: attention"):
        autograde_class("ps9", config, pool=pool())
    config.CourseDirectory.db_url = f"sqlite:///{graded.folder / 'other.db'}"
    with pytest.raises(CourseError, match="nbgrader generate_assignment attention"):
        autograde_class("attention", config, pool=pool())
