"""The reviewer asks over HTTP with the real client. However the server fails: a usable reply, or a reason."""

import asyncio
import json
import time

import pytest
from traitlets.config import Config

from grading.review.asking.no_reply import NoReply
from grading.review.asking.prompt_counts import PromptCounts
from grading.review.asking.reviewer import Replied, Reviewer
from grading.review.settings import CodeReview
from tests.grading.review.review_samples import DEAD, FALSE, SOURCE, a_question, saying, word_in
from tests.ollama_protocol import misbehaviours as m
from tests.ollama_protocol.server import DIGEST, MODEL, OllamaServer


def settings(server: OllamaServer | None = None, **changed) -> CodeReview:
    quick = {"answer_seconds": 3.0, "load_seconds": 20.0, "connect_seconds": 2.0, "retries": 2, "model": MODEL}
    host = {"host": server.host} if server else {}
    return CodeReview(config=Config(CodeReview=quick | host | changed))


def ask(server: OllamaServer, *questions, **changed) -> list[Replied | NoReply]:
    """What came of each question, all of them asked at once."""

    async def run():
        async with Reviewer(settings(server, **changed)) as reviewer:
            return await asyncio.gather(*(reviewer.ask(each) for each in questions), return_exceptions=True)

    return asyncio.run(run())


def ask_one(server: OllamaServer, **changed) -> Replied | NoReply:
    return ask(server, a_question(), **changed)[0]


def questions(server: OllamaServer) -> list[dict]:
    return [body for body in server.requests if body.get("messages")]


def test_a_reply_comes_with_the_models_digest():
    with OllamaServer(saying(DEAD)) as server:
        replied = ask_one(server)
    assert [comment.model_dump(mode="json") for comment in replied.reply.comments] == [DEAD]
    assert replied.digest == DIGEST and replied.doubt == ""


def test_what_is_asked():
    with OllamaServer() as server:
        ask_one(server, seed=7, answer_tokens=300, keep_alive="3m")
    (load, body) = server.requests
    assert load["messages"] == [] and load["options"]["num_ctx"] == body["options"]["num_ctx"]
    assert body["options"] == {"temperature": 0, "seed": 7, "num_predict": 300, "num_ctx": 4096}
    assert body["format"]["properties"]["comments"]["items"]["properties"]["kind"]["enum"]
    assert body["keep_alive"] == "3m" and body["stream"] is True
    prompt = body["messages"][1]["content"]
    assert json.dumps(body["format"]) in prompt, "the form stands in the prompt, too"
    assert "3|     leftover = K.shape[-2]" in prompt and "passed: shape; other sizes" in prompt
    assert "\nFINDINGS\n" in prompt and "Nothing reads `leftover`." in prompt


def test_the_window_follows_the_prompt():
    lines = "\n".join(f"    x{number} = Q + {number}" for number in range(240))
    long = a_question(f"def attention_scores(Q, K, scale=None):\n{lines}\n    return Q")
    with OllamaServer() as server:
        assert isinstance(ask(server, long)[0], Replied)
        assert questions(server)[0]["options"]["num_ctx"] == 8192
        refused = ask(server, long, most_context=4096)[0]
    assert isinstance(refused, NoReply) and "most_context" in str(refused)


def test_the_prompts_of_one_cell_have_a_common_beginning():
    prompts = [a_question(source).messages[1]["content"] for source in (SOURCE, SOURCE.replace("leftover", "rest"))]
    heads = [prompt.partition("\nFINDINGS\n")[0] for prompt in prompts]
    assert heads[0] == heads[1] and len(heads[0]) > 0.7 * len(prompts[0])


@pytest.mark.parametrize(
    "plan, why",
    [
        (m.every_question(m.hang), "no complete answer came within 3 s"),
        (m.every_question(m.Drip(0.2)), "no complete answer came within 3 s"),
        (m.every_question(m.Stall(2)), "no complete answer came within 3 s"),
        (m.every_question(m.server_error), "HTTP 500"),
        (m.every_question(m.error_in_stream), "broke its answer off .it says: an error was encountered"),
        (m.every_question(m.drop), "connection broke|not what Ollama sends"),
        (m.every_question(m.busy), "busy"),
        (m.every_question(m.no_model), "ollama pull"),
        (m.always(m.no_model), "ollama pull"),
        (m.every_question(m.window_exceeded), "does not fit the model's window"),
        (m.every_question(m.cut_prompt), "half of its window"),
        (m.every_question(m.count_far_too_low), "it cut the prompt"),
        (m.every_question(m.invalid_json), "does not have the form"),
        (m.every_question(m.no_json), "does not have the form"),
        (m.every_question(m.unknown_kind), "does not have the form"),
        (m.every_question(m.missing_field), "does not have the form"),
        (m.every_question(m.Thinks()), "only thought"),
    ],
)
def test_a_server_that_always_fails_gives_a_reason_in_time(plan, why):
    started = time.monotonic()
    with OllamaServer(saying(DEAD), plan) as server, pytest.raises(NoReply, match=why):
        raise ask_one(server, retries=1)
    assert time.monotonic() - started < 20
    assert len(questions(server)) <= 4


@pytest.mark.parametrize(
    "misbehaviour", [m.server_error, m.error_in_stream, m.drop, m.busy, m.invalid_json, m.unknown_kind, m.missing_field]
)
def test_what_fails_once_is_asked_again(misbehaviour):
    with OllamaServer(saying(DEAD), m.first(1, misbehaviour)) as server:
        assert len(ask_one(server).reply.comments) == 1
    assert len(questions(server)) == 2


@pytest.mark.parametrize("misbehaviour", [m.unknown_kind, m.missing_field, m.no_json])
def test_a_reply_of_another_form_is_asked_for_again_with_the_error(misbehaviour):
    with OllamaServer(saying(DEAD), m.first(1, misbehaviour)) as server:
        ask_one(server)
    roles = [message["role"] for message in questions(server)[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "not the form" in questions(server)[1]["messages"][3]["content"]


@pytest.mark.parametrize(
    "misbehaviour",
    [m.Blanks(), m.think_tags, m.thinks_unless_off, m.thinks_unless_on, m.no_count, m.cannot_think, m.knows_no_think],
)
def test_a_server_that_is_only_odd_gives_the_reply(misbehaviour):
    started = time.monotonic()
    with OllamaServer(saying(DEAD), m.every_question(misbehaviour)) as server:
        replied = ask_one(server)
    assert [comment.text for comment in replied.reply.comments] == [DEAD["text"]], "and no thoughts"
    assert replied.doubt == ""
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("misbehaviour, digest", [(m.no_digest, ""), (m.no_models, ""), (m.no_such_path, "")])
def test_a_server_that_tells_no_digest_is_asked_all_the_same(misbehaviour, digest):
    with OllamaServer(saying(DEAD), elsewhere=[misbehaviour]) as server:
        assert ask_one(server).digest == digest


def test_the_deadline_is_one_for_all_tries():
    started = time.monotonic()
    slow_failure = m.every_question(m.Slow(1.5), m.server_error)
    with OllamaServer(saying(DEAD), slow_failure) as server, pytest.raises(NoReply, match="within 2 s"):
        raise ask_one(server, answer_seconds=2.0, retries=8)
    assert time.monotonic() - started < 5


def test_a_port_that_refuses():
    why = r"no Ollama server answers at .*CodeReview\.host"
    with OllamaServer(refuse=True) as server, pytest.raises(NoReply, match=why):
        ask_one(server)


def test_a_server_on_this_machine_is_asked_directly_whatever_proxy_there_is(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with OllamaServer(saying(DEAD)) as server:
        assert ask_one(server).digest == DIGEST


def test_a_busy_server_gets_fewer_questions_at_once_and_answers_all():
    many = [a_question(SOURCE.replace("leftover", f"left{number}")) for number in range(12)]
    with OllamaServer(capacity=2, seconds=0.05) as server:
        replies = ask(server, *many, parallel=8, retries=8)
    assert all(isinstance(each, Replied) for each in replies)
    assert server.answered == 12 and server.most_at_once <= 2


def test_a_model_that_loads_for_long_is_waited_for_and_each_question_asked_once():
    many = [a_question(SOURCE.replace("leftover", f"left{number}")) for number in range(6)]
    with OllamaServer(load_seconds=4.0, chat=m.at({3: [m.unload]}), capacity=4) as server:
        replies = ask(server, *many, answer_seconds=15.0, load_seconds=30.0)
    assert all(isinstance(each, Replied) for each in replies)
    assert server.aborted_loads == 0 and len(questions(server)) == 6, "nobody left while it loaded"


def test_a_model_that_never_loads_is_given_up():
    why = r"not loaded within 1 s.*load_seconds"
    with OllamaServer(load_seconds=60.0) as server, pytest.raises(NoReply, match=why):
        ask_one(server, load_seconds=1.0)


def test_a_cut_prompt_is_tried_once_with_more_room():
    with OllamaServer(saying(DEAD), m.first(1, m.cut_prompt)) as server:
        assert ask_one(server).doubt == ""
    assert [body["options"]["num_ctx"] for body in questions(server)] == [4096, 8192]


def test_a_model_that_did_not_read_the_head_is_doubted():
    with OllamaServer(lambda messages: json.dumps({"word": "pineapple", "comments": [FALSE]})) as server:
        assert "pineapple" in ask_one(server).doubt


def test_nothing_shows_that_it_was_read_whole():
    plain = json.dumps({"comments": [FALSE]})
    with OllamaServer(lambda messages: plain, m.every_question(m.no_count)) as server:
        assert "no token count" in ask_one(server).doubt
    with OllamaServer(lambda messages: plain) as server:
        assert ask_one(server).doubt == "", "a plausible count is enough"


def test_the_word_stands_at_the_prompts_head():
    prompt = a_question().messages
    assert word_in(prompt) and prompt[1]["content"].index(word_in(prompt)) < 40


def test_counts_far_below_what_a_shorter_prompt_had_mean_cut():
    counts = PromptCounts()
    assert not counts.why_cut(4_000, 1_000, 8192)
    assert not counts.why_cut(4_100, None, 8192)
    assert "1000 of a shorter prompt" in counts.why_cut(4_200, 700, 8192)
    assert "half of its window" in counts.why_cut(4_200, 4098, 8192)
    assert "it cut" in counts.why_cut(9_000, 1_100, 8192)
    assert not counts.why_cut(3_000, 800, 8192), "a shorter prompt may have fewer"


def test_a_model_without_a_name_is_refused():
    with pytest.raises(Exception, match="CodeReview.model is empty"):
        settings(model=" ")


@pytest.mark.slow
def test_a_model_that_loads_for_70_seconds_with_the_settings_as_they_come():
    many = [a_question(SOURCE.replace("leftover", f"left{number}")) for number in range(12)]

    async def run(server):
        given = CodeReview(config=Config(CodeReview={"host": server.host, "model": MODEL}))
        async with Reviewer(given) as reviewer:
            return await asyncio.gather(*(reviewer.ask(each) for each in many), return_exceptions=True)

    with OllamaServer(load_seconds=70.0, capacity=4) as server:
        replies = asyncio.run(run(server))
    print(f"{server.answered} answered of {len(questions(server))} asked, {server.loads} loads")
    assert all(isinstance(each, Replied) for each in replies)
    assert (server.answered, server.loads, server.aborted_loads) == (12, 1, 0)
    assert len(questions(server)) == 12
