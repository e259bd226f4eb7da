"""The proxy as the hub starts it, before a real web server."""

import asyncio
import os
import subprocess
import sys
import time

import httpx
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from hub.trial.folder import free_ports
from tests.hub.running_trial import CHECKOUT

TOKEN = {"Authorization": "token secret"}
SLOW = 40  # requests at once, more than plain tornado's client would send


class Tell(RequestHandler):
    """Answers with the address as it came. One that says `slow` waits until all slow ones are there."""

    waiting = 0

    async def get(self) -> None:
        if "slow" in self.request.uri:
            Tell.waiting += 1
            while Tell.waiting < SLOW:
                await asyncio.sleep(0.01)
        self.finish(self.request.uri)


@pytest.fixture
def proxy():
    public, api = free_ports(2)
    process = subprocess.Popen(
        [sys.executable, "-P", str(CHECKOUT / "hub" / "python_proxy.py")]
        + ["--ip", "127.0.0.1", "--port", str(public), "--api-ip", "127.0.0.1", "--api-port", str(api)],
        env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": "secret"},
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{api}/api/routes", headers=TOKEN, trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < ends
                time.sleep(0.1)
        yield f"http://127.0.0.1:{public}", f"http://127.0.0.1:{api}"
    finally:
        process.kill()
        process.wait(10)


def test_addresses_arrive_as_they_were_sent_and_slow_ones_block_nobody(proxy):
    public, api = proxy

    async def ask() -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(Application([(".*", Tell)]))
        server.add_sockets(sockets)
        target = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(trust_env=False, timeout=20, limits=limits) as client:
            added = await client.post(f"{api}/api/routes/user/t@uni", json={"target": target}, headers=TOKEN)
            assert added.status_code == 201
            for path in ("/user/t@uni/lab", "/user/t@uni/a%20b%2Fc?q=%40&r=1", "/user/t@uni/%C3%A4"):
                assert (await client.get(f"{public}{path}")).text == path
            slow = await asyncio.gather(*(client.get(f"{public}/user/t@uni/slow/{i}") for i in range(SLOW)))
            assert [answer.status_code for answer in slow] == [200] * SLOW
        server.stop()

    asyncio.run(ask())
