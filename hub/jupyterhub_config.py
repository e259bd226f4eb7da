"""The hub of a real class on one server, run as root. `hub/README.md` says how to set it up.

    ATTENTION101_SITE=/etc/attention101/hub.toml  jupyterhub -f hub/jupyterhub_config.py

What a site decides is in that file (hub/class_site.py lists its entries).
"""

import os
import sys
from pathlib import Path

checkout = Path(__file__).resolve().parents[1]
if str(checkout) not in sys.path:
    sys.path.insert(0, str(checkout))

from hub.class_folders import secure_folders  # noqa: E402  (found once the checkout is in the path)
from hub.class_site import DEFAULT_FILE, SiteError, read_site  # noqa: E402
from hub.roles import (  # noqa: E402
    DESK,
    HAND_IN,
    IDLE_CULLER,
    SERVER_TOKEN_SCOPES,
    course_roles,
    culler_role,
    formgrader_role,
    grader_group,
    student_group,
)

c = get_config()  # noqa: F821  (JupyterHub defines it)

try:
    site = read_site(Path(os.environ.get("ATTENTION101_SITE") or DEFAULT_FILE))
    if os.geteuid() == 0:
        secure_folders(site)
except SiteError as error:
    sys.exit(f"The hub cannot start: {error}")

programs = Path(sys.executable).parent
hub_port, proxy_port, hand_in_port, desk_port, formgrader_port = site.ports
loopback = "http://127.0.0.1"

c.JupyterHub.bind_url = site.address
c.JupyterHub.hub_bind_url = f"{loopback}:{hub_port}"
c.ConfigurableHTTPProxy.api_url = f"{loopback}:{proxy_port}"
# The proxy in Python gives up on an answer after 20 s; formgrader and Validate may take longer. That in JavaScript
# waits as long as it takes, and knows the option, too.
proxy = site.proxy or [sys.executable, "-P", str(checkout / "hub" / "python_proxy.py")]
c.ConfigurableHTTPProxy.command = [*proxy, "--proxy-timeout", "3600000"]
c.ConfigurableHTTPProxy.pid_file = str(site.state / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{site.state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(site.state / "cookie_secret")
if site.subdomains:
    # Each server is a web origin of its own, so that one student's HTML cannot act in another's name.
    c.JupyterHub.subdomain_host = site.subdomains

c.JupyterHub.authenticator_class = site.authenticator
c.Authenticator.allowed_users = {*site.staff, *site.students, *site.admins}
c.Authenticator.admin_users = set(site.admins)
c.PAMAuthenticator.open_sessions = False
c.JupyterHub.load_groups = {
    student_group(site.course_id): {"users": site.students},
    grader_group(site.course_id): {"users": site.staff},
}
c.JupyterHub.load_roles = [*course_roles(site.course_id), formgrader_role(site.course_id), culler_role()]

# Students' and everybody's own servers.
for_students = site.for_students / "hub"
c.JupyterHub.spawner_class = site.spawner
c.Spawner.cmd = [str(programs / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.server_token_scopes = SERVER_TOKEN_SCOPES
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.mem_limit = site.memory
c.Spawner.cpu_limit = site.cpus
# What stands in a home cannot break the server: no configuration, no packages from there.
c.Spawner.disable_user_config = True
c.Spawner.env_keep = ["LANG", "LC_ALL"]
c.Spawner.environment = {
    "ATTENTION101_COURSE_ID": site.course_id,
    "ATTENTION101_EXCHANGE": str(site.exchange),
    "ATTENTION101_HAND_IN_URL": f"{loopback}:{hand_in_port}/services/{HAND_IN}/",
    "JUPYTER_CONFIG_PATH": os.pathsep.join(
        str(for_students / room) for room in ("servers/student", "servers/class", "student")
    ),
    "PATH": os.pathsep.join([str(programs), os.defpath]),
    "PYTHONPATH": str(site.for_students),
    "PYTHONNOUSERSITE": "1",
    # As many threads as the CPU limit gives; else torch starts one for each of the server's cores.
    "OMP_NUM_THREADS": str(max(1, int(site.cpus))),
}

# What runs as the grading account: it alone owns the course, the gradebook and what was handed in.
as_grader = {
    "user": site.grader,
    "cwd": str(site.course),
    "environment": {
        "ATTENTION101_COURSE": str(site.course),
        "ATTENTION101_EXCHANGE": str(site.exchange),
        "PYTHONPATH": str(checkout),
        "PYTHONNOUSERSITE": "1",
        "PATH": os.pathsep.join([str(programs), os.defpath]),
    },
    "oauth_no_confirm": True,
    "timeout": 120,
}
c.JupyterHub.services = [
    {
        **as_grader,
        "name": HAND_IN,
        "url": f"{loopback}:{hand_in_port}",
        "command": [sys.executable, "-m", "handin.service"],
        "display": False,
    },
    {
        **as_grader,
        "name": DESK,
        "url": f"{loopback}:{desk_port}",
        # JupyterHub sets this name for a service with a Unix user; the desk would take it for a person's terminal.
        "command": ["env", "-u", "JUPYTERHUB_USER", sys.executable, "-m", "grading", "desk", site.assignment],
    },
    {
        **as_grader,
        # By the course's id nbgrader's course list finds it.
        "name": site.course_id,
        "url": f"{loopback}:{formgrader_port}",
        "command": [str(programs / "jupyterhub-singleuser"), f"--ServerApp.root_dir={site.course}"],
        "environment": as_grader["environment"]
        | {
            "JUPYTERHUB_DEFAULT_URL": "/lab",
            "JUPYTER_CONFIG_PATH": str(checkout / "hub" / "servers" / "staff"),
        },
    },
    {
        "name": IDLE_CULLER,
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={site.idle_minutes * 60}"],
    },
]

if site.extra:
    # Read with the same `c`, so that it can change what stands above.
    exec(compile(Path(site.extra).read_text(), site.extra, "exec"))
