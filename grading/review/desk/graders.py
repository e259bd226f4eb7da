"""Who of a JupyterHub's users may reach the desk, and where the hub wants it to be."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from course.checkout import CourseError


def may_enter(user: Mapping, group: str) -> bool:
    """Whether the hub's model of a user is of a member of `group`, or of an administrator of the hub.

    Other services have no groups, and stay outside.
    """
    if user.get("kind", "user") != "user":
        return False
    return user.get("admin") is True or group in (user.get("groups") or ())


def grader_group(setting: str, course_id: str) -> str:
    """The group's name: the setting `CodeReview.grader_group`, or nbgrader's own."""
    return setting.strip() or f"formgrade-{course_id}"


def hub_place(environment: Mapping[str, str]) -> tuple[str, int, str]:
    """Address, port and prefix that the hub has given to the service. Raises CourseError."""
    url = environment.get("JUPYTERHUB_SERVICE_URL", "")
    try:
        found = urlsplit(url)
        host, port = found.hostname, found.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise CourseError(
            f"JUPYTERHUB_SERVICE_URL is {url!r}, which names no host and port. Give the service a url in "
            "jupyterhub_config.py, such as http://127.0.0.1:10101."
        )
    prefix = environment["JUPYTERHUB_SERVICE_PREFIX"]
    return host, port, prefix if prefix.endswith("/") else f"{prefix}/"
