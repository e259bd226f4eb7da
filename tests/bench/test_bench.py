"""The bench measures what it says, and its class gets the points that it should get."""

import argparse
import ast
import os
import sys
from collections import Counter
from dataclasses import replace

import pytest

from tests.bench import ours
from tests.bench.__main__ import BenchFailed, compare, same_scores
from tests.bench.call_cost import call_cost
from tests.bench.class_of_many import KINDS, Course, class_of, sample, without_lesson_only
from tests.bench.figures import growth, of_sample, of_whole_class
from tests.bench.process_tree import Measured, measure
from tests.bench.where_time_goes import where_time_goes

MB = 1_000_000


def run_of(wall: float, cpu: float = 0.0, peak: int = 0) -> Measured:
    return Measured(0, "", wall, cpu, peak, processes=1, exact=True, left=0, watching=0.0)


def test_seconds_of_a_class_are_projected_from_a_sample_and_the_start_up_counts_once():
    theirs = of_sample([run_of(2, 2)] * 3, [run_of(12, 7, 5), run_of(14, 8, 9), run_of(90, 9, 7)], measured=4, size=60)
    assert (theirs.wall, theirs.cpu, theirs.peak) == (2 + 60 * 3, 2 + 60 * 1.5, 9)
    assert (theirs.start, theirs.each) == (2, 3)


def test_growth_compares_seconds_per_submission():
    small, large = of_whole_class([run_of(10)], 50), of_whole_class([run_of(88)], 400)
    assert growth(small, large) == pytest.approx(0.1)


def test_a_class_is_mostly_right_and_no_two_texts_are_the_same():
    students = class_of(60)
    assert len({student.student for student in students}) == 60
    assert sum(not student.lost for student in students) == 36
    texts = [text for student in students for text in student.texts.values()]
    assert max(Counter(texts).values()) == 1
    right = [text for student in students if "syntax" not in student.shows for text in student.texts.values()]
    assert all(ast.parse(text) for text in right)


def test_trouble_comes_only_when_asked_for():
    assert not any("loop" in student.shows for student in class_of(60))
    assert sum("loop" in student.shows for student in class_of(60, with_trouble=True)) == 3


def test_a_sample_is_spread_over_the_kinds():
    students = class_of(60)
    kinds = {student.shows for student in sample(students, 20)}
    assert kinds == {kind.shows for kind in KINDS}
    assert sample(students, 60) == students and len(sample(students, 6)) == 6


def test_cpu_seconds_of_orphans_count_and_what_stays_is_ended(tmp_path):
    program = """
import os, time
here, there = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while time.process_time() < 0.4: pass
        os.write(there, b"burnt")
        time.sleep(600)
    os._exit(0)
os.read(here, 5)
"""
    run = measure([sys.executable, "-S", "-c", program], tmp_path, os.environ, patience=0.2)
    assert run.status == 0 and run.left == 1
    assert 0.4 <= run.cpu


def test_memory_that_processes_share_counts_once(tmp_path):
    program = """
import os, time
held = bytearray(200_000_000)
held[::4096] = bytes([1]) * len(held[::4096])
os.fork()
time.sleep(2)
"""
    run = measure([sys.executable, "-S", "-c", program], tmp_path, os.environ)
    assert run.processes == 2 and run.exact
    assert 200 * MB < run.peak < 390 * MB


def test_what_fails_is_told(tmp_path):
    run = measure([sys.executable, "-c", "print('said'); raise SystemExit(3)"], tmp_path, os.environ)
    assert (run.status, run.output.strip()) == (3, "said")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """A compiled course with the cells that grading runs, and no others."""
    folder = tmp_path_factory.mktemp("bench")
    whole = Course(folder / "whole")
    course = Course(folder / "reduced", without_lesson_only(whole.lesson()))
    course.compile()
    assert len(course.released().cells) < len(whole.lesson().cells)
    return course


@pytest.mark.slow
@pytest.mark.kernel
def test_both_grade_a_small_class_alike(course, capsys):
    students = [student for student in class_of(8) if student.student in ("s0003", "s0008")]
    given = argparse.Namespace(plain=1, repeat=1, jobs=2, walls="best", with_trouble=False)
    beside = compare(course, students, given, "two", 0)
    printed = capsys.readouterr().out
    assert "graded by both: 1; the scores are equal" in printed
    assert "plain nbgrader graded 1 of 2" in printed
    assert ours.judged_over_correct_functions(course, "s0008")
    assert not ours.judged_over_correct_functions(course, "s0003")
    with pytest.raises(BenchFailed, match="s0003"):
        same_scores(course, beside, [replace(student, lost=()) for student in students])


@pytest.mark.kernel
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_where_time_goes_and_what_a_call_costs(course):
    stages = where_time_goes(course, class_of(2), "best")
    assert {name.partition(":")[0] for name, _ in stages} == {"once", "worker", "main"}
    assert all(seconds > 0 for _, seconds in stages)
    assert set(course.scores()) == {"s0001", "s0002"}
    costs = call_cost("best", sizes_kb=(1, 100), calls=20)
    assert all(0 < middle <= slow for middle, slow in costs.values())
