"""One exchange with the server: streamed, so that it can be ended when its time is over or its answer complete."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from ollama import AsyncClient, ResponseError
from pydantic import ValidationError

from grading.review.asking.no_reply import NoReply
from grading.review.claims import UnusableReply, parse_reply, reply_schema
from grading.review.settings import CodeReview

_THOUGHTS = re.compile(r"^\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BLANKS_AT_THE_END = 24
_CHARACTERS_OF_A_TOKEN = 12
_WINDOW = re.compile(r"context|num_ctx|too long|window", re.IGNORECASE)


class Busy(Exception):
    """The server has too much to do (HTTP 503, 429)."""


class Failed(Exception):
    """The server failed or went away; another try may succeed. The message is a clause."""


class Unthinking(Exception):
    """The model does not know the setting `think`."""


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


async def load(client: AsyncClient, settings: CodeReview, window: int) -> None:
    """Have the model loaded, and wait for it. Raises Busy, Failed, NoReply."""
    options = {"num_ctx": window}
    try:
        async with asyncio.timeout(settings.load_seconds):
            await client.chat(settings.model, messages=[], options=options, keep_alive=settings.keep_alive)
    except TimeoutError:
        raise NoReply(
            f"the model {settings.model} was not loaded within {settings.load_seconds:g} s (CodeReview.load_seconds)",
            of_server=True,
        ) from None
    except ResponseError as error:
        if error.status_code != 400:  # a server that wants a message to load a model
            raise _translated(error, settings) from error
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise _translated(error, settings) from error


async def chat(
    client: AsyncClient, settings: CodeReview, messages: Sequence[dict], window: int, think: bool | None
) -> Said:
    """Ask once. Sets no deadline: who calls does. Raises Busy, Failed, Unthinking, NoReply."""
    options = {
        "temperature": 0,
        "seed": settings.seed,
        "num_predict": settings.answer_tokens,
        "num_ctx": window,
    }
    content, thought, count, reason, took = "", False, None, None, None
    try:
        parts = await client.chat(
            settings.model,
            messages=messages,
            stream=True,
            think=think,
            format=reply_schema(),
            options=options,
            keep_alive=settings.keep_alive,
        )
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
        await parts.aclose()
    except (ResponseError, httpx.HTTPError, OSError, ValueError) as error:
        if think is not None and isinstance(error, ResponseError) and "think" in str(error.error).lower():
            raise Unthinking from error
        raise _translated(error, settings) from error
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


def _translated(error: Exception, settings: CodeReview) -> Exception:
    """The client's error as one of ours."""
    if isinstance(error, ResponseError):
        words = " ".join(str(error.error).split())[:200]
        if error.status_code in (503, 429):
            return Busy(words)
        if error.status_code == 404:
            return NoReply(
                f"the server has no model {settings.model!r} (run `ollama pull {settings.model}` there, or set "
                "CodeReview.model)",
                of_server=True,
            )
        if error.status_code in (401, 403):
            return NoReply(f"the server refuses us (HTTP {error.status_code}: {words})", of_server=True)
        if error.status_code == 400:
            return NoReply(
                f"the prompt does not fit the model's window (the server says: {words})"
                if _WINDOW.search(words)
                else f"the server does not accept the question (it says: {words})"
            )
        return Failed(f"the server failed (HTTP {error.status_code}: {words})")
    if isinstance(error, (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout)):
        return NoReply(f"no Ollama server answers at {settings.host} (CodeReview.host)", of_server=True)
    if isinstance(error, (ValidationError, ValueError)):
        return Failed("the server's answer is not what Ollama sends")
    return Failed(f"the connection broke ({type(error).__name__})")
