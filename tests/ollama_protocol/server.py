"""A small server that speaks Ollama's protocol, for tests. It answers from a function and misbehaves on purpose.

    with OllamaServer(chat=first(2, busy)) as server:
        client = ollama.Client(server.host)

`reply(messages)` gives the text of an answer. `chat` is a plan: which misbehaviours a chat meets, by its number.
`elsewhere` are the misbehaviours of /api/tags, /api/show, /api/ps and /api/version. They are in `misbehaviours.py`.
It serves in this process, on a free port of 127.0.0.1. Closing it ends every connection at once, and every thread.
"""

import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.ollama_protocol.answering import Answering
from tests.ollama_protocol.exchange import Exchange, tokens
from tests.ollama_protocol.loading import Loading
from tests.ollama_protocol.misbehaviours import Misbehaviour, Plan, busy, well_behaved
from tests.ollama_protocol.wire import VERSION, BadRequest, Left, full_name, listed_model

MODEL = "reviewer:1b"
DIGEST = "8ae5a5f4b4b2f3f7d2f5f8a1c6f0c6e1b1f2a3d4c5e6f708192a3b4c5d6e7f80"
_DETAILS = {"parent_model": "", "format": "gguf", "family": "qwen2", "families": ["qwen2"], "parameter_size": "1.5B"}
_WORD = re.compile(r'code word(?: is|:) *"?([\w-]+)', re.IGNORECASE)


def no_comments(messages: list[dict]) -> str:
    """The reply of a model that has read its prompt, and has nothing to say."""
    found = _WORD.search("\n".join(str(message.get("content", "")) for message in messages))
    return json.dumps({"word": found.group(1) if found else "", "comments": []})


class OllamaServer:
    """A context manager that serves while it is entered.

    model, digest: the only model it has; other names get 404
    load_seconds: how long the model takes to load, when it is asked first and after it was unloaded
    seconds: how long each answer takes
    capacity: above so many chats at once it says 503; None means no limit
    refuse: refuses every connection

    host: its address
    headers: those of all requests
    requests: the bodies of the chats it got, in the order in which they came; those that only load included
    most_at_once: how many chats were in work at the same time, at the most; refused ones do not count
    answered: how many questions got their whole answer
    left: how many chats ended because the client left
    loads, aborted_loads: how often loading began, and how often it ended because the client left
    mistakes: what `reply` or a misbehaviour raised; leaving the context raises the first one
    """

    def __init__(
        self,
        reply: Callable[[list[dict]], str] = no_comments,
        chat: Plan = well_behaved,
        elsewhere: Iterable[Misbehaviour] = (),
        *,
        model: str = MODEL,
        digest: str = DIGEST,
        load_seconds: float = 0.0,
        seconds: float = 0.0,
        capacity: int | None = None,
        refuse: bool = False,
    ) -> None:
        self.reply = reply
        self.chat = chat
        self.elsewhere = tuple(elsewhere)
        self.model = full_name(model)
        self.digest = digest
        self.seconds = seconds
        self.capacity = capacity
        self.requests: list[dict] = []
        self.headers: list[Message] = []
        self.most_at_once = 0
        self.answered = 0
        self.left = 0
        self.mistakes: list[BaseException] = []
        self.loading = Loading(load_seconds)
        self._questions = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._refuse = refuse
        # A socket that is bound and does not listen refuses, and nobody else gets its port.
        self._http = _HttpServer(self)
        self.host = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "OllamaServer":
        if not self._refuse:
            self._http.server_activate()
            self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="ollama-server")
            self._thread.start()
        return self

    def __exit__(self, kind: type | None, *error: object) -> None:
        self.close()
        if kind is None and self.mistakes:
            raise self.mistakes[0]

    def close(self) -> None:
        """End all connections and threads; the port refuses from now on."""
        self._http.closing.set()
        if not self._refuse:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    @property
    def loads(self) -> int:
        return self.loading.starts

    @property
    def aborted_loads(self) -> int:
        return self.loading.aborted

    def unload(self) -> None:
        """Forget the model: the next chat loads it again."""
        self.loading.unload()

    def received(self, body: dict) -> Exchange:
        """Note a chat and say how it will be answered."""
        asks = bool(body.get("messages"))
        with self._lock:
            self.requests.append(body)
            self._questions += asks
            number = self._questions if asks else 0
        messages = list(body.get("messages") or [])
        size = sum(tokens(str(message.get("content") or "")) for message in messages)
        exchange = Exchange(number, body, messages, prompt_tokens=size, pause=self.seconds)
        for misbehaviour in self.chat(number):
            misbehaviour(exchange)
        return exchange

    @contextmanager
    def at_work(self) -> Iterator[bool]:
        """Take a place for a chat; gives whether there was one."""
        with self._lock:
            free = self.capacity is None or self._at_once < self.capacity
            self._at_once += free
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield free
        finally:
            with self._lock:
                self._at_once -= free

    def done(self, exchange: Exchange) -> None:
        with self._lock:
            self.answered += exchange.number > 0

    def was_left(self) -> None:
        with self._lock:
            self.left += 1


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, owner: OllamaServer) -> None:
        self.owner = owner
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.server_bind()

    def process_request(self, request: socket.socket, address) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket, address) -> None:
        self.owner.mistakes.append(sys.exception())

    def server_close(self) -> None:
        with self._open_lock:
            for request in self._open:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # the client was faster
        super().server_close()


class _Handler(Answering):
    server: _HttpServer

    def parse_request(self) -> bool:
        understood = super().parse_request()
        if understood:
            self.server.owner.headers.append(self.headers)
            # Who takes the server for a proxy sends the whole address.
            self.path = urlsplit(self.path).path
        return understood

    def do_HEAD(self) -> None:
        self.send_bytes(b"Ollama is running", "text/plain")

    def do_GET(self) -> None:
        owner = self.server.owner
        answer = {
            "/api/version": {"version": VERSION},
            "/api/tags": {"models": [_listed(owner)]},
            "/api/ps": {"models": [_listed(owner)] if owner.loading.loaded else []},
        }.get(self.path)
        if self.path == "/":
            self.send_bytes(b"Ollama is running", "text/plain")
        elif answer is None:
            self.send_failure(404, "404 page not found")
        else:
            self._answer_elsewhere(answer)

    def do_POST(self) -> None:
        try:
            body = self.read_json()
            if self.path not in ("/api/chat", "/api/show"):
                self.send_failure(404, "404 page not found")
            elif self.path == "/api/chat":
                self._chat(body)
            elif full_name(str(body.get("model"))) != self.server.owner.model:
                self.send_failure(404, f"model '{body.get('model')}' not found")
            else:
                self._answer_elsewhere(_shown())
        except BadRequest as error:
            self.send_failure(400, str(error))

    def _answer_elsewhere(self, answer: dict) -> None:
        exchange = Exchange(0, {}, answer=answer)
        for misbehaviour in self.server.owner.elsewhere:
            misbehaviour(exchange)
        try:
            if exchange.failure:
                self.send_failure(*exchange.failure)
            else:
                exchange.send(self, exchange)
        except (Left, ConnectionError):
            self.close_connection = True

    def _chat(self, body: dict) -> None:
        owner = self.server.owner
        exchange = owner.received(body)
        with owner.at_work() as free:
            if not free:
                busy(exchange)
            elif full_name(exchange.model) != owner.model:
                exchange.failure = (404, f"model '{exchange.model}' not found")
            try:
                if exchange.failure:
                    self.send_failure(*exchange.failure)
                else:
                    self._answer(owner, exchange)
            except (Left, ConnectionError):
                self.close_connection = True
                owner.was_left()

    def _answer(self, owner: OllamaServer, exchange: Exchange) -> None:
        exchange.unload |= exchange.body.get("keep_alive") in (0, "0", "0s")
        exchange.load_seconds = owner.loading.wait(self.left)
        if exchange.number:
            self.wait(exchange.pause)
        exchange.think_up(owner.reply)
        exchange.send(self, exchange)
        if not self.close_connection:
            owner.done(exchange)
        if exchange.unload:
            owner.unload()


def _listed(owner: OllamaServer) -> dict:
    return listed_model(owner.model, owner.digest, 1_000_000_000, _DETAILS)


def _shown() -> dict:
    return {
        "modelfile": "",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _DETAILS,
        "model_info": {"general.architecture": "qwen2", "qwen2.context_length": 32_768},
        "capabilities": ["completion"],
    }
