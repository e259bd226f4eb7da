"""The desk's addresses. How people get in is the business of the class that `routes` puts before each handler."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from tornado.web import HTTPError, RequestHandler

from course.checkout import CourseError
from grading.review.claims import LONGEST_TEXT
from grading.review.desk.deciding import DecisionRefused, read_wish
from grading.review.desk.desk import Desk
from grading.review.desk.entries import decision_entry
from grading.review.records.store import DecidedMeanwhile

LARGEST_BODY = 512 * 1024

_FOLDER = Path(__file__).parent
_FILES = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class DeskHandler(RequestHandler):
    """What all of them share: who asks, headers, and errors as sentences.

    A class that stands before this one in the order of bases lets people in: its `prepare` raises HTTPError or
    redirects, and its `user_name` says who it is.
    """

    user_name: str

    @property
    def desk(self) -> Desk:
        return self.settings["desk"]

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    async def answer(self, ask: Callable, *given: object) -> None:
        """Let the desk answer in its own thread, and send what it says."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self.desk.thread, ask, *given)
        except DecisionRefused as refusal:
            self.send(refusal.status, {"message": str(refusal)})
        except DecidedMeanwhile as meanwhile:
            self.send(409, {"message": f"{meanwhile}.", "decision": decision_entry(meanwhile.decision)})
        except CourseError as trouble:
            self.send(503, {"message": str(trouble)})
        else:
            self.send(200, found)

    def send(self, status: int, found: dict) -> None:
        """Send JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(found))

    def number(self, name: str) -> int:
        """A number of the address. Raises HTTPError."""
        text = self.get_argument(name, "0")
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise HTTPError(400, reason=f"{name} has to be a number")
        return int(text)

    def write_error(self, status_code: int, **given: object) -> None:
        error = (given.get("exc_info") or (None, None))[1]
        sentence = error.log_message if isinstance(error, HTTPError) and error.log_message else self._reason
        if "text/html" in self.request.headers.get("Accept", ""):
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{sentence}\n")
        else:
            self.send(status_code, {"message": sentence})


class Page(DeskHandler):
    """The page. What it shows it asks for itself."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            _template().render(
                assignment=self.desk.assignment,
                blind=self.desk.blind,
                longest=LONGEST_TEXT,
                token=self.xsrf_token.decode() if isinstance(self.xsrf_token, bytes) else self.xsrf_token,
                user=self.user_name,
                versions={name: hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12] for name in _FILES},
            )
        )


class File(DeskHandler):
    """The page's style and its script."""

    def get(self, name: str) -> None:
        if name not in _FILES:
            raise HTTPError(404, "There is no such file.")
        self.set_header("Content-Type", _FILES[name])
        self.finish((_FOLDER / name).read_bytes())


class Queue(DeskHandler):
    async def get(self) -> None:
        await self.answer(self.desk.queue, self.user_name)


class Draft(DeskHandler):
    async def get(self, key: str) -> None:
        await self.answer(self.desk.draft, key)


class Decisions(DeskHandler):
    """GET: what was decided. POST: decide."""

    async def get(self) -> None:
        await self.answer(self.desk.decided, self.user_name, self.number("before"))

    async def post(self) -> None:
        try:
            wish = read_wish(self.request.body)
        except DecisionRefused as refusal:
            self.send(refusal.status, {"message": str(refusal)})
            return
        await self.answer(self.desk.decide, wish, self.user_name)


class News(DeskHandler):
    async def get(self) -> None:
        await self.answer(self.desk.news, self.user_name, self.number("since"))


class Elsewhere(DeskHandler):
    """Every other address."""

    def get(self) -> None:
        raise HTTPError(404, "The desk has no such page.")

    post = get


def routes(entrance: type, prefix: str = "/") -> list[tuple]:
    """The addresses below `prefix`, each behind `entrance`."""
    addresses = [
        ("", Page),
        (r"files/([a-z.]+)", File),
        ("queue", Queue),
        (r"drafts/([0-9a-f]{64})", Draft),
        ("decisions", Decisions),
        ("news", News),
        (".*", Elsewhere),
    ]
    behind = [(address, type(handler.__name__, (entrance, handler), {})) for address, handler in addresses]
    return [(prefix + address, handler) for address, handler in behind]


def _template():
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
