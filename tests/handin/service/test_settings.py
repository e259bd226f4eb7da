"""What the service needs to start, and the sentence that names what is missing."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import Config

from course.checkout import CourseError
from handin.service.refusal import Denied
from handin.service.settings import Settings
from handin.service.upload_slots import UploadSlots
from tests.handin.service.real_hub import ROOT

ENVIRONMENT = {
    "JUPYTERHUB_API_TOKEN": "t",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/hand-in/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:9105",
    "ATTENTION101_EXCHANGE": "/srv/exchange",
}


def course(**more: str) -> Config:
    return Config({"CourseDirectory": {"course_id": "attention101"}, "NbGraderAPI": more})


def test_settings_are_read() -> None:
    settings = Settings(ENVIRONMENT, course(timezone="Europe/Berlin"))
    assert str(settings.inbound) == "/srv/exchange/attention101/inbound" and settings.zone.name == "Europe/Berlin"
    assert (settings.host, settings.port, settings.prefix) == ("127.0.0.1", 9105, "/services/hand-in/")
    assert Settings(ENVIRONMENT, course()).zone.name == "UTC"


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("JUPYTERHUB_API_TOKEN", "", "JUPYTERHUB_API_TOKEN not set. JupyterHub sets them"),
        ("ATTENTION101_EXCHANGE", "", "ATTENTION101_EXCHANGE must name"),
        ("ATTENTION101_EXCHANGE", "exchange", "as an absolute path"),
        ("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1", "needs a url with a port"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        Settings(ENVIRONMENT | {name: value}, course())


def test_a_course_s_wrong_settings_are_named() -> None:
    with pytest.raises(CourseError, match="c.NbGraderAPI.timezone"):
        Settings(ENVIRONMENT, course(timezone="Mars/Olympus"))
    with pytest.raises(CourseError, match="c.CourseDirectory.course_id"):
        Settings(ENVIRONMENT, Config())


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "handin.service"],
            cwd=ROOT,
            env=os.environ
            | ENVIRONMENT
            | {"JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}", "ATTENTION101_EXCHANGE": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert answer.returncode == 1
    assert f"The hand-in service cannot run: 127.0.0.1:{port} cannot be listened on" in answer.stderr


def test_places_are_bounded_and_come_back() -> None:
    async def try_them() -> None:
        places = UploadSlots(1, patience=0.05)
        await places.take("ada")
        with pytest.raises(Denied, match="Another submission of yours") as refusal:
            await places.take("ada")
        assert refusal.value.status == 503 and refusal.value.retry_after > 0
        with pytest.raises(Denied, match="Very many are handing in"):
            await places.take("bob")
        waiting = asyncio.create_task(UploadSlots.take(places, "bob"))
        await asyncio.sleep(0)
        places.give_back("ada")
        await waiting
        assert places.taken == 1
        places.give_back("bob")
        await places.take("ada")

    asyncio.run(try_them())
