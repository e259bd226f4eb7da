"""The exchange with real users of the system: who may put, read and claim what. Made for the test, removed after it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.exchange.default.fetch_feedback import ExchangeFetchFeedback

from handin.exchange.collect import CollectRegularFiles
from handin.exchange.release_assignment import ReleaseWithDeadline
from handin.exchange.release_feedback import ReleaseOwnPage
from handin.exchange.submit import SubmitWithoutWheels
from tests.handin.exchange.exchange_folder import LATE, ON_TIME, ExchangeFolder, notebook

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.needs("root")]

ADA, MALLORY = "a101-test-ada", "a101-test-mallory"


@pytest.fixture(scope="module")
def users():
    made = []
    try:
        for name in (ADA, MALLORY):
            subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/false", name], check=True, timeout=60)
            made.append(name)
        yield
    finally:
        for name in made:
            subprocess.run(["userdel", name], check=True, timeout=60)


def as_user(name: str, act: Callable[[], object]) -> None:
    """Do something in a process of this user. What it raises fails the test."""
    user = pwd.getpwnam(name)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            act()
        except BaseException:
            os.write(writing, traceback.format_exc().encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as file:
        trouble = file.read()
    os.waitpid(child, 0)
    assert not trouble, trouble


def not_allowed(act: Callable[[], object]) -> Callable[[], None]:
    def attempt() -> None:
        with pytest.raises(PermissionError):
            act()

    return attempt


@pytest.fixture
def exchange(users):
    """An exchange of which root is the grading account, with a released assignment, and homes of the students."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-"))
    try:
        folder.chmod(0o755)
        exchange = ExchangeFolder(folder)
        exchange.course.chmod(0o700)
        # As a site makes it whose students submit through the file system.
        exchange.root.chmod(0o1777)
        exchange.inbound.rmdir()
        release = exchange.course / "release" / "attention"
        release.mkdir(parents=True)
        (release / "attention.ipynb").write_text(notebook("pass"))
        assert exchange.run(ReleaseWithDeadline)[1] == ""
        for name in (ADA, MALLORY):
            (folder / name / "attention").mkdir(parents=True)
            (folder / name / "attention" / "attention.ipynb").write_text(notebook(f"x = {name!r}"))
            for path in (folder / name, *(folder / name).rglob("*")):
                shutil.chown(path, name, pwd.getpwnam(name).pw_gid)
            (folder / name).chmod(0o700)
        yield exchange
    finally:
        shutil.rmtree(folder)


def run_as(exchange: ExchangeFolder, name: str, part: type) -> None:
    home = exchange.root.parent / name
    settings = {"Exchange": {"assignment_dir": str(home), "cache": str(home / "cache")}}

    def act() -> None:
        os.chdir(home)
        assert exchange.run(part, settings)[1] == ""

    as_user(name, act)


def collected(exchange: ExchangeFolder) -> list[str]:
    folder = exchange.course / "submitted"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_submit_collect_release_fetch(exchange):
    for name in (ADA, MALLORY):
        run_as(exchange, name, SubmitWithoutWheels)
    assert exchange.run(CollectRegularFiles)[1] == ""
    assert collected(exchange) == [ADA, MALLORY]
    for path in (exchange.course / "submitted").rglob("*"):
        assert path.stat().st_uid == 0
    for name in (ADA, MALLORY):
        page = exchange.course / "feedback" / name / "attention" / "attention.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"page of {name}")
    assert exchange.run(ReleaseOwnPage)[1] == ""
    run_as(exchange, ADA, ExchangeFetchFeedback)
    fetched = (exchange.root.parent / ADA / "attention" / "feedback").rglob("*.html")
    assert [page.read_text() for page in fetched] == [f"page of {ADA}"]
    for folder in (exchange.inbound, exchange.feedback, exchange.course, exchange.root.parent / ADA):
        as_user(MALLORY, not_allowed(lambda folder=folder: os.listdir(folder)))
    as_user(MALLORY, not_allowed(lambda: (exchange.root / "c101" / "deadlines" / "x").write_text("")))
    as_user(MALLORY, not_allowed(lambda: (exchange.feedback / "x").write_text("")))


def test_a_folder_in_another_student_s_name(exchange):
    run_as(exchange, ADA, SubmitWithoutWheels)
    as_user(MALLORY, lambda: exchange.hand_in(ADA, LATE, notebook("worse")))
    log, failure = exchange.run(CollectRegularFiles)
    assert f"it claims to be {ADA}'s and belongs to {MALLORY}" in log and "1 folder in" in failure
    assert "worse" not in (exchange.submitted(ADA) / "attention.ipynb").read_text()


def test_another_student_s_files_by_links(exchange):
    theirs = exchange.hand_in(ADA)
    for path in (theirs, *theirs.iterdir()):
        shutil.chown(path, ADA)
        path.chmod(0o700)
    as_user(MALLORY, lambda: (exchange.inbound / f"{MALLORY}+attention+{ON_TIME}+x").symlink_to(theirs))
    log, failure = exchange.run(CollectRegularFiles)
    assert "it is a symbolic link, not a folder" in log and collected(exchange) == [ADA]


def test_hard_links_to_files_of_staff_and_of_another_student(exchange):
    as_user(MALLORY, lambda: exchange.hand_in(MALLORY))
    own = next(exchange.inbound.glob(f"{MALLORY}+*"))
    theirs = exchange.hand_in(ADA)
    for path in (theirs, *theirs.iterdir()):
        shutil.chown(path, ADA)
    # A kernel with fs.protected_hardlinks would keep Mallory from it; not every one has it.
    os.link(exchange.source, own / "solution.csv")
    os.link(theirs / "attention.ipynb", own / "answers.csv")
    log, failure = exchange.run(CollectRegularFiles)
    assert failure == ""
    for name in ("solution.csv", "answers.csv"):
        assert f"'{name}': it belongs to somebody else than the folder" in log
    assert exchange.submitted_files(MALLORY) == ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


def test_a_folder_that_is_moved_in_from_somebody_else_meanwhile(exchange):
    theirs = exchange.hand_in(ADA, content=notebook("ada's"))
    shutil.chown(theirs, ADA)
    inner = exchange.hand_in(MALLORY)
    for path in (inner, *inner.iterdir()):
        shutil.chown(path, MALLORY)
    (inner / "data").mkdir()
    (inner / "data" / "x.csv").write_text("root's")
    log, failure = exchange.run(CollectRegularFiles)
    assert failure == "" and "'data': it belongs to somebody else than the folder" in log


def test_files_that_cannot_be_read_are_named_where_the_collector_is_not_root(exchange):
    """A grading account of its own, as in a real class."""
    run_as(exchange, ADA, SubmitWithoutWheels)
    handed_in = next(exchange.inbound.iterdir())
    as_user(ADA, lambda: (handed_in / "shut.csv").write_text("x"))
    as_user(ADA, lambda: (handed_in / "shut.csv").chmod(0))
    for path in (exchange.course, *exchange.course.rglob("*"), exchange.root / "c101", exchange.inbound):
        shutil.chown(path, MALLORY)

    def collect() -> None:
        log, failure = exchange.run(CollectRegularFiles)
        assert failure == "" and "'shut.csv': it cannot be read (Permission denied)" in log

    as_user(MALLORY, collect)
    assert collected(exchange) == [ADA] and exchange.submitted(ADA).stat().st_uid == pwd.getpwnam(MALLORY).pw_uid
