"""What Ollama says over HTTP: its JSON objects, its lines and its errors. Needs only the standard library."""

import json
import select
import socket
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

VERSION = "0.12.6"


def now() -> str:
    """The present time as Ollama writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def chat_part(model: str, content: str, **more) -> dict:
    """One object of a chat's answer that is not its last. `more` goes into the message, such as thinking="…"."""
    message = {"role": "assistant", "content": content, **more}
    return {"model": model, "created_at": now(), "message": message, "done": False}


def chat_end(model: str, content: str, reason: str, figures: dict, **more) -> dict:
    """The last object of a chat's answer, or the only one if it is not streamed.

    reason: stop, length, load or unload
    figures: counts of tokens, and durations in nanoseconds
    """
    return {**chat_part(model, content, **more), "done": True, "done_reason": reason, **figures}


def listed_model(name: str, digest: str | None, size: int, details: dict) -> dict:
    """A model as /api/tags and /api/ps list it. `digest` is bare hex; None leaves it out."""
    listed = {"name": name, "model": name, "modified_at": now(), "size": size, "digest": digest, "details": details}
    return {key: value for key, value in listed.items() if value is not None}


def full_name(name: str) -> str:
    """A model's name with its tag, as Ollama compares names."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def client_left(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection. Does not wait and reads nothing."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


class Left(Exception):
    """Nobody waits for the answer any more."""


class BadRequest(ValueError):
    """A request that cannot be answered; the message is for the client."""


class OllamaHandler(BaseHTTPRequestHandler):
    """Reads requests and writes answers in Ollama's form. What they say is the business of subclasses."""

    protocol_version = "HTTP/1.1"
    # Small packets at once: with Nagle's algorithm each line of a stream would take 40 ms.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *arguments) -> None:
        """Tests read what the server records, nobody reads a log."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def read_json(self) -> dict:
        """The request's body. Raises BadRequest."""
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        except ValueError as error:
            raise BadRequest(f"the request's body is not JSON: {error}") from None
        if not isinstance(body, dict):
            raise BadRequest("the request's body must be a JSON object")
        return body

    def send_bytes(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_json(self, answer: dict, status: int = 200) -> None:
        self.send_bytes(json.dumps(answer).encode(), "application/json; charset=utf-8", status)

    def send_failure(self, status: int, why: str) -> None:
        """An error as Ollama says it."""
        self.send_json({"error": why}, status)

    def start_lines(self) -> None:
        """Begin a streamed answer: a JSON object a line."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def send_line(self, answer: dict) -> None:
        self.send_chunk(json.dumps(answer).encode() + b"\n")

    def end_lines(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
