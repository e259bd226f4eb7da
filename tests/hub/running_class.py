"""The hub of a real class, for a test: Unix users are made for it and removed afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parents[2]
GRADER = "att101grader"
_STAFF_NEEDS = ("attention_lib", "course", "grading", "handin", "hub", "source") + (
    "nbgrader_config.py",
    "pyproject.toml",
    "LICENSE",
)


class RunningClass:
    """A course with real Unix users behind hub/jupyterhub_config.py. A context manager; needs root.

    instructors, tas, students: names of Unix users that are made; each gets a password
    extra: Python text for the site's own configuration file
    """

    def __init__(self, instructors: list[str], tas: list[str], students: list[str], extra: str = "", **site: object):
        self.instructors, self.tas, self.students = instructors, tas, students
        self._extra, self._site = extra, site
        self.passwords = {name: secrets.token_urlsafe(12) for name in (*instructors, *tas, *students)}

    def __enter__(self) -> "RunningClass":
        with ExitStack() as stack:
            # Not below pytest's folders, which nobody else may enter.
            self.root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="att101-class-", dir="/var/tmp")))
            os.chmod(self.root, 0o755)
            for program in {Path(sys.executable).absolute(), Path(sys.executable).resolve()}:
                stack.enter_context(_entered_by_all(program))
            stack.callback(self._remove_users)
            self._make_users()
            self._lay_out()
            stack.callback(self._stop)
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def log(self) -> str:
        return (self.root / "hub.log").read_text(errors="replace")

    def home(self, name: str) -> Path:
        return self.root / "homes" / name

    def run_as(self, name: str, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
        """Run a command as this Unix user, as in a terminal of theirs."""
        user = pwd.getpwnam(name)
        return subprocess.run(
            command,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=os.getgrouplist(name, user.pw_gid),
            cwd=cwd or user.pw_dir,
            env={"HOME": user.pw_dir, "PATH": os.defpath},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def _make_users(self) -> None:
        (self.root / "homes").mkdir()
        for name in (GRADER, *self.passwords):
            home = ["--create-home", "--home-dir", str(self.home(name)), "--shell", "/bin/bash"]
            subprocess.run(["useradd", "--badname", "--user-group", *home, name], check=True, capture_output=True)
            os.chmod(self.home(name), 0o700)
        lines = "".join(f"{name}:{password}\n" for name, password in self.passwords.items())
        subprocess.run(["chpasswd"], input=lines, text=True, check=True, capture_output=True)

    def _remove_users(self) -> None:
        for name in (GRADER, *self.passwords):
            with suppress(KeyError):
                uid = pwd.getpwnam(name).pw_uid
                for process in psutil.process_iter(["uids"]):
                    if process.info["uids"] and process.info["uids"].real == uid:
                        with suppress(psutil.NoSuchProcess):
                            process.kill()
                subprocess.run(["userdel", "--remove", "--force", name], capture_output=True)

    def _lay_out(self) -> None:
        """As hub/README.md says it."""
        grader = pwd.getpwnam(GRADER)
        checkout = self.root / "checkout"
        checkout.mkdir()
        for name in _STAFF_NEEDS:
            if (CHECKOUT / name).is_dir():
                shutil.copytree(CHECKOUT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(CHECKOUT / name, checkout / name)
        os.chown(checkout, 0, grader.pw_gid)
        os.chmod(checkout, 0o750)
        shutil.copytree(CHECKOUT / "source", self.root / "course" / "source")
        for path in (self.root / "course", *(self.root / "course").rglob("*")):
            os.chown(path, grader.pw_uid, grader.pw_gid)
        subprocess.run(
            [sys.executable, "-m", "hub.for_students", str(self.root / "for_students")],
            cwd=checkout,
            check=True,
            capture_output=True,
        )
        (self.root / "extra.py").write_text(self._extra)
        self.port, *inner = _free_ports(6)
        self.proxy_port = inner[1]
        entries = {
            "grader": GRADER,
            "course": str(self.root / "course"),
            "exchange": str(self.root / "exchange"),
            "for_students": str(self.root / "for_students"),
            "state": str(self.root / "state"),
            "instructors": self.instructors,
            "tas": self.tas,
            "students": self.students,
            "address": self.address,
            "ports": inner,
            "extra": str(self.root / "extra.py"),
        } | self._site
        # A text, a number or a list of them is written in TOML as in Python, but for the quotes.
        (self.root / "hub.toml").write_text(
            "".join(f"{name} = {repr(value).replace(chr(39), chr(34))}\n" for name, value in entries.items())
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self) -> None:
        with (self.root / "hub.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", "checkout/hub/jupyterhub_config.py"],
                cwd=self.root,
                env={"ATTENTION101_SITE": str(self.root / "hub.toml"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ends = time.monotonic() + 120
        while "JupyterHub is now running" not in self.log:
            assert self.process.poll() is None and time.monotonic() < ends, self.log[-6000:]
            time.sleep(0.2)

    def _stop(self) -> None:
        if hasattr(self, "process"):
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
            self.process.kill()
            self.process.wait(10)
        # A hub that could not start leaves its proxy behind.
        for process in psutil.process_iter(["cmdline"]):
            if any(str(self.root) in word for word in process.info["cmdline"] or ()):
                with suppress(psutil.NoSuchProcess):
                    process.kill()


@contextmanager
def _entered_by_all(program: Path):
    """A clone, or Python itself, may lie where only root may go; other users need to pass through to run it."""
    changed = []
    for folder in program.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & 0o001:
            changed.append((folder, mode))
            os.chmod(folder, mode | 0o001)
    try:
        yield
    finally:
        for folder, mode in changed:
            os.chmod(folder, mode)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
