"""Where the server is: read once, from the setting or the environment, before anything is made of it."""

import os
import re
from dataclasses import dataclass
from urllib.parse import unquote

from grading.review.asking.no_reply import NoReply
from grading.review.settings import CodeReview

_USUAL = "http://127.0.0.1:11434"
_FORM = re.compile(
    r"(?:(?P<scheme>https?)://)?(?:(?P<login>[^@/?#]*)@)?(?P<host>\[[\da-f:.]+\]|[^@/?#:\[\]]*)"
    r"(?::(?P<port>\d+))?(?P<path>(?:/[^?#]*)?)",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """`url` has scheme, host and port, and a path if one was given; `str` is for sentences, and has no password.

    setting: where it comes from
    auth: user and password
    is_local: whether it is on this machine, which is asked directly, whatever proxy the environment names
    """

    url: str
    setting: str
    auth: tuple[str, str] | None
    is_local: bool

    def __str__(self) -> str:
        return f"{self.url} ({self.setting})"


def address_of(settings: CodeReview) -> Address:
    """Raises NoReply, which names the setting and the remedy, for what is no address."""
    setting = "CodeReview.host" if settings.host.strip() else "OLLAMA_HOST"
    # Quotes stay in a variable that was set from a file; Ollama drops them, too.
    text = (settings.host.strip() or os.environ.get("OLLAMA_HOST", "")).strip("\"' \t\r\n") or _USUAL
    try:
        return _parsed(text, setting)
    except ValueError:
        shown = re.sub(r"^(\w+://)?[^@]*@", r"\1", text)  # without a password
        why = f"{setting} is {shown!r}, which is no address of an Ollama server; write http:// or https://, the host"
        raise NoReply(f"{why}, and a port from 1 to 65535, as in {_USUAL}", of_server=True) from None


def _parsed(text: str, setting: str) -> Address:
    bare_ipv6 = text.count(":") > 1 and re.fullmatch(r"[\da-fA-F:.]+", text)
    found = _FORM.fullmatch(f"[{text}]" if bare_ipv6 else text)
    if not found or not (found["host"] or found["port"]) or not text.isprintable() or " " in text:
        raise ValueError
    scheme, host = (found["scheme"] or "http").lower(), found["host"] or "127.0.0.1"
    port = int(found["port"] or {None: 11434, "http": 80, "https": 443}[found["scheme"] and scheme])
    host.encode("idna")
    if not 0 < port < 65536:
        raise ValueError
    url = f"{scheme}://{host}:{port}{found['path'].rstrip('/')}"
    user, _, password = (found["login"] or "").partition(":")
    auth = (unquote(user), unquote(password)) if user else None
    return Address(url, setting, auth, _LOCAL.fullmatch(host) is not None)
