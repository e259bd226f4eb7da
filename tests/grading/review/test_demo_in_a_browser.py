"""`make demo` without Ollama, seen in Chromium: comments in place, a held one approved at the desk, a dead server."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from course.checkout import CHECKOUT

pytestmark = [pytest.mark.slow(minutes=1.5), pytest.mark.needs("chromium"), pytest.mark.timeout(900)]

NOBODY = "http://127.0.0.1:9"


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"ATTENTION101_COURSE": str(folder), "OLLAMA_HOST": NOBODY, "BROWSER": "true"}


def grading(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "grading", *arguments],
        cwd=CHECKOUT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def desk(folder: Path):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grading", "desk"],
        cwd=CHECKOUT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+", line):
                yield found.group(0)
                break
        else:
            raise AssertionError("the desk did not open")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "course"
    return folder, grading(folder, "demo", "--folder", str(folder))


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


def remarks(browser, folder: Path, student: str) -> list[str]:
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto((folder / "feedback" / student / "attention" / "attention.html").as_uri())
    texts = page.locator(".remark").all_inner_texts()
    page.close()
    return texts


def scores(folder: Path) -> list[tuple]:
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        return gradebook.execute("select id, auto_score, manual_score from grade order by id").fetchall()


def test_the_demo_shows_what_was_confirmed_and_not_what_is_held(demo, browser):
    folder, said = demo
    assert "Answers are repeated that were recorded from qwen2.5-coder:1.5b" in " ".join(said.split())
    counts = {
        line.split()[0]: re.search(r"(\d+)/(\d+)/(\d+)", line) for line in said.splitlines() if "/0 " in f"{line} "
    }
    for student, found in counts.items():
        if found and student != "points":
            shown, held, pending = map(int, found.groups())
            assert len(remarks(browser, folder, student)) == shown, student
            assert pending == 0
    (loop,) = remarks(browser, folder, "dorothy")
    assert "goes over the rows one by one" in loop and "checked by rules" in loop
    assert remarks(browser, folder, "john") == [], "he talks to the reviewer, so the same comment waits"


def test_a_comment_approved_at_the_desk_is_on_the_page_after_the_next_run(demo, browser):
    folder, _ = demo
    before = scores(folder)
    with desk(folder) as address:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.wait_for_selector("article .code")
        # By keyboard alone: on to the loop of the student who talks to the reviewer.
        for _ in range(40):
            if "one by one" in page.locator("article").inner_text() and "john" in page.locator("article").inner_text():
                break
            heading = page.locator("article").inner_text()
            page.keyboard.press("j")
            page.wait_for_function("old => document.querySelector('article').innerText !== old", arg=heading)
        waiting = page.get_by_text(re.compile(r"^Waiting \d+$")).first.inner_text()
        page.keyboard.press("a")
        page.wait_for_function("old => !document.body.innerText.includes(old)", arg=waiting)
        page.close()
    grading(folder, "feedback", "attention")
    (approved,) = remarks(browser, folder, "john")
    assert "one by one" in approved and "approved by a person" in approved
    assert scores(folder) == before


def test_with_a_dead_server_the_review_is_pending_and_the_scores_are_the_same(demo, browser, tmp_path):
    folder, _ = demo
    dead = tmp_path / "course"
    shutil.copytree(folder, dead)
    with sqlite3.connect(dead / "gradebook.db") as gradebook:
        gradebook.execute("delete from attention101_review_reply")
        gradebook.execute("delete from attention101_review_decision")
    before = scores(dead)
    grading(dead, "feedback", "attention")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((dead / "feedback" / "dorothy" / "attention" / "attention.html").as_uri())
    assert page.get_by_text("Review pending.").is_visible()
    assert page.locator(".remark").count() == 0
    page.close()
    assert scores(dead) == before
