"""A submission full of scripts, looked at in a real browser: in formgrader, in its file view, and as feedback."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook

from tests.course_folder import RIGHT, ROOT
from tests.grading.active_content import DISPLAYS, JS, MARKDOWN, PAGE, SVG

pytestmark = [pytest.mark.slow, pytest.mark.kernel, pytest.mark.needs("chromium")]

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# formgrader's own page asks for MathJax and the like there; no test needs them.
OF_FORMGRADER = "https://cdnjs.cloudflare.com/"
EXCEPTION = f"""\
def attention_weights(scores, mask=None):
    raise type("<img src=x onerror='{JS}'>", (Exception,), {{}})("`<script>{JS}</script>`<img src=x onerror='{JS}'>")
"""
HONEST = "A table:\n\n| shape | what |\n|---|---|\n| (3, 5) | $a < b$ |\n\nSee [the paper](https://arxiv.org/abs/1706.03762)."
FILES = {"page.html": PAGE, "picture.svg": SVG, "page.xhtml": PAGE, "notes.txt": PAGE, "sub/page.HTM": PAGE}


def evil_cells() -> list:
    cells = [
        new_markdown_cell(HONEST),
        *map(new_markdown_cell, MARKDOWN.values()),
        *map(new_raw_cell, MARKDOWN.values()),
    ]
    for data in DISPLAYS.values():
        cells.append(new_code_cell(f"from IPython.display import display\ndisplay({data!r}, raw=True)"))
    cells.append(new_code_cell(f"import sys\nprint({PAGE!r})\nprint({PAGE!r}, file=sys.stderr)\n{PAGE!r}"))
    cells.append(new_code_cell(f"raise type({PAGE!r}, (Exception,), {{}})({PAGE!r})"))
    cells.append(new_code_cell(f"%%html\n{PAGE}"))
    return cells


@pytest.fixture(scope="module")
def graded(course):
    evil = course.submission({**RIGHT, "attention_weights": EXCEPTION})
    evil.cells[1:1] = evil_cells()
    evil.cells[1]["attachments"] = {"x.svg": {"image/svg+xml": SVG}}
    folder = course.hand_in("eve", evil)
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    course.hand_in("control", course.submission(RIGHT))
    kept = [f"--SubmissionReader.kept_files={pattern}" for pattern in ("*.html", "*.svg", "*.xhtml", "*.txt", "*.HTM")]
    for command in (["nbgrader", "autograde", "attention", *kept], ["grading", "feedback", "attention"]):
        answer = course.command(*command)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    notebook = course.autograded("control")
    notebook.cells[1:1] = [
        {"cell_type": "markdown", "id": f"own-{i}", "metadata": {}, "source": MARKDOWN[name]}
        for i, name in enumerate(["img onerror", "image from elsewhere"])
    ]
    course.replace_autograded("control", notebook)
    (course.folder / "autograded/control/attention/page.html").write_text(PAGE)
    return course


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture(scope="module")
def server(graded, tmp_path_factory):
    """formgrader in a Jupyter server; its address with a slash at the end, and its token."""
    home = tmp_path_factory.mktemp("home")
    token, port = secrets.token_hex(8), free_port()
    address = f"http://127.0.0.1:{port}/"
    folders = {f"JUPYTER_{name}_DIR": str(home) for name in ("CONFIG", "RUNTIME", "DATA")}
    options = [f"--ServerApp.root_dir={graded.folder}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--no-browser",
                "--allow-root",
                f"--IdentityProvider.token={token}",
            ]
            + options,
            cwd=ROOT,
            env=os.environ | folders | {"ATTENTION101_COURSE": str(graded.folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"{address}api/status?token={token}", process, home / "log")
            yield address, token
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def look(browser, server):
    """Opens an address (of the server where it is a path) and waits until nothing more is loaded.

    Returns the page and what happened that no submission may cause: dialogs, requests to elsewhere or for the canary,
    pages that opened or navigated.
    """
    address, token = server
    context = browser.new_context(viewport={"width": 1366, "height": 768})

    def open_it(path: str):
        happened: list[str] = []
        page = context.new_page()
        page.on("dialog", lambda dialog: (happened.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: happened.append(f"popup {popup.url}"))
        page.on("download", lambda download: happened.append(f"download {download.url}"))
        page.on("request", lambda request: happened.append(request.url) if is_strange(request.url) else None)
        page.route(f"{OF_FORMGRADER}**", lambda route: route.abort())
        page.goto(path if "://" in path else f"{address}{path}", wait_until="networkidle")
        if page.evaluate("window.pwned"):
            happened.append("a script ran")
        return page, happened

    def is_strange(url: str) -> bool:
        return "canary" in url or not url.startswith((address, "file://", "data:image/", "blob:", OF_FORMGRADER))

    context.new_page().goto(f"{address}api/status?token={token}")
    yield open_it
    context.close()


def submission_id(course, student: str) -> str:
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        return gradebook.find_submission_notebook("attention", "attention", student).id


# What in the page's own scripts' view is active, within the notebook.
INSIDE = """() => {
  const box = document.querySelector('#notebook-container') || document.body, found = [];
  for (const e of box.querySelectorAll('*')) {
    if (/^(SCRIPT|IFRAME|OBJECT|EMBED|META|BASE|FORM|LINK|SVG|STYLE)$/i.test(e.tagName))
      found.push(e.outerHTML.slice(0, 100));
    for (const a of e.attributes) if (a.name.startsWith('on')) found.push(e.outerHTML.slice(0, 100));
    if (e.tagName === 'A' && e.hasAttribute('href') && !['http:', 'https:', 'mailto:'].includes(e.protocol)
        && !e.getAttribute('href').startsWith('#'))
      found.push(e.outerHTML.slice(0, 100));
    if (e.tagName === 'IMG' && !/^data:image\\/(png|jpeg);/.test(e.src)) found.push(e.outerHTML.slice(0, 100));
  }
  return found;
}"""


def test_the_same_ways_work_where_nothing_is_done_about_them(graded, look):
    page, happened = look(f"formgrader/submissions/{submission_id(graded, 'control')}/")
    assert "a script ran" in happened
    assert any("canary" in event for event in happened)
    assert page.evaluate(INSIDE) != []


def test_formgraders_page_runs_nothing_and_is_readable(graded, look):
    page, happened = look(f"formgrader/submissions/{submission_id(graded, 'eve')}/")
    assert happened == []
    assert page.evaluate(INSIDE) == []
    assert page.locator("#notebook-container table td").first.inner_text() == "(3, 5)"
    assert page.locator("#notebook-container a[href='https://arxiv.org/abs/1706.03762']").first.is_visible()
    text = page.locator("#notebook-container").first.inner_text()
    assert "< script>window.pwned=1< /script>" in text  # Markdown, as text
    assert "<script>window.pwned=1</script>" in text  # the code and the streams, as they are
    assert page.locator("input.score").count() == 5


@pytest.mark.parametrize(
    "path", ["formgrader/", "formgrader/manage_submissions/attention", "formgrader/gradebook/attention/attention"]
)
def test_formgraders_lists_run_nothing(graded, look, path):
    page, happened = look(path)
    assert happened == []
    page.wait_for_selector("tbody tr td a, tbody tr td span")
    assert not page.evaluate("window.pwned")


@pytest.mark.parametrize(
    "path",
    ["gradebook/{}", "gradebook/{}/attention", "gradebook/attention/{}", "manage_submissions/{}", "manage_students/{}"],
)
def test_a_link_into_formgrader_runs_nothing_that_stands_in_it(graded, look, path):
    for markup in (f"<img src=x onerror={JS}>", f'";{JS};"'):
        page, _ = look(f"formgrader/{path.format(quote(markup, safe=''))}")
        assert not page.evaluate("window.pwned")
    page, happened = look(f"formgrader/{path.format('attention')}")
    assert happened == [] and page.title() == "nbgrader formgrade"


def test_kept_files_are_shown_as_text(graded, look):
    folder = graded.folder / "autograded/eve/attention"
    kept = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert kept == [
        "attention.ipynb",
        "notes.txt",
        "page.html.txt",
        "page.xhtml.txt",
        "picture.svg.txt",
        "sub/page.HTM.txt",
        "timestamp.txt",
    ]
    for name in kept[1:-1]:
        page, happened = look(f"formgrader/submissions/{submission_id(graded, 'eve')}/{name}")
        assert happened == []
        assert "window.pwned" in page.inner_text("body")


@pytest.mark.parametrize(
    ("student", "path"),
    [("control", "page.html")]
    + [
        ("eve", f"..%2F..%2F..%2Fsubmitted%2Feve%2Fattention%2F{name}")
        for name in ("page.html", "picture.svg", "page.xhtml")
    ],
)
def test_a_page_that_the_file_view_reaches_all_the_same_runs_nothing(graded, look, student, path):
    page, happened = look(f"formgrader/submissions/{submission_id(graded, student)}/{path}")
    assert happened in ([], [page.url.rsplit("/", 1)[0] + "/x"])
    assert not page.evaluate("window.pwned")
    assert page.evaluate("document.documentElement !== null")


def test_the_feedback_page_runs_nothing(graded, look):
    page, happened = look((graded.folder / "feedback/eve/attention/attention.html").as_uri())
    assert happened == []
    assert page.locator("script, iframe, object, embed, form, base").count() == 0
    assert "onerror" in page.inner_text("body")
    assert "the paper" in page.inner_text("body")
