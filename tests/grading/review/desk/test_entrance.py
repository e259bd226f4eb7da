"""Who gets in on this machine, and what other sites' pages can do: nothing."""

import os
import pwd
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from grading.review.desk.on_loopback import leading_file, name_of_this_user
from grading.review.records.store import StoredComment
from tests.grading.review.desk.desk_course import PLAIN, OpenDesk

COMMENT = StoredComment((1, 1), "other", "Something.")


@pytest.fixture
def desk(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.say(PLAIN, COMMENT)
    with OpenDesk(course) as desk:
        yield desk


def test_the_token_becomes_a_cookie_and_leaves_the_address(desk):
    visitor = desk.visitor()
    first = visitor.client.get(desk.loopback.url)
    assert first.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in first.text and desk.loopback.token not in first.text
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert desk.loopback.token not in cookie
    assert visitor.client.get(f"{visitor.origin}/").status_code == 200
    assert desk.loopback.token not in visitor.client.get(f"{visitor.origin}/").text


@pytest.mark.parametrize("address", ["", "queue", "decisions", "news?since=0", "files/page.js", "nowhere"])
@pytest.mark.parametrize("with_it", ["nothing", "a wrong token", "a wrong cookie"])
def test_nobody_gets_in_without(desk, address, with_it):
    visitor = desk.visitor()
    if with_it == "a wrong token":
        address = f"{address}{'&' if '?' in address else '?'}token={desk.loopback.token[:-1]}"
    if with_it == "a wrong cookie":
        visitor.client.cookies.set(desk.loopback.cookie, "x" * len(desk.loopback.session))
    answer = visitor.client.get(f"{visitor.origin}/{address}")
    assert answer.status_code == 403
    assert "project_qkv" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}"]
)
def test_another_name_for_this_server_is_refused(desk, host):
    visitor = desk.entered()
    answer = visitor.client.get(f"{visitor.origin}/queue", headers={"Host": host.format(port=desk.loopback.port)})
    assert answer.status_code == 403
    assert "answers only at" in answer.json()["message"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", None]
)
def test_another_sites_page_cannot_decide(desk, origin):
    visitor = desk.entered()
    [[card]] = visitor.queue()
    del visitor.client.headers["Origin"]
    if origin is not None:
        visitor.client.headers["Origin"] = origin.format(port=desk.loopback.port)
    assert visitor.decide([card], "approved").status_code == 403
    assert len(visitor.queue()) == 1


@pytest.mark.parametrize("token", [None, "", "wrong", "2|00000000|00000000000000000000000000000000|1"])
def test_a_decision_needs_the_pages_token(desk, token):
    visitor = desk.entered()
    [[card]] = visitor.queue()
    del visitor.client.headers["X-XSRFToken"]
    if token is not None:
        visitor.client.headers["X-XSRFToken"] = token
    assert visitor.decide([card], "approved").status_code == 403
    assert len(visitor.queue()) == 1


def test_headers_keep_the_page_to_itself(desk):
    page = desk.visitor().enter()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in page.headers
    assert "server" not in page.headers


@pytest.mark.parametrize(
    "address, status",
    [("nowhere", 404), ("files/page.py", 404), ("files/..%2fdesk.py", 404), ("drafts/" + "0" * 64, 404)]
    + [("drafts/x", 404), ("news?since=-1", 400), ("news?since=" + "9" * 30, 400), ("decisions?before=x", 400)],
)
def test_what_is_not_there_is_said(desk, address, status):
    visitor = desk.entered()
    answer = visitor.client.get(f"{visitor.origin}/{address}")
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


def test_a_browser_gets_a_sentence(desk):
    answer = desk.visitor().client.get(f"http://127.0.0.1:{desk.loopback.port}/", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Open the address that `python -m grading desk` printed" in answer.text


def test_the_browser_is_led_by_a_file_that_others_cannot_read(desk):
    with leading_file(desk.loopback.url) as leading:
        path = Path(unquote(urlsplit(leading).path))
        assert desk.loopback.token not in leading and desk.loopback.url in path.read_text()
        assert path.parent.stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_the_environment_does_not_say_who_decides(monkeypatch):
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert name_of_this_user() == pwd.getpwuid(os.getuid()).pw_name
