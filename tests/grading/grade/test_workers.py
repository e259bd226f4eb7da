"""Workers side by side, here and through Dask: the same results, whatever happens to a worker or to the run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from course.folders import CourseError, load_config
from grading.commands.autograde import autograde_class
from grading.grade.workers import dask_pool, local_worker
from grading.grade.workers.local_worker import LocalWorker
from grading.grade.workers.messages import Request
from tests.course_folder import RIGHT, ROOT
from tests.grading.kept_pool import pool

pytestmark = pytest.mark.kernel

WRONG = "def attention_scores(Q, K, scale=None):\n    return 0"
SCORES = {
    "ada": [1, 1, 1, 1, 1],
    "bob": [1, 0, 1, 1, 1],
    "cleo": [1, 1, 1, 1, 0],
    "dora": [0, 0, 0, 0, 0],
    "ege": [1, 1, 1, 1, 1],
    "fay": [1, 0, 1, 1, 1],
}


@pytest.fixture(scope="module")
def class_of_six(course):
    wrong = {**RIGHT, "attention_scores": WRONG}
    course.hand_in("ada", course.submission(RIGHT))
    course.hand_in("bob", course.submission(wrong))
    course.hand_in("cleo", course.submission({**RIGHT, "attention_head": "import os\nos._exit(0)"}))
    course.hand_in("dora", course.submission())
    course.hand_in("ege", course.submission(RIGHT))
    course.hand_in("fay", course.submission(wrong))
    shutil.copy(course.folder / "gradebook.db", course.folder / "empty.db")
    return course


@pytest.fixture
def ungraded(class_of_six, monkeypatch):
    """The class, with nothing graded yet."""
    shutil.rmtree(class_of_six.folder / "autograded", ignore_errors=True)
    shutil.copy(class_of_six.folder / "empty.db", class_of_six.folder / "gradebook.db")
    monkeypatch.setenv("ATTENTION101_COURSE", str(class_of_six.folder))
    return class_of_six


def on_sending(monkeypatch, student: str, times: int, do) -> None:
    """Call `do` with the worker that has just been given this student's submission, so many times."""
    really_send, done = LocalWorker.send, []

    def send(worker: LocalWorker, request: Request) -> None:
        really_send(worker, request)
        if f"/{student}/" in request.submitted and len(done) < times:
            done.append(student)
            do(worker)

    monkeypatch.setattr(LocalWorker, "send", send)


def kill(worker: LocalWorker) -> None:
    worker.process.kill()
    worker.process.wait()


def stop(worker: LocalWorker) -> None:
    """The worker stands still, as one that hangs; and it is nearly out of time."""
    worker.process.send_signal(signal.SIGSTOP)
    worker._deadline = time.monotonic() + 0.2


def test_two_workers_give_the_scores_of_one(ungraded):
    run = autograde_class("attention", load_config(), pool=pool(2))
    assert sorted(run.graded) == sorted(SCORES) and ungraded.scores() == SCORES


@pytest.mark.parametrize(("what", "jobs"), [(kill, 2), (stop, 1)])
def test_a_submission_whose_worker_is_lost_is_tried_again_alone(ungraded, monkeypatch, what, jobs):
    on_sending(monkeypatch, "bob", 1, what)
    run = autograde_class("attention", load_config(), pool=pool(jobs))
    assert run.graded[-1] == "bob" and not run.not_graded
    assert ungraded.scores() == SCORES


def test_where_its_worker_is_lost_twice_it_is_named_and_the_others_are_graded(ungraded, monkeypatch):
    on_sending(monkeypatch, "bob", 2, kill)
    run = autograde_class("attention", load_config(), pool=pool(2))
    assert run.not_graded.keys() == {"bob"}
    assert "failed twice" in run.not_graded["bob"] and "signal 9" in run.not_graded["bob"]
    assert sorted(run.graded) == sorted(SCORES.keys() - {"bob"})
    monkeypatch.undo()
    monkeypatch.setenv("ATTENTION101_COURSE", str(ungraded.folder))
    again = autograde_class("attention", load_config(), pool=pool(2))
    assert again.graded == ["bob"] and ungraded.scores() == SCORES


def test_a_worker_that_cannot_start_is_told_in_a_sentence(ungraded, monkeypatch, tmp_path):
    monkeypatch.setattr(local_worker, "CHECKOUT", tmp_path)
    with pytest.raises(CourseError, match="could not get ready: the worker ended with exit status 1"):
        autograde_class("attention", load_config())
    assert not (ungraded.folder / "autograded").exists()


@pytest.mark.parametrize("graded_before", [1, 4])
def test_a_killed_run_leaves_nothing_running_and_is_gone_on_with(ungraded, graded_before):
    command = [sys.executable, "-m", "grading", "autograde", "attention", "--jobs", "2"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        while run.poll() is None and len(written(ungraded)) < graded_before:
            time.sleep(0.002)
        started = psutil.Process(run.pid).children(recursive=True)
        programs = set()
        for process in started:
            with suppress(psutil.NoSuchProcess):
                programs |= {*process.cmdline()}
        os.killpg(run.pid, signal.SIGKILL)
    assert {"grading.grade.workers.worker", "grading.sandbox.inside.warm_parent"} <= programs
    assert not psutil.wait_procs(started, timeout=30)[1]
    again = autograde_class("attention", load_config(), pool=pool(2))
    assert sorted([*again.graded, *again.unchanged]) == sorted(SCORES) and len(again.unchanged) >= graded_before
    assert ungraded.scores() == SCORES


def written(course) -> list:
    return list((course.folder / "autograded").glob("*/attention/attention.ipynb"))


@pytest.fixture(scope="module")
def scheduler():
    """The address of a Dask scheduler with two worker processes."""
    from distributed import LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
            yield cluster.scheduler_address


def test_workers_of_dask_give_the_same_scores(ungraded, scheduler):
    run = autograde_class("attention", load_config(), scheduler=scheduler)
    assert sorted(run.graded) == sorted(SCORES) and ungraded.scores() == SCORES
    assert all("Dask" not in reason for reason in run.not_graded.values())


def test_a_dask_worker_that_is_killed_costs_no_one_their_result(ungraded, scheduler):
    from distributed import Client

    with Client(scheduler) as client:
        pids = client.run(os.getpid)

    def kill_one(student: str, done: int, of: int) -> None:
        if done == 1:
            os.kill(next(iter(pids.values())), signal.SIGKILL)

    run = autograde_class("attention", load_config(), tell=kill_one, scheduler=scheduler)
    assert sorted(run.graded) == sorted(SCORES) and ungraded.scores() == SCORES


def test_a_scheduler_that_is_not_there_is_named(ungraded, monkeypatch):
    monkeypatch.setattr(dask_pool, "_PATIENCE_S", 1)
    with pytest.raises(CourseError, match="tcp://127.0.0.1:9.* cannot be reached"):
        autograde_class("attention", load_config(), scheduler="tcp://127.0.0.1:9")
