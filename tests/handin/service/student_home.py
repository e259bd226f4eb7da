"""A student's home on the hub, with nbgrader as the student's server runs it."""

import os
import subprocess
from pathlib import Path

from tests.handin.service.real_hub import COURSE, PYTHON, ROOT, RealHub

SUBMIT_AS_THE_ASSIGNMENT_LIST = """
import json, os, sys
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
manager = AssignmentList()
manager.root_dir = os.getcwd()
answer = manager.submit_assignment("attention101", sys.argv[1])
print(json.dumps([answer, manager.list_assignments("attention101")]))
"""


class Home:
    """environment: what the hub gave to the student's server"""

    def __init__(self, hub: RealHub, name: str, environment: dict[str, str], python: Path = PYTHON):
        self.hub = hub
        self.python = python
        self.folder = hub.folder / "homes" / name
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "JUPYTER_CONFIG_PATH": str(ROOT / "hub" / "student"),
            "ATTENTION101_EXCHANGE": str(hub.exchange),
            "ATTENTION101_HAND_IN_URL": hub.url,
            **environment,
        }

    @property
    def cache(self) -> Path:
        return self.folder / ".local/share/jupyter/nbgrader_cache" / COURSE

    def nbgrader(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return self.run("-m", "nbgrader", *arguments, **environment)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Python, in the home; its output and its log together in `stdout`."""
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
