"""The connection to the server: the official client, with the same limits for every call.

A server may send anything, and for ever. How long a call may take is set by who calls.
"""

import importlib
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.request import getproxies

import httpx

from grading.review.asking.address import address_of
from grading.review.asking.no_reply import Busy, Failed, NoReply, Refused, within
from grading.review.settings import CodeReview

if TYPE_CHECKING:
    from ollama import ChatResponse

# A streamed token takes some 200 bytes, and 8,000 tokens are the most that can be asked for.
_MOST_BYTES = 4_000_000
_SECONDS_FOR_THE_LIST = 10
# anyio groups what it did not expect while connecting. The official client's ConnectionError hides why, in its context.
_NOBODY = (ConnectionError, ExceptionGroup, httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)


@cache
def official() -> ModuleType:
    """The package `ollama`. Importing it makes a client from the environment, and fails if that says nonsense."""
    read_by_it = re.compile(r"OLLAMA_.*|SSL_CERT_.*|.*_PROXY", re.IGNORECASE)
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if read_by_it.fullmatch(name)}
    try:
        return importlib.import_module("ollama")
    finally:
        os.environ.update(hidden)


class Connection:
    """To be closed. Nothing is sent before the first call. Calls raise Busy, Failed, NoReply and Refused.

    Raises NoReply if the settings or the environment do not allow one.
    """

    def __init__(self, settings: CodeReview):
        self.settings, self.address = settings, address_of(settings)
        try:
            self._client = official().AsyncClient(
                self.address.url,
                auth=self.address.auth,
                headers={"Accept-Encoding": "identity"},
                follow_redirects=False,
                timeout=httpx.Timeout(None, connect=settings.connect_seconds),
                event_hooks={"response": [self._let_through]},
                verify=self.address.url.startswith("https:"),
                trust_env=not self.address.is_local,
            )
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
            why = f"no connection to {self.address} can be prepared: {_words(str(error))}"
            raise NoReply(
                f"{why} (look at OLLAMA_API_KEY, SSL_CERT_FILE, HTTP_PROXY and ALL_PROXY)", of_server=True
            ) from None

    async def aclose(self) -> None:
        await self._client.close()

    async def digest(self) -> str:
        """Of the model, "" if the server does not tell it: it may answer questions all the same."""
        allowed = min(_SECONDS_FOR_THE_LIST, self.settings.answer_seconds)
        late = f"{self.address} does not say within {allowed:g} s which models it has"
        try:
            with self._in_our_words():
                async with within(allowed, late, of_server=True):
                    models = (await self._client.list()).models
        except (Busy, Failed, Refused):
            return ""
        names = {self.settings.model, f"{self.settings.model}:latest"}
        return next((str(model.digest or "") for model in models if model.model in names), "").removeprefix("sha256:")

    async def chat(self, **question: object) -> "AsyncIterator[ChatResponse]":
        """The parts of a streamed answer."""
        asked = {"model": self.settings.model, "keep_alive": self.settings.keep_alive, "stream": True, **question}
        with self._in_our_words():
            async with aclosing(await self._client.chat(**asked)) as parts:
                async for part in parts:
                    yield part

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        """For whatever the official client raises."""
        try:
            yield
        except (Busy, Failed, NoReply, Refused):
            raise
        except _NOBODY as error:
            first = getattr(error, "exceptions", [error.__context__ or error])[0]
            said = _words(str(first)) or type(first).__name__
            if "[SSL" in said:
                said += "; write http:// if the server has no certificate"
            elif not self.address.is_local and getproxies():
                said += "; the environment's proxies were used"
            raise NoReply(f"no Ollama server answers at {self.address}: {said}", of_server=True) from None
        except httpx.LocalProtocolError:
            raise NoReply("OLLAMA_API_KEY has a character in it that cannot be sent", of_server=True) from None
        except httpx.HTTPError as error:
            raise Failed(f"the connection broke ({type(error).__name__})") from None
        except official().ResponseError as error:
            raise Failed(f"the server broke its answer off (it says: {_words(str(error.error))})") from None
        except Exception:
            raise Failed("the server's answer is not what Ollama sends") from None

    async def _let_through(self, response: httpx.Response) -> None:
        """Only an answer, and only so much of it."""
        response.stream = _Limited(response.stream)
        status, headers = response.status_code, response.headers
        form, packed = headers.get("Content-Type", ""), headers.get("Content-Encoding", "identity")
        if packed != "identity" or status == 200 and "html" in form:
            why = f"sends {_words(f'{form}, {packed}')}, which no Ollama server does"
            raise NoReply(f"{self.address} {why}", of_server=True)
        if status == 200:
            return
        said = _error_in((await response.aread()).decode(errors="replace"))
        if status in (429, 503):
            raise Busy(said)
        if status >= 500:
            raise Failed(f"the server failed (HTTP {status}: {said})")
        if status in (401, 403, 407):
            remedy = "look at OLLAMA_API_KEY, user:password@ in the address, and proxies"
            raise NoReply(f"{self.address} refuses us (HTTP {status}: {said}); {remedy}", of_server=True)
        if status >= 400:
            raise Refused(status, said)
        onward = f"sends us on to {_words(headers.get('Location', 'nowhere'))}, which is not followed"
        raise NoReply(f"{self.address} {onward} (HTTP {status}); set the server's own address", of_server=True)


class _Limited(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream):
        self._stream, self.aclose = stream, stream.aclose

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > _MOST_BYTES:
                raise NoReply(f"the server's answer does not end: more than {_MOST_BYTES / 1e6:g} MB came")
            yield part


def _error_in(text: str) -> str:
    """What a server says as Ollama does, {"error": …}, or whatever else it says."""
    try:
        return _words(str(json.loads(text)["error"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return _words(re.sub(r"<[^>]*>", " ", text[:2_000]))


def _words(said: str) -> str:
    """Somebody else's words on one line, without characters that a terminal or a file may not bear."""
    return " ".join("".join(each if each.isprintable() else " " for each in said[:2_000]).split())[:200]
