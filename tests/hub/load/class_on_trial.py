"""`make hub` with a whole class on it: the instructor adds the students, who log in and start their servers."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import requests

from hub.password_hashes import write_hashes
from hub.roles import student_group
from hub.trial.course import COURSE
from hub.trial.folder import TrialFolder, free_port
from tests.hub.load.stopwatch import Stopwatch
from tests.hub.load.visitor import Visitor
from tests.hub.running_trial import RunningTrial

# More servers that start at the same time only wait for each other.
_AT_ONCE = 6


class ClassOnTrial:
    """A context manager; at its end nothing of it runs.

    root: where the trial's folder is made; count: how many students
    stopwatch: counts the steps `log in` and `start server`
    """

    def __init__(self, root: Path, count: int, stopwatch: Stopwatch):
        self.folder = TrialFolder(root / "trial")
        self.inbound = self.folder.exchange / COURSE / "inbound"
        self._names = [f"student{number:02}" for number in range(1, count + 1)]
        self._stopwatch = stopwatch
        self._trial = RunningTrial(self.folder.root, free_port())

    def __enter__(self) -> "ClassOnTrial":
        try:
            self._trial.__enter__()
            passwords = self._trial.passwords | {name: secrets.token_urlsafe(12) for name in self._names}
            self.instructor = Visitor(self._trial.address, "instructor", passwords["instructor"])
            self.instructor.log_in()
            self._enrol(passwords)
            self.students = {name: Visitor(self._trial.address, name, passwords[name]) for name in self._names}
            self._all_do("log in", Visitor.log_in, list(self.students.values()), len(self.students))
            self._all_do("start server", Visitor.start_server, [self.instructor, *self.students.values()], _AT_ONCE)
        except BaseException as error:
            self._end()
            if isinstance(error, requests.RequestException):
                error.add_note(self.trouble)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    @property
    def trouble(self) -> str:
        """What the hub's log tells of warnings and errors."""
        lines = [line for line in self._trial.log.splitlines() if not line.startswith("[I ")]
        return "\n".join(["The end of what the hub's log tells of trouble:", *lines[-60:]])

    def stored(self, name: str) -> list[Path]:
        """What the exchange holds of a student."""
        return sorted(self.inbound.glob(f"{name}+*"))

    def arriving(self) -> dict[Path, int]:
        """What the hand-in service has not received to its end: the bytes so far."""
        sizes = {}
        for upload in self.inbound.glob(".incoming-*/upload"):
            with suppress(FileNotFoundError):
                sizes[upload] = upload.stat().st_size
        return sizes

    def server_process(self, name: str) -> psutil.Process:
        """The process of a student's server."""
        found = []
        for process in self._trial.tree():
            with suppress(psutil.NoSuchProcess):
                if process.environ().get("JUPYTERHUB_USER") == name:
                    found.append(process)
        assert len(found) == 1, f"{name} has not one server, but {found}"
        return found[0]

    def _enrol(self, passwords: dict[str, str]) -> None:
        self.instructor.ask_hub("POST", "users", usernames=self._names)
        self.instructor.ask_hub("POST", f"groups/{student_group(COURSE)}/users", users=self._names)
        write_hashes(self.folder.hashes, passwords)

    def _all_do(self, step: str, what: Callable[[Visitor], None], visitors: list[Visitor], at_once: int) -> None:
        def timed(visitor: Visitor) -> None:
            with self._stopwatch.step(step):
                what(visitor)

        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(timed, visitors))

    def _end(self) -> None:
        process = getattr(self._trial, "process", None)
        if process is None or process.poll() is not None:
            return
        tree = self._trial.tree()
        try:
            self._trial.end()
        finally:
            _, left = psutil.wait_procs(tree, timeout=5)
            for each in left:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        assert not left, f"the trial has ended, and these had not: {left}"
