"""A trial that runs for a test, as `make hub` starts it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parents[2]


class RunningTrial:
    """Starts `python -m hub.trial` and ends it by Ctrl-C. A context manager.

    folder: where the trial keeps all; port: of the loopback address
    """

    def __init__(self, folder: Path, port: int):
        self.folder, self.address = folder, f"http://127.0.0.1:{port}"
        self._port, self._output = port, folder.parent / f"{folder.name}.output"

    def __enter__(self) -> "RunningTrial":
        started = time.monotonic()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub.trial", "--port", str(self._port), "--folder", str(self.folder)],
                cwd=CHECKOUT,
                # No model answers there, so recorded answers review.
                env=os.environ | {"OLLAMA_HOST": "http://127.0.0.1:9"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while "Code review:" not in self.output:
            assert self.process.poll() is None and time.monotonic() < started + 120, self.output
            time.sleep(0.1)
        self.seconds_to_start = float(self.output.partition("(after ")[2].partition(" s)")[0])
        return self

    @property
    def output(self) -> str:
        """All that the trial has printed."""
        return self._output.read_text(errors="replace")

    @property
    def passwords(self) -> dict[str, str]:
        """The passwords by user name, as the screen shows them."""
        table = self.output.partition("password\n")[2].partition("\n\n")[0]
        return {name: password for *_, name, password in (line.split() for line in table.splitlines())}

    @property
    def log(self) -> str:
        return (self.folder / "hub" / "hub.log").read_text(errors="replace")

    def tree(self) -> list[psutil.Process]:
        """The trial's process and all that it has started."""
        process = psutil.Process(self.process.pid)
        return [process, *process.children(recursive=True)]

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """End it; returns the exit status."""
        self.process.send_signal(by)
        return self.process.wait(60)

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.end()
