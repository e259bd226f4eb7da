"""A worker of this machine, as a process of its own."""

import os
import subprocess
import sys
from multiprocessing import Pipe
from time import monotonic

from course.checkout import CHECKOUT
from grading.grade.workers.messages import Outcome, Request

# What a worker may need beyond the limits of a submission: to get ready, to read, to clean, on a busy machine.
_PATIENCE_S = 120.0


class WorkerDied(Exception):
    """A worker ended, or was ended, in the middle of a submission. The text says how."""


class LocalWorker:
    """Starts at once, and imports what it needs in the background. First `prepare` it; then `send`, and `receive`
    when `pipe` is readable. `is_asked` says whether an answer is still to come.
    """

    def __init__(self):
        self._most_seconds = _PATIENCE_S
        self._deadline = 0.0
        self.is_asked = False
        self.pipe, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "grading.grade.workers.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def prepare(self, settings: Request) -> None:
        """Tell it the sandbox and the limits in `settings`, and have it get ready. Its first answer says that it is."""
        self._most_seconds = 2 * settings.limits.total_seconds + _PATIENCE_S
        self.send(Request(settings.sandbox, settings.limits))

    def send(self, request: Request) -> None:
        """Give it a request; its answer comes later. Raises WorkerDied."""
        self._deadline = monotonic() + self._most_seconds
        self.is_asked = True
        try:
            self.pipe.send_bytes(request.as_json().encode())
        except OSError:
            raise WorkerDied(self._how_it_ended()) from None

    def seconds_left(self) -> float:
        """How long its answer may still take."""
        return max(0.0, self._deadline - monotonic())

    def receive(self) -> Outcome:
        """Its next answer; waits for it, and ends the worker where that takes too long. Raises WorkerDied."""
        self.is_asked = False
        try:
            if not self.pipe.poll(self.seconds_left()):
                self.process.kill()
                raise WorkerDied(f"the worker gave no answer within {self._most_seconds:.0f} s")
            return Outcome.from_json(self.pipe.recv_bytes())
        except (EOFError, OSError):
            raise WorkerDied(self._how_it_ended()) from None

    def is_alive(self) -> bool:
        """Whether it still runs. A worker ends by itself when nothing came for a while."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it, with all that it has started."""
        self.pipe.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _how_it_ended(self) -> str:
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "the worker no longer answers"
        if status < 0:
            return f"the worker was ended by signal {-status} (is there enough memory?)"
        return f"the worker ended with exit status {status}; its last words are above"
