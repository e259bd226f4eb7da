"""One exchange with the server: streamed, so that it can be ended when its time is over or its answer complete."""

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlsplit

from grading.review.asking.connection import Connection
from grading.review.asking.no_reply import Failed, NoReply, Refused
from grading.review.claims import UnusableReply, parse_reply, reply_schema
from grading.review.settings import CodeReview

_THOUGHTS = re.compile(r"^\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BLANKS_AT_THE_END = 24
_CHARACTERS_OF_A_TOKEN = 12
_WINDOW = re.compile(r"context|num_ctx|too long|window", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What came back. `thought` tells whether the model thought; the thoughts themselves are dropped at once.

    prompt_tokens: None if the server does not say
    ended: whether the model came to its end, and was not cut off at the longest reply
    seconds: how long the server says that it took, None if it does not say
    """

    content: str
    thought: bool
    prompt_tokens: int | None
    ended: bool
    seconds: float | None


async def load(connection: Connection, window: int) -> None:
    """Have the model loaded, and wait for it. Sets no deadline. Raises Busy, Failed, NoReply."""
    try:
        async with aclosing(connection.chat(messages=[], options={"num_ctx": window})) as parts:
            async for _ in parts:
                pass
    except Refused as refused:
        if refused.status != 400:  # a server that wants a message to load a model
            raise _in_words(refused, connection) from None


async def chat(connection: Connection, messages: Sequence[dict], window: int, think: bool | None) -> Said:
    """Ask once. Sets no deadline: who calls does. Raises Busy, Failed, NoReply."""
    settings = connection.settings
    options = {
        "temperature": 0,
        "seed": settings.seed,
        "num_predict": settings.answer_tokens,
        "num_ctx": window,
    }
    question = {"messages": messages, "think": think, "format": reply_schema(), "options": options}
    content, thought, count, reason, took = "", False, None, None, None
    try:
        async with aclosing(connection.chat(**question)) as parts:
            async for part in parts:
                content += part.message.content or ""
                thought = thought or bool(part.message.thinking)
                if part.done:
                    count, reason, took = part.prompt_eval_count, part.done_reason, part.total_duration
                    break
                if _is_over(content, settings):
                    reason = "stop"
                    break
            else:
                raise Failed("the server ended its answer in the middle")
    except Refused as refused:
        if think is not None and "think" in refused.said.lower():  # a model that knows no such setting
            return await chat(connection, messages, window, None)
        raise _in_words(refused, connection) from None
    spoken = _THOUGHTS.sub("", content).strip()
    return Said(spoken, thought or spoken != content.strip(), count, reason != "length", took / 1e9 if took else None)


def _is_over(content: str, settings: CodeReview) -> bool:
    """Whether nothing of use can follow: the reply is complete and blanks follow, or it is longer than asked for."""
    if len(content) > settings.answer_tokens * _CHARACTERS_OF_A_TOKEN + 1_000:
        return True
    if not content[-_BLANKS_AT_THE_END:].isspace() or len(content) < _BLANKS_AT_THE_END:
        return False
    try:
        parse_reply(_THOUGHTS.sub("", content))
    except UnusableReply:
        return len(content) - len(content.rstrip()) > 500
    return True


def _in_words(refused: Refused, connection: Connection) -> NoReply:
    if _WINDOW.search(refused.said):
        return NoReply(f"the prompt does not fit the model's window (the server says: {refused.said})")
    if refused.status not in (404, 405):
        return NoReply(f"the server does not accept the question ({refused})")
    if re.search(r"\bmodel\b", refused.said):
        model = connection.settings.model
        remedy = f"run `ollama pull {model}` there, or set CodeReview.model"
        return NoReply(f"the server has no model {model!r} ({remedy})", of_server=True)
    address, path = connection.address, urlsplit(connection.address.url).path
    remedy = f"; leave {path} out" if path else ""
    return NoReply(f"no Ollama server is at {address}: nobody knows a chat there ({refused}){remedy}", of_server=True)
