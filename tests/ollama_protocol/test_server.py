"""The test server, asked by the real client: each misbehaviour shows at the client what it should."""

import asyncio
import json
import threading
import time
from collections.abc import Callable

import httpx
import pytest
from ollama import AsyncClient, ChatResponse, Client, ResponseError

from grading.review.answer import ReviewedAnswer
from grading.review.claims import UnusableReply, parse_reply
from grading.review.prompt import question
from grading.review.shown_code import shown_code
from tests.ollama_protocol.misbehaviours import (
    Blanks,
    Drip,
    Leaks,
    Misbehaviour,
    Slow,
    Stall,
    always,
    at,
    busy,
    cannot_think,
    count_far_too_low,
    cut_prompt,
    drop,
    error_in_stream,
    every_question,
    first,
    hallucinated_lines,
    hang,
    invalid_json,
    knows_no_think,
    missing_field,
    no_count,
    no_digest,
    no_json,
    no_model,
    no_models,
    no_such_path,
    obeyed_injection,
    server_error,
    think_tags,
    thinks_unless_off,
    thinks_unless_on,
    unknown_kind,
    unload,
    window_exceeded,
    wrong_language,
)
from tests.ollama_protocol.server import DIGEST, MODEL, OllamaServer

PROMPT = 'The code word is "lantern".\n' + "Look at this code. " * 100
QUESTION = [{"role": "system", "content": "You review code."}, {"role": "user", "content": PROMPT}]
REPLY = json.dumps({"word": "lantern", "comments": [{"lines": [2, 3], "kind": "praise", "text": "A good idea."}]})
OPTIONS = {"num_ctx": 4096, "temperature": 0}


class Asked:
    """Asks a server in one of the client's four ways."""

    def __init__(self, asynchronous: bool, streamed: bool) -> None:
        self.asynchronous = asynchronous
        self.streamed = streamed

    def __call__(self, server: OllamaServer, timeout: float = 5.0, **more) -> tuple[str, str, ChatResponse]:
        """Return the content, the thoughts, and the last object."""
        more = {"model": MODEL, "messages": QUESTION, "options": OPTIONS, "stream": self.streamed, **more}
        parts = asyncio.run(_ask(server, timeout, more)) if self.asynchronous else _ask_now(server, timeout, more)
        content = "".join(part.message.content or "" for part in parts)
        return content, "".join(part.message.thinking or "" for part in parts), parts[-1]


# verify=False: a client would read certificates for 30 ms, which nobody asks for here.
def _ask_now(server: OllamaServer, timeout: float, more: dict) -> list[ChatResponse]:
    with Client(server.host, timeout=timeout, verify=False) as client:
        answer = client.chat(**more)
        return list(answer) if more["stream"] else [answer]


async def _ask(server: OllamaServer, timeout: float, more: dict) -> list[ChatResponse]:
    async with AsyncClient(server.host, timeout=timeout, verify=False) as client, asyncio.timeout(timeout):
        answer = await client.chat(**more)
        return [part async for part in answer] if more["stream"] else [answer]


@pytest.fixture(params=[(False, False), (False, True), (True, False), (True, True)], ids=str)
def ask(request: pytest.FixtureRequest) -> Asked:
    return Asked(*request.param)


@pytest.fixture(autouse=True)
def _no_thread_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def serve(*misbehaviours: Misbehaviour) -> OllamaServer:
    return OllamaServer(lambda messages: REPLY, always(*misbehaviours))


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within two seconds."""
    end = time.monotonic() + 2
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_answers(ask):
    with OllamaServer() as server:
        content, thoughts, last = ask(server)
        assert json.loads(content) == {"word": "lantern", "comments": []}
        assert (thoughts, last.done, last.done_reason, last.model) == ("", True, "stop", MODEL)
        assert last.prompt_eval_count == (len(PROMPT) // 4) + len("You review code.") // 4
        assert last.eval_count > 0 and last.total_duration > 0
        assert server.requests[0]["messages"] == QUESTION
        assert server.requests[0]["options"] == OPTIONS
        assert soon(lambda: (server.answered, server.loads, server.left) == (1, 1, 0))


def test_finds_the_code_word_of_the_real_prompt_unless_it_is_cut():
    source = "def aggregate_values(weights, V):\n    return weights @ V\n"
    answer = ReviewedAnswer("aggregate_values", source, (), True, source, "Write `aggregate_values(weights, V)`.")
    real = question(answer, shown_code(source), [])
    with OllamaServer(chat=at({2: [cut_prompt]})) as server:
        words = [json.loads(Asked(False, False)(server, messages=real.messages)[0])["word"] for _ in range(2)]
    assert words == [real.word, ""]


def test_streams_in_several_parts():
    with serve() as server, Client(server.host) as client:
        parts = list(client.chat(MODEL, QUESTION, stream=True))
        assert len(parts) > 5 and [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


def test_other_paths():
    with OllamaServer() as server, Client(server.host) as client:
        assert [(model.model, model.digest) for model in client.list().models] == [(MODEL, DIGEST)]
        assert client.show(MODEL).modelinfo["qwen2.context_length"] == 32_768
        assert client.ps().models == []
        assert client.chat(MODEL, []).done_reason == "load"
        assert [model.model for model in client.ps().models] == [MODEL]
        assert httpx.get(f"{server.host}/api/version").json().keys() == {"version"}
        assert httpx.get(server.host).text == "Ollama is running"
        assert httpx.get(f"{server.host}/api/nothing").status_code == 404
        assert httpx.post(f"{server.host}/api/chat", content=b"{").status_code == 400
        with pytest.raises(ResponseError, match="not found") as error:
            client.show("another")
        assert error.value.status_code == 404


def test_a_wrong_reply_function_is_not_hidden():
    with pytest.raises(ZeroDivisionError), OllamaServer(lambda messages: str(1 / 0)) as server:
        with pytest.raises(httpx.RemoteProtocolError), Client(server.host) as client:
            client.chat(MODEL, QUESTION)


def test_refuses(ask):
    with OllamaServer(refuse=True) as server, pytest.raises((ConnectionError, httpx.ConnectError)):
        ask(server)


def test_a_closed_server_refuses(ask):
    with serve() as server:
        ask(server)
    with pytest.raises((ConnectionError, httpx.ConnectError)):
        ask(server)


@pytest.mark.parametrize(
    ("misbehaviour", "status", "words"),
    [
        (server_error, 500, "terminated"),
        (busy, 503, "busy"),
        (no_model, 404, "not found"),
        (window_exceeded, 400, "context length"),
    ],
)
def test_failures(ask, misbehaviour, status, words):
    with serve(misbehaviour) as server, pytest.raises(ResponseError, match=words) as error:
        ask(server)
    assert error.value.status_code == status


def test_another_model_is_missing(ask):
    with serve() as server, pytest.raises(ResponseError, match="model 'another' not found") as error:
        ask(server, model="another")
    assert error.value.status_code == 404


def test_hangs_until_the_client_leaves(ask):
    with serve(hang) as server:
        with pytest.raises((httpx.ReadTimeout, TimeoutError)):
            ask(server, timeout=0.15)
        assert soon(lambda: server.left == 1)
        assert server.answered == 0


def test_stalls_in_the_middle():
    with serve(Stall(2)) as server, Client(server.host, timeout=0.3) as client:
        parts = client.chat(MODEL, QUESTION, stream=True)
        assert next(parts).message.content + next(parts).message.content == REPLY[:24]
        with pytest.raises(httpx.ReadTimeout):
            next(parts)


def test_drips_for_ever_without_a_whole_line(ask):
    with serve(Drip(0.02)) as server:
        if ask.asynchronous:
            with pytest.raises(TimeoutError):
                ask(server, timeout=0.3)
            assert soon(lambda: server.left == 1)
            return
        # A byte every 20 ms is no time-out for the client: only a closed server ends this.
        closer = threading.Timer(0.3, server.close)
        closer.start()
        with pytest.raises(httpx.RemoteProtocolError):
            ask(server, timeout=0.2)
        closer.join()


def test_drops_in_the_middle(ask):
    with serve(drop) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            ask(server)
        assert server.answered == 0


def test_fails_in_the_middle_of_a_stream(ask):
    with serve(error_in_stream) as server, pytest.raises(ResponseError) as error:
        ask(server)
    assert error.value.status_code == (-1 if ask.streamed else 500)


def test_blanks_after_the_answer_for_ever():
    with serve(Blanks()) as server:
        with Client(server.host) as client:
            content = ""
            for part in client.chat(MODEL, QUESTION, stream=True):
                assert not part.done
                content += part.message.content
                if len(content) > len(REPLY) + 50:
                    break
            assert content.rstrip() == REPLY
        assert soon(lambda: server.left == 1)
        with Client(server.host, timeout=0.3) as client, pytest.raises(httpx.ReadTimeout):
            client.chat(MODEL, QUESTION)


def test_blanks_up_to_a_limit(ask):
    with serve(Blanks(30)) as server:
        content, _, last = ask(server)
    assert content == REPLY + "\n" * 30 and last.done_reason == "length"


def test_busy_above_its_capacity():
    async def ask_many(server: OllamaServer) -> list:
        async with AsyncClient(server.host) as client:
            return await asyncio.gather(*(client.chat(MODEL, QUESTION) for _ in range(10)), return_exceptions=True)

    with OllamaServer(seconds=0.5, capacity=4) as server:
        answers = asyncio.run(ask_many(server))
        refused = [answer for answer in answers if isinstance(answer, ResponseError)]
        assert len(refused) == 6 and {error.status_code for error in refused} == {503}
        assert soon(lambda: (server.most_at_once, server.answered, len(server.requests)) == (4, 4, 10))


def test_counts_how_many_at_once():
    async def ask_many(server: OllamaServer) -> None:
        async with AsyncClient(server.host) as client:
            await asyncio.gather(*(client.chat(MODEL, QUESTION) for _ in range(7)))

    with OllamaServer(seconds=0.3) as server:
        asyncio.run(ask_many(server))
        assert soon(lambda: (server.most_at_once, server.answered) == (7, 7))


def test_no_answer_before_it_is_loaded(ask):
    with OllamaServer(load_seconds=0.2) as server:
        start = time.monotonic()
        last = ask(server)[2]
        assert 0.2 <= time.monotonic() - start < 2
        assert last.load_duration >= 0.2e9
        assert ask(server)[2].load_duration < 0.1e9
        assert server.loads == 1


def test_loading_starts_anew_when_the_client_leaves(ask):
    with OllamaServer(load_seconds=0.4) as server:
        for patience in (0.1, 0.2):
            with pytest.raises((httpx.ReadTimeout, TimeoutError)):
                ask(server, timeout=patience)
            assert soon(lambda: server.aborted_loads == server.loads)
        ask(server, messages=[])
        assert soon(lambda: (server.loads, server.aborted_loads, server.answered) == (3, 2, 0))
        ask(server)
        assert soon(lambda: (server.loads, server.answered) == (3, 1))


def test_those_who_wait_share_a_load():
    async def ask_many(server: OllamaServer) -> None:
        async with AsyncClient(server.host) as client:
            await asyncio.gather(*(client.chat(MODEL, QUESTION) for _ in range(5)))

    with OllamaServer(load_seconds=0.3) as server:
        asyncio.run(ask_many(server))
        assert soon(lambda: (server.loads, server.answered) == (1, 5))


def test_is_unloaded_between_two_answers(ask):
    with OllamaServer(chat=at({1: [unload]}), load_seconds=0.1) as server:
        for _ in range(3):
            ask(server)
        assert server.loads == 2


def test_cuts_the_prompt(ask):
    seen = []
    with OllamaServer(lambda messages: seen.append(messages) or REPLY, always(cut_prompt)) as server:
        last = ask(server)[2]
    assert last.prompt_eval_count == 4096 // 2 + 2
    assert [message["content"] for message in seen[0]] == ["You review code.", PROMPT[len(PROMPT) // 2 :]]
    with OllamaServer(chat=always(cut_prompt)) as server:
        assert json.loads(ask(server)[0])["word"] == ""


def test_counts_of_the_prompt(ask):
    with serve(count_far_too_low) as server:
        assert ask(server)[2].prompt_eval_count == 7
    with serve(no_count) as server:
        assert ask(server)[2].prompt_eval_count is None


def test_thinks_unless_told_not_to(ask):
    with serve(thinks_unless_off) as server:
        for think in (None, True):
            content, thoughts, _ = ask(server, think=think)
            assert content == "" and "I wonder" in thoughts
        assert ask(server, think=False)[:2] == (REPLY, "")


def test_thinks_only_unless_told_to_think(ask):
    with serve(thinks_unless_on) as server:
        for think in (None, False):
            content, thoughts, _ = ask(server, think=think)
            assert content == "" and "I wonder" in thoughts
        content, thoughts, _ = ask(server, think=True)
        assert content == REPLY and "I wonder" in thoughts


def test_cannot_think(ask):
    with serve(cannot_think) as server:
        assert ask(server, think=False)[0] == ask(server)[0] == REPLY
        with pytest.raises(ResponseError, match="does not support thinking") as error:
            ask(server, think=True)
        assert error.value.status_code == 400
    with serve(knows_no_think) as server:
        assert ask(server)[0] == REPLY
        with pytest.raises(ResponseError, match="does not support thinking"):
            ask(server, think=False)


def test_thoughts_within_the_content(ask):
    with serve(think_tags) as server:
        content = ask(server)[0]
    assert content.startswith("<think>") and content.endswith("</think>\n\n" + REPLY)


@pytest.mark.parametrize("misbehaviour", [invalid_json, no_json, unknown_kind, missing_field])
def test_broken_form(ask, misbehaviour):
    with serve(misbehaviour) as server, pytest.raises(UnusableReply):
        parse_reply(ask(server)[0])


def test_broken_form_with_no_comment_to_break():
    with OllamaServer(chat=always(unknown_kind)) as server, pytest.raises(UnusableReply, match="comments.0.kind"):
        parse_reply(Asked(False, False)(server)[0])


@pytest.mark.parametrize(
    ("misbehaviour", "words"),
    [
        (wrong_language, "Die Variable"),
        (obeyed_injection, "10 out of 10"),
        (hallucinated_lines, "temporary_result"),
        (Leaks("Q @ K.mT * scale"), "Q @ K.mT * scale"),
    ],
)
def test_bad_comments_in_good_form(ask, misbehaviour, words):
    with serve(misbehaviour) as server:
        reply = parse_reply(ask(server)[0])
    assert words in reply.comments[0].text
    assert [comment.text for comment in reply.comments[1:]] == ["A good idea."]
    assert reply.word == "lantern"
    assert (reply.comments[0].lines == (4_711, 4_712)) == (misbehaviour is hallucinated_lines)


def test_plans_go_by_the_number_of_the_question(ask):
    with OllamaServer(lambda messages: REPLY, first(2, busy)) as server:
        ask(server, messages=[])
        for _ in range(2):
            with pytest.raises(ResponseError):
                ask(server)
        assert ask(server)[0] == REPLY
    with OllamaServer(lambda messages: REPLY, at({2: [server_error], 3: [think_tags, no_count]})) as server:
        assert ask(server)[0] == REPLY
        with pytest.raises(ResponseError):
            ask(server)
        content, _, last = ask(server)
        assert content.startswith("<think>") and last.prompt_eval_count is None
    with OllamaServer(chat=every_question(server_error)) as server:
        assert ask(server, messages=[])[2].done_reason == "load"
        with pytest.raises(ResponseError):
            ask(server)
    with serve(server_error) as server, pytest.raises(ResponseError):
        ask(server, messages=[])


def test_slow(ask):
    with serve(Slow(0.15)) as server:
        start = time.monotonic()
        ask(server)
        assert time.monotonic() - start >= 0.15


def test_list_of_models_without_digest_empty_or_missing():
    with OllamaServer(elsewhere=[no_digest]) as server, Client(server.host) as client:
        assert [(model.model, model.digest) for model in client.list().models] == [(MODEL, None)]
    with OllamaServer(elsewhere=[no_models]) as server, Client(server.host) as client:
        assert client.list().models == []
    with OllamaServer(elsewhere=[no_such_path]) as server, Client(server.host) as client:
        with pytest.raises(ResponseError) as error:
            client.list()
        assert error.value.status_code == 404
        assert client.chat(MODEL, QUESTION).done
    with OllamaServer(elsewhere=[hang]) as server, Client(server.host, timeout=0.2) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.list()


@pytest.mark.parametrize(
    "misbehaviour",
    [
        pytest.param(hang, id="hang"),
        *(pytest.param(each, id=repr(each)) for each in (Drip(), Blanks(), Stall(), Slow(60))),
    ],
)
def test_closing_ends_every_connection_at_once(misbehaviour):
    failures = []

    def ask_and_fail(server: OllamaServer) -> None:
        with Client(server.host) as client:
            try:
                list(client.chat(MODEL, QUESTION, stream=True))
            except httpx.RemoteProtocolError as error:
                failures.append(error)

    with serve(misbehaviour) as server:
        threads = [threading.Thread(target=ask_and_fail, args=[server]) for _ in range(5)]
        for thread in threads:
            thread.start()
        assert soon(lambda: len(server.requests) == 5)
        start = time.monotonic()
        server.close()
        for thread in threads:
            thread.join(5)
        assert time.monotonic() - start < 2
    assert len(failures) == 5


def test_closing_ends_a_load_and_idle_connections():
    with OllamaServer(load_seconds=60) as server, httpx.Client() as idle:
        idle.get(f"{server.host}/api/version")
        with Client(server.host, timeout=0.2) as client, pytest.raises(httpx.ReadTimeout):
            client.chat(MODEL, QUESTION)
        start = time.monotonic()
        server.close()
        assert time.monotonic() - start < 2
