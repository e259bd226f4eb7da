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

from hub import shared_config  # noqa: E402
from hub.class_folders import secure_folders  # noqa: E402  (found once the checkout is in the path)
from hub.class_site import DEFAULT_FILE, SiteError, read_site  # noqa: E402
from hub.roles import IDLE_CULLER, culler_role, formgrader_role  # noqa: E402

c = get_config()  # noqa: F821  (JupyterHub defines it)

try:
    site = read_site(Path(os.environ.get("ATTENTION101_SITE") or DEFAULT_FILE))
    if os.geteuid() == 0:
        secure_folders(site)
except SiteError as error:
    sys.exit(f"The hub cannot start: {error}")

hub_port, proxy_port, hand_in_port, desk_port, formgrader_port = site.ports
shared_config.set_up_hub(c, site.state, site.address, hub_port, proxy_port, site.proxy)
if site.subdomains:
    # Each server is a web origin of its own, so that one student's HTML cannot act in another's name.
    c.JupyterHub.subdomain_host = site.subdomains

c.JupyterHub.authenticator_class = site.authenticator
c.Authenticator.allowed_users = {*site.staff, *site.students, *site.admins}
c.Authenticator.admin_users = set(site.admins)
c.PAMAuthenticator.open_sessions = False
shared_config.set_up_course(c, site.course_id, site.staff, site.students)
c.JupyterHub.load_roles += [formgrader_role(site.course_id), culler_role()]

# Students' and everybody's own servers.
for_students = site.for_students / "hub"
c.JupyterHub.spawner_class = site.spawner
c.Spawner.mem_limit = site.memory
c.Spawner.cpu_limit = site.cpus
# What stands in a home cannot break the server: no configuration, no packages from there.
c.Spawner.disable_user_config = True
c.Spawner.env_keep = ["LANG", "LC_ALL"]
c.Spawner.environment = shared_config.server_environment(
    site.exchange,
    hand_in_port,
    os.defpath,
    ATTENTION101_COURSE_ID=site.course_id,
    JUPYTER_CONFIG_PATH=os.pathsep.join(
        str(for_students / room) for room in ("servers/student", "servers/class", "student")
    ),
    PYTHONPATH=str(site.for_students),
    # As many threads as the CPU limit gives; else torch starts one for each of the server's cores.
    OMP_NUM_THREADS=str(max(1, int(site.cpus))),
)

# What runs as the grading account: it alone owns the course, the gradebook and what was handed in.
path = os.pathsep.join([str(shared_config.PROGRAMS), os.defpath])
as_grader = {
    "user": site.grader,
    "cwd": str(site.course),
    "environment": shared_config.service_environment(site.course, site.exchange, path),
    "timeout": 120,
}
# JupyterHub sets this name for a service with a Unix user; the desk would take it for a person's terminal.
desk = ["env", "-u", "JUPYTERHUB_USER", sys.executable, "-m", "grading", "desk", site.assignment]
c.JupyterHub.services = [
    *shared_config.course_services(
        (hand_in_port, [sys.executable, "-m", "handin.service"]), (desk_port, desk), **as_grader
    ),
    {
        **as_grader,
        # By the course's id nbgrader's course list finds it.
        "name": site.course_id,
        "url": f"{shared_config.LOOPBACK}:{formgrader_port}",
        "command": [str(shared_config.PROGRAMS / "jupyterhub-singleuser"), f"--ServerApp.root_dir={site.course}"],
        "environment": as_grader["environment"]
        | {"JUPYTERHUB_DEFAULT_URL": "/lab", "JUPYTER_CONFIG_PATH": str(checkout / "hub" / "servers" / "staff")},
        "oauth_no_confirm": True,
    },
    {
        "name": IDLE_CULLER,
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={site.idle_minutes * 60}"],
    },
]

if site.extra:
    # Read with the same `c`, so that it can change what stands above.
    exec(compile(Path(site.extra).read_text(), site.extra, "exec"))
