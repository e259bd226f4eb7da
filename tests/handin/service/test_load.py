"""A class hands in at once: nothing lost, nothing twice, nothing half. `make load` has 120 students."""

import hashlib
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from attention_lib.handin.hashes import content_hash
from attention_lib.handin.receipt import Receipt
from hub.student.ask_service import send
from tests.handin.service.archives import archive
from tests.handin.service.real_hub import RealHub, until
from tests.handin.service.test_service import half_a_request

# A second hub, and figures that a busy machine would spoil.
pytestmark = [pytest.mark.slow, pytest.mark.alone]

COUNT = int(os.environ.get("STUDENTS_AT_ONCE", "40"))
SECONDS = 10.0
SIZE = 300_000  # bytes of a notebook with pictures; random, so that packing does not shrink it


@pytest.fixture(scope="module")
def class_of_many(tmp_path_factory) -> tuple[RealHub, dict[str, str]]:
    names = [f"student{number:03}" for number in range(COUNT)]
    hub = RealHub(tmp_path_factory.mktemp("load"), names)
    try:
        with ThreadPoolExecutor(4) as threads:
            tokens = dict(zip(names, threads.map(hub.token, names)))
        yield hub, tokens
    finally:
        hub.close()


def test_a_class_hands_in_within_seconds(class_of_many, capsys) -> None:
    hub, tokens = class_of_many
    hub.release("load")
    works = {name: {"load.ipynb": os.urandom(SIZE), "notes.txt": name.encode()} for name in tokens}
    bodies = {name: archive(*files.items()) for name, files in works.items()}
    killed = next(iter(tokens))
    started = time.monotonic()
    with ThreadPoolExecutor(30) as threads:
        client = half_a_request(hub, "load", tokens[killed], bodies[killed], len(bodies[killed]) // 2)
        until(lambda: hub.unfinished(), 60, hub.tail)
        sent = {
            name: threads.submit(_timed, f"{hub.url}submit/load", tokens[name], body)
            for name, body in bodies.items()
            if name != killed
        }
        next(iter(sent.values())).result()
        client.close()
        # What the student does whose connection broke.
        sent[killed] = threads.submit(_timed, f"{hub.url}submit/load", tokens[killed], bodies[killed])
        answers = {name: future.result() for name, future in sent.items()}
    took = time.monotonic() - started
    waits = sorted(wait for wait, _ in answers.values())
    with capsys.disabled():
        print(
            f"\n{COUNT} submissions of {SIZE // 1000} kB in {took:.1f} s, {COUNT / took:.0f} a second; a student "
            f"waited {waits[len(waits) // 2]:.2f} s (median), {waits[-1]:.2f} s (longest)"
        )

    stored = {folder.name.split("+")[0]: folder for folder in hub.stored("load")}
    assert Counter(folder.name.split("+")[0] for folder in hub.stored("load")) == Counter(list(tokens))
    for name, files in works.items():
        receipt, folder = answers[name][1], stored[name]
        assert {path.name for path in folder.iterdir()} == {*files, "timestamp.txt", "submission_secret.txt"}
        assert all((folder / file).read_bytes() == content for file, content in files.items())
        assert receipt.student == name and receipt.hash == _hash(files)
        assert (folder / "timestamp.txt").read_text() == receipt.timestamp
    assert hub.unfinished() == []
    assert took < SECONDS


def test_two_programs_of_every_student_store_one_submission_each(class_of_many) -> None:
    """As when a student clicks twice, or submit tries again while the first request is still being stored."""
    hub, tokens = class_of_many
    hub.release("twice")
    some = list(tokens)[:20]
    with ThreadPoolExecutor(40) as threads:
        sent = [
            threads.submit(
                send, f"{hub.url}submit/twice", tokens[name], BytesIO(archive(("twice.ipynb", name.encode())))
            )
            for name in some * 2
        ]
        receipts = [future.result() for future in sent]
    assert Counter(folder.name.split("+")[0] for folder in hub.stored("twice")) == Counter(some)
    for first, second in zip(receipts[:20], receipts[20:]):
        assert (first[0].timestamp, first[1]) == (second[0].timestamp, second[1])


def test_the_hub_ends_in_the_middle_and_nothing_is_half(class_of_many, tmp_path: Path) -> None:
    """The last test of this hub: it is told to end while submissions arrive."""
    hub, tokens = class_of_many
    hub.release("ending")
    bodies = {name: archive(("ending.ipynb", name.encode() * 20_000)) for name in list(tokens)[:40]}
    with ThreadPoolExecutor(20) as threads:
        sent = {name: threads.submit(_or_none, hub, tokens[name], body) for name, body in bodies.items()}
        until(lambda: len(hub.stored("ending")) >= 3, 20, hub.tail)
        hub.close()
        receipts = {name: future.result() for name, future in sent.items()}
    stored = {folder.name.split("+")[0]: folder for folder in hub.stored("ending")}
    for name, folder in stored.items():
        assert (folder / "ending.ipynb").read_bytes() == name.encode() * 20_000
        assert (folder / "timestamp.txt").read_text() and (folder / "submission_secret.txt").read_text()
    lost = [name for name, receipt in receipts.items() if receipt and name not in stored]
    assert lost == []
    assert 3 <= len(stored) and hub.unfinished() == []


def _timed(url: str, token: str, body: bytes) -> tuple[float, Receipt]:
    started = time.monotonic()
    receipt, _ = send(url, token, BytesIO(body))
    return time.monotonic() - started, receipt


def _or_none(hub: RealHub, token: str, body: bytes) -> dict | None:
    try:
        return hub.submit("ending", token, body).json()
    except OSError:
        return None


def _hash(files: dict[str, bytes]) -> str:
    return content_hash((name, hashlib.sha256(content).hexdigest()) for name, content in files.items())[:12]
