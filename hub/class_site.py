"""What a site tells the hub of a real class: a TOML file, checked before anything starts."""

import grp
import pwd
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

DEFAULT_FILE = Path("/etc/attention101/hub.toml")


class SiteError(Exception):
    """The site's file cannot be used; the message names the entry and the remedy."""


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError
    return path


AbsolutePath = Annotated[Path, Field(strict=False), AfterValidator(_absolute)]
# By pydantic's name of what is wrong.
_WANTED = {
    "string_type": "a text",
    "path_type": "a path, as text",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "value_error": "an absolute path",
}


class Site(BaseModel):
    """The entries of the file; those without a value here must be there.

    grader: the Unix account that owns course, gradebook and submissions, and under which grading runs
    course, exchange: folders that belong to this account
    for_students: what `python -m hub.for_students` has made
    instructors, tas, students: hub users, at the first start; later the hub's groups are changed on its admin page
    admins: hub users who may do everything on the hub
    authenticator: any name that JupyterHub.authenticator_class takes; the site's own settings go into `extra`
    spawner: any name that JupyterHub.spawner_class takes
    memory, cpus: the limits of one student's server, such as "3G" and 1.0
    idle_minutes: how long a server in which no cell runs is kept
    address: where the hub listens; a web server with TLS stands before it
    subdomains: the hub's own address, such as "https://hub.example.org"; each user's server gets a name below it
    state: the hub's own files
    proxy: the command of the configurable-http-proxy in JavaScript; empty for that in Python
    extra: a JupyterHub configuration file that is read at the end; "" for none
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    grader: str
    course: AbsolutePath
    exchange: AbsolutePath
    for_students: AbsolutePath
    course_id: str = "attention101"
    assignment: str = "attention"
    instructors: list[str] = []
    tas: list[str] = []
    students: list[str] = []
    admins: list[str] = []
    authenticator: str = "hub.unix_accounts.UnixAccounts"
    spawner: str = "hub.limited_servers.LimitedServers"
    memory: str = "3G"
    cpus: float = 1.0
    idle_minutes: int = 60
    address: str = "http://127.0.0.1:8000"
    subdomains: str = ""
    state: AbsolutePath = Path("/var/lib/attention101-hub")
    proxy: list[str] = []
    extra: str = ""
    ports: list[int] = [8081, 8001, 8110, 8111, 8112]

    @property
    def staff(self) -> list[str]:
        return [*self.instructors, *self.tas]


def read_site(path: Path) -> Site:
    """Raises SiteError."""
    try:
        entries = tomllib.loads(path.read_text())
    except OSError as error:
        raise SiteError(
            f"{path} cannot be read ({error.strerror}). hub/README.md has an example; ATTENTION101_SITE names another "
            "place."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"{path} is no TOML file: {error}.") from None
    try:
        site = Site(**entries)
    except ValidationError as error:
        raise SiteError(f"{path}{_what_is_wrong(error)}") from None
    _check(path, site)
    return site


def _what_is_wrong(errors: ValidationError) -> str:
    """The first error in words; of several, an unknown entry, which may be a missing one with a slip in its name."""
    error = min(errors.errors(), key=lambda each: each["type"] != "extra_forbidden")
    kind, (name, *place) = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return f" has the unknown entry {name!r}. Known are: {', '.join(Site.model_fields)}."
    if kind == "missing":
        return f" lacks the entry {name!r}."
    if place:
        return f": {name} must be a list of {'numbers' if kind == 'int_type' else 'texts'}."
    return f": {name} must be {_WANTED[kind]}, and is {error['input']!r}."


def _check(path: Path, site: Site) -> None:
    try:
        account = pwd.getpwnam(site.grader)
    except KeyError:
        raise SiteError(
            f"{path}: there is no Unix account {site.grader!r}, which grader names. Make it: "
            f"useradd --system --create-home --shell /bin/bash {site.grader}"
        ) from None
    if account.pw_uid == 0:
        raise SiteError(f"{path}: grader must not be root: grading runs students' code. Name an account of its own.")
    if len(site.ports) != 5 or len(set(site.ports)) != 5:
        raise SiteError(f"{path}: ports must be five different numbers.")
    if site.subdomains and not site.proxy:
        raise SiteError(
            f"{path}: the proxy in Python cannot serve subdomains. Install the one in JavaScript (npm install -g "
            'configurable-http-proxy) and add: proxy = ["configurable-http-proxy"]'
        )
    if both := sorted(set(site.staff) & set(site.students)):
        raise SiteError(f"{path}: {both[0]!r} is staff and a student. Leave the name in one list.")
    members = set(grp.getgrgid(account.pw_gid).gr_mem)
    if inside := sorted(members & set(site.students)):
        raise SiteError(
            f"{path}: the student {inside[0]!r} is in the Unix group of {site.grader}, and could read the course. "
            f"Remove it: gpasswd --delete {inside[0]} {grp.getgrgid(account.pw_gid).gr_name}"
        )
