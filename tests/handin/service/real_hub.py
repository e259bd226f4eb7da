"""A real JupyterHub with the hand-in service as one of its services, in a folder of its own, on free ports."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import requests
from nbgrader.api import Gradebook

from hub.roles import HAND_IN, student_group

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
COURSE = "attention101"
PYTHON = Path(sys.executable)
SCOPE = f"access:services!service={HAND_IN}"


class RealHub:
    """`students` are in the course; `others` are users of the hub only."""

    def __init__(self, folder: Path, students: list[str], others: list[str] = ()):
        self.folder = folder
        self.exchange = folder / "exchange"
        self.course = folder / "course"
        self.course.mkdir(parents=True)
        self.inbound = self.exchange / COURSE / "inbound"
        self.gradebook = Gradebook(f"sqlite:///{self.course}/gradebook.db", COURSE)
        self.ports = free_ports(3)
        self.api = f"http://127.0.0.1:{self.ports[1]}/hub/api"
        self.url = f"http://127.0.0.1:{self.ports[2]}/services/{HAND_IN}/"
        self.token_of_tests = secrets.token_hex(16)
        (folder / "homes").mkdir()
        settings = {
            "folder": str(folder),
            "ports": self.ports,
            "students": students,
            "api_token": self.token_of_tests,
            "server": str(HERE / "idle_server.py"),
            "service_environment": {
                "ATTENTION101_EXCHANGE": str(self.exchange),
                "ATTENTION101_COURSE": str(self.course),
                "ATTENTION101_TIMEZONE": "Europe/Berlin",
                "PYTHONPATH": str(ROOT),
                "PATH": os.environ["PATH"],
            },
        }
        self.log = folder / "hub.log"
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "course_hub_config.py")],
                cwd=folder,
                env=os.environ | {"HUB_UNDER_TEST": json.dumps(settings), "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            until(lambda: _answers(f"{self.url}health"), 60, self.tail)
            for name in [*students, *others]:
                (folder / "homes" / name).mkdir(exist_ok=True)
            for name in others:
                self.ask("POST", f"users/{quote(name)}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the hub and all that it started."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(15)
        self.gradebook.close()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def ask(self, method: str, path: str, **body) -> dict | None:
        """The hub's API, as an administrator."""
        headers = {"Authorization": f"token {self.token_of_tests}"}
        answer = requests.request(method, f"{self.api}/{path}", headers=headers, json=body or None, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else None

    def token(self, name: str, scopes: tuple[str, ...] = (SCOPE,)) -> str:
        """A token of the user's, as one asks for on the hub's page."""
        return self.ask("POST", f"users/{quote(name)}/tokens", scopes=list(scopes), note="test")["token"]

    def server(self, name: str) -> dict[str, str]:
        """Start the user's server, and return the JUPYTERHUB_ variables that the hub gave to it."""
        self.ask("POST", f"users/{quote(name)}/server")
        told = self.folder / "homes" / name / "environment.json"
        until(lambda: self.ask("GET", f"users/{quote(name)}")["servers"][""]["ready"], 30, self.tail)
        return json.loads(told.read_text())

    def remove_from_course(self, name: str) -> None:
        self.ask("DELETE", f"groups/{student_group(COURSE)}/users", users=[name])

    def add_to_course(self, name: str) -> None:
        self.ask("POST", f"groups/{student_group(COURSE)}/users", users=[name])

    def release(self, assignment: str, due: datetime | None = None, notebook: str = "{}") -> None:
        """due: in UTC, without a zone"""
        self.gradebook.update_or_create_assignment(assignment, duedate=due)
        folder = self.exchange / COURSE / "outbound" / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_text(notebook)

    def stored(self, assignment: str) -> list[Path]:
        return sorted(self.inbound.glob(f"*+{assignment}+*"))

    def unfinished(self) -> list[Path]:
        return list(self.inbound.glob(".incoming-*"))

    def submit(self, assignment: str, token: str, body: bytes) -> requests.Response:
        headers = {"Authorization": f"token {token}"} if token else {}
        return requests.post(f"{self.url}submit/{assignment}", data=body, headers=headers, timeout=60)

    def receipts(self, assignment: str, token: str) -> requests.Response:
        headers = {"Authorization": f"token {token}"}
        return requests.get(f"{self.url}receipts/{assignment}", headers=headers, timeout=60)


def until(true: Callable[[], bool], seconds: float, why: Callable[[], str] = str) -> None:
    """Wait until `true()`; fails after so many seconds with what `why()` says."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"did not happen within {seconds} s\n{why()}"
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.ConnectionError:
        return False
