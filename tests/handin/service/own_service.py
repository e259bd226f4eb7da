"""The hand-in service as a process of the test's own, beside the one that the hub started, with other settings."""

import os
import signal
import subprocess
from datetime import datetime
from pathlib import Path

import requests

from tests.handin.service.real_hub import COURSE, PYTHON, ROOT, RealHub, free_ports, until

START = """
import os, resource, runpy, sys
import handin.service.service as service
if largest := int(os.environ.get("LARGEST_FILE", "0")):
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
for setting in sys.argv[1:]:
    name, value = setting.split("=")
    assert hasattr(service, name)
    setattr(service, name, float(value) if "." in value else int(value))
runpy.run_module("handin.service", run_name="__main__")
"""


class OwnService:
    """settings: the service module's constants, such as PATIENCE

    python: the one that runs it
    largest: bytes; writing more to a file fails, as on a full disk
    """

    submit = RealHub.submit
    stored = RealHub.stored
    unfinished = RealHub.unfinished

    def __init__(self, hub: RealHub, folder: Path, api: str = "", largest: int = 0, python: Path = PYTHON, **settings):
        self.folder = folder
        self.inbound = folder / COURSE / "inbound"
        (folder / COURSE / "outbound" / "attention").mkdir(parents=True, exist_ok=True)
        port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}/services/hand-in/"
        self.log = folder / f"{datetime.now():%H%M%S%f}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [python, "-c", START, *[f"{name}={value}" for name, value in settings.items()]],
                cwd=ROOT,
                env=os.environ
                | {
                    "JUPYTERHUB_API_TOKEN": hub.token_of_tests,
                    "JUPYTERHUB_API_URL": api or hub.api,
                    "JUPYTERHUB_SERVICE_PREFIX": "/services/hand-in/",
                    "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
                    "ATTENTION101_EXCHANGE": str(folder),
                    "LARGEST_FILE": str(largest),
                    "ATTENTION101_COURSE": str(hub.course),
                },
                stdout=log,
                stderr=log,
            )
        try:
            until(self._listens, 60, self.tail)
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    def end(self, number: int = signal.SIGTERM) -> int:
        """Returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def __enter__(self) -> "OwnService":
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.tail()
        try:
            return requests.get(f"{self.url}health", timeout=2).ok
        except requests.ConnectionError:
            return False
