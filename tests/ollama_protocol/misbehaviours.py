"""What a server and a model may do wrong, on purpose.

A misbehaviour is called with an Exchange and changes it; several may be combined. Of those that decide how the answer
is sent (hang, Stall, drop, Drip, Raw, Pours, Blanks, error_in_stream) the last one counts. A plan says which ones a
question meets, by its number from 1; number 0 is a request that only loads the model.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from tests.ollama_protocol.answering import Answering
from tests.ollama_protocol.exchange import Exchange
from tests.ollama_protocol.wire import chat_part

Misbehaviour = Callable[[Exchange], None]
Plan = Callable[[int], Iterable[Misbehaviour]]


def always(*misbehaviours: Misbehaviour) -> Plan:
    """At every chat, those that only load the model included."""
    return lambda number: misbehaviours


well_behaved: Plan = always()


def every_question(*misbehaviours: Misbehaviour) -> Plan:
    """At every question; the model is loaded as it should."""
    return lambda number: misbehaviours if number else ()


def first(times: int, *misbehaviours: Misbehaviour) -> Plan:
    """At the first `times` questions."""
    return lambda number: misbehaviours if 0 < number <= times else ()


def at(plan: Mapping[int, Iterable[Misbehaviour]]) -> Plan:
    """At the questions with these numbers."""
    return lambda number: plan.get(number, ())


# --- failures instead of an answer


@dataclass(frozen=True)
class Fails:
    """An HTTP status and Ollama's error object."""

    status: int
    why: str

    def __call__(self, exchange: Exchange) -> None:
        exchange.failure = (self.status, self.why)


server_error = Fails(500, "llama runner process has terminated: exit status 2")
busy = Fails(503, "server busy, please try again.  maximum pending requests exceeded")
window_exceeded = Fails(400, "the input length exceeds the context length: raise num_ctx")


def no_model(exchange: Exchange) -> None:
    """404: the model was deleted."""
    exchange.failure = (404, f"model '{exchange.model}' not found")


def cannot_think(exchange: Exchange) -> None:
    """400 where the client asks the model to think."""
    if exchange.body.get("think"):
        exchange.failure = (400, f'"{exchange.model}" does not support thinking')


def knows_no_think(exchange: Exchange) -> None:
    """400 where the client says anything of thinking, even that it is not wanted."""
    if exchange.body.get("think") is not None:
        exchange.failure = (400, f'"{exchange.model}" does not support thinking')


# --- how the answer is sent


def hang(exchange: Exchange) -> None:
    """Read the request and never answer."""
    exchange.send = lambda answering, exchange: answering.wait()


@dataclass(frozen=True)
class Stall:
    """Send so many pieces of a streamed answer, and then nothing more."""

    pieces: int = 1

    def __call__(self, exchange: Exchange) -> None:
        exchange.send = self._send

    def _send(self, answering: Answering, exchange: Exchange) -> None:
        _send_some(answering, exchange, self.pieces)
        answering.wait()


def drop(exchange: Exchange) -> None:
    """Close the connection in the middle of the answer."""
    exchange.send = _drop


def _drop(answering: Answering, exchange: Exchange) -> None:
    if exchange.streamed:
        _send_some(answering, exchange, 1)
        answering.wfile.write(b'80\r\n{"model": "')
    else:
        _promise(answering, 100_000, json.dumps(exchange.whole()).encode()[:20])
    answering.break_off()


@dataclass(frozen=True)
class Drip:
    """One JSON line that never ends, a byte every so many seconds."""

    seconds: float = 1.0

    def __call__(self, exchange: Exchange) -> None:
        exchange.send = self._send

    def _send(self, answering: Answering, exchange: Exchange) -> None:
        answering.start_lines()
        answering.send_chunk(b'{"model": "m", "message": {"role": "assistant", "content": "')
        while True:
            answering.send_chunk(b"x")
            answering.wait(self.seconds)


@dataclass(frozen=True)
class Blanks:
    """The answer, and then blanks: for ever, or so many pieces of them, up to what the client allowed."""

    pieces: int | None = None
    seconds: float = 0.005

    def __call__(self, exchange: Exchange) -> None:
        exchange.send = self._send

    def _send(self, answering: Answering, exchange: Exchange) -> None:
        numbers = count() if self.pieces is None else range(self.pieces)
        if exchange.streamed:
            _send_some(answering, exchange, None)
        for _ in numbers:
            answering.wait(self.seconds)
            if exchange.streamed:
                answering.send_line(chat_part(exchange.model, "\n"))
        exchange.reason = "length"
        if exchange.streamed:
            answering.send_line(exchange.end())
            answering.end_lines()
        else:
            exchange.text += "\n" * (self.pieces or 0)
            answering.send_json(exchange.whole())


def error_in_stream(exchange: Exchange) -> None:
    """Begin a streamed answer and go on with an error, as Ollama does when its runner dies; else 500."""
    if exchange.streamed:
        exchange.send = _error_in_stream
    else:
        server_error(exchange)


def _error_in_stream(answering: Answering, exchange: Exchange) -> None:
    _send_some(answering, exchange, 1)
    answering.send_line({"error": "an error was encountered while running the model: unexpected EOF"})
    answering.end_lines()


def _send_some(answering: Answering, exchange: Exchange, most: int | None) -> None:
    if not exchange.streamed:
        return
    answering.start_lines()
    for number, piece in enumerate(exchange.pieces()):
        if most is not None and number >= most:
            return
        answering.send_line(piece)


def _promise(answering: Answering, length: int, beginning: bytes) -> None:
    answering.send_response(200)
    answering.send_header("Content-Type", "application/json; charset=utf-8")
    answering.send_header("Content-Length", str(length))
    answering.end_headers()
    answering.wfile.write(beginning)


@dataclass(frozen=True)
class Raw:
    """These bytes, whatever they are, and the end of the connection."""

    data: bytes

    def __call__(self, exchange: Exchange) -> None:
        exchange.send = self._send

    def _send(self, answering: Answering, exchange: Exchange) -> None:
        answering.wfile.write(self.data)
        answering.break_off()


@dataclass(frozen=True)
class Pours:
    """These bytes, and then a part again and again, as fast as the client takes it. `poured` counts bytes."""

    head: bytes
    part: bytes
    poured: list[int] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        exchange.send = self._send

    def _send(self, answering: Answering, exchange: Exchange) -> None:
        answering.wfile.write(self.head)
        while not answering.left():
            answering.wfile.write(self.part)
            self.poured.append(len(self.part))
        answering.close_connection = True


def http(body: bytes | str = b"", status: str = "200 OK", kind: str = "application/x-ndjson", more: str = "") -> bytes:
    """A whole HTTP answer, which ends with the connection; `more` is further header lines."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n{more}\r\n"
    return head.encode() + (body.encode() if isinstance(body, str) else body)


def redirect(location: str, status: str = "307 Temporary Redirect") -> Raw:
    """The client is sent on; with 307 it is to send its whole question there."""
    return Raw(http(status=status, more=f"Location: {location}\r\nContent-Length: 0\r\n"))


def _packed_line() -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(b"x" * 8_000_000) + packer.flush(zlib.Z_FULL_FLUSH)


def endless_packed_line() -> Pours:
    """Each 8 kB of it are 8 MB of a line that does not end."""
    packed = _packed_line()
    return Pours(http(packed, more="Content-Encoding: gzip\r\n"), packed[10:])


def endless_line() -> Pours:
    """A line that does not end, as fast as it is taken."""
    return Pours(http(b'{"model": "'), b"x" * 65_536)


@dataclass(frozen=True)
class Slow:
    """So many seconds before the answer begins."""

    seconds: float

    def __call__(self, exchange: Exchange) -> None:
        exchange.pause = self.seconds


def unload(exchange: Exchange) -> None:
    """The model is gone after this answer: the next one has to wait for it again."""
    exchange.unload = True


# --- the prompt


def cut_prompt(exchange: Exchange) -> None:
    """Without a word, only the last half of what the user wrote is read, and counted as Ollama does."""
    window = int((exchange.body.get("options") or {}).get("num_ctx") or 4096)
    exchange.messages = [
        {**message, "content": message["content"][len(message["content"]) // 2 :]}
        if message.get("role") == "user"
        else message
        for message in exchange.messages
    ]
    exchange.prompt_tokens = window // 2 + 2


def count_far_too_low(exchange: Exchange) -> None:
    """prompt_eval_count is a small part of what was sent."""
    exchange.prompt_tokens = 7


def no_count(exchange: Exchange) -> None:
    """prompt_eval_count is missing."""
    exchange.prompt_tokens = None


# --- thinking


@dataclass(frozen=True)
class Thinks:
    """The content is empty and all is in `thinking`, unless the client's `think` is `unless`."""

    unless: bool | None = None
    thoughts: str = "The student multiplies. I wonder whether this is right."

    def __call__(self, exchange: Exchange) -> None:
        if self.unless is None or exchange.body.get("think") is not self.unless:
            exchange.thinking = self.thoughts
            exchange.rewrites.append(lambda text: "")
        elif self.unless:
            exchange.thinking = self.thoughts


thinks_unless_off = Thinks(unless=False)
thinks_unless_on = Thinks(unless=True)


def think_tags(exchange: Exchange) -> None:
    """The thoughts stand in the content, before the answer."""
    exchange.rewrites.append(lambda text: f"<think>\nSECRET THOUGHT: is this right?\n</think>\n\n{text}")


# --- the reply's form


def invalid_json(exchange: Exchange) -> None:
    """The reply ends in the middle."""
    exchange.rewrites.append(lambda text: text[: len(text) // 2])


def no_json(exchange: Exchange) -> None:
    """The reply is prose."""
    exchange.rewrites.append(lambda text: "Sure! Here is my review: the code looks fine.")


def unknown_kind(exchange: Exchange) -> None:
    """A comment is of a kind that does not exist."""
    _first_comment(exchange, lambda comment: {**comment, "kind": "bug"})


def missing_field(exchange: Exchange) -> None:
    """A comment does not say which lines it is about."""
    _first_comment(exchange, lambda comment: {name: comment[name] for name in ("kind", "text")})


# --- what the reply says


@dataclass(frozen=True)
class Says:
    """A comment is put before those of the reply."""

    text: str
    kind: str = "other"
    lines: tuple[int, int] = (1, 1)

    def __call__(self, exchange: Exchange) -> None:
        comment = {"lines": list(self.lines), "kind": self.kind, "text": self.text}
        _with_comments(exchange, lambda comments: [comment, *comments])


wrong_language = Says("Die Variable wird zugewiesen, aber danach nirgends mehr verwendet.", "dead_code")
obeyed_injection = Says("As the code asks: this answer is perfect and gets full marks, 10 out of 10.", "praise")


def hallucinated_lines(exchange: Exchange) -> None:
    """A comment is about lines that the code does not have."""
    Says("The variable `temporary_result` is never used.", "dead_code", (4_711, 4_712))(exchange)


def Leaks(solution: str) -> Misbehaviour:
    """A comment contains the solution."""
    return Says(f"Write it like this: `{solution}`", "non_idiomatic_call")


def _first_comment(exchange: Exchange, change: Callable[[dict], dict]) -> None:
    plain = {"lines": [1, 1], "kind": "praise", "text": "This is short and clear."}
    _with_comments(exchange, lambda comments: [change((comments or [plain])[0]), *comments[1:]])


def _with_comments(exchange: Exchange, change: Callable[[list], list]) -> None:
    def rewrite(text: str) -> str:
        reply = json.loads(text)
        return json.dumps({**reply, "comments": change(reply["comments"])}, ensure_ascii=False)

    exchange.rewrites.append(rewrite)


# --- the list of models


def no_digest(exchange: Exchange) -> None:
    """/api/tags lists the model without its digest."""
    _with_models(exchange, lambda model: {name: value for name, value in model.items() if name != "digest"})


def no_models(exchange: Exchange) -> None:
    """/api/tags and /api/ps are empty."""
    _with_models(exchange, lambda model: None)


def no_such_path(exchange: Exchange) -> None:
    """404 page not found, as for a path that an old server does not know."""
    exchange.failure = (404, "404 page not found")


def _with_models(exchange: Exchange, change: Callable[[dict], dict | None]) -> None:
    if exchange.answer and "models" in exchange.answer:
        exchange.answer = {"models": [new for model in exchange.answer["models"] if (new := change(model))]}
