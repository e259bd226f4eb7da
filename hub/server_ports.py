"""Ports for users' servers, none of them twice."""

from collections import deque

from jupyterhub.utils import random_port

# JupyterHub finds a free port and lets go of it. Until the server listens there, the same may be found for another one,
# and its user meets "404: Not Found" on a server that is not theirs.
_given: deque[int] = deque(maxlen=500)


class OwnPort:
    """Mixed into a LocalProcessSpawner: its servers listen where no other server of this hub was told to lately."""

    async def start(self):
        while self.port == 0 or self.port in _given:
            self.port = random_port()
        _given.append(self.port)
        return await super().start()
