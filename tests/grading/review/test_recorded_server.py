"""Recorded answers are repeated through Ollama's protocol, and recorded through it."""

import asyncio
import json

import pytest
from ollama import Client, ResponseError
from traitlets.config import Config

from grading.review.asking.no_reply import NoReply
from grading.review.asking.reviewer import Replied, Reviewer
from grading.review.recorded.recording import Recording, prompt_key
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview
from tests.grading.review.review_samples import DEAD, SOURCE, a_question, saying
from tests.ollama_protocol.server import DIGEST, MODEL, OllamaServer


def ask(host: str, question) -> Replied | NoReply:
    async def run():
        async with Reviewer(
            CodeReview(config=Config(CodeReview={"host": host, "model": MODEL, "retries": 0}))
        ) as reviewer:
            return await reviewer.ask(question)

    return asyncio.run(run())


def test_an_answer_is_recorded_once_and_repeated_without_the_model(tmp_path):
    question = a_question()
    recording = Recording(MODEL, DIGEST, "2026-11-27", "command")
    with OllamaServer(saying(DEAD)) as model, RecordedServer(recording, model.host) as server:
        first = ask(server.host, question)
        second = ask(server.host, question)
        assert len([body for body in model.requests if body["messages"]]) == 1
    recording.write(tmp_path / "answers.json")
    again = Recording.read(tmp_path / "answers.json")
    assert again == recording and server.used == {prompt_key(question.messages)}
    with RecordedServer(again) as server:
        third = ask(server.host, question)
    assert first.reply == second.reply == third.reply and third.digest == DIGEST
    assert third.reply.comments[0].text == DEAD["text"]


def test_what_was_not_recorded_is_pending_with_that_reason():
    with RecordedServer(Recording(MODEL, DIGEST)) as server, pytest.raises(NoReply, match="no answer to this question"):
        ask(server.host, a_question(SOURCE.replace("leftover", "rest")))


def test_only_the_recorded_model_is_there():
    with RecordedServer(Recording(MODEL, DIGEST)) as server, Client(server.host) as client:
        assert client.list().models[0].digest == DIGEST
        client.show(MODEL)
        for action in (client.show, lambda name: client.chat(name, [{"role": "user", "content": "?"}])):
            with pytest.raises(ResponseError, match="not found"):
                action("other:7b")


@pytest.mark.parametrize("body", ["", "[]", "{}", "no JSON", json.dumps({"model": MODEL, "messages": [1]})])
def test_a_request_that_is_none_is_refused(body):
    import httpx

    with RecordedServer(Recording(MODEL, DIGEST)) as server:
        answer = httpx.post(f"{server.host}/api/chat", content=body, trust_env=False)
        assert answer.status_code == 400 and answer.json()["error"]
        assert httpx.get(f"{server.host}/api/nothing", trust_env=False).status_code == 404


def test_an_answer_is_found_again_where_only_other_words_of_the_prompt_changed():
    question = a_question()
    changed = [
        {**each, "content": each["content"].replace("You do not grade", "Never grade")} for each in question.messages
    ]
    changed[1]["content"] = changed[1]["content"].replace("At most 3", "At most 2").replace("\nTESTS\n", "\nTESTS\nx")
    assert prompt_key(changed) == prompt_key(question.messages)
    other = a_question(SOURCE.replace("leftover", "rest"))
    assert prompt_key(other.messages) != prompt_key(question.messages)
    longer = [*question.messages, {"role": "assistant", "content": "no JSON"}]
    assert prompt_key(longer) != prompt_key(question.messages)
