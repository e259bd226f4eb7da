"""What a site tells the hub of a real class: a TOML file, checked before anything starts."""

import grp
import pwd
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

DEFAULT_FILE = Path("/etc/attention101/hub.toml")


class SiteError(Exception):
    """The site's file cannot be used; the message names the entry and the remedy."""


@dataclass(frozen=True)
class Site:
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

    grader: str
    course: Path
    exchange: Path
    for_students: Path
    course_id: str = "attention101"
    assignment: str = "attention"
    instructors: list[str] = field(default_factory=list)
    tas: list[str] = field(default_factory=list)
    students: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    authenticator: str = "hub.unix_accounts.UnixAccounts"
    spawner: str = "hub.limited_servers.LimitedServers"
    memory: str = "3G"
    cpus: float = 1.0
    idle_minutes: int = 60
    address: str = "http://127.0.0.1:8000"
    subdomains: str = ""
    state: Path = Path("/var/lib/attention101-hub")
    proxy: list[str] = field(default_factory=list)
    extra: str = ""
    ports: list[int] = field(default_factory=lambda: [8081, 8001, 8110, 8111, 8112])

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
    known = {each.name: each for each in fields(Site)}
    if unknown := sorted(set(entries) - set(known)):
        raise SiteError(f"{path} has the unknown entry {unknown[0]!r}. Known are: {', '.join(known)}.")
    needed = ("grader", "course", "exchange", "for_students")
    if missing := [name for name in needed if name not in entries]:
        raise SiteError(f"{path} lacks the entry {missing[0]!r}.")
    for name, value in entries.items():
        _check_kind(path, name, value, known[name].type)
    for name in ("course", "exchange", "for_students", "state"):
        if name in entries:
            entries[name] = Path(entries[name])
            if not entries[name].is_absolute():
                raise SiteError(f"{path}: {name} must be an absolute path, and is {str(entries[name])!r}.")
    site = Site(**entries)
    _check(path, site)
    return site


def _check_kind(path: Path, name: str, value: object, kind: object) -> None:
    wanted = {
        str: (str, "a text"),
        Path: (str, "a path, as text"),
        float: ((int, float), "a number"),
        int: (int, "a whole number"),
    }.get(kind, (list, "a list"))
    if not isinstance(value, wanted[0]) or isinstance(value, bool):
        raise SiteError(f"{path}: {name} must be {wanted[1]}, and is {value!r}.")
    if wanted[0] is list:
        inner = int if kind == list[int] else str
        if not all(isinstance(each, inner) for each in value):
            raise SiteError(f"{path}: {name} must be a list of {'numbers' if inner is int else 'texts'}.")


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
