"""A real language model behind Ollama's protocol, for tests on a machine without Ollama.

    python -m tests.ollama_protocol.gguf_server --model FILE.gguf [--name NAME] [--port PORT] [--threads N]

Serves /api/chat (streamed or not), /api/tags, /api/show, /api/ps and /api/version on 127.0.0.1 and prints its address
as the first line. It answers one request at a time, the others wait. A client that leaves ends its answer.
Needs llama_cpp, of all else the standard library.
"""

import argparse
import hashlib
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path

# Read when llama_cpp is imported. Threads that spin where others want the processor too make an answer take minutes.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from tests.ollama_protocol.language_model import Figures, LanguageModel, Question, UnusableModel
from tests.ollama_protocol.wire import (
    VERSION,
    BadRequest,
    Left,
    OllamaHandler,
    chat_end,
    chat_part,
    client_left,
    full_name,
    listed_model,
)

NAME = "qwen2.5-coder:1.5b-instruct-q4_K_M"
_OPTIONS_OF_NUMBERS = ("temperature", "seed", "num_predict", "num_ctx", "num_keep", "top_k", "top_p", "min_p")


class GgufServer(ThreadingHTTPServer):
    """Serves the model of the file `path` under `name`. `server_port` says where. Raises UnusableModel, OSError."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, name: str = NAME, port: int = 0, threads: int = 2) -> None:
        self.name = full_name(name)
        self.size = path.stat().st_size
        self.model = LanguageModel(path, threads)
        with path.open("rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def listed(self) -> dict:
        return listed_model(self.name, self.digest, self.size, self.model.details)


class _Handler(OllamaHandler):
    server: GgufServer

    def do_HEAD(self) -> None:
        self.send_bytes(b"Ollama is running", "text/plain")

    def do_GET(self) -> None:
        if self.path == "/":
            self.send_bytes(b"Ollama is running", "text/plain")
        elif self.path == "/api/version":
            self.send_json({"version": VERSION})
        elif self.path == "/api/tags":
            self.send_json({"models": [self.server.listed()]})
        elif self.path == "/api/ps":
            self.send_json({"models": self._loaded()})
        else:
            self.send_failure(404, f"there is no {self.path} here")

    def do_POST(self) -> None:
        try:
            body = self.read_json()
            answer = {"/api/chat": self._chat, "/api/show": self._show}.get(self.path)
            if answer is None:
                self.send_failure(404, f"there is no {self.path} here")
            elif full_name(str(body.get("model") or "")) != self.server.name:
                self.send_failure(404, f"model '{body.get('model')}' not found")
            else:
                answer(body)
        except BadRequest as error:
            self.send_failure(400, str(error))
        except (Left, ConnectionError):
            self.close_connection = True

    def _loaded(self) -> list[dict]:
        window = self.server.model.window
        if not window:
            return []
        end = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        return [{**self.server.listed(), "size_vram": 0, "expires_at": end, "context_length": window}]

    def _show(self, body: dict) -> None:
        facts = self.server.model.facts
        self.send_json(
            {
                "modelfile": "",
                "parameters": "",
                "template": facts.get("tokenizer.chat_template", ""),
                "details": self.server.model.details,
                "model_info": {key: _number(value) for key, value in facts.items() if not key.startswith("tokenizer")},
                "capabilities": ["completion"],
            }
        )

    def _chat(self, body: dict) -> None:
        start = time.monotonic()
        question = _question(body)
        if body.get("think"):
            raise BadRequest(f'"{body["model"]}" does not support thinking')
        with self.server.turn:
            if client_left(self.connection):
                raise Left
            loading = self.server.model.load(question.window)
            if not question.messages:
                figures = {"total_duration": _ns(time.monotonic() - start), "load_duration": _ns(loading)}
                self._send_whole(body, chat_end(body["model"], "", "load", figures))
                return
            self._generate(body, question, loading, start)

    def _generate(self, body: dict, question: Question, loading: float, start: float) -> None:
        name, streamed = body["model"], body.get("stream", True)
        figures = Figures()
        pieces = self.server.model.answer(question, figures, _WhetherLeft(self.connection))
        begun, whole = False, ""
        try:
            for piece in pieces:
                if streamed and not begun:
                    self.start_lines()
                    begun = True
                if streamed and piece:
                    self.send_line(chat_part(name, piece))
                whole += piece
        except (RuntimeError, ValueError) as error:
            if not begun:
                self.send_failure(400 if isinstance(error, ValueError) else 500, str(error))
            else:
                self.send_line({"error": str(error)})
                self.end_lines()
            return
        finally:
            pieces.close()
        numbers = {
            "total_duration": _ns(time.monotonic() - start),
            "load_duration": _ns(loading),
            "prompt_eval_count": figures.prompt_tokens,
            "prompt_eval_duration": _ns(figures.prompt_seconds),
            "eval_count": figures.tokens,
            "eval_duration": _ns(figures.seconds),
        }
        if begun:
            self.send_line(chat_end(name, "", figures.reason, numbers))
            self.end_lines()
        else:
            self._send_whole(body, chat_end(name, whole, figures.reason, numbers))

    def _send_whole(self, body: dict, answer: dict) -> None:
        if body.get("stream", True):
            self.start_lines()
            self.send_line(answer)
            self.end_lines()
        else:
            self.send_json(answer)


class _WhetherLeft:
    """Asks the socket at most 20 times a second, since llama.cpp asks thousands of times."""

    def __init__(self, connection) -> None:
        self._connection = connection
        self._left = False
        self._next = 0.0

    def __call__(self) -> bool:
        if not self._left and time.monotonic() >= self._next:
            self._left = client_left(self._connection)
            self._next = time.monotonic() + 0.05
        return self._left


def _question(body: dict) -> Question:
    messages, options = body.get("messages") or [], body.get("options") or {}
    if not isinstance(messages, list) or not all(
        isinstance(message, dict) and isinstance(message.get("role"), str) and isinstance(message.get("content"), str)
        for message in messages
    ):
        raise BadRequest("`messages` must be a list of objects with a `role` and a `content`")
    if not isinstance(options, dict):
        raise BadRequest("`options` must be an object")
    for name in _OPTIONS_OF_NUMBERS:
        if not isinstance(options.get(name, 0), int | float):
            raise BadRequest(f"option `{name}` must be a number")
    form = body.get("format")
    if not (form in (None, "", "json") or isinstance(form, dict)):
        raise BadRequest('`format` must be "json" or a JSON schema')
    return Question(messages, options, form)


def _number(value: str) -> str | int:
    return int(value) if value.isdecimal() else value


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.ollama_protocol.gguf_server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", required=True, type=Path, help="the GGUF file")
    parser.add_argument("--name", default=NAME, help="what clients call the model (%(default)s)")
    parser.add_argument("--port", default=0, type=int, help="0 takes a free one")
    parser.add_argument("--threads", default=2, type=int, help="of the processor (%(default)s)")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the process that started this ends")
    return parser.parse_args()


def _end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def main() -> int:
    """Serve until SIGTERM or Ctrl-C. Returns the exit status: 1 if the model or the port cannot be had."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server = GgufServer(wanted.model, wanted.name, wanted.port, wanted.threads)
    except (UnusableModel, OSError, OverflowError) as error:
        print(f"The server cannot start: {error}", file=sys.stderr)
        return 1
    try:
        if wanted.end_with_parent:
            threading.Thread(target=_end_with_parent, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
