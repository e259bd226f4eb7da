"""What a class hands in when it goes wrong, and what goes wrong around it: each has an answer, and nothing is lost."""

import codecs
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from course.folders import CourseError, load_config
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.grade.gradebook.wait import wait_for_gradebook
from tests.course_folder import RIGHT, ROOT, CourseFolder
from tests.grading.kept_pool import pool

pytestmark = pytest.mark.kernel

NOTEBOOK = "attention.ipynb"
PROBLEMS, NOT_GRADED = {}, {}


def problem(words: str):
    """A folder that is graded with 0 points, and a word of the reason that the student reads."""
    return lambda make: PROBLEMS.setdefault(make.__name__.replace("_", "-"), (make, words))


def not_graded(words: str):
    """A folder whose fault is not the notebook's, and a word of the reason that the instructor reads."""
    return lambda make: NOT_GRADED.setdefault(make.__name__.replace("_", "-"), (make, words))


@problem("is empty")
def empty(folder, course):
    (folder / NOTEBOOK).write_bytes(b"")


@problem("not JSON")
def binary(folder, course):
    (folder / NOTEBOOK).write_bytes(bytes(range(256)) * 100)


@problem("larger than 50 MB")
def too_large(folder, course):
    with (folder / NOTEBOOK).open("wb") as file:
        file.truncate(50_000_001)


@problem("nested too deeply")
def deep(folder, course):
    (folder / NOTEBOOK).write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")


@problem("nested too deeply")
def deep_in_a_cell(folder, course):
    notebook = course.submission(RIGHT)
    text = json.dumps(notebook).replace('"grade_id": "project_qkv"', '"x": ' + "[" * 5_000 + "]" * 5_000, 1)
    (folder / NOTEBOOK).write_text(text)


@problem("symbolic link")
def link_to_the_source(folder, course):
    (folder / NOTEBOOK).symlink_to(course.source)


@problem("symbolic link")
def folder_linked_to_the_source(folder, course):
    shutil.rmtree(folder)
    folder.symlink_to(course.source.parent)


@problem("symbolic link")
def student_linked_to_another(folder, course):
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to("good")


@problem("symbolic link")
def link_to_a_device(folder, course):
    (folder / NOTEBOOK).symlink_to("/dev/zero")


@problem("a pipe")
def pipe(folder, course):
    os.mkfifo(folder / NOTEBOOK)


@problem("a folder")
def folder_in_its_place(folder, course):
    (folder / NOTEBOOK / "deeper").mkdir(parents=True)


@problem("no other notebook")
def file_in_place_of_the_folder(folder, course):
    shutil.rmtree(folder)
    folder.write_text("my answers")


@problem("symbolic link")
def broken_link_in_place_of_the_folder(folder, course):
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")


@problem("symbolic link")
def broken_link_in_place_of_the_student(folder, course):
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to("nowhere")


@problem("is empty")
def links_pipes_and_devices_beside(folder, course):
    (folder / NOTEBOOK).write_text("")
    (folder / "leak.html").symlink_to(course.source)
    (folder / "all").symlink_to(course.folder)
    (folder / "round").symlink_to(".")
    (folder / ".zeros.csv").symlink_to("/dev/zero")
    (folder / "zeros.csv").symlink_to("/dev/zero")
    (folder / "broken.csv").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.csv")


@problem("several others")
def odd_names(folder, course):
    for name in (
        b"\xff\xfe.ipynb",
        b"a\nb.ipynb",
        b"-rf.ipynb",
        b"..\\..\\x.ipynb",
        b"$(id).ipynb",
        "é".encode() * 120 + b".ipynb",
    ):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text("{}")


@problem("no other notebook")
def long_and_deep_names(folder, course):
    (folder / ("n" * 255)).write_text("x")
    deep, here = ("d" * 200), os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(30):  # longer than any path that the system takes
            os.mkdir(deep)
            os.chdir(deep)
    finally:
        os.chdir(here)


@not_graded("timestamp.txt holds no time")
def pipe_as_time_stamp(folder, course):
    (folder / "timestamp.txt").unlink()
    os.mkfifo(folder / "timestamp.txt")


@not_graded("timestamp.txt holds no time")
def device_as_time_stamp(folder, course):
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").symlink_to("/dev/zero")


@not_graded("timestamp.txt holds no time")
def large_time_stamp(folder, course):
    with (folder / "timestamp.txt").open("ab") as file:
        file.truncate(3_000_000_000)


@not_graded("timestamp.txt holds no time")
def time_stamp_in_another_encoding(folder, course):
    (folder / "timestamp.txt").write_bytes(codecs.BOM_UTF16 + "2026-11-25 10:00:00 UTC".encode("utf-16-le"))


USUAL_IDS = ["Group 3 (Tue)", "o'neil", "Zoë Müller", "学生 1", "🎓", "x" * 200, "-rf", "%2e%2e%2f", "$(id)`id`;#", "~"]
REFUSED_IDS = ["<b>", 'a"b', "a&b", "a\x1b[31mb", os.fsdecode(b"\xff\xfe"), "late[1]"]


def hand_all_in(course: CourseFolder) -> None:
    for student, (make, _) in PROBLEMS.items():
        folder = course.folder / "submitted" / student / "attention"
        folder.mkdir(parents=True)
        make(folder, course)
    for student, (make, _) in NOT_GRADED.items():
        make(course.hand_in(student, ""), course)
    for student in USUAL_IDS + REFUSED_IDS:
        course.hand_in(student, "")
    folder = course.hand_in("good", course.submission(RIGHT))
    (folder / "data.csv").write_text("1, 2")
    (folder / "page.html").write_text("<p>")
    course.hand_in("utf-16", "")
    (course.folder / "submitted/utf-16/attention" / NOTEBOOK).write_bytes(odd_but_right(course))
    course.hand_in("format 3", json.dumps(format_3(course.submission(RIGHT))))


def odd_but_right(course: CourseFolder) -> bytes:
    notebook = course.submission(RIGHT)
    for i, cell in enumerate(notebook.cells):
        cell["id"] = ["same", "", "x" * 80][i % 3]
    del notebook.cells[0]["id"]
    notebook.cells.insert(1, {"cell_type": "markdown", "metadata": {"\ud800": "\udfff"}, "source": "lone: \ud800"})
    return codecs.BOM_UTF16_LE + json.dumps(notebook).encode("utf-16-le")


def format_3(notebook: dict) -> dict:
    cells = [{**cell, "input": cell["source"], "prompt_number": 1} for cell in notebook["cells"]]
    for cell in cells:
        del cell["source"]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def settings(course: CourseFolder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTENTION101_COURSE", str(course.folder))
    return load_config()


def tables_are_whole(gradebook: Path) -> bool:
    with sqlite3.connect(gradebook) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture(scope="module")
def graded(course):
    """The class, graded in this process; with what the run returned and the pages."""
    hand_all_in(course)
    with pytest.MonkeyPatch.context() as monkeypatch:
        config = settings(course, monkeypatch)
        config.SubmissionReader.kept_files = ["*"]
        course.result = autograde_class("attention", config, pool=pool())
        course.pages, course.without_page = generate_feedback_for_class("attention", config)
    return course


@pytest.mark.parametrize("student", PROBLEMS)
def test_a_fault_of_the_submission_has_no_points_and_a_reason(graded, student):
    words = PROBLEMS[student][1]
    assert student in graded.result.graded, graded.result.not_graded.get(student)
    assert graded.scores()[student] == [0] * 5
    reason = graded.autograded(student).metadata.attention101.problem
    assert words in reason and "attention.ipynb" in reason
    assert reason.encode("utf-8")
    assert words in graded.pages[student].read_text(encoding="utf-8")


@pytest.mark.parametrize("student", NOT_GRADED)
def test_another_fault_is_named_and_is_not_0(graded, student):
    assert NOT_GRADED[student][1] in graded.result.not_graded[student]
    assert student not in graded.scores() or graded.scores()[student] == [None] * 5
    assert not (graded.folder / "autograded" / student / "attention").exists()


def test_every_usual_id_is_graded_and_every_other_is_refused_by_name(graded):
    assert set(USUAL_IDS) <= set(graded.result.graded)
    assert set(USUAL_IDS) <= set(graded.pages)
    for student in REFUSED_IDS:
        assert "rename the folder" in graded.result.not_graded[student]
    assert set(graded.result.not_graded) == {*REFUSED_IDS, *NOT_GRADED}
    assert graded.without_page == {}


def test_nothing_vanishes(graded):
    handed_in = set(os.listdir(graded.folder / "submitted"))
    assert handed_in == {*graded.result.graded, *graded.result.not_graded}


def test_readable_ones_have_their_points(graded):
    scores = graded.scores()
    assert scores["good"][:4] == [1] * 4
    assert scores["utf-16"] == scores["format 3"] == scores["good"]


def test_nothing_is_brought_along_over_a_link_and_nothing_of_the_solution_comes_back(graded):
    kept = {path.name for path in (graded.folder / "autograded").rglob("*") if not path.is_dir()}
    assert kept == {NOTEBOOK, "timestamp.txt", "data.csv", "page.html.txt"}
    for student in PROBLEMS:
        assert "x * W_k" not in graded.pages[student].read_text(encoding="utf-8")


def test_the_command_says_it_all_whatever_the_terminal_can_print(graded):
    answer = subprocess.run(
        [sys.executable, "-m", "grading", "autograde", "attention", "--jobs", "1"],
        cwd=ROOT,
        env=os.environ | {"ATTENTION101_COURSE": str(graded.folder), "PYTHONUTF8": "1"},
        capture_output=True,
        timeout=200,
    )
    assert answer.returncode == 1
    output = (answer.stdout + answer.stderr).decode("utf-8")
    assert "Traceback" not in output and "\x1b[31mb" not in output
    assert f"0 graded now, {len(graded.result.graded)} graded before" in output
    for student in (*USUAL_IDS, *PROBLEMS, *NOT_GRADED, "<b>", "\\udcff\\udcfe", "\\x1b[31mb"):
        assert student in output


def test_plain_nbgrader_comes_to_its_end_and_follows_no_link(compiled_course, tmp_path):
    course = compiled_course.copied_to(tmp_path / "course")
    hand_all_in(course)
    answer = course.command("nbgrader", "autograde", "attention", "--SubmissionReader.kept_files=*")
    assert answer.returncode != 0
    for student in NOT_GRADED:
        assert f"for student '{student}'" in answer.stderr
    scores = course.scores()
    assert scores["good"][:4] == [1] * 4
    assert scores["utf-16"] == scores["good"]
    for student in PROBLEMS.keys() & scores:
        # A folder with notebooks of other names alone is an error here, and `python -m grading` is the remedy.
        if scores[student] != [0] * 5:
            assert student == "odd-names" and f"for student '{student}'" in answer.stderr
    sizes = [path.lstat().st_size for path in (course.folder / "autograded").rglob("*")]
    assert max(sizes) < 1_000_000
    assert not any(path.is_symlink() for path in (course.folder / "autograded").rglob("*"))


# What goes wrong around the submissions.


@pytest.fixture
def three(compiled_course, tmp_path) -> CourseFolder:
    """A course of three submissions without a usable notebook: they are graded at once."""
    course = compiled_course.copied_to(tmp_path / "course")
    for student in ("ada", "bob", "cleo"):
        course.hand_in(student, "")
    return course


HOLD = """\
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


class Holder:
    """Another process that holds the gradebook."""

    def __init__(self, gradebook: Path):
        command = [sys.executable, "-c", HOLD, str(gradebook)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline() == "held\n"

    def release(self) -> None:
        self._process.communicate("\n", timeout=60)


@pytest.fixture
def waiting():
    """Sets how long the gradebook is waited for; in the end it is as it was."""
    from grading.grade.gradebook import wait as gradebook_wait

    before = gradebook_wait._seconds
    yield wait_for_gradebook
    wait_for_gradebook(before)


def test_a_gradebook_that_is_held_is_waited_for(three, monkeypatch, waiting):
    config = settings(three, monkeypatch)
    waiting(100)
    holder = Holder(three.folder / "gradebook.db")
    began = time.monotonic()
    timer = threading.Timer(7, holder.release)  # longer than SQLite waits unless told
    timer.start()
    run = autograde_class("attention", config, pool=pool())
    timer.join()
    assert time.monotonic() - began > 6
    assert run.graded == ["ada", "bob", "cleo"]


def test_a_gradebook_that_stays_held_is_named(three, monkeypatch, waiting):
    config = settings(three, monkeypatch)
    waiting(0.1)
    holder = Holder(three.folder / "gradebook.db")
    with pytest.raises(CourseError, match=r"could not be used \(database is locked\).*run the same command again"):
        autograde_class("attention", config, pool=pool())
    holder.release()
    assert autograde_class("attention", config, pool=pool()).graded == ["ada", "bob", "cleo"]


def test_a_gradebook_held_in_the_middle_costs_no_one_their_result(three, monkeypatch, waiting):
    config = settings(three, monkeypatch)
    waiting(0.1)
    holders = []

    def hold_after_ada(student, done, of):
        if student == "ada":
            holders.append(Holder(three.folder / "gradebook.db"))
        elif holders:
            holders.pop().release()

    run = autograde_class("attention", config, tell=hold_after_ada, pool=pool())
    assert run.graded == ["ada", "cleo"]
    assert "database is locked" in run.not_graded["bob"]
    assert autograde_class("attention", config, pool=pool()).graded == ["bob"]
    assert three.scores() == dict.fromkeys(["ada", "bob", "cleo"], [0] * 5)


def test_the_commands_of_nbgrader_wait_too_and_the_upgrade_of_the_gradebook_works(three):
    holder = Holder(three.folder / "gradebook.db")
    timer = threading.Timer(9, holder.release)
    timer.start()
    listed = three.command("nbgrader", "db", "student", "add", "dora")
    timer.join()
    assert listed.returncode == 0, listed.stderr
    upgraded = three.command("nbgrader", "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert [path.name for path in three.folder.glob("gradebook.db?timeout*")] == []


def test_a_gradebook_that_may_not_be_written_is_left_as_it_is(three, monkeypatch):
    config = settings(three, monkeypatch)
    gradebook = three.folder / "gradebook.db"
    config.CourseDirectory.db_url = f"sqlite:///file:{gradebook}?mode=ro&uri=true"
    before = gradebook.read_bytes()
    run = autograde_class("attention", config, pool=pool())
    assert run.graded == [] and run.not_graded.keys() == {"ada", "bob", "cleo"}
    assert all("readonly database" in reason for reason in run.not_graded.values())
    assert gradebook.read_bytes() == before
    assert list((three.folder / "autograded").glob("*/attention/*.ipynb")) == []


def test_a_disk_without_room_leaves_the_gradebook_whole_and_a_second_run_grades_all(three, monkeypatch):
    limit = (three.folder / "gradebook.db").stat().st_size
    answer = subprocess.run(
        [sys.executable, "-m", "grading", "autograde", "attention", "--jobs", "1"],
        cwd=ROOT,
        env=os.environ | {"ATTENTION101_COURSE": str(three.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limit)),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert answer.returncode == 1
    for student in ("ada", "bob", "cleo"):
        assert f"'{student}': not graded, because" in answer.stderr
    assert list((three.folder / "autograded").glob("*/attention/*.ipynb")) == []
    assert tables_are_whole(three.folder / "gradebook.db")
    assert autograde_class("attention", settings(three, monkeypatch), pool=pool()).graded == ["ada", "bob", "cleo"]
    assert three.scores() == dict.fromkeys(["ada", "bob", "cleo"], [0] * 5)


@pytest.mark.slow
@pytest.mark.needs("root")
def test_a_full_disk_leaves_the_gradebook_whole_and_a_second_run_grades_all(three, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"root may not mount here: {mounted.stderr.strip()}")
    try:
        shutil.copytree(three.folder, disk / "course")
        three.folder = disk / "course"
        (three.folder / ".secrets").mkdir(mode=0o700)
        (three.folder / ".secrets/checks").write_text("0" * 64)
        with pytest.raises(OSError), (disk / "ballast").open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        full = three.command("grading", "autograde", "attention")
        assert full.returncode == 1
        assert full.stderr.count("not graded, because") == 3
        assert tables_are_whole(disk / "course/gradebook.db")
        (disk / "ballast").unlink()
        assert three.command("grading", "autograde", "attention").returncode == 0
        assert three.scores() == dict.fromkeys(["ada", "bob", "cleo"], [0] * 5)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_run_that_was_killed_between_two_writes_is_gone_on_with(three, monkeypatch):
    """The gradebook is held once the first result is there, so that the run is killed while it grades another."""
    command = [sys.executable, "-m", "grading", "autograde", "attention", "--jobs", "1"]
    env = os.environ | {"ATTENTION101_COURSE": str(three.folder)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        first = three.folder / "autograded/ada/attention" / NOTEBOOK
        while run.poll() is None and not first.exists():
            time.sleep(0.002)
        holder = Holder(three.folder / "gradebook.db")
        os.killpg(run.pid, signal.SIGKILL)
        run.wait(timeout=60)
        holder.release()
    assert tables_are_whole(three.folder / "gradebook.db")
    again = autograde_class("attention", settings(three, monkeypatch), pool=pool())
    assert {*again.graded, *again.unchanged} == {"ada", "bob", "cleo"} and "ada" in again.unchanged
    assert three.scores() == dict.fromkeys(["ada", "bob", "cleo"], [0] * 5)
