"""A class fetches and submits in the same minute: nothing lost, nothing twice, nothing half. `make load` has thirty."""

import base64
import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import requests

from attention_lib.handin.handed_in import is_left_out
from hub.trial.course import ASSIGNMENT
from tests.handin.service.real_hub import until
from tests.hub.load.broken_line import BrokenLine
from tests.hub.load.class_on_trial import ClassOnTrial
from tests.hub.load.stopwatch import Stopwatch
from tests.hub.load.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(480)]

STUDENTS = int(os.environ.get("STUDENTS_AT_ONCE", "6"))
WITHIN = 60.0  # seconds
NOTEBOOK = f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
# Bytes, of everybody's picture, and of the one by which a submission that stays half is told from the others.
PICTURE, LARGE_PICTURE = 200_000, 3_000_000


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def class_(tmp_path, stopwatch) -> ClassOnTrial:
    with ClassOnTrial(tmp_path, STUDENTS, stopwatch) as class_:
        yield class_


def test_students_fetch_and_submit_in_the_same_minute(class_, stopwatch, capsys):
    answers = {name: f"# {name}: {os.urandom(16).hex()}" for name in class_.students}
    killed, *others = class_.students
    started = time.monotonic()
    with ThreadPoolExecutor(STUDENTS) as threads:
        work = {name: threads.submit(_work, class_.students[name], answers[name], stopwatch) for name in others}
        work[killed] = threads.submit(_work_with_a_crash, class_, killed, answers[killed], stopwatch)
        wait(work[name] for name in others)
        without_crash = time.monotonic() - started
    took = time.monotonic() - started
    with stopwatch.step("collect"):
        collected = class_.instructor.ask_server("POST", f"formgrader/api/assignment/{ASSIGNMENT}/collect").json()
    failures = {name: one.exception() for name, one in work.items() if one.exception()}
    with capsys.disabled():
        print(
            f"\n{STUDENTS} students; from the first fetch to the last receipt {without_crash:.1f} s, and {took:.1f} s "
            f"with {killed}, whose server was killed, started and used again; students who failed: {len(failures)}"
        )
        print(stopwatch.table())

    assert failures == {}, class_.trouble
    assert collected["success"], collected
    assert took < WITHIN
    everybody = Counter(list(class_.students))
    assert Counter(folder.name.split("+")[0] for folder in class_.inbound.iterdir() if "+" in folder.name) == everybody
    assert Counter(folder.name for folder in (class_.folder.course / "submitted").iterdir()) == everybody
    assert not list(class_.inbound.glob(".incoming-*"))
    for name in class_.students:
        _is_whole(class_, name, answers[name])


def _work(student: Visitor, answer: str, stopwatch: Stopwatch) -> None:
    _fetch_and_answer(student, answer, PICTURE, stopwatch)
    _submit(student, stopwatch)


def _work_with_a_crash(class_: ClassOnTrial, name: str, answer: str, stopwatch: Stopwatch) -> None:
    """The student's server is killed when half of the submission has arrived. The student starts it, and submits."""
    student, server = class_.students[name], class_.server_process(name)
    _fetch_and_answer(student, answer, LARGE_PICTURE, stopwatch)

    def is_half_there() -> bool:
        return any(size > LARGE_PICTURE / 4 for size in class_.arriving().values())

    with (
        BrokenLine(server.environ()["ATTENTION101_HAND_IN_URL"], LARGE_PICTURE // 2) as line,
        ThreadPoolExecutor(1) as browser,
    ):
        line.lead_there(class_.folder.homes / name)
        lost = browser.submit(student.submit)
        try:
            assert line.stuck.wait(60), f"the submission did not come by the broken line\n{class_.trouble}"
            until(is_half_there, 10, lambda: class_.trouble)
        finally:
            server.kill()
        with pytest.raises(requests.RequestException):
            lost.result()
        until(lambda: not is_half_there(), 10, lambda: class_.trouble)
        assert class_.stored(name) == []
        with stopwatch.step("start again"):
            student.start_server()
        _submit(student, stopwatch)


def _fetch_and_answer(student: Visitor, answer: str, picture: int, stopwatch: Stopwatch) -> None:
    with stopwatch.step("fetch"):
        listed = student.fetch()
    assert [each["status"] for each in listed] == ["fetched"]
    with stopwatch.step("open and save"):
        notebook = student.ask_server("GET", f"api/contents/{NOTEBOOK}", params={"type": "notebook"}).json()["content"]
        cell = _answer_cell(notebook)
        cell["source"] = answer
        # Random, so that packing does not shrink it.
        shown = {"image/png": base64.b64encode(os.urandom(picture)).decode()}
        cell["outputs"] = [{"output_type": "display_data", "data": shown, "metadata": {}}]
        saved = {"type": "notebook", "format": "json", "content": notebook}
        student.ask_server("PUT", f"api/contents/{NOTEBOOK}", json=saved)


def _submit(student: Visitor, stopwatch: Stopwatch) -> None:
    with stopwatch.step("submit"):
        listed = student.submit()
    submitted = [each["submissions"] for each in listed if each["status"] == "submitted"]
    assert [len(each) for each in submitted] == [1]


def _is_whole(class_: ClassOnTrial, name: str, answer: str) -> None:
    """What was collected is what stands in the student's home, and that is the student's own."""
    home = class_.folder.homes / name / ASSIGNMENT
    collected = class_.folder.course / "submitted" / name / ASSIGNMENT
    (stored,) = class_.stored(name)
    cell = _answer_cell(json.loads((collected / f"{ASSIGNMENT}.ipynb").read_text()))
    assert "".join(cell["source"]) == answer
    assert _handed_in(home) == _handed_in(stored) == _handed_in(collected)
    assert (collected / "timestamp.txt").read_text() == stored.name.split("+")[2]
    receipt = (home / "receipt.txt").read_text()
    assert receipt.count("Handed in: ") == receipt.count(f"by {name}\n") == receipt.count("on time") == 1


def _answer_cell(notebook: dict) -> dict:
    (cell,) = [
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "project_qkv"
    ]
    return cell


def _handed_in(folder: Path) -> dict[str, bytes]:
    """What counts of an assignment's folder."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return {name: (folder / name).read_bytes() for name in names if not is_left_out(name)}
