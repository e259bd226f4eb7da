"""No two servers that start together are told to listen at the same port."""

import asyncio

from hub import server_ports
from hub.server_ports import OwnPort


class Started:
    port = 0

    async def start(self):
        return self.port


class Server(OwnPort, Started):
    pass


def test_a_port_that_another_server_was_given_is_not_given_again(monkeypatch):
    found = iter([5001, 5001, 5001, 5002, 5002, 5003])
    monkeypatch.setattr(server_ports, "random_port", lambda: next(found))
    monkeypatch.setattr(server_ports, "_given", type(server_ports._given)(maxlen=500))

    async def all_at_once():
        return await asyncio.gather(*(Server().start() for _ in range(3)))

    assert asyncio.run(all_at_once()) == [5001, 5002, 5003]


def test_a_server_that_starts_again_gets_another_port(monkeypatch):
    found = iter([6001, 6002])
    monkeypatch.setattr(server_ports, "random_port", lambda: next(found))
    server = Server()
    assert [asyncio.run(server.start()), asyncio.run(server.start())] == [6001, 6002]
