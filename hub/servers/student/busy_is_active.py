"""A Jupyter server extension: while a cell runs, its server is not idle.

A cell that prints nothing for an hour counts as no activity otherwise, and the idle culler stops it.
"""

from datetime import UTC, datetime

from jupyter_server.serverapp import ServerApp
from tornado.ioloop import PeriodicCallback

_EVERY = 20  # seconds


def _load_jupyter_server_extension(server: ServerApp) -> None:
    PeriodicCallback(lambda: note_busy(server), _EVERY * 1_000).start()


def note_busy(server: ServerApp) -> None:
    """Count the running of a cell as activity, now."""
    if any(kernel["execution_state"] == "busy" for kernel in server.kernel_manager.list_kernels()):
        server.web_app.settings["last_activity_times"]["a_cell_runs"] = datetime.now(UTC)
