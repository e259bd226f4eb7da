"""`make demo` without Ollama, seen in Chromium: findings, a draft approved at the desk by keyboard, a dead server."""

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


def section(browser, folder: Path, student: str) -> str:
    """What the page says about the review."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((folder / "feedback" / student / "attention" / "attention.html").as_uri())
    found = page.locator("section:has(#review)")
    text = found.inner_text() if found.count() else ""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
    return text


def test_the_demo_shows_findings_those_first_that_the_model_pointed_at_and_no_word_of_it(demo, browser):
    folder, said = demo
    assert "Answers are repeated that were recorded from qwen2.5-coder:1.5b" in " ".join(said.split())
    counts = {line.split()[0]: re.search(r"(\d+)/(\d+)/(\d+)/(\d+)", line) for line in said.splitlines() if "/" in line}
    counts = {name: tuple(map(int, found.groups())) for name, found in counts.items() if found}
    assert counts.pop("points")[0] == sum(each[0] for each in counts.values())
    for student, (expected, _, _, drafts) in counts.items():
        assert len(remarks(browser, folder, student)) == expected, student
        text = section(browser, folder, student)
        assert ("qwen2.5-coder:1.5b" in text) == (student != "ida") and "still reading" not in text  # hers is blank
        assert (f"{drafts} comment" in text) == bool(drafts)
    assert sum(each[1] for each in counts.values()) > 0, "the model pointed at a finding"
    assert sum(each[3] for each in counts.values()) > 0, "a draft waits"
    loop = next(text for text in remarks(browser, folder, "dorothy") if "piece by piece" in text)
    assert "Could be written better" in loop


def test_a_draft_approved_at_the_desk_is_on_the_page_after_the_next_run(demo, browser):
    folder, _ = demo
    before = scores(folder)
    with desk(folder) as address:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.wait_for_selector("article .code")
        # By keyboard alone: approve the first, reject the rest.
        draft = page.locator("blockquote.said").first.inner_text()
        student = page.locator("article .students").first.inner_text().split(",")[0]
        left = int(page.locator("[data-count=waiting]").inner_text())
        for key in "a" + "r" * (left - 1):
            page.keyboard.press(key)
            left -= 1
            page.wait_for_function(
                "n => document.querySelector('[data-count=waiting]').textContent === String(n)", arg=left
            )
        page.close()
    grading(folder, "feedback", "attention")
    approved = [text for text in remarks(browser, folder, student) if "approved by a person" in text]
    assert len(approved) == 1 and draft in approved[0]
    assert scores(folder) == before


def test_with_a_dead_server_findings_are_there_nothing_is_promised_and_the_scores_are_the_same(demo, browser, tmp_path):
    folder, _ = demo
    dead = tmp_path / "course"
    shutil.copytree(folder, dead)
    with sqlite3.connect(dead / "gradebook.db") as gradebook:
        gradebook.execute("delete from attention101_review_reply")
        gradebook.execute("delete from attention101_review_decision")
    before = scores(dead)
    grading(dead, "feedback", "attention")
    assert any("piece by piece" in text for text in remarks(browser, dead, "dorothy"))
    text = section(browser, dead, "dorothy")
    assert "cost no points" in text and "model" not in text and "still" not in text
    assert scores(dead) == before
