"""The configurable-http-proxy in Python, made fit for a class. Run as a script, with that program's own options.

As it comes, it writes `@` in a path as `%40`, and servers of users with such names are not found. And it passes on ten
requests at a time: ten students who validate would keep everybody else waiting.
"""

from urllib.parse import urlsplit

from configurable_http_proxy import cli
from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import AsyncHTTPClient

_REQUESTS_AT_ONCE = 2_000

_plain = ProxyHandler.get_target_url


async def path_as_it_came(self: ProxyHandler, path: str | None) -> str | None:
    """The address to ask for this request: the target's, with the path and the query as the browser wrote them."""
    address = await _plain(self, path)
    if address is None:
        return None
    target = urlsplit(self.target["target"])
    return urlsplit(address)._replace(path=target.path.rstrip("/") + self.request.path).geturl()


if __name__ == "__main__":
    ProxyHandler.get_target_url = path_as_it_came
    AsyncHTTPClient.configure(None, max_clients=_REQUESTS_AT_ONCE)
    cli.main()
