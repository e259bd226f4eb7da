"""The trial as a program: a port that is taken, Ctrl-C, a second start."""

import signal
import socket
import subprocess
import sys
from urllib.request import urlopen

import psutil
import pytest

from hub.trial.folder import free_port
from tests.hub.running_trial import CHECKOUT, RunningTrial


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "hub.trial", *arguments], cwd=CHECKOUT, capture_output=True, text=True, timeout=60
    )


def test_a_taken_port_is_said_before_anything_is_made(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("--port", str(port), "--folder", str(tmp_path / "trial"))
    assert answer.returncode == 1
    assert f"Port {port}" in answer.stderr and "--port" in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "trial").exists()


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_number_that_is_no_port(port, tmp_path):
    answer = run("--port", port, "--folder", str(tmp_path / "trial"))
    assert (answer.returncode, "no port" in answer.stderr) == (1, True)


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    answer = run("--port", str(free_port()), "--folder", str(tmp_path / "file" / "trial"))
    assert answer.returncode == 1
    assert "--folder" in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.slow(minutes=2.5)
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP])
def test_all_ends_and_a_second_start_finds_the_data(by, tmp_path):
    folder, port = tmp_path / "trial", free_port()
    with RunningTrial(folder, port) as trial:
        passwords = trial.passwords
        assert len(passwords) == 8 and all(len(password) == 14 for password in passwords.values())
        assert b"password" in urlopen(f"{trial.address}/hub/login").read()
        assert run("--port", str(free_port()), "--folder", str(folder)).returncode == 1
        started = trial.tree()
        assert len(started) >= 5
        assert trial.end(by) == 0
        assert not [process for process in started if process.is_running()]
    (folder / "homes" / "ada").mkdir(exist_ok=True)
    (folder / "homes" / "ada" / "mine.txt").write_text("kept")
    released = (folder / "exchange/attention101/outbound/attention/attention.ipynb").stat().st_mtime
    with RunningTrial(folder, port) as trial:
        assert trial.passwords == passwords
        assert (folder / "homes" / "ada" / "mine.txt").read_text() == "kept"
        assert (folder / "exchange/attention101/outbound/attention/attention.ipynb").stat().st_mtime == released


@pytest.mark.slow
def test_nothing_is_left_when_the_trial_is_killed(tmp_path):
    with RunningTrial(tmp_path / "trial", free_port()) as trial:
        started = trial.tree()
        trial.end(signal.SIGKILL)
        _, left = psutil.wait_procs(started, timeout=30)
    assert not left
