"""Slow clients, crowds, a hub that is away, a service that is killed or told to end."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path

import pytest
import requests
from nbgrader.utils import parse_utc

from tests.handin.service.archives import archive, work
from tests.handin.service.own_service import OwnService
from tests.handin.service.real_hub import RealHub, until
from tests.handin.service.test_service import half_a_request

# Each test starts a service, which imports nbgrader.
pytestmark = pytest.mark.kernel


def test_who_sends_too_slowly_loses_the_place(hub: RealHub, tmp_path: Path) -> None:
    token, other = hub.token("ada"), hub.token("dora")
    with OwnService(hub, tmp_path, UPLOADS_AT_ONCE=1, PATIENCE=20.0, UPLOAD_WITHIN=1.0) as service:
        client = half_a_request(service, "attention", token, work(), 10)
        until(lambda: service.unfinished(), 60, service.tail)
        # Waits for the only place, and gets it when the slow one is sent away.
        answer = service.submit("attention", other, work())
        assert answer.status_code == 200, service.tail()
        assert client.recv(1000) == b""
        client.close()
        assert service.unfinished() == [] and len(service.stored("attention")) == 1


def test_a_crowd_is_told_to_come_again(hub: RealHub, tmp_path: Path) -> None:
    token, other = hub.token("ada"), hub.token("dora")
    with OwnService(hub, tmp_path, UPLOADS_AT_ONCE=1, PATIENCE=0.3) as service:
        client = half_a_request(service, "attention", token, work(), 10)
        until(lambda: service.unfinished(), 60, service.tail)
        answer = service.submit("attention", other, work())
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "3"
        assert "Very many are handing in" in answer.json()["message"]
        client.close()
        until(lambda: service.submit("attention", other, work()).status_code == 200, 60, service.tail)


def test_waiting_for_a_place_makes_nobody_late(hub: RealHub, tmp_path: Path) -> None:
    token, other = hub.token("ada"), hub.token("dora")
    with OwnService(hub, tmp_path, UPLOADS_AT_ONCE=1) as service, ThreadPoolExecutor(1) as threads:
        client = half_a_request(service, "attention", token, work(), 10)
        until(lambda: service.unfinished(), 60, service.tail)
        sent = time.time()
        waiting = threads.submit(service.submit, "attention", other, work())
        time.sleep(2)
        client.close()
        assert waiting.result().status_code == 200
        (folder,) = service.stored("attention")
        assert _seconds(folder) - sent < 1.5


def test_a_hub_that_is_away(hub: RealHub, tmp_path: Path) -> None:
    with OwnService(hub, tmp_path, api="http://127.0.0.1:9/hub/api") as service:
        answer = service.submit("attention", "token", work())
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "3"
        assert "The hub could not be asked who you are" in answer.json()["message"]


@pytest.mark.parametrize("packed", [100_000, 1_000_000])
def test_a_disk_that_gets_full_while_it_receives(hub: RealHub, tmp_path: Path, packed: int) -> None:
    token = hub.token("ada")
    with OwnService(hub, tmp_path, largest=90_000, UPLOADS_AT_ONCE=1, PATIENCE=0.3) as service:
        for _ in range(2):
            answer = service.submit("attention", token, archive(("attention.ipynb", os.urandom(packed))))
            assert answer.status_code in (503, 507) and "hub's disk" in answer.json()["message"], service.tail()
            assert service.unfinished() == [] and service.stored("attention") == []
        zeros = archive(("attention.ipynb", bytes(1_000_000)))
        assert service.submit("attention", token, zeros).status_code == 503
        assert service.submit("attention", token, work()).status_code == 200


def test_killed_while_it_receives(hub: RealHub, tmp_path: Path) -> None:
    """The next one starts on the same folder, and removes what is half."""
    token, other = hub.token("ada"), hub.token("dora")
    with OwnService(hub, tmp_path) as service:
        assert service.submit("attention", other, work()).status_code == 200
        client = half_a_request(service, "attention", token, work(), 10)
        until(lambda: service.unfinished(), 60, service.tail)
        service.end(signal.SIGKILL)
        client.close()
        assert len(service.unfinished()) == 1
    with OwnService(hub, tmp_path) as service:
        assert service.unfinished() == [] and len(service.stored("attention")) == 1
        assert service.submit("attention", token, work()).status_code == 200
        assert "You handed in the same" in service.submit("attention", other, work()).json()["note"]


def test_told_to_end_it_finishes_what_it_has_begun(hub: RealHub, tmp_path: Path) -> None:
    token = hub.token("ada")
    body = work()
    with OwnService(hub, tmp_path) as service:
        client = half_a_request(service, "attention", token, body, 10)
        until(lambda: service.unfinished(), 60, service.tail)
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not _connects(service.url), 60, service.tail)
        client.sendall(body[10:])
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        client.close()
        assert service.process.wait(30) == 0
        assert len(service.stored("attention")) == 1 and service.unfinished() == []


def test_a_body_in_pieces_and_one_without_end(hub: RealHub) -> None:
    hub.release("pieces")
    token = hub.token("fay")
    headers = {"Authorization": f"token {token}"}
    body = archive(("pieces.ipynb", os.urandom(300_000)))
    pieces = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    answer = requests.post(f"{hub.url}submit/pieces", data=pieces, headers=headers, timeout=30)
    assert answer.status_code == 200 and answer.json()["hash"]
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 1000:
            sent += 1
            yield b"\0" * 1_000_000

    try:
        answer = requests.post(f"{hub.url}submit/pieces", data=endless(), headers=headers, timeout=30)
    except requests.ConnectionError:
        pass
    else:
        assert answer.status_code in (400, 413)
    assert sent < 200
    until(lambda: hub.unfinished() == [], 60, hub.tail)
    assert hub.submit("pieces", token, body).status_code == 200 and len(hub.stored("pieces")) == 1


def _connects(url: str) -> bool:
    try:
        requests.get(f"{url}health", timeout=2)
    except requests.ConnectionError:
        return False
    return True


def _seconds(folder: Path) -> float:
    return parse_utc((folder / "timestamp.txt").read_text()).replace(tzinfo=UTC).timestamp()
