"""What the hub of a class and that of a trial have in common."""

import os
import sys
from pathlib import Path

from course.checkout import CHECKOUT
from hub.roles import DESK, HAND_IN, SERVER_TOKEN_SCOPES, course_roles, grader_group, student_group

LOOPBACK = "http://127.0.0.1"
PROGRAMS = Path(sys.executable).parent


def set_up_hub(c, state: Path, address: str, hub_port: int, proxy_port: int, proxy: list[str] = ()) -> None:
    """Where the hub and its proxy listen, and keep their files; how users' servers start.

    c: the configuration
    proxy: the proxy's command; the proxy in Python, if empty
    """
    c.JupyterHub.bind_url = address
    c.JupyterHub.hub_bind_url = f"{LOOPBACK}:{hub_port}"
    c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
    c.ConfigurableHTTPProxy.api_url = f"{LOOPBACK}:{proxy_port}"
    # The proxy in Python gives up on an answer after 20 s; formgrader and Validate may take longer. That in JavaScript
    # waits as long as it takes, and knows the option, too.
    proxy = proxy or [sys.executable, "-P", str(CHECKOUT / "hub" / "python_proxy.py")]
    c.ConfigurableHTTPProxy.command = [*proxy, "--proxy-timeout", "3600000"]
    c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
    c.Spawner.cmd = [str(PROGRAMS / "jupyterhub-singleuser")]
    c.Spawner.default_url = "/lab"
    c.Spawner.server_token_scopes = SERVER_TOKEN_SCOPES
    c.Spawner.start_timeout = c.Spawner.http_timeout = 120


def set_up_course(c, course_id: str, staff: list[str], students: list[str]) -> None:
    """Who is in the course, and may do what."""
    c.JupyterHub.load_groups = {
        student_group(course_id): {"users": students},
        grader_group(course_id): {"users": staff},
    }
    c.JupyterHub.load_roles = course_roles(course_id)


def server_environment(exchange: Path, hand_in_port: int, path: str, **more) -> dict:
    """The environment of users' servers. path: where programs are, after our own"""
    return {
        "ATTENTION101_EXCHANGE": str(exchange),
        "ATTENTION101_HAND_IN_URL": f"{LOOPBACK}:{hand_in_port}/services/{HAND_IN}/",
        "PATH": os.pathsep.join([str(PROGRAMS), path]),
        "PYTHONNOUSERSITE": "1",
    } | more


def service_environment(course: Path, exchange: Path, path: str) -> dict:
    """The environment of what works on the course."""
    return {
        "ATTENTION101_COURSE": str(course),
        "ATTENTION101_EXCHANGE": str(exchange),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONNOUSERSITE": "1",
        "PATH": path,
    }


def course_services(hand_in: tuple[int, list[str]], desk: tuple[int, list[str]], **both) -> list[dict]:
    """The hand-in service and the desk, each by its port and its command. both: what they have in common"""
    both |= {"oauth_no_confirm": True}
    return [
        both | {"name": HAND_IN, "url": f"{LOOPBACK}:{hand_in[0]}", "command": hand_in[1], "display": False},
        both | {"name": DESK, "url": f"{LOOPBACK}:{desk[0]}", "command": desk[1]},
    ]
