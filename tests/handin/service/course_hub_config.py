"""The configuration of the hub that the tests start; what differs per run stands in the environment."""

import json
import os
import sys

from jupyterhub.auth import Authenticator
from jupyterhub.proxy import Proxy

from hub.roles import HAND_IN, SERVER_TOKEN_SCOPES, course_roles, student_group

c = get_config()  # noqa: F821  (traitlets defines it)
given = json.loads(os.environ["HUB_UNDER_TEST"])


class NoProxy(Proxy):
    """The tests talk to the hub and to its services at their own ports."""

    async def start(self):
        pass

    async def get_all_routes(self):
        return {}

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def check_routes(self, *arguments, **more):
        pass


class NobodyLogsIn(Authenticator):
    """Takes every name as it is: capitals, dots and @ stay."""

    allow_all = True

    def normalize_username(self, username):
        return username

    async def authenticate(self, handler, data):
        return None


folder = given["folder"]
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.authenticator_class = NobodyLogsIn
c.JupyterHub.bind_url = f"http://127.0.0.1:{given['ports'][0]}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{given['ports'][1]}"
c.JupyterHub.db_url = f"sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{folder}/cookie_secret"
c.JupyterHub.load_groups = {student_group("attention101"): {"users": given["students"]}}
c.JupyterHub.load_roles = [
    *course_roles("attention101"),
    {
        "name": "tests",
        "services": ["tests"],
        "scopes": ["admin:users", "admin:groups", "admin:servers", "tokens", f"access:services!service={HAND_IN}"],
    },
]
c.JupyterHub.services = [
    {"name": "tests", "api_token": given["api_token"]},
    {
        "name": HAND_IN,
        "url": f"http://127.0.0.1:{given['ports'][2]}",
        "command": [sys.executable, "-m", "handin.service"],
        "environment": given["service_environment"],
    },
    {"name": "desk", "api_token": given["api_token"] + "desk"},
]
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{folder}/homes/{{username}}"
c.Spawner.cmd = [sys.executable, given["server"]]
c.Spawner.server_token_scopes = SERVER_TOKEN_SCOPES
