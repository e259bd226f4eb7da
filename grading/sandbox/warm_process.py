"""The trusted side's handle on a warm parent: starts it behind its walls, and borrows forks of it."""

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from time import monotonic

from grading.sandbox import outer_wall
from grading.sandbox.walls import NoWall, Walls, environment, readable_paths
from grading.sandbox.watchdog import descendants

_MOST = 1 << 16


class WarmParentFailed(RuntimeError):
    """The warm parent could not be started, or has died. A fault of the grader's machine."""


class WarmProcess:
    """One warm parent. Gives one student's process at a time.

    settings: of `Sandbox`, as a dictionary
    cpu_seconds: of one process of a submission
    control: a socket that is readable when the warm parent has something to say, or has died
    """

    def __init__(self, walls: Walls, settings: dict, cpu_seconds: int):
        self.walls, self.settings = walls, settings
        self.scratch = outer_wall.SCRATCH if walls.outer else tempfile.mkdtemp(prefix="attention101-")
        readable = readable_paths()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = ours
        megabyte = 1_000_000
        setup = {
            "scratch": self.scratch,
            "readable": readable,
            "walled": walls.inner,
            "own_proc": walls.outer,
            "own_shared_memory": walls.outer,
            "limits": {
                "memory": settings["memory_mb"] * megabyte,
                "processes": settings["threads"],
                "open_files": settings["open_files"],
                "file_size": settings["scratch_mb"] * megabyte,
                "cpu_seconds": cpu_seconds,
            },
            "tensors": settings["message_mb"] * megabyte,
        }
        program = [sys.executable, "-P", "-Xfrozen_modules=off", "-m", "grading.sandbox.inside.warm_parent"]
        variables = environment(self.scratch)
        front = outer_wall.command(readable, settings["scratch_mb"], variables) if walls.outer else []
        with theirs:
            self._log = tempfile.TemporaryFile()
            self.process = subprocess.Popen(
                [*front, *program, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                cwd=None if walls.outer else self.scratch,
                env=variables,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._tell(setup)

    def wait_until_ready(self) -> None:
        """Until it has imported all and its walls were tried. Raises NoWall and WarmParentFailed."""
        answer = self._hear(monotonic() + self.settings["start_seconds"])
        if answer.get("refused") != []:
            leaks = ", ".join(answer.get("refused") or ["?"])
            raise NoWall(f"The walls do not hold on this machine; not refused: {leaks}.")
        self.own_processes = descendants(self.process.pid)

    def start_student(self) -> socket.socket:
        """Fork a student's process. Returns the trusted end of the line to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._tell({"do": "start"}, theirs.fileno())
        try:
            self._hear(monotonic() + 30)
        except BaseException:
            ours.close()
            raise
        return ours

    def exit_status(self) -> int:
        """How the student's process ended; to be called when `control` is readable."""
        return self._hear(monotonic() + 5)["exited"]

    def end_student(self) -> None:
        """End the student's process and all that it has started. Raises WarmParentFailed."""
        self._tell({"do": "end"})
        while "ended" not in self._hear(monotonic() + 30):
            pass

    def close(self) -> None:
        """End the warm parent and all that it has started."""
        self.control.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
        if not self.walls.outer:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _tell(self, message: dict, descriptor: int | None = None) -> None:
        try:
            socket.send_fds(self.control, [json.dumps(message).encode()], [] if descriptor is None else [descriptor])
        except OSError:
            raise WarmParentFailed(self._last_words()) from None

    def _hear(self, deadline: float) -> dict:
        ready, _, _ = select.select([self.control], [], [], max(0.0, deadline - monotonic()))
        try:
            text = self.control.recv(_MOST) if ready else b""
        except OSError:
            text = b""
        if not text:
            raise WarmParentFailed(self._last_words())
        return json.loads(text)

    def _last_words(self) -> str:
        status = self.process.poll()
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - 2000))
        words = self._log.read().decode(errors="replace").strip()
        how = "does not answer" if status is None else f"ended with {status}"
        return f"The warm parent of the sandbox {how}. {words}"
