"""The desk for one person on this machine: a secret in the address, then a cookie; nobody else's page may ask."""

import getpass
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from markupsafe import escape
from tornado.web import HTTPError

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Loopback:
    """What a visitor has to show. The token stands in the printed address, the session in the cookie made of it."""

    port: int
    user: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def url(self) -> str:
        """The address for the first visit."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """How a browser may call this server. Another name that leads here is somebody's trick."""
        return f"{ADDRESS}:{self.port}", f"localhost:{self.port}"

    @property
    def settings(self) -> dict:
        """Tornado's settings. Browsers share cookies over all ports of a machine, so the names have the port."""
        return {
            "loopback": self,
            "xsrf_cookies": True,
            "xsrf_cookie_name": f"attention101_desk_xsrf_{self.port}",
            "xsrf_cookie_kwargs": {"httponly": True, "samesite": "Strict"},
        }

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"attention101_desk_{self.port}"


class LoopbackEntrance:
    """Stands before a DeskHandler and lets in who has the cookie, or brings the token."""

    @property
    def user_name(self) -> str:
        return self.settings["loopback"].user

    def prepare(self) -> None:
        loopback: Loopback = self.settings["loopback"]
        if self.request.host not in loopback.hosts:
            raise HTTPError(403, f"The desk answers only at {' and '.join(loopback.hosts)}.")
        if self.request.method not in ("GET", "HEAD"):
            allowed = {f"http://{host}" for host in loopback.hosts}
            if self.request.headers.get("Origin") not in allowed:
                raise HTTPError(403, "Another site's page may not decide here.")
        token = self.get_query_argument("token", None)
        if token is not None and _same(token, loopback.token):
            self.set_cookie(loopback.cookie, loopback.session, httponly=True, samesite="Strict", path="/")
            # The secret is not to stay in the address bar. A redirect would count as the page's that led here, and
            # browsers would keep the cookie back.
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish('<!DOCTYPE html><meta http-equiv="refresh" content="0; url=/"><a href="/">To the desk</a>')
        elif not _same(self.get_cookie(loopback.cookie, ""), loopback.session):
            raise HTTPError(
                403,
                "Open the address that `python -m grading desk` printed, with its token. It changes at every start.",
            )


@contextmanager
def leading_file(url: str) -> Iterator[str]:
    """A file that only the user can read and that leads a browser to `url`; gives the file's own address.

    A browser is started with an address as its argument, and everybody on the machine can read arguments.
    """
    with TemporaryDirectory(prefix="attention101-desk-") as folder:
        page = Path(folder) / "open.html"
        page.write_text(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={escape(url)}">', encoding="utf-8")
        yield page.as_uri()


def name_of_this_user() -> str:
    """The operating system's name for who runs this, whatever the environment says."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
