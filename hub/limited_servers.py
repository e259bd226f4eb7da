"""Servers of real Unix users, with limits that need nothing but Linux."""

import os
import resource

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Int

from hub.server_ports import OwnPort


class LimitedServers(OwnPort, LocalProcessSpawner):
    """Starts a user's server under the Unix account of the same name, within Spawner.mem_limit and Spawner.cpu_limit.

    The memory limit counts for each process. The CPU limit, rounded up, is the number of cores that all processes of
    the user's server share. SystemdSpawner limits the user as a whole; take it where systemd runs.
    """

    most_processes = Int(
        400, help="How many processes and threads of the same Unix user there may be; 0: no limit."
    ).tag(config=True)

    def make_preexec_fn(self, name: str):
        become_user = super().make_preexec_fn(name)
        memory = int(self.mem_limit) if self.mem_limit else 0
        cores = cores_for(self.cpu_limit, int(self.user.id)) if self.cpu_limit else set()
        processes = self.most_processes

        def limit_and_become_user() -> None:
            os.umask(0o077)
            if memory:
                resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            if processes:
                resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if cores:
                os.sched_setaffinity(0, cores)
            become_user()

        return limit_and_become_user


def cores_for(limit: float, number: int) -> set[int]:
    """Which cores the server of the hub's user `number` uses: as many as the limit says, spread over all."""
    there = sorted(os.sched_getaffinity(0))
    count = max(1, min(len(there), -int(-limit // 1)))
    return {there[(number * count + i) % len(there)] for i in range(count)}
