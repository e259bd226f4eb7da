"""Handed in and taken in with the Python that Debian 12 has, 3.11.2, over the packages of this environment."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.handin.service.own_service import OwnService
from tests.handin.service.real_hub import ROOT, RealHub
from tests.handin.service.student_home import SUBMIT_AS_THE_ASSIGNMENT_LIST, Home

# nbgrader runs several times.
pytestmark = [pytest.mark.slow, pytest.mark.kernel, pytest.mark.needs("system python"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """A virtual environment of it that finds our packages; compiled ones fit every Python of the same minor version."""
    folder = tmp_path_factory.mktemp("debian") / "venv"
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "ours.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
    return folder / "bin" / "python"


def test_handed_in_through_the_service(hub: RealHub, python: Path, tmp_path: Path) -> None:
    with OwnService(hub, tmp_path / "exchange", python=python) as service:
        outbound = service.folder / "attention101" / "outbound" / "attention"
        (outbound / "attention.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        there = {"ATTENTION101_HAND_IN_URL": service.url, "ATTENTION101_EXCHANGE": str(service.folder)}
        home = Home(hub, "dora", hub.server("dora") | there, python=python)
        assert home.nbgrader("fetch_assignment", "attention").returncode == 0
        answer = home.nbgrader("submit", "attention")
        assert answer.returncode == 0, answer.stdout + service.tail()
        assert "Handed in: attention, by dora" in answer.stdout
        (home.folder / "attention" / "notes.txt").write_text("mine")
        by_the_list = home.run("-c", SUBMIT_AS_THE_ASSIGNMENT_LIST, "attention")
        assert '{"success": true}' in by_the_list.stdout, by_the_list.stdout
        assert len(service.stored("attention")) == 2
    kept = sorted(home.cache.glob("dora+attention+*"))
    assert len(kept) == 2 and (kept[1] / "notes.txt").read_text() == "mine"
