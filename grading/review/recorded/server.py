"""A small server that speaks Ollama's protocol and repeats recorded answers, or records those of another server."""

import json
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from grading.review.asking.connection import official
from grading.review.recorded.recording import Recording, prompt_key

_MOST_BYTES = 2_000_000


class RecordedServer:
    """Serves a recording on a free port of this machine, in threads. A context manager.

    recording: it is added to, if `upstream` is given
    upstream: the address of an Ollama server that is asked what the recording does not have; "" for none
    version: of the prompts that it is asked
    """

    def __init__(self, recording: Recording, upstream: str = "", version: str = ""):
        self.recording, self._upstream, self._version = recording, upstream, version
        self.used: set[str] = set()
        """The prompts that were answered, by `prompt_key`."""

    def __enter__(self) -> "RecordedServer":
        with ExitStack() as stack:
            self._client = None
            if self._upstream:
                self._client = stack.enter_context(official().Client(self._upstream, trust_env=False))
            handler = type("Handler", (_Handler,), {"owner": self})
            self._server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            self._server.daemon_threads = True
            threading.Thread(target=self._server.serve_forever, name="recorded answers", daemon=True).start()
            stack.callback(self._server.shutdown)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def host(self) -> str:
        """The address for `CodeReview.host`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: dict) -> dict:
        """The last part of the answer to a chat, and with it all of its content. Raises KeyError for an unknown one."""
        key = prompt_key(request["messages"])
        if self._client and key not in self.recording.answers:
            started = time.monotonic()
            said = self._client.chat(**{**request, "stream": False})
            self.recording.answers[key] = {
                "prompt_version": self._version,
                "content": said.message.content or "",
                "prompt_eval_count": said.prompt_eval_count,
                "eval_count": said.eval_count,
                "done_reason": said.done_reason,
                "seconds": round(time.monotonic() - started, 1),
            }
        known = self.recording.answers[key]
        self.used.add(key)
        return {
            "message": {"role": "assistant", "content": known["content"]},
            "done": True,
            "done_reason": known["done_reason"],
            "prompt_eval_count": known["prompt_eval_count"],
            "eval_count": known["eval_count"],
            "total_duration": int(known["seconds"] * 1e9),
        }


class _Handler(BaseHTTPRequestHandler):
    owner: RecordedServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        recording = self.owner.recording
        if self.path == "/api/version":
            self._send(200, {"version": "0.0.0-recorded"})
        elif self.path == "/api/tags":
            model = {"name": recording.model, "model": recording.model, "digest": recording.digest}
            self._send(200, {"models": [model]})
        else:
            self._send(404, {"error": "not found"})

    def do_POST(self) -> None:
        recording = self.owner.recording
        try:
            request = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES)))
            model, messages = request["model"], request.get("messages", [])
        except (ValueError, KeyError, TypeError):
            self._send(400, {"error": "not a request that Ollama knows"})
            return
        head = {"model": model, "created_at": f"{recording.date}T00:00:00Z"}
        if model != recording.model:
            self._send(404, {"error": f"model '{model}' not found"})
        elif self.path == "/api/show":
            self._send(200, {"details": {"format": "recorded"}, "model_info": {}})
        elif self.path != "/api/chat":
            self._send(404, {"error": "not found"})
        elif not messages:
            loaded = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "load"}
            self._send(200, head | loaded)
        else:
            try:
                self._send(200, head | self.owner.answer(request))
            except (KeyError, TypeError):
                self._send(400, {"error": "no answer to this question was recorded"})
            except (httpx.HTTPError, OSError) as error:
                self._send(500, {"error": str(error)})

    def _send(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/x-ndjson" if status == 200 else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Requests are not logged."""
