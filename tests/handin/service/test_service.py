"""The hand-in service under a real hub: who may hand in, what is stored, what is told."""

import socket
import stat
import tarfile
from datetime import UTC, datetime, timedelta
from urllib.parse import urlparse

import pytest
import requests

from tests.handin.service.archives import archive, special, work
from tests.handin.service.real_hub import RealHub, until


def test_a_server_s_token_hands_in(hub: RealHub) -> None:
    hub.release("first", due=datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1))
    token = hub.server("ada")["JUPYTERHUB_API_TOKEN"]
    answer = hub.submit("first", token, work())
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["student"] == "ada" and receipt["late"] is False and receipt["note"] == ""
    assert receipt["zone"] == "Europe/Berlin" and receipt["submitted"][-6:] in ("+01:00", "+02:00")
    (folder,) = hub.stored("first")
    student, assignment, timestamp, chance = folder.name.split("+")
    assert (student, assignment, timestamp) == ("ada", "first", receipt["timestamp"]) and len(chance) == 12
    assert (folder / "timestamp.txt").read_text() == timestamp
    assert (folder / "submission_secret.txt").read_text() == receipt["secret"] and len(receipt["secret"]) == 128
    assert sorted(path.name for path in folder.iterdir()) == [
        "attention.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    for path in [hub.inbound, folder, *folder.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert hub.unfinished() == []


@pytest.mark.parametrize("name", ["Bob.Builder", "c.d@uni-example.org"])
def test_names_with_capitals_dots_and_at(hub: RealHub, name: str) -> None:
    assignment = f"names-{len(name)}"
    hub.release(assignment)
    receipt = hub.submit(assignment, hub.token(name), work()).json()
    assert receipt["student"] == name and receipt["due"] is None
    assert [folder.name.split("+")[0] for folder in hub.stored(assignment)] == [name]


def test_a_name_that_nbgrader_cannot_take_is_refused(hub: RealHub) -> None:
    hub.release("plus")
    hub.add_to_course("a+b")
    answer = hub.submit("plus", hub.token("a+b"), work())
    assert answer.status_code == 403 and "'a+b' cannot hand in" in answer.json()["message"]
    assert hub.stored("plus") == []


@pytest.mark.parametrize("token", ["", "0123456789abcdef", "ü"])
def test_without_a_token_of_the_hub(hub: RealHub, token: str) -> None:
    answer = requests.post(
        f"{hub.url}submit/first", data=work(), headers={"Authorization": f"token {token}".encode()}, timeout=30
    )
    assert answer.status_code == 401 and "Who hands in is not known" in answer.json()["message"]


def test_a_token_in_the_address_or_a_name_in_the_request_counts_for_nothing(hub: RealHub) -> None:
    hub.release("address")
    token = hub.token("dora")
    url = f"{hub.url}submit/address?token={token}&user=ada"
    assert requests.post(url, data=work(), timeout=30).status_code == 401
    headers = {"Authorization": f"token {token}", "X-JupyterHub-User": "ada", "Remote-User": "ada"}
    receipt = requests.post(f"{hub.url}submit/address?user=ada", data=work(), headers=headers, timeout=30).json()
    assert receipt["student"] == "dora"
    assert token not in hub.log.read_text()


def test_a_token_for_something_else_cannot_hand_in(hub: RealHub) -> None:
    hub.release("scopes")
    answer = hub.submit("scopes", hub.token("dora", ("read:users:name!user",)), work())
    assert answer.status_code == 403 and "access:services!service=hand-in" in answer.json()["message"]


def test_a_service_s_token_is_nobody_s(hub: RealHub) -> None:
    answer = hub.submit("first", hub.token_of_tests, work())
    assert answer.status_code == 401


def test_who_is_not_in_the_course(hub: RealHub) -> None:
    hub.release("course")
    answer = hub.submit("course", hub.token("mallory", ("read:users:name!user",)), work())
    assert answer.status_code == 403 and "mallory is not in this course" in answer.json()["message"]


def test_who_is_removed_from_the_course_is_refused_at_once(hub: RealHub) -> None:
    hub.release("removed")
    token = hub.server("emil")["JUPYTERHUB_API_TOKEN"]
    assert hub.submit("removed", token, work("1")).status_code == 200
    hub.remove_from_course("emil")
    answer = hub.submit("removed", token, work("2"))
    assert answer.status_code == 403 and "emil is not in this course" in answer.json()["message"]
    assert hub.receipts("removed", token).status_code == 403
    hub.add_to_course("emil")
    assert hub.submit("removed", token, work("3")).status_code == 200
    assert len(hub.stored("removed")) == 2


def test_receipts_are_one_s_own_and_hold_no_secret(hub: RealHub) -> None:
    hub.release("receipts")
    dora, fay = hub.token("dora"), hub.token("fay")
    sent = [hub.submit("receipts", dora, work(text)).json() for text in "ab"]
    hub.submit("receipts", fay, work("c"))
    found = hub.receipts("receipts", dora).json()["receipts"]
    assert [each["timestamp"] for each in found] == [each["timestamp"] for each in reversed(sent)]
    assert [each["hash"] for each in found] == [each["hash"] for each in reversed(sent)]
    assert {each["student"] for each in found} == {"dora"} and not any("secret" in each for each in found)


def test_the_same_again_is_stored_once(hub: RealHub) -> None:
    hub.release("again")
    token = hub.token("dora")
    first, second = (hub.submit("again", token, work()).json() for _ in range(2))
    assert (first["timestamp"], first["secret"], first["hash"]) == tuple(
        second[key] for key in ("timestamp", "secret", "hash")
    )
    assert "You handed in the same at" in second["note"]
    assert len(hub.stored("again")) == 1


@pytest.mark.parametrize("assignment", ["nothing", "%2e%2e", "a%2Fb", "first%00", "x" * 300])
def test_only_for_a_released_assignment(hub: RealHub, assignment: str) -> None:
    before = sorted(hub.inbound.iterdir())
    answer = hub.submit(assignment, hub.token("dora"), work())
    assert answer.status_code == 404 and "message" in answer.json()
    assert sorted(hub.inbound.iterdir()) == before


@pytest.mark.parametrize(
    "body, status",
    [
        (archive(("attention.ipynb", b"{}"), ("../../evil", b"x")), 400),
        (archive(special("leak.html", tarfile.SYMTYPE, "/etc/passwd")), 400),
        (b"no archive", 400),
        (b"", 400),
        (archive(special("big.bin", tarfile.REGTYPE, size=60_000_000)), 413),
        (b"\1" * 41_000_000, 413),
    ],
    ids=["path", "link", "noise", "empty", "bomb", "long"],
)
def test_a_bad_archive_stores_nothing(hub: RealHub, body: bytes, status: int) -> None:
    if not (hub.exchange / "attention101/outbound/bad").exists():
        hub.release("bad")
    answer = hub.submit("bad", hub.token("dora"), body)
    assert answer.status_code == status, answer.text
    assert "othing" in answer.json()["message"] or "Submit again" in answer.json()["message"]
    assert hub.stored("bad") == [] and hub.unfinished() == []


def test_other_requests_get_a_sentence(hub: RealHub) -> None:
    for method, path in [("GET", "submit/first"), ("PUT", "submit/first"), ("GET", "inbound/"), ("GET", "../../etc")]:
        answer = requests.request(method, hub.url + path, timeout=30)
        assert answer.status_code in (404, 405) and "message" in answer.json()
    assert requests.get(f"{hub.url}health", timeout=30).json() == {"ready": True}


def test_a_client_killed_in_the_middle_leaves_nothing(hub: RealHub) -> None:
    hub.release("killed")
    token = hub.token("gus")
    for sent in (0, 1, 5000):
        client = half_a_request(hub, "killed", token, work() + b"\0" * 10_000, sent)
        until(lambda: len(hub.unfinished()) == 1, 60, hub.tail)
        client.close()
        until(lambda: hub.unfinished() == [], 60, hub.tail)
    assert hub.stored("killed") == []
    assert hub.submit("killed", token, work()).status_code == 200


def test_one_upload_of_a_student_at_a_time(hub: RealHub) -> None:
    hub.release("two")
    token = hub.token("hal")
    client = half_a_request(hub, "two", token, work(), 10)
    until(lambda: len(hub.unfinished()) == 1, 60, hub.tail)
    answer = hub.submit("two", token, work())
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "2"
    client.close()
    until(lambda: hub.unfinished() == [], 60, hub.tail)
    assert hub.submit("two", token, work()).status_code == 200


def test_what_a_release_has_opened_is_shut_again(hub: RealHub) -> None:
    hub.inbound.chmod(0o2733)
    hub.exchange.chmod(0o777)
    assert requests.get(f"{hub.url}health", timeout=30).ok
    assert stat.S_IMODE(hub.inbound.stat().st_mode) == 0o700
    # Whoever may write there could rename the whole course otherwise.
    assert stat.S_IMODE(hub.exchange.stat().st_mode) == 0o1777


def half_a_request(hub: RealHub, assignment: str, token: str, body: bytes, sent: int) -> socket.socket:
    """A connection on which `sent` bytes of the body have gone out, and no more will."""
    target = urlparse(f"{hub.url}submit/{assignment}")
    client = socket.create_connection((target.hostname, target.port), timeout=30)
    head = (
        f"POST {target.path} HTTP/1.1\r\nHost: x\r\nAuthorization: token {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode() + body[:sent])
    return client
