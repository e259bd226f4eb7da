"""`python -m hub.trial`: starts the trial, says how to get in, and ends all of it at Ctrl-C."""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hub.trial.accounts import ACCOUNTS, passwords
from hub.trial.course import CHECKOUT, copy_source
from hub.trial.folder import SECONDS_TO_START, TrialError, TrialFolder, default_folder, free_ports, require_free_port
from hub.trial.processes import Processes

_CONFIG = Path(__file__).with_name("jupyterhub_config.py")


def main(arguments: list[str] | None = None) -> int:
    """Run the trial until Ctrl-C. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m hub.trial",
        description="A complete course on a JupyterHub of this machine, to try the workflow. It protects nobody.",
    )
    parser.add_argument("--port", type=int, default=8000, help="where the hub answers (default: 8000)")
    parser.add_argument("--folder", type=Path, help=f"where everything is kept (default: {default_folder()})")
    given = parser.parse_args(arguments)
    folder = TrialFolder((given.folder or default_folder()).expanduser().resolve())
    try:
        require_free_port(given.port)
        folder.make()
        with _alone(folder):
            return _run(folder, given.port)
    except TrialError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(folder: TrialFolder, port: int) -> int:
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_interrupt)
    known = passwords(folder)
    copy_source(folder)
    # After a power cut its number may be another program's, and the hub would end that.
    (folder.hub / "proxy.pid").unlink(missing_ok=True)
    folder.reviewer.unlink(missing_ok=True)
    ports = [port, *free_ports(4)]
    environment = os.environ | {
        "ATTENTION101_HUB": str(folder.root),
        "ATTENTION101_HUB_PORTS": " ".join(map(str, ports)),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONNOUSERSITE": "1",
    }
    with ExitStack() as stack:
        try:
            processes = stack.enter_context(Processes())
            new = not folder.prepared.exists()
            print(f"{'Making a course' if new else 'Opening the course'} in {folder.root} ...", flush=True)
            folder.log.write_text("")
            hub = processes.start(
                [sys.executable, "-m", "jupyterhub", "-f", str(_CONFIG)], environment, folder.log, folder.hub
            )
            if new:
                _prepare(processes, folder, environment)
            _wait_for(hub, folder)
            print(_welcome(folder, port, known, time.monotonic() - started), flush=True)
            print(stack.enter_context(_reviewer(folder)), flush=True)
            status = hub.wait()
            raise TrialError(f"The hub has ended by itself ({status}). {_end_of(folder.log)}")
        except KeyboardInterrupt:
            print("\nEnding the hub and all that it started ...", flush=True)
    print(f"Ended. All is kept in {folder.root}; `make hub` opens it again.")
    return 0


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone(folder: TrialFolder) -> Iterator[None]:
    """Two trials in one folder would spoil each other's data. Raises TrialError."""
    with (folder.root / ".in_use").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TrialError(
                f"A trial runs in {folder.root} already. End it (Ctrl-C where it runs), or name another --folder."
            ) from None
        yield


def _prepare(processes: Processes, folder: TrialFolder, environment: dict[str, str]) -> None:
    log = folder.hub / "course.log"
    log.write_text("")
    command = [sys.executable, "-m", "hub.trial.course", str(folder.root)]
    child = processes.start(command, environment | {"ATTENTION101_COURSE": str(folder.course)}, log, folder.root)
    try:
        status = child.wait(SECONDS_TO_START)
    except subprocess.TimeoutExpired:
        status = "too slow"
    if status:
        raise TrialError(f"The course could not be made ({status}). {_end_of(log)}")


def _wait_for(hub: subprocess.Popen, folder: TrialFolder) -> None:
    ends = time.monotonic() + SECONDS_TO_START
    # Asking at the public address would fill the log with errors until the services are there.
    while "JupyterHub is now running" not in folder.log.read_text(errors="replace"):
        if hub.poll() is not None:
            raise TrialError(f"The hub could not start ({hub.returncode}). {_end_of(folder.log)}")
        if time.monotonic() > ends:
            raise TrialError(f"The hub did not start within {SECONDS_TO_START} s. {_end_of(folder.log)}")
        time.sleep(0.1)


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in lines)])


def _welcome(folder: TrialFolder, port: int, known: dict[str, str], seconds: float) -> str:
    width = max(len(account.name) for account in ACCOUNTS)
    people = [f"  {a.role:<10}  {a.name:<{width}}  {known[a.name]}" for a in ACCOUNTS]
    return "\n".join(
        [
            f"The course is open (after {seconds:.0f} s):  http://127.0.0.1:{port}",
            "",
            f"  {'role':<10}  {'user name':<{width}}  password",
            *people,
            "",
            "Use a private window for each person: a browser has one login at a time.",
            "The assignment `attention` is released. hub/README.md leads from here to released feedback.",
            "This shows the workflow and protects nobody: all accounts are one user of this machine, so whoever runs",
            "code as a student can read and change all that is yours, the solutions too. Try it alone. For a class",
            "take hub/jupyterhub_config.py.",
            f"The log is {folder.log}. Ctrl-C ends the hub and all that it started.",
        ]
    )


@contextmanager
def _reviewer(folder: TrialFolder) -> Iterator[str]:
    """Recorded answers stand in for a model if no Ollama server answers, so that there is something to decide."""
    from course.folders import load_config
    from grading.demo.reviewer import reviewer

    config = load_config()
    with reviewer(config) as who:
        if config.CodeReview.get("recorded"):
            folder.reviewer.write_text(f"{config.CodeReview.host} {config.CodeReview.model}")
        try:
            yield f"Code review: {who}"
        finally:
            folder.reviewer.unlink(missing_ok=True)
