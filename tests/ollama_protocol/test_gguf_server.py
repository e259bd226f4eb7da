"""The real model behind Ollama's protocol, asked by the real client."""

import json
import time

import httpx
import pytest
from ollama import Client, ResponseError

from grading.review.claims import parse_reply, reply_schema
from tests.ollama_protocol.gguf_model import SHA256
from tests.ollama_protocol.gguf_process import MODEL, gguf_server

pytestmark = [pytest.mark.slow, pytest.mark.needs("network"), pytest.mark.timeout(1_500)]

CODE = """\
1: def aggregate_values(weights, V):
2:     unused = V.shape[0]
3:     return weights @ V"""
QUESTION = [
    {"role": "system", "content": f"You review code. Reply in JSON by this schema: {json.dumps(reply_schema())}"},
    {"role": "user", "content": f"The word is lamp. Review this code:\n{CODE}"},
]
OPTIONS = {"temperature": 0, "seed": 1, "num_ctx": 4096, "num_predict": 200}


@pytest.fixture(scope="module")
def host():
    with gguf_server() as address:
        yield address


@pytest.fixture
def client(host):
    with Client(host, timeout=300) as client:
        yield client


def test_tells_what_it_has(client):
    (listed,) = client.list().models
    assert (listed.model, listed.digest, listed.details.quantization_level) == (MODEL, SHA256, "Q4_K_M")
    assert client.show(MODEL).modelinfo["qwen2.context_length"] == 32_768
    loaded = client.chat(MODEL, [], options={"num_ctx": 4096})
    assert loaded.done_reason == "load"
    assert client.ps().models[0].context_length >= 4096
    with pytest.raises(ResponseError, match="not found"):
        client.chat("another", QUESTION)


def test_replies_by_the_schema_streamed_or_not(client):
    whole = client.chat(MODEL, QUESTION, format=reply_schema(), options=OPTIONS)
    parts = list(client.chat(MODEL, QUESTION, format=reply_schema(), options=OPTIONS, stream=True))
    text = "".join(part.message.content for part in parts)
    parse_reply(whole.message.content)
    parse_reply(text)
    assert len(parts) > 20 and parts[-1].done_reason == whole.done_reason == "stop"
    assert parts[-1].prompt_eval_count == whole.prompt_eval_count > 100
    assert 0 < whole.eval_count < 200


def test_keeps_to_the_options(client):
    question = [{"role": "user", "content": "Count from 1 to 20, separated by commas. Only the numbers."}]
    answer = client.chat(MODEL, question, options={**OPTIONS, "num_predict": 5})
    assert (answer.eval_count, answer.done_reason) == (5, "length")
    answer = client.chat(MODEL, question, options={**OPTIONS, "stop": ["7"]})
    assert "6" in answer.message.content and "7" not in answer.message.content and answer.done_reason == "stop"
    long = [{"role": "user", "content": "word " * 3_000}]
    assert client.chat(MODEL, long, options={**OPTIONS, "num_ctx": 512, "num_predict": 2}).prompt_eval_count == 258
    with pytest.raises(ResponseError, match="JSON schema") as error:
        client.chat(MODEL, question, format={"$ref": "#/nothing"})
    assert error.value.status_code == 400


@pytest.mark.parametrize("words", [1, 7_000], ids=["while it writes", "while it reads"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_leaves_ends_the_answer(host, client, words, streamed):
    question = [{"role": "user", "content": "Write a very long story. " + "word " * words}]
    with Client(host, timeout=1) as impatient, pytest.raises((httpx.ReadTimeout, StopIteration)):
        answer = impatient.chat(MODEL, question, options={"num_ctx": 8192, "num_predict": 6_000}, stream=streamed)
        start = time.monotonic()
        while time.monotonic() - start < 1:
            next(answer)
        raise StopIteration
    start = time.monotonic()
    client.chat(MODEL, [{"role": "user", "content": "Say hi."}], options={**OPTIONS, "num_predict": 3})
    # To the end it would have been a minute of reading, or three of writing, on two cores.
    assert time.monotonic() - start < 30
