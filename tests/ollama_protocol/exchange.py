"""One request and what will be answered. Misbehaviours change it before it is sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.ollama_protocol.answering import Answering
from tests.ollama_protocol.wire import chat_end, chat_part

_PIECE = re.compile(r"(?s).{1,12}")
_CHARACTERS_OF_A_TOKEN = 4


def tokens(text: str) -> int:
    """About how many tokens a text has."""
    return len(text) // _CHARACTERS_OF_A_TOKEN


def send_whole(answering: Answering, exchange: "Exchange") -> None:
    """Send the answer as Ollama does."""
    if not exchange.streamed:
        answering.send_json(exchange.whole())
        return
    answering.start_lines()
    for piece in exchange.pieces():
        answering.send_line(piece)
    answering.send_line(exchange.end())
    answering.end_lines()


@dataclass
class Exchange:
    """A request and its answer.

    number: of the questions in the order in which they came, from 1; 0 for all that is no question: a request that only
        loads the model, and those for other paths than /api/chat
    messages: those that the model sees
    answer: the answer of other paths than /api/chat, None for a chat
    failure: an HTTP status and a sentence that are sent instead of an answer
    rewrites: applied one after the other to the text of the answer
    prompt_tokens: None leaves out prompt_eval_count
    reason: Ollama's done_reason
    pause: seconds before the answer begins
    load_seconds: how long the model took to load
    unload: whether the model is unloaded after the answer
    send: sends the answer
    """

    number: int
    body: dict
    messages: list[dict] = field(default_factory=list)
    answer: dict | None = None
    failure: tuple[int, str] | None = None
    rewrites: list[Callable[[str], str]] = field(default_factory=list)
    text: str = ""
    thinking: str = ""
    prompt_tokens: int | None = None
    reason: str = "stop"
    pause: float = 0.0
    load_seconds: float = 0.0
    unload: bool = False
    send: Callable[[Answering, "Exchange"], None] = send_whole

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def streamed(self) -> bool:
        return self.answer is None and bool(self.body.get("stream", True))

    def think_up(self, reply: Callable[[list[dict]], str]) -> None:
        """Fill in the text, if something is asked."""
        if self.number:
            self.text = reply(self.messages)
            for rewrite in self.rewrites:
                self.text = rewrite(self.text)
        else:
            self.reason = "load"

    def pieces(self) -> Iterator[dict]:
        """The answer's objects but the last, as they are streamed."""
        if self.thinking:
            yield chat_part(self.model, "", thinking=self.thinking)
        for piece in _PIECE.findall(self.text):
            yield chat_part(self.model, piece)

    def end(self) -> dict:
        """The last object of a streamed answer."""
        return chat_end(self.model, "", self.reason, self._figures())

    def whole(self) -> dict:
        """All in one object."""
        if self.answer is not None:
            return self.answer
        thinking = {"thinking": self.thinking} if self.thinking else {}
        return chat_end(self.model, self.text, self.reason, self._figures(), **thinking)

    def _figures(self) -> dict:
        figures = {"total_duration": 1_000_000, "load_duration": round(self.load_seconds * 1e9)}
        if self.number:
            if self.prompt_tokens is not None:
                figures["prompt_eval_count"] = self.prompt_tokens
            figures |= {
                "prompt_eval_duration": 1_000_000,
                "eval_count": tokens(self.text + self.thinking),
                "eval_duration": 1_000_000,
            }
        return figures
