"""A real Jupyter server, asked as the hub asks it, while a cell runs that says nothing."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from jupyter_client import BlockingKernelClient

from hub.trial.folder import free_port
from tests.hub.running_trial import CHECKOUT

pytestmark = [pytest.mark.slow]
TOKEN = {"Authorization": "token secret"}


@pytest.fixture
def server(tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"HOME": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", "--allow-root", f"--ServerApp.port={port}", "--no-browser"]
        + ["--IdentityProvider.token=secret", f"--ServerApp.root_dir={tmp_path}"],
        env=os.environ | own | {"JUPYTER_CONFIG_PATH": str(CHECKOUT / "hub/servers/class")},
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{address}/api/status", headers=TOKEN, trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < ends
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def test_a_server_in_which_a_cell_runs_is_not_idle(server, tmp_path):
    def ask(method: str, path: str, **given: object) -> dict:
        # The asking itself must not count as activity.
        where = f"{server}{path}?no_track_activity=1"
        answer = httpx.request(method, where, headers=TOKEN, trust_env=False, timeout=30, **given)
        answer.raise_for_status()
        return answer.json()

    kernel = ask("POST", "/api/kernels", json={"name": "python3"})["id"]
    client = BlockingKernelClient()
    client.load_connection_info(json.loads(Path(tmp_path, "runtime", f"kernel-{kernel}.json").read_text()))
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute("import time; time.sleep(600)")
        ends = time.monotonic() + 60
        while ask("GET", f"/api/kernels/{kernel}")["execution_state"] != "busy":
            assert time.monotonic() < ends
            time.sleep(0.1)
        silent = ask("GET", f"/api/kernels/{kernel}")["last_activity"]
        while ask("GET", "/api/status")["last_activity"] <= silent:
            assert time.monotonic() < ends, "the running cell does not count as activity"
            time.sleep(0.5)
        # The kernel itself has said nothing meanwhile.
        assert ask("GET", f"/api/kernels/{kernel}")["last_activity"] == silent
    finally:
        client.stop_channels()
