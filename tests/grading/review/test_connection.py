"""Addresses that are none, and servers that send anything: each a sentence, in time, in little memory.

What can go wrong, in the order of a call: the address (blank, port, path, query, password, scheme, IPv6), what else
the environment says (proxies, certificates, a key), connecting (refused, TLS to a plain port), the status line, the
headers, a redirect, a refusal, another server, the encoding, the size, the pace, the JSON, an error inside the stream,
the end.
"""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time

import pytest

from grading.review.asking.address import Address, address_of
from grading.review.asking.model_digest import model_digest
from grading.review.asking.no_reply import NoReply
from grading.review.asking.reviewer import Replied, Reviewer
from grading.review.settings import CodeReview
from tests.grading.review.review_samples import DEAD, a_question, saying
from tests.grading.review.test_asking import settings
from tests.ollama_protocol import misbehaviours as m
from tests.ollama_protocol.memory import peak_of
from tests.ollama_protocol.server import DIGEST, OllamaServer


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in list(os.environ):
        if re.fullmatch("OLLAMA_.*|SSL_CERT_.*|.*_PROXY", name, re.IGNORECASE):
            monkeypatch.delenv(name)


def outcome(given: CodeReview) -> Replied | str:
    """The reply, or the sentence that says why there is none."""

    async def run():
        async with Reviewer(given) as reviewer:
            return await reviewer.ask(a_question())

    try:
        return asyncio.run(run())
    except NoReply as trouble:
        return str(trouble)


def sentence(misbehaviour: m.Misbehaviour, **changed) -> str:
    """What is said when each question meets it."""
    with OllamaServer(saying(DEAD), m.every_question(misbehaviour)) as server:
        said = outcome(settings(server, **{"retries": 0, **changed}))
    assert isinstance(said, str), said
    return said


# --- the address


@pytest.mark.parametrize(
    "text, url",
    [
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        (" gpu\n", "http://gpu:11434"),
        ('"gpu:5"', "http://gpu:5"),
        (":5", "http://127.0.0.1:5"),
        ("0.0.0.0", "http://0.0.0.0:11434"),
        ("::1", "http://[::1]:11434"),
        ("http://[::1]:5", "http://[::1]:5"),
        ("HTTP://gpu", "http://gpu:80"),
        ("https://gpu", "https://gpu:443"),
        ("https://gpu/ollama/", "https://gpu:443/ollama"),
    ],
)
@pytest.mark.parametrize("setting", ["CodeReview.host", "OLLAMA_HOST"])
def test_addresses(text, url, setting, monkeypatch):
    if setting == "OLLAMA_HOST":
        monkeypatch.setenv(setting, text)
        assert address_of(CodeReview()).url == url
    else:
        assert address_of(CodeReview(host=text)).url == url


NO_ADDRESSES = [
    "http://127.0.0.1: 11434",
    "127.0.0.1 :11434",
    "gpu\u200b:1",
    "gpu:0",
    "gpu:99999",
    "gpu:abc",
    "gpu:",
    "http://",
    "http:/gpu",
    "ftp://gpu",
    "unix:///run/ollama.sock",
    "/run/ollama.sock",
    "http://gpu?model=x",
    "http://gpu/#x",
    "http://u:secret@gpu:0",
    "g" * 70,
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
@pytest.mark.parametrize("setting", ["CodeReview.host", "OLLAMA_HOST"])
def test_what_is_no_address_is_named_with_its_setting(text, setting, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", text)
    given = settings(host=text) if setting == "CodeReview.host" else settings()
    said = outcome(given)
    assert said.startswith(f"{setting} is '") and "http://127.0.0.1:11434" in said and "secret" not in said
    with pytest.raises(NoReply, match=f"^{setting} is "):
        model_digest(given)


def test_a_good_setting_is_used_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1: 99999")
    with OllamaServer(saying(DEAD)) as server:
        assert isinstance(outcome(settings(server)), Replied)


def test_user_and_password_are_sent_and_never_said():
    with OllamaServer(saying(DEAD), m.every_question(m.Fails(401, "who are you?"))) as server:
        said = outcome(settings(host=server.host.replace("//", "//tina:pass%40word@")))
        assert {head["Authorization"] for head in server.headers} == {"Basic dGluYTpwYXNzQHdvcmQ="}
    assert "refuses us (HTTP 401: who are you?)" in said and "pass" not in said.replace("password@", "")


@pytest.mark.parametrize("path", ["/v1", "/api"])
def test_a_path_too_much_is_told_apart_from_a_missing_model(path):
    with OllamaServer(saying(DEAD)) as server:
        said = outcome(settings(host=server.host + path))
    assert f"no Ollama server is at {server.host}{path} (CodeReview.host)" in said and f"leave {path} out" in said
    assert "pull" not in said


def test_another_server_that_says_404_is_told_apart_from_a_missing_model():
    page = m.Raw(m.http("<html><h1>Not Found</h1></html>", "404 Not Found", "text/html"))
    with OllamaServer(chat=m.always(page), elsewhere=[page]) as server:
        said = outcome(settings(server))
    assert f"no Ollama server is at {server.host}" in said and "HTTP 404: Not Found" in said and "pull" not in said


# --- the environment


BAD_ENVIRONMENT = {
    "OLLAMA_HOST": "http://127.0.0.1: 99999",
    "ALL_PROXY": "socks9://nowhere",
    "HTTP_PROXY": "http://127.0.0.1:99999",
    "SSL_CERT_FILE": "/no/such/file",
    "OLLAMA_API_KEY": "né",
}


def test_nothing_is_made_of_the_environment_before_a_question_is_asked():
    program = (
        "import os, sys, grading.review.preprocessor, grading.demo.command; print('ollama' in sys.modules); "
        "from grading.review.asking.connection import official; official(); "
        "print(os.environ['OLLAMA_HOST'], os.environ['ALL_PROXY'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | BAD_ENVIRONMENT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"False\n{BAD_ENVIRONMENT['OLLAMA_HOST']} {BAD_ENVIRONMENT['ALL_PROXY']}\n"


@pytest.mark.parametrize("name", ["ALL_PROXY", "OLLAMA_API_KEY", "SSL_CERT_FILE"])
def test_an_environment_that_allows_no_connection_is_said(name, monkeypatch):
    monkeypatch.setenv(name, BAD_ENVIRONMENT[name])
    said = outcome(settings(host="https://gpu.invalid"))
    assert "no connection to https://gpu.invalid:443 (CodeReview.host) can be prepared: " in said and name in said


def test_a_proxy_that_cannot_be_is_said(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", BAD_ENVIRONMENT["HTTP_PROXY"])
    said = outcome(settings(host="gpu.invalid"))
    assert "no Ollama server answers at http://gpu.invalid:11434" in said and "the environment's proxies" in said


def test_a_key_that_cannot_be_sent_is_not_said(monkeypatch):
    monkeypatch.setenv("OLLAMA_API_KEY", "secret\nkey")
    with OllamaServer() as server:
        said = outcome(settings(server))
    assert "OLLAMA_API_KEY" in said and "secret" not in said


def test_a_proxy_is_used_for_another_machine_only(monkeypatch):
    with OllamaServer(saying(DEAD)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.host)
        assert outcome(settings(host="http://gpu.invalid")).digest == DIGEST
    with OllamaServer(chat=m.always(m.Fails(407, "who are you?")), elsewhere=[m.Fails(407, "")]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.host)
        assert "refuses us (HTTP 407" in outcome(settings(host="http://gpu.invalid"))
    with OllamaServer(saying(DEAD)) as server:
        assert outcome(settings(server)).digest == DIGEST


# --- the connection


def test_tls_to_a_plain_port():
    with OllamaServer() as server:
        said = outcome(settings(host=server.host.replace("http:", "https:")))
    assert "no Ollama server answers at https://127.0.0.1" in said and "write http://" in said


def test_a_name_that_nobody_knows():
    assert "no Ollama server answers at http://gpu.invalid:11434" in outcome(settings(host="gpu.invalid"))


def test_ipv6():
    with socket.socket(socket.AF_INET6) as closed:
        closed.bind(("::1", 0))
        assert "no Ollama server answers at http://[::1]" in outcome(settings(host=f"[::1]:{closed.getsockname()[1]}"))


# --- what is sent instead of an answer


DEEP = "[" * 200_000
LONG_PART = json.dumps({"model": "x" * 10_000, "message": {"role": "assistant", "content": ""}})


@pytest.mark.parametrize(
    "data, why",
    [
        # The status line and the headers.
        (b"", "the connection broke"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the connection broke"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "the connection broke"),
        (b"HTTP/1.1 99999 What\r\n\r\n", "the connection broke"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 1_000_000, "the connection broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "the connection broke"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "the connection broke"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "the connection broke"),
        (m.http(status="204 No Content"), "HTTP 204"),
        # Refusals.
        (m.http(status="403 Forbidden"), "refuses us (HTTP 403"),
        (m.http("[]", "400 Bad Request"), "does not accept the question (HTTP 400: [])"),
        (m.http('"no"', "400 Bad Request"), "does not accept the question"),
        (m.http(DEEP, "400 Bad Request"), "does not accept the question"),
        (m.http('{"error": {"message": "no"}}', "400 Bad Request"), "{'message': 'no'}"),
        (m.http('{"error": "a\\u001b[31m\\ud800b"}', "400 Bad Request"), "(HTTP 400: a [31m b)"),
        (m.http(status="405 Method Not Allowed"), "no Ollama server is at"),
        (m.http('{"detail": "Not Found"}', "404 Not Found"), "no Ollama server is at"),
        (m.http('{"error": "model \'x\' not found"}', "404 Not Found"), "ollama pull"),
        (m.http("<html>" + "x" * 9_000_000, "500 Oh"), "does not end"),
        (m.http("<p>upstream is down</p>", "502 Bad Gateway", "text/html"), "(HTTP 502: upstream is down)"),
        # Another form.
        (m.http("<html>Please log in</html>", kind="text/html; charset=utf-8"), "which no Ollama server does"),
        (m.http("?", more="Content-Encoding: br\r\n"), "which no Ollama server does"),
        (m.http("?", "500 Oh", more="Content-Encoding: gzip\r\n"), "which no Ollama server does"),
        (m.http(""), "ended its answer in the middle"),
        (m.http("\n\n"), "not what Ollama sends"),
        (m.http("[1]\n"), "not what Ollama sends"),
        (m.http("null\n"), "not what Ollama sends"),
        (m.http("{}\n"), "not what Ollama sends"),
        (m.http('{"message": 5}\n'), "not what Ollama sends"),
        (m.http('{"1": 1}\n'), "not what Ollama sends"),
        (m.http(f"{DEEP}\n"), "not what Ollama sends"),
        (m.http(b"\xff\xfe{\n"), "not what Ollama sends"),
        (m.http('{"error": {"message": "no"}}\n'), "not what Ollama sends"),
        (m.http('{"error": "out of memory"}\n'), "broke its answer off (it says: out of memory)"),
        (m.http("x" * 5_000_000), "does not end"),
        (m.http("\n" * 5_000_000 + "{}"), "not what Ollama sends"),
        (m.http(f"{LONG_PART}\n" * 500), "does not end"),
    ],
)
def test_what_is_no_answer(data, why):
    started = time.monotonic()
    said = sentence(m.Raw(data))
    assert why in said and "-1" not in said and said.isprintable() and len(said) < 600
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_nobody_is_sent_on(status):
    with OllamaServer(saying(DEAD)) as other:
        said = sentence(m.redirect(f"{other.host}/api/chat", status))
        assert f"sends us on to {other.host}/api/chat, which is not followed (HTTP {status[:3]})" in said
        with OllamaServer(elsewhere=[m.redirect(f"{other.host}/api/tags", status)]) as server:
            assert "which is not followed" in outcome(settings(server))
        assert not other.headers, "nothing was sent there"


# --- how much, and how long


@pytest.mark.parametrize("endless, why", [(m.endless_line, "does not end"), (m.endless_packed_line, "gzip")])
def test_an_answer_without_end_takes_little_memory(endless, why):
    for place in ("chat", "elsewhere"):
        pours = endless()
        plan = {"chat": m.every_question(pours)} if place == "chat" else {"elsewhere": [pours]}
        with OllamaServer(saying(DEAD), **plan) as server:
            said, grown = peak_of(lambda: outcome(settings(server, retries=0)))
        assert why in said and grown < 80, (said, grown)
        assert sum(pours.poured) < 20_000_000, "and the client left"


def test_who_packs_only_when_asked_is_understood():
    with OllamaServer(saying(DEAD)) as server:
        assert isinstance(outcome(settings(server)), Replied)
        assert {head["Accept-Encoding"] for head in server.headers} == {"identity"}


def test_a_list_of_models_that_drips_has_a_deadline():
    started = time.monotonic()
    with OllamaServer(elsewhere=[m.Drip(0.05)]) as server:
        said = outcome(settings(server, answer_seconds=1.0))
        assert "does not say within 1 s which models it has" in said and "CodeReview.host" in said
        with pytest.raises(NoReply, match="does not say within 1 s"):
            model_digest(settings(server, answer_seconds=1.0))
    assert time.monotonic() - started < 8


def test_all_tries_to_load_have_one_deadline():
    started = time.monotonic()
    with OllamaServer(chat=m.always(m.Slow(0.7), m.server_error)) as server:
        assert "was not loaded within 1.5 s" in outcome(settings(server, load_seconds=1.5, retries=20))
    assert time.monotonic() - started < 6


def test_a_header_that_drips_has_the_deadline_of_the_answer():
    started = time.monotonic()

    def drips(exchange) -> None:
        exchange.send = _drip_headers

    assert "no complete answer came within 1 s" in sentence(drips, answer_seconds=1.0)
    assert time.monotonic() - started < 8


def _drip_headers(answering, exchange) -> None:
    answering.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        answering.wfile.write(b"x")
        answering.wait(0.05)


def test_an_address_is_said_with_its_setting_and_without_its_password():
    address = address_of(CodeReview(host="http://tina:secret@gpu:1"))
    assert address == Address("http://gpu:1", "CodeReview.host", ("tina", "secret"), False)
    assert str(address) == "http://gpu:1 (CodeReview.host)"
