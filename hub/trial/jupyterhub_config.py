"""The hub of `make hub`. `hub.trial.command` starts it, and says in the environment where all is.

For a real class take ../jupyterhub_config.py.
"""

import os
import sys
from pathlib import Path

from hub.roles import DESK, HAND_IN, SERVER_TOKEN_SCOPES, course_roles, grader_group, student_group
from hub.trial.accounts import ACCOUNTS
from hub.trial.course import ASSIGNMENT, CHECKOUT, COURSE
from hub.trial.folder import SECONDS_TO_START, TrialFolder
from hub.trial.spawner import TrialSpawner

c = get_config()  # noqa: F821  (JupyterHub defines it)

folder = TrialFolder(Path(os.environ["ATTENTION101_HUB"]))
public, api, proxy, hand_in, desk = (int(port) for port in os.environ["ATTENTION101_HUB_PORTS"].split())
programs = Path(sys.executable).parent
staff = [account.name for account in ACCOUNTS if account.is_staff]
students = [account.name for account in ACCOUNTS if not account.is_staff]

# Loopback alone: nobody else reaches the trial.
c.JupyterHub.bind_url = f"http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy}"
# The Python proxy gives up on an answer after 20 s; grading a class by formgrader's button takes longer.
proxy_program = [sys.executable, "-P", str(CHECKOUT / "hub" / "python_proxy.py")]
c.ConfigurableHTTPProxy.command = [*proxy_program, "--proxy-timeout", "3600000"]
c.ConfigurableHTTPProxy.log_level = "error"
c.JupyterHub.db_url = f"sqlite:///{folder.hub / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder.hub / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(folder.hub / "proxy.pid")

c.JupyterHub.authenticator_class = "hub.password_file.PasswordFile"
c.PasswordFile.path = str(folder.hashes)
c.Authenticator.allowed_users = {account.name for account in ACCOUNTS}
c.Authenticator.admin_users = {account.name for account in ACCOUNTS if account.role == "instructor"}

c.JupyterHub.load_groups = {
    student_group(COURSE): {"users": students},
    grader_group(COURSE): {"users": staff},
}
c.JupyterHub.load_roles = course_roles(COURSE)


def server_folder(spawner) -> str:
    """Staff work in the course's folder, students at home."""
    return str(folder.course if spawner.user.name in staff else folder.homes / spawner.user.name)


def configuration(spawner) -> str:
    """Where the server looks for its configuration first."""
    rooms = ["servers/staff"] if spawner.user.name in staff else ["servers/student", "student"]
    return os.pathsep.join(str(CHECKOUT / "hub" / room) for room in rooms)


def course_folder(spawner) -> str:
    return str(folder.course) if spawner.user.name in staff else ""


def reviewer(spawner) -> str:
    """The recorded reviewer, if there is no real one."""
    there = spawner.user.name in staff and folder.reviewer.is_file()
    return folder.reviewer.read_text() if there else ""


def choose_folder(spawner) -> None:
    spawner.notebook_dir = server_folder(spawner)
    Path(spawner.notebook_dir).mkdir(mode=0o700, exist_ok=True)


c.JupyterHub.spawner_class = TrialSpawner
c.TrialSpawner.homes = str(folder.homes)
c.Spawner.pre_spawn_hook = choose_folder
c.Spawner.cmd = [str(programs / "jupyterhub-singleuser")]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.default_url = "/lab"
c.Spawner.server_token_scopes = SERVER_TOKEN_SCOPES
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.LocalProcessSpawner.interrupt_timeout = c.LocalProcessSpawner.term_timeout = 5
c.Spawner.environment = {
    "ATTENTION101_EXCHANGE": str(folder.exchange),
    "ATTENTION101_COURSE": course_folder,
    "ATTENTION101_HAND_IN_URL": f"http://127.0.0.1:{hand_in}/services/{HAND_IN}/",
    "ATTENTION101_REVIEWER": reviewer,
    "JUPYTER_CONFIG_PATH": configuration,
    "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
    "PYTHONPATH": "",
    "PYTHONNOUSERSITE": "1",
}

service_environment = {
    "ATTENTION101_COURSE": str(folder.course),
    "ATTENTION101_EXCHANGE": str(folder.exchange),
    "PYTHONPATH": str(CHECKOUT),
    "PYTHONNOUSERSITE": "1",
    "PATH": os.environ.get("PATH", os.defpath),
}
once_there = [sys.executable, "-m", "hub.trial.wait_for_course", str(folder.has_gradebook), sys.executable, "-m"]
c.JupyterHub.services = [
    {
        "name": HAND_IN,
        "url": f"http://127.0.0.1:{hand_in}",
        "command": [*once_there, "handin.service"],
        "environment": service_environment,
        "timeout": SECONDS_TO_START,
        "display": False,
    },
    {
        "name": DESK,
        "url": f"http://127.0.0.1:{desk}",
        "command": [*once_there, "grading", "desk", ASSIGNMENT],
        "environment": service_environment,
        "timeout": SECONDS_TO_START,
        "oauth_no_confirm": True,
    },
]
# Everything ends with the trial.
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cleanup_proxy = True
