"""`python -m grading demo`: what it says when something goes wrong, and the whole run."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grading.class_record.student import Student
from grading.demo.class_of_twelve import CLASS
from grading.demo.command import _compare, run
from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).resolve().parents[3]
COURSE_FOLDERS = ("submitted", "autograded", "feedback", "release", "solution", "gradebook.db")


@pytest.fixture
def folder(tmp_path):
    """A course's folder with a feedback page, empty, for everybody."""
    for student in CLASS:
        page = tmp_path / "feedback" / student.student / "attention" / "attention.html"
        page.parent.mkdir(parents=True)
        page.touch()
    return tmp_path


def expected_rows():
    return {
        s.student: Student(
            s.student, "", "graded", {name: float(p) for name, p in s.expected.items()}, late_by=60.0 * s.late
        )
        for s in CLASS
    }


def test_status_0_where_everybody_has_what_they_should_have(folder, capsys):
    assert _compare(expected_rows(), folder) == 0
    assert capsys.readouterr().err == ""


def test_every_difference_is_named_and_the_status_is_1(folder, capsys):
    rows = expected_rows()
    rows["ada"].scores["attention_scores"] = 0.0
    rows["ida"] = replace(rows["ida"], late_by=60.0)
    rows["carl"] = replace(rows["carl"], scores={})
    del rows["john"]
    (folder / "feedback" / "leslie" / "attention" / "attention.html").unlink()
    assert _compare(rows, folder) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 5
    assert "ada: {" in said[0] and "'attention_scores': 0.0" in said[0] and "'attention_scores': 1" in said[0]
    assert "carl: {} instead of" in said[1]
    assert "ida: late is True instead of False" in said[2]
    assert "john: None instead of" in said[3]
    assert "leslie: no feedback page" in said[4]


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "gradebook.db").write_text("points of years")
    assert run(["--folder", str(tmp_path)]) == 1
    assert "is not empty. Name a folder that does not exist yet." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]


@pytest.mark.kernel
def test_a_command_that_fails_is_named_with_the_end_of_its_log(tmp_path, capsys, monkeypatch):
    config = tmp_path / "nbgrader_config.py"
    config.write_text("get_config().GenerateAssignment.preprocessors = ['no_such_module.Thing']\n")
    monkeypatch.setattr("grading.demo.command.CHECKOUT", tmp_path)
    (tmp_path / "source" / "attention").mkdir(parents=True)
    (tmp_path / "source" / "attention" / "attention.ipynb").write_text("{}")
    assert run(["--folder", str(tmp_path / "course")]) == 1
    said = capsys.readouterr().err
    assert "`nbgrader generate_assignment attention` failed in " in said
    assert "No module named 'no_such_module'" in said


def state_of_the_checkout():
    paths = [path for name in COURSE_FOLDERS for path in [ROOT / name, *(ROOT / name).rglob("*")]]
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs on a machine where a real course and its gradebook are set up for this user."""
    home = tmp_path_factory.mktemp("home")
    (home / "real.db").write_text("a real gradebook")
    (home / "settings").mkdir()
    (home / "temporary").mkdir()
    (home / "settings" / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(home)!r}\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{home / 'real.db'}'\n"
    )
    settings = {
        "JUPYTER_CONFIG_DIR": str(home / "settings"),
        "ATTENTION101_COURSE": str(home),
        "TMPDIR": str(home / "temporary"),
    }
    before = state_of_the_checkout()
    found = [
        subprocess.run(
            [sys.executable, "-m", "grading", "demo"],
            cwd=ROOT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
        )
        for _ in range(2)
    ]
    assert (home / "real.db").read_text() == "a real gradebook"
    assert sorted(path.name for path in home.iterdir()) == ["real.db", "settings", "temporary"]
    assert state_of_the_checkout() == before
    return found


@pytest.mark.slow(minutes=3)
@pytest.mark.timeout(1200)
def test_the_whole_course_gives_the_class_its_points_its_reasons_and_its_pages(runs):
    for answer in runs:
        assert answer.returncode == 0, answer.stderr
    said = runs[0].stdout
    for student in CLASS:
        line = next(line for line in said.splitlines() if line.startswith(f"{student.student} "))
        points = [f"{student.expected[answer]:g}" for answer in ANSWERS] + [f"{sum(student.expected.values()):g}"]
        cells = re.split(r"\s+", line)
        assert cells[1:7] == points
        assert re.fullmatch(r"\d+/\d+/\d+/\d+|-", cells[7])
        assert ("late" in cells[8:9]) == student.late
        assert len(cells) > 9 or not student.lost
    listed = said.split("Feedback pages:")[1].splitlines()
    pages = [Path(line.split("  (")[0].strip()) for line in listed if "(" in line]
    assert [page.parent.parent.name for page in pages] == [student.student for student in CLASS]
    for page in pages:
        assert "project_qkv" in page.read_text(encoding="utf-8")
    assert "Every submission has the points that it should have." in said


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_second_run_gives_the_same_table(runs):
    first, second = (answer.stdout.split("Feedback pages:")[0].splitlines()[1:] for answer in runs)
    assert first == second


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_bar_shows_how_far_it_is(runs):
    counts = [int(count) for count in re.findall(r"(\d+)/12 ", runs[0].stderr)]
    second = next(i for i in range(1, len(counts)) if counts[i] < counts[i - 1])
    for bar in (counts[:second], counts[second:]):
        assert bar == sorted(bar) and bar[0] <= 1 and bar[-1] == 12
    assert any(0 < count < 12 for count in counts[:second])
