"""What the service is told: by JupyterHub and the site in environment variables, by the course in its configuration."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlparse

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.checkout import CourseError
from course.zone import course_zone

_FROM_THE_HUB = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_SERVICE_URL")


class Settings:
    """host, port: where to listen; prefix: the path that all URLs start with, "/" at its end

    Raises CourseError where something is missing or wrong; the message names the variable or the setting.
    """

    def __init__(self, environment: Mapping[str, str], config: Config):
        missing = [name for name in _FROM_THE_HUB if not environment.get(name)]
        if missing:
            raise CourseError(
                f"{', '.join(missing)} not set. JupyterHub sets them for a service that it starts: add the service to "
                "JupyterHub.services, with a url and `python -m handin.service` as its command."
            )
        exchange = environment.get("ATTENTION101_EXCHANGE")
        if not exchange or not Path(exchange).is_absolute():
            raise CourseError("ATTENTION101_EXCHANGE must name the exchange's root as an absolute path.")
        course = CourseDirectory(config=config)
        if not course.course_id:
            raise CourseError("The course has no id. Set c.CourseDirectory.course_id in nbgrader_config.py.")
        url = urlparse(environment["JUPYTERHUB_SERVICE_URL"])
        if url.scheme != "http" or not url.hostname or not url.port:
            raise CourseError(
                f"JUPYTERHUB_SERVICE_URL is {environment['JUPYTERHUB_SERVICE_URL']!r}; the service needs a url with a "
                "port, such as http://127.0.0.1:9105, in JupyterHub.services."
            )
        self.course_id, self.db_url, self.zone = course.course_id, course.db_url, course_zone(config)
        self.inbound = Path(exchange) / course.course_id / "inbound"
        self.outbound = Path(exchange) / course.course_id / "outbound"
        self.host, self.port = url.hostname, url.port
        self.prefix = f"/{environment['JUPYTERHUB_SERVICE_PREFIX'].strip('/')}/".replace("//", "/")
