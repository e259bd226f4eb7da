"""A real class: hub/jupyterhub_config.py with real Unix users, in a browser. What works, then what must fail."""

import json
import os
import secrets
import stat
import sys
from pathlib import Path

import httpx
import nbformat
import psutil
import pytest
from nbformat.v4 import new_markdown_cell

from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from tests.hub.person import Person
from tests.hub.running_class import GRADER, RunningClass
from tests.hub.story import graded_and_given_back, instructor_hands_out, student_works_and_hands_in

pytestmark = [pytest.mark.slow(minutes=4), pytest.mark.needs("chromium", "root"), pytest.mark.timeout(900)]

STUDENT, ATTACKER, INSTRUCTOR, TA = "Ada.Lovelace", "m.allory", "Prof.X", "ta@uni.example"
HIT = 'document.title = parent.document.title = "hit"'
ADMIN_TOKEN = secrets.token_hex(16)
EXTRA = """
c.JupyterHub.services[2]["environment"]["ATTENTION101_REVIEWER"] = {reviewer!r}
c.JupyterHub.services.append({{"name": "registrar", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{"name": "registrar", "services": ["registrar"], "scopes": ["groups"]}})
"""


@pytest.fixture(scope="module")
def hub():
    recording = Recording.read()
    with RecordedServer(recording) as server:
        extra = EXTRA.format(reviewer=f"{server.host} {recording.model}", token=ADMIN_TOKEN)
        with RunningClass([INSTRUCTOR], [TA], [STUDENT, ATTACKER], extra) as hub:
            yield hub
            keep = os.environ.get("ATTENTION101_SCREENSHOTS")
            if keep:
                Path(keep, "class-hub.log").write_text(hub.log)


@pytest.fixture(scope="module")
def attacker(hub, browser, tmp_path_factory):
    """The attacker, logged in. The home holds what broke servers elsewhere: other packages, a configuration."""
    site = f".local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    for place in (f"{site}/sqlalchemy", f"{site}/nbgrader", "attention_lib", "hub"):
        plant(hub, f"{place}/__init__.py", "raise RuntimeError('from the home')")
    for place in (".jupyter/jupyter_server_config.py", ".jupyter/nbgrader_config.py"):
        plant(hub, place, "raise RuntimeError('from the home')")
    person = Person(browser, hub.address, ATTACKER, hub.passwords[ATTACKER], tmp_path_factory.mktemp("shots"))
    person.log_in()
    return person


def test_a_course_with_real_users(hub, browser, shots):
    student, instructor, ta = (
        Person(browser, hub.address, name, hub.passwords[name], shots) for name in (STUDENT, INSTRUCTOR, TA)
    )
    try:
        instructor.log_in()
        instructor.go_to_course_server()
        instructor.open_formgrader()
        instructor_hands_out(instructor)
        student_works_and_hands_in(student)
        instructor.nbgrader_menu("Formgrader")
        instructor.page.reload()
        instructor.open_formgrader()
        graded_and_given_back(student, instructor, ta)
    finally:
        for person in (student, instructor, ta):
            person.shot("last")
    inbound = hub.root / "exchange/attention101/inbound"
    assert {path.owner() for path in inbound.rglob("*")} == {GRADER}
    print(f"login to JupyterLab: {student.seconds_to_lab:.1f} s")


PRIVATE = {
    "another's home": "homes/Ada.Lovelace",
    "another's notebook": "homes/Ada.Lovelace/attention/attention.ipynb",
    "what was handed in": "exchange/attention101/inbound",
    "everybody's feedback": "exchange/attention101/feedback",
    "the source": "course/source/attention/attention.ipynb",
    "the gradebook": "course/gradebook.db",
    "the checkout with its solutions": "checkout/grading/demo/answers.py",
    "the hub's secret": "state/cookie_secret",
    "the hub's database": "state/jupyterhub.sqlite",
}


@pytest.mark.parametrize("what", PRIVATE)
def test_a_terminal_reads_nothing_of_others(what, hub):
    path = hub.root / PRIVATE[what]
    assert path.exists()
    answer = hub.run_as(ATTACKER, "ls" if path.is_dir() else "cat", str(path))
    assert answer.returncode != 0 and "Permission denied" in answer.stderr


@pytest.mark.parametrize(
    "place", ["exchange", "exchange/attention101", "exchange/attention101/outbound/attention", "for_students/hub"]
)
def test_a_terminal_plants_nothing(place, hub):
    answer = hub.run_as(ATTACKER, "touch", str(hub.root / place / "evil.html"))
    assert answer.returncode != 0 and "Permission denied" in answer.stderr


def test_the_tokens_in_others_processes_are_closed(hub, attacker):
    others = [p for p in processes_of(STUDENT) + processes_of(GRADER)]
    assert others
    for process in others:
        answer = hub.run_as(ATTACKER, "cat", f"/proc/{process.pid}/environ")
        assert answer.returncode != 0 and "JUPYTERHUB_API_TOKEN" not in answer.stdout


@pytest.mark.parametrize(
    "path, status",
    [
        ("/user/Ada.Lovelace/lab", 403),
        ("/user/Ada.Lovelace/api/contents", 403),
        ("/user/Ada.Lovelace/files/attention/attention.ipynb", 403),
        ("/services/attention101/", 403),
        ("/services/attention101/formgrader", 403),
        ("/services/attention101/files/gradebook.db", 403),
        ("/services/desk/", 403),
        ("/hub/admin", 403),
        ("/user/m.allory/formgrader/manage_assignments", 404),
    ],
)
def test_addresses_that_are_closed_to_a_student(path, status, hub, attacker):
    page = attacker.context.new_page()
    try:
        assert page.goto(f"{hub.address}{path}").status == status
    finally:
        page.close()


def test_a_students_token_opens_nothing_else(hub, attacker):
    token = token_of(ATTACKER)
    with httpx.Client(base_url=hub.address, headers={"Authorization": f"token {token}"}, trust_env=False) as client:
        own = client.get("/hub/api/users/m.allory").json()
        assert own["name"] == ATTACKER and own["groups"] == ["nbgrader-attention101"]
        for path in ("/hub/api/users", "/hub/api/users/Ada.Lovelace", "/hub/api/groups", "/hub/api/proxy"):
            assert client.get(path).status_code in (403, 404), path
        for path in ("/services/attention101/api/contents", "/user/Ada.Lovelace/api/contents"):
            assert client.get(path).status_code == 403, path
        assert client.get("/services/desk/", follow_redirects=False).status_code in (302, 403)
        assert client.post("/hub/api/groups/formgrade-attention101/users", json={"users": [ATTACKER]}).status_code in (
            403,
            404,
        )
        assert client.delete("/hub/api/users/Ada.Lovelace/server").status_code in (403, 404)


def test_forged_cookies_and_tokens_are_refused(hub, attacker):
    own = {cookie["name"]: cookie["value"] for cookie in attacker.context.cookies()}
    with httpx.Client(base_url=hub.address, trust_env=False, follow_redirects=False) as client:
        # The own server's cookie under the name of another's.
        stolen = next(value for name, value in own.items() if name.startswith("jupyterhub-user-"))
        for name in ("jupyterhub-user-Ada.Lovelace", "jupyterhub-user-Ada-2eLovelace", "service-attention101"):
            answer = client.get("/user/Ada.Lovelace/api/contents", headers={"Cookie": f"{name}={stolen}"})
            assert answer.status_code in (302, 403)
        forged = '2|1:0|10:1700000000|21:jupyterhub-hub-login|44:"QURB"|' + "0" * 64
        answer = client.get("/hub/home", headers={"Cookie": f"jupyterhub-hub-login={forged}"})
        assert answer.status_code == 302 and "/hub/login" in answer.headers["location"]
        for token in ("0" * 32, "token", "../../"):
            answer = client.get("/hub/api/users", headers={"Authorization": f"token {token}"})
            assert answer.status_code == 403
            answer = client.post(
                "/services/hand-in/submit/attention", headers={"Authorization": f"token {token}"}, content=b""
            )
            assert answer.status_code == 401
        assert httpx.get(f"http://127.0.0.1:{hub.proxy_port}/api/routes", trust_env=False).status_code == 403


def test_planted_links_and_html_reach_nobody(hub, attacker, browser, shots):
    attacker.page.bring_to_front()
    attacker.open_assignments()
    attacker.fetch()
    source = hub.root / "course/source/attention/attention.ipynb"
    for link in ("leak.html", "attention.html"):
        assert hub.run_as(ATTACKER, "ln", "-s", source, hub.home(ATTACKER) / "attention" / link).returncode == 0
    plant(hub, "attention/evil.html", f"<script>{HIT}</script>")
    change_notebook(hub, f"<script>{HIT}</script><img src=x onerror='{HIT}'>")
    attacker.submit()
    folder = next((hub.root / "exchange/attention101/inbound").glob(f"{ATTACKER}+attention+*"))
    assert (folder / "attention.ipynb").is_file() and not list(folder.rglob("leak.html"))
    assert all(stat.S_ISREG(p.lstat().st_mode) or stat.S_ISDIR(p.lstat().st_mode) for p in folder.rglob("*"))

    instructor = Person(browser, hub.address, INSTRUCTOR, hub.passwords[INSTRUCTOR], shots)
    instructor.log_in()
    instructor.go_to_course_server()
    instructor.open_formgrader()
    page = instructor.formgrader
    assert "Successfully collected" in instructor.formgrader_does(page.locator("td.collect a"), "collected")
    page.locator("td.num-submissions a").click()
    line = page.locator("tr", has_text=ATTACKER)
    for step in ("autograde", "generate-feedback", "release-feedback"):
        assert "Success" in instructor.formgrader_does(line.locator(f"td.{step} a"), step)
    formgrader = f"{hub.address}/services/attention101/formgrader"
    found = instructor.context.request.get(f"{formgrader}/api/submitted_notebooks/attention/attention").json()
    submission = next(each["id"] for each in found if each["student"] == ATTACKER)
    instructor.page.goto(f"{formgrader}/submissions/{submission}/")
    instructor.page.get_by_text("def project_qkv").first.wait_for()
    instructor.shot("submission")
    assert instructor.page.evaluate("document.title") != "hit"
    instructor.page.goto(f"{formgrader}/submissions/{submission}/evil.html")
    assert instructor.page.evaluate("document.title") != "hit"
    released = [path for path in (hub.root / "exchange/attention101/feedback").rglob("*") if path.is_file()]
    text = "".join(path.read_text() for path in released)
    assert released and {path.suffix for path in released} == {".html"}
    # What was written is shown as text.
    assert f"&gt;{HIT}" in text and f"<script>{HIT}" not in text and "<img src=x" not in text
    assert "BEGIN SOLUTION" not in text


def test_who_was_removed_from_the_course_cannot_hand_in(hub, attacker):
    answer = httpx.request(
        "DELETE",
        f"{hub.address}/hub/api/groups/nbgrader-attention101/users",
        headers={"Authorization": f"token {ADMIN_TOKEN}"},
        content=json.dumps({"users": [ATTACKER]}),
        trust_env=False,
    )
    assert answer.status_code == 200
    # Another text, so that it would be stored again.
    change_notebook(hub, "after the removal")
    attacker.page.bring_to_front()
    attacker.assignments("fetched").get_by_role("button", name="Submit", exact=True).click()
    attacker.page.locator(".jp-Dialog, .alert").filter(has_text="not in this course").first.wait_for()
    assert len(list((hub.root / "exchange/attention101/inbound").glob(f"{ATTACKER}+attention+*"))) == 1


def change_notebook(hub: RunningClass, text: str) -> None:
    """Add text to the attacker's answer, a comment in the code, and to a Markdown cell of the attacker's own."""
    path = hub.home(ATTACKER) / "attention/attention.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    answer.source += f"\n    # {text}"
    notebook.cells.insert(2, new_markdown_cell(text))
    nbformat.write(notebook, path)


def plant(hub: RunningClass, place: str, text: str) -> None:
    """Write a file into the attacker's home, as the attacker."""
    path = hub.home(ATTACKER) / place
    done = hub.run_as(ATTACKER, "bash", "-c", 'mkdir -p "$1" && printf %s "$3" > "$2"', "_", path.parent, path, text)
    assert done.returncode == 0, done.stderr


def processes_of(name: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["username"]) if p.info["username"] == name]


def token_of(name: str) -> str:
    """The token in this user's own server."""
    for process in processes_of(name):
        if token := process.environ().get("JUPYTERHUB_API_TOKEN"):
            return token
    raise AssertionError(f"{name} has no server")
