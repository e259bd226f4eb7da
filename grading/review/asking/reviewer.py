"""Asks a model for reviews, and takes only replies that have the form and answer the whole question."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial

from grading.review.asking.capacity import Capacity
from grading.review.asking.chat import Said, chat, load
from grading.review.asking.connection import Connection
from grading.review.asking.no_reply import Busy, Failed, NoReply, within
from grading.review.asking.prompt_counts import PromptCounts
from grading.review.claims import Reply, UnusableReply, parse_reply
from grading.review.prompt import Question
from grading.review.settings import CodeReview

_SMALLEST_WINDOW = 4_096
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 20.0


@dataclass(frozen=True)
class Replied:
    """A reply to a question.

    digest: of the model, "" if the server does not tell it
    doubt: why nothing of it should be shown unapproved, as a clause; "" if there is no such reason
    seconds: what it took, by the server's account; where it gives none, from the question to the end of the reply
    """

    reply: Reply
    digest: str
    doubt: str
    seconds: float


class Reviewer:
    """Talks to one model. An async context manager: entering it loads the model, which may take long.

    Raises NoReply on entering if the server cannot be reached or lacks the model.
    """

    def __init__(self, settings: CodeReview):
        self._settings = settings
        self._counts = PromptCounts()
        self._think: bool | None = None
        self.digest = ""

    async def __aenter__(self) -> "Reviewer":
        settings = self._settings
        self._places = Capacity(settings.parallel)
        async with AsyncExitStack() as stack:
            self._connection = await stack.enter_async_context(aclosing(Connection(settings)))
            self.digest = await self._connection.digest()
            late = f"{settings.model} was not loaded within {settings.load_seconds:g} s (CodeReview.load_seconds)"
            async with within(settings.load_seconds, f"the model {late}", of_server=True):
                await self._patiently(partial(load, self._connection, _SMALLEST_WINDOW))
            self._opened = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._opened.aclose()

    async def ask(self, question: Question, too_late: Callable[[], bool] = lambda: False) -> Replied | None:
        """Ask, again where that may help. Raises NoReply.

        too_late: asked once there is a place for the question; if it says so, nothing is asked, and None comes back
        """
        window = _window(question.tokens + self._settings.answer_tokens)
        if window > self._settings.most_context:
            raise NoReply(f"the question needs a window of {window} tokens, more than CodeReview.most_context allows")
        async with self._places:
            if too_late():
                return None
            started = time.monotonic()
            allowed = self._settings.answer_seconds
            late = f"no complete answer came within {allowed:g} s (CodeReview.answer_seconds)"
            async with within(allowed, late):
                reply, doubt, seconds = await self._reply(question, window)
            return Replied(reply, self.digest, doubt, seconds or time.monotonic() - started)

    async def _reply(self, question: Question, window: int) -> tuple[Reply, str, float | None]:
        messages, mended, widened = list(question.messages), False, False
        while True:
            said = await self._said(messages, window)
            characters = sum(len(message["content"]) for message in messages)
            if cut := self._counts.why_cut(characters, said.prompt_tokens, window):
                if widened:
                    raise NoReply(cut)
                window, widened = min(2 * window, max(window, self._settings.most_context)), True
                continue
            try:
                if not said.ended:
                    raise UnusableReply("the reply was too long and was cut off; write fewer and shorter comments")
                reply = parse_reply(said.content)
            except UnusableReply as trouble:
                if mended:
                    raise NoReply(f"the model's reply does not have the form ({trouble})") from None
                mended = True
                messages += [
                    {"role": "assistant", "content": said.content[:4_000]},
                    {"role": "user", "content": f"That is not the form that was asked for: {trouble}. Reply again."},
                ]
                continue
            return reply, _doubt(reply, question, said), said.seconds

    async def _said(self, messages: list[dict], window: int) -> Said:
        """An answer that says something: of a model that only thought, the other setting is tried."""
        for _ in range(3):
            think = self._think
            said = await self._patiently(partial(chat, self._connection, messages, window, think))
            if said.content or not said.thought:
                return said
            if self._think == think:
                self._think = False if think is None else not think
        raise NoReply("the model only thought, and said nothing; choose another one (CodeReview.model)")

    async def _patiently(self, action):
        """Do something that may fail for a moment, with longer and longer waits between the tries."""
        for tries in range(self._settings.retries + 1):
            try:
                return await action()
            except Busy as busy:
                self._places.one_fewer()
                why, of_server = f"the server is busy (it says: {busy})", True
            except Failed as failed:
                why, of_server = str(failed), False
            if tries < self._settings.retries:
                await asyncio.sleep(min(_LONGEST_WAIT, _FIRST_WAIT * 2**tries) * random.uniform(0.7, 1.3))
        raise NoReply(f"{why}, {tries + 1} times" if tries else why, of_server)


def _window(tokens: int) -> int:
    """Powers of two only: a server loads the model anew for another window."""
    window = _SMALLEST_WINDOW
    while window < tokens:
        window *= 2
    return window


def _doubt(reply: Reply, question: Question, said: Said) -> str:
    if reply.word.strip().strip(".\"'").lower() == question.word:
        return ""
    if reply.word.strip():
        return f"the model returned the word {reply.word[:30]!r} instead of {question.word!r}: it may not have read all"
    if said.prompt_tokens is None:
        return "nothing shows that the model read the whole question: no token count, no word"
    return ""
