"""The trial's servers: all run as whoever started the trial, each with a home of its own."""

import os
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Unicode

from hub.server_ports import OwnPort


class TrialSpawner(OwnPort, LocalProcessSpawner):
    """Starts a user's server under the hub's own Unix user. It shows the workflow, and keeps nobody apart."""

    homes = Unicode(help="The folder with everybody's home.").tag(config=True)

    @property
    def home(self) -> Path:
        return Path(self.homes) / self.user.name

    def make_preexec_fn(self, name: str):
        home = self.home

        def enter_home() -> None:
            os.makedirs(home, 0o700, exist_ok=True)
            os.chdir(home)

        return enter_home

    def user_env(self, env: dict) -> dict:
        return env | {"USER": self.user.name, "HOME": str(self.home), "SHELL": "/bin/bash"}

    def get_state(self) -> dict:
        # All servers end with the trial. A number kept over a restart would be another process's by then.
        return {key: value for key, value in super().get_state().items() if key != "pid"}
