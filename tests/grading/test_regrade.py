"""`python -m grading regrade`: after a test was corrected, exactly the right students gain and lose points."""

import errno
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from course.folders import CourseError, load_config
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.grade.gradebook import wait, writer
from grading.grade.workers.local_worker import LocalWorker
from grading.regrade import command as regrade_command
from grading.regrade import write as regrade_write
from grading.regrade.command import regrade
from grading.regrade.gradebook_cells import update_cells
from tests.course_folder import RIGHT, ROOT, CourseFolder, at
from tests.grading.kept_pool import pool, run_command

pytestmark = pytest.mark.kernel

HIDDEN = """\
### BEGIN HIDDEN TESTS
@checks.hidden
def check_scale():
    "A scale is a factor."
    expect(attention_scores(2, 3, scale=10) == 60, "`scale` is not used")
@checks.hidden
def check_sign():
    "Signs are kept."
    expect(attention_scores(-2, 3) == -6, "the sign is lost")
### END HIDDEN TESTS
checks.report()"""
LOOSER = HIDDEN.replace("== 60", "in (6, 60)")
STRICTER = HIDDEN.replace("(-2, 3) == -6", "(0, 3) == 0 and attention_scores(7, 0) == 0")
NO_SCALE = "def attention_scores(Q, K, scale=None):\n    return Q * K"
NO_SIGN = "def attention_scores(Q, K, scale=None):\n    return abs(Q * K * (1 if scale is None else scale))"
FROM_ONE = (
    "def attention_scores(Q, K, scale=None):\n    return Q * K * (1 if scale is None else scale) if Q and K else 1"
)
WRONG = "def attention_scores(Q, K, scale=None):\n    return 0"
CLASS = {
    "ada": {},
    "late no scale": {"attention_scores": NO_SCALE},
    "no sign": {"attention_scores": NO_SIGN},
    "from one": {"attention_scores": FROM_ONE},
    "wrong": {"attention_scores": WRONG},
    "no scale and no values": {
        "attention_scores": NO_SCALE,
        "aggregate_values": "def aggregate_values(weights, V):\n    return 1",
    },
}
LATE = "late no scale"


class Course(CourseFolder):
    """The small lesson, whose test of `attention_scores` has two hidden checks."""

    def set_test(self, ending: str, answer: str = "attention_scores", visible: str = "") -> None:
        notebook = json.loads(self.source.read_text(), object_hook=NotebookNode)
        test = at(notebook, f"test_{answer}")
        kept = test.source.partition("### BEGIN HIDDEN TESTS")[0].replace("checks.report()", "").rstrip()
        test.source = f"{kept}\n{visible}{ending}"
        self.source.write_text(json.dumps(notebook))

    def copy_to(self, folder: Path) -> "Course":
        shutil.copytree(self.folder, folder, symlinks=True)
        copy = object.__new__(Course)
        copy.folder, copy.source = folder, folder / "source" / "attention" / "attention.ipynb"
        return copy

    def page(self, student: str) -> Path:
        return self.folder / "feedback" / student / "attention" / "attention.html"

    def state(self) -> dict[Path, tuple[int, bytes]]:
        """All files below autograded/ and feedback/, with when they were written and what is in them."""
        found = [p for step in ("autograded", "feedback") for p in (self.folder / step).rglob("*") if p.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("graded") / "course")
    course.set_test(HIDDEN)
    made = course.command("nbgrader", "generate_assignment", "attention")
    assert made.returncode == 0, made.stderr
    for student, answers in CLASS.items():
        folder = course.hand_in(student, course.submission({**RIGHT, **answers}))
        if student == LATE:
            (folder / "timestamp.txt").write_text("2026-11-26 10:00:00.000000 UTC")
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("attention", duedate="2026-11-25 12:00:00.000000 UTC")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTENTION101_COURSE", str(course.folder))
        assert sorted(autograde_class("attention", load_config(), pool=pool()).graded) == sorted(CLASS)
        generate_feedback_for_class("attention", load_config())
    return course


@pytest.fixture
def graded(graded_once, tmp_path, monkeypatch):
    """A graded class of its own, with feedback pages."""
    course = graded_once.copy_to(tmp_path / "course")
    monkeypatch.setenv("ATTENTION101_COURSE", str(course.folder))
    return course


def changes(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if " -> " in line]


def run(capsys, **given) -> tuple[int, str]:
    status = regrade("attention", pool(), config=given.pop("config", None) or load_config(), **given)
    return status, capsys.readouterr().out


GAINED = ["late no scale attention_scores 0 -> 1", "no scale and no values attention_scores 0 -> 1"]


def test_the_preview_names_exactly_the_right_students_and_changes_nothing(graded, capsys):
    graded.set_test(LOOSER)
    before, scores = graded.state(), graded.scores()
    book = (graded.folder / "gradebook.db").read_bytes()
    status, printed = run(capsys, preview=True)
    assert status == 0 and changes(printed) == GAINED
    assert printed.count("Before: `scale` is not used") == 2 and "points are gained by 2, lost by 0." in printed
    assert graded.state() == before and graded.scores() == scores
    assert (graded.folder / "gradebook.db").read_bytes() == book


def test_a_stricter_test_says_which_check_costs_the_point(graded, capsys):
    graded.set_test(STRICTER)
    status, printed = run(capsys, preview=True)
    assert changes(printed) == ["from one attention_scores 1 -> 0", "no sign attention_scores 0 -> 1"]
    assert "Now: the sign is lost" in printed and "Before: the sign is lost" in printed


def test_it_writes_what_it_showed_and_only_pages_that_changed(graded, capsys):
    graded.set_test(LOOSER)
    before, scores = graded.state(), graded.scores()
    status, printed = run(capsys, yes=True)
    assert status == 0 and changes(printed) == GAINED
    expected = scores | {LATE: [1, 1, 1, 1, 1], "no scale and no values": [1, 1, 1, 0, 1]}
    assert graded.scores() == expected
    pages = {student for student in CLASS if graded.state()[graded.page(student)] != before[graded.page(student)]}
    assert pages == {LATE, "no scale and no values"}
    assert all(str(graded.page(student)) in printed for student in pages) and "New feedback pages: 2\n" in printed
    assert ">5</span>" in graded.page(LATE).read_text()
    assert all("in (6, 60)" in at(graded.autograded(student), "test_attention_scores").source for student in CLASS)
    assert not list(graded.folder.glob("autograded/*/.*"))
    again = graded.state()
    status, printed = run(capsys, yes=True)
    assert status == 0 and "There is nothing to change." in printed and graded.state() == again


def test_what_plain_nbgrader_has_graded_is_compared_as_well(graded, capsys):
    done = graded.command("nbgrader", "autograde", "attention", "--force", f"--student={LATE}")
    assert done.returncode == 0, done.stderr
    assert "There is nothing to change." in run(capsys, yes=True)[1]


def test_the_gradebook_gets_the_tests_text(graded, capsys):
    graded.set_test(LOOSER)
    run(capsys, yes=True)
    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}") as gradebook:
        assert "in (6, 60)" in gradebook.find_source_cell("test_attention_scores", "attention", "attention").source
    assert graded.command("nbgrader", "generate_assignment", "attention").returncode == 0


@pytest.mark.parametrize("ending", [LOOSER, STRICTER])
def test_it_agrees_with_a_class_that_is_graded_afresh(graded, capsys, tmp_path, monkeypatch, ending):
    graded.set_test(ending)
    fresh = graded.copy_to(tmp_path / "fresh")
    run(capsys, yes=True)
    monkeypatch.setenv("ATTENTION101_COURSE", str(fresh.folder))
    assert sorted(autograde_class("attention", load_config(), pool=pool()).unchanged) == sorted(
        CLASS
    )  # it asks for no new tests
    shutil.rmtree(fresh.folder / "autograded")
    assert sorted(autograde_class("attention", load_config(), pool=pool()).graded) == sorted(CLASS)
    assert graded.scores() == fresh.scores()
    for student in CLASS:
        assert graded.autograded(student) == fresh.autograded(student)


def test_a_corrected_visible_test_makes_nobody_a_cheat(graded, capsys):
    graded.set_test(LOOSER, visible="@checks.visible\ndef check_zero():\n    'Nothing times 3 is nothing.'\n"
                    "    expect(attention_scores(0, 3) == 0, 'not nothing')\n")  # fmt: skip
    status, printed = run(capsys, yes=True)
    assert "make release" in printed and "from one attention_scores 1 -> 0" in changes(printed)
    assert not any(graded.autograded(student).metadata.attention101.mended for student in CLASS)
    assert "There is nothing to change." in run(capsys, yes=True)[1]


def test_where_pages_show_the_hidden_tests_each_page_gets_the_new_ones(graded, capsys):
    config = load_config()
    config.FeedbackExporter.reveal_hidden_tests = True
    graded.set_test(LOOSER)
    status, printed = run(capsys, yes=True, config=config)
    assert "New feedback pages: 6\n" in printed
    assert all("The source of the hidden checks" in graded.page(student).read_text() for student in CLASS)


def test_a_graders_decisions_stay(graded, capsys):
    book = f"sqlite:///{graded.folder / 'gradebook.db'}"
    with Gradebook(book) as gradebook:
        for cell, points in (("test_attention_scores", 0.5), ("test_aggregate_values", 0.25)):
            grade = gradebook.find_grade(cell, "attention", "attention", "no scale and no values")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, 2, False
        comment = gradebook.find_comment("attention_scores", "attention", "attention", "no scale and no values")
        comment.manual_comment = "Come and see me."
        gradebook.db.commit()
    graded.set_test(LOOSER)
    status, printed = run(capsys, yes=True)
    assert changes(printed) == GAINED and printed.count("A grader set 0.5 by hand. That stays") == 1
    with Gradebook(book) as gradebook:
        found = {
            cell: gradebook.find_grade(cell, "attention", "attention", "no scale and no values")
            for cell in ("test_attention_scores", "test_aggregate_values", "test_project_qkv")
        }
        assert [(g.auto_score, g.manual_score, g.extra_credit) for g in found.values()] == [
            (1, 0.5, 2),
            (0, 0.25, 2),
            (1, None, None),
        ]
        # To be looked at again is only what the tests now see otherwise.
        assert [g.needs_manual_grade for g in found.values()] == [True, False, False]
        comment = gradebook.find_comment("attention_scores", "attention", "attention", "no scale and no values")
        assert comment.manual_comment == "Come and see me."
    page = graded.page("no scale and no values").read_text()
    assert "Come and see me." in page and "A grader set these points by hand" in page


class OneTenth(LateSubmissionPlugin):
    """A late submission costs a tenth of its points."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 10


def test_a_late_penalty_is_that_of_the_new_points(graded, capsys):
    config = load_config()
    config.AssignLatePenalties.plugin_class = OneTenth
    graded.set_test(LOOSER)
    run(capsys, yes=True, config=config)
    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission_notebook("attention", "attention", LATE).late_submission_penalty == 0.5
    assert "5 less 0.5 for being late" in graded.page(LATE).read_text()


def test_what_is_not_graded_or_handed_in_again_is_left_to_autograde(graded, capsys):
    graded.set_test(LOOSER)
    graded.hand_in("new", graded.submission({**RIGHT, "attention_scores": NO_SCALE}))
    graded.hand_in(LATE, graded.submission(RIGHT))
    shutil.rmtree(graded.folder / "submitted" / "ada")
    before, scores = graded.state(), graded.scores()
    status, printed = run(capsys, yes=True)
    assert status == 0 and changes(printed) == GAINED[1:]
    lines = [line.split(": left to `python -m grading autograde attention`, because ") for line in printed.splitlines()]
    left = dict(line for line in lines if len(line) == 2)
    assert left.keys() == {"'new'", f"'{LATE}'", "'ada'"} and left["'new'"] == "it is not graded yet"
    assert "handed in again" in left[f"'{LATE}'"]
    assert graded.scores() == scores | {"no scale and no values": [1, 1, 1, 0, 1]}
    for student in ("ada", LATE):
        assert graded.state()[graded.page(student)] == before[graded.page(student)]


def test_what_is_handed_in_between_the_preview_and_the_yes_is_not_written(graded, capsys, monkeypatch):
    really_write = regrade_command.write_all

    def write_all(*given):
        graded.hand_in(LATE, graded.submission())
        return really_write(*given)

    monkeypatch.setattr(regrade_command, "write_all", write_all)
    graded.set_test(LOOSER)
    scores = graded.scores()
    assert regrade("attention", pool(), yes=True) == 1
    assert f"'{LATE}': not written" in capsys.readouterr().err
    assert graded.scores() == scores | {"no scale and no values": [1, 1, 1, 0, 1]}


def test_who_cannot_be_judged_keeps_the_points_and_is_named(graded, capsys, monkeypatch):
    really_send = LocalWorker.send

    def send(worker, request):
        really_send(worker, request)
        if f"/{LATE}/" in request.submitted:
            worker.process.kill()
            worker.process.wait()

    monkeypatch.setattr(LocalWorker, "send", send)
    graded.set_test(LOOSER)
    before, scores = graded.state(), graded.scores()
    assert regrade("attention", pool(), yes=True) == 1
    said = capsys.readouterr()
    assert f"'{LATE}': keeps its points" in said.err and "failed twice" in said.err and changes(said.out) == GAINED[1:]
    assert graded.scores() == scores | {"no scale and no values": [1, 1, 1, 0, 1]}
    notebook = graded.folder / "autograded" / LATE / "attention" / "attention.ipynb"
    assert graded.state()[notebook] == before[notebook]


def test_other_cells_than_those_that_were_graded_are_refused_with_the_remedy(graded):
    notebook = json.loads(graded.source.read_text(), object_hook=NotebookNode)
    more = at(notebook, "setup").copy()
    more.metadata = {"nbgrader": {**more.metadata["nbgrader"], "grade_id": "more"}}
    notebook.cells.insert(1, more)
    graded.source.write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match=r"added: more; removed: none.* Nothing was changed"):
        regrade("attention", pool(), yes=True)


def test_without_a_terminal_nothing_is_changed(graded, monkeypatch):
    graded.set_test(LOOSER)
    before = graded.state()
    with open(os.devnull) as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        done = run_command(graded.folder, "regrade", "attention")
    assert done.returncode == 1 and changes(done.stdout) == GAINED
    assert "Nothing was changed" in done.stderr and "--yes" in done.stderr and graded.state() == before


@pytest.mark.parametrize(("typed", "points"), [("y", 1), ("", 0)])
def test_at_a_terminal_it_asks(graded, monkeypatch, typed, points):
    graded.set_test(LOOSER)
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    with open(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        done = run_command(graded.folder, "regrade", "attention")
    os.close(ours)
    assert done.returncode == 0 and "[y/N]" in done.stdout and ("Nothing was changed" in done.stdout) == (not points)
    assert graded.scores()[LATE] == [1, points, 1, 1, 1]


def program(course, code: str, *arguments: str) -> subprocess.CompletedProcess:
    """A process that runs this code, and has nobody to ask."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | {"ATTENTION101_COURSE": str(course.folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
    )


KILLED = """
import importlib, os, signal, sys
from grading.__main__ import main
module, owner, name = sys.argv[1].split(":")
owner = getattr(importlib.import_module(module), owner)
really = getattr(owner, name)
def do_and_die(*given):
    really(*given)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, do_and_die)
main(["regrade", "attention", "--yes", "--jobs", "1"])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "after",
    [
        "grading.regrade.write:Backup:begin",
        "grading.regrade.write:KeepingWriter:_assign_penalty",
        "grading.regrade.write:KeepingWriter:write",
        "grading.regrade.write:SubmissionFeedback:make_page",
    ],
)
def test_a_killed_run_is_gone_on_with(graded, capsys, after):
    graded.set_test(LOOSER)
    # So that it is this one at which the run is killed.
    for student in CLASS.keys() - {LATE}:
        shutil.rmtree(graded.folder / "submitted" / student)
    scores, page = graded.scores(), graded.page(LATE).read_text()
    killed = program(graded, KILLED, after)
    assert killed.returncode == -9, killed.stderr
    status, printed = run(capsys, yes=True)
    assert status == 0 and "still to be finished: 1." in printed and str(graded.page(LATE)) in printed
    assert graded.scores() == scores | {LATE: [1, 1, 1, 1, 1]}
    assert graded.page(LATE).read_text() != page and ">5</span>" in graded.page(LATE).read_text()
    assert at(graded.autograded(LATE), "test_attention_scores").source.count("in (6, 60)") == 1
    assert not list(graded.folder.glob("autograded/*/.*"))
    assert "There is nothing to change." in run(capsys, yes=True)[1]


@pytest.mark.slow
def test_after_a_killed_run_autograde_does_the_rest_as_well(graded):
    graded.set_test(LOOSER)
    killed = program(graded, KILLED, "grading.regrade.write:KeepingWriter:_assign_penalty")
    assert killed.returncode == -9, killed.stderr
    assert autograde_class("attention", load_config(), pool=pool()).graded == ["ada"]


@pytest.mark.parametrize("when", ["from the start", "while it writes"])
def test_a_locked_gradebook_is_said_and_nothing_is_lost(graded, capsys, monkeypatch, when):
    graded.set_test(LOOSER)
    before, scores, config = graded.state(), graded.scores(), load_config()
    wait.wait_for_gradebook(0.3)
    lock = sqlite3.connect(graded.folder / "gradebook.db", isolation_level=None)

    def and_then_it_is_locked(*given):
        update_cells(*given)
        lock.execute("BEGIN IMMEDIATE")

    if when == "from the start":
        lock.execute("BEGIN IMMEDIATE")
    else:
        monkeypatch.setattr(regrade_write, "update_cells", and_then_it_is_locked)
    with pytest.raises(CourseError, match=r"[02] of 6 submissions were written .* run the same command again"):
        regrade("attention", pool(), yes=True, config=config)
    lock.close()
    assert graded.scores() == scores and graded.state().keys() == before.keys()
    for student in [LATE, "no scale and no values"] if when == "while it writes" else CLASS:
        path = graded.folder / "autograded" / student / "attention" / "attention.ipynb"
        assert graded.state()[path] == before[path]
    assert f"{0 if when == 'from the start' else 2} of 6 submissions are written" in capsys.readouterr().out
    monkeypatch.setattr(regrade_write, "update_cells", update_cells)
    assert changes(run(capsys, yes=True)[1]) == GAINED and graded.scores()[LATE] == [1, 1, 1, 1, 1]


NO_ROOM = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
os.execv(sys.executable, [sys.executable, "-m", "grading", "regrade", "attention", "--yes", "--jobs", "1"])
"""


def test_a_gradebook_that_cannot_grow_is_said_and_nothing_is_lost(graded, capsys):
    graded.set_test(LOOSER)
    before, scores = graded.state(), graded.scores()
    done = program(graded, NO_ROOM)
    assert done.returncode == 1 and changes(done.stdout) == GAINED and "could not be written" in done.stderr
    assert graded.state() == before and graded.scores() == scores
    assert changes(run(capsys, yes=True)[1]) == GAINED


@pytest.mark.parametrize("step", ["bring_along", "_assign_penalty"])
def test_a_full_disk_is_named_for_whom_it_met_and_the_others_are_written(graded, capsys, monkeypatch, step):
    def full(*given):
        if any(LATE in str(argument) for argument in given):
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(*given)

    owner = writer if step == "bring_along" else writer.GradebookWriter
    really = getattr(owner, step)
    monkeypatch.setattr(owner, step, full)
    graded.set_test(LOOSER)
    before = graded.state()
    assert regrade("attention", pool(), yes=True) == 1
    said = capsys.readouterr()
    assert f"'{LATE}': not written" in said.err and "No space left" in said.err
    assert graded.scores()["no scale and no values"] == [1, 1, 1, 0, 1]
    if step == "bring_along":
        notebook = graded.folder / "autograded" / LATE / "attention" / "attention.ipynb"
        assert graded.state()[notebook] == before[notebook] and graded.scores()[LATE] == [1, 0, 1, 1, 1]
    monkeypatch.setattr(owner, step, really)
    status, printed = run(capsys, yes=True)
    assert status == 0 and changes(printed) == GAINED[:1] and graded.scores()[LATE] == [1, 1, 1, 1, 1]
    assert ">5</span>" in graded.page(LATE).read_text()


def test_a_page_that_cannot_be_made_is_made_by_the_next_run(graded, capsys):
    graded.set_test(LOOSER)
    shutil.rmtree(graded.page(LATE).parent)
    graded.page(LATE).parent.write_text("a file where a folder should be")
    assert regrade("attention", pool(), yes=True) == 1
    assert f"'{LATE}': not written to its end" in capsys.readouterr().err
    graded.page(LATE).parent.unlink()
    status, printed = run(capsys, yes=True)
    assert status == 0 and not changes(printed) and str(graded.page(LATE)) in printed
    assert ">5</span>" in graded.page(LATE).read_text()
