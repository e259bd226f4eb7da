import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.handin.service.real_hub import RealHub

STUDENTS = ["ada", "Bob.Builder", "c.d@uni-example.org", "dora", "emil", "fay", "gus", "hal"]
OTHERS = ["mallory", "a+b"]


@pytest.fixture(scope="session", autouse=True)
def programs_of_this_environment() -> None:
    """nbgrader starts `alembic` by its bare name."""
    before = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    yield
    os.environ["PATH"] = before


@pytest.fixture(scope="session")
def gradebook_file(tmp_path_factory) -> Path:
    """An empty gradebook to copy: nbgrader needs seconds to make one."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}", "attention101").close()
    return path


@pytest.fixture(scope="session")
def hub(tmp_path_factory) -> RealHub:
    """One hub for all tests; each test hands in for an assignment of its own."""
    hub = RealHub(tmp_path_factory.mktemp("hub"), STUDENTS, OTHERS)
    yield hub
    hub.close()
