"""The hub of `make hub`. `hub.trial.command` starts it, and says in the environment where all is.

For a real class take ../jupyterhub_config.py.
"""

import os
import sys
from pathlib import Path

from hub import shared_config
from hub.trial.accounts import ACCOUNTS
from hub.trial.course import ASSIGNMENT, CHECKOUT, COURSE
from hub.trial.folder import SECONDS_TO_START, TrialFolder
from hub.trial.spawner import TrialSpawner

c = get_config()  # noqa: F821  (JupyterHub defines it)

folder = TrialFolder(Path(os.environ["ATTENTION101_HUB"]))
public, api, proxy, hand_in, desk = (int(port) for port in os.environ["ATTENTION101_HUB_PORTS"].split())
staff = [account.name for account in ACCOUNTS if account.is_staff]
students = [account.name for account in ACCOUNTS if not account.is_staff]

# Loopback alone: nobody else reaches the trial.
shared_config.set_up_hub(c, folder.hub, f"{shared_config.LOOPBACK}:{public}", api, proxy)
c.ConfigurableHTTPProxy.log_level = "error"

c.JupyterHub.authenticator_class = "hub.password_file.PasswordFile"
c.PasswordFile.path = str(folder.hashes)
c.Authenticator.allowed_users = {account.name for account in ACCOUNTS}
c.Authenticator.admin_users = {account.name for account in ACCOUNTS if account.role == "instructor"}

shared_config.set_up_course(c, COURSE, staff, students)


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
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.LocalProcessSpawner.interrupt_timeout = c.LocalProcessSpawner.term_timeout = 5
path = os.environ.get("PATH", os.defpath)
c.Spawner.environment = shared_config.server_environment(
    folder.exchange,
    hand_in,
    path,
    ATTENTION101_COURSE=course_folder,
    ATTENTION101_REVIEWER=reviewer,
    JUPYTER_CONFIG_PATH=configuration,
    PYTHONPATH="",
)

once_there = [sys.executable, "-m", "hub.trial.wait_for_course", str(folder.has_gradebook), sys.executable, "-m"]
c.JupyterHub.services = shared_config.course_services(
    (hand_in, [*once_there, "handin.service"]),
    (desk, [*once_there, "grading", "desk", ASSIGNMENT]),
    environment=shared_config.service_environment(folder.course, folder.exchange, path),
    timeout=SECONDS_TO_START,
)
# Everything ends with the trial.
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cleanup_proxy = True
