"""The trusted side of one student's process: asks it to run cells and to make calls, within limits."""

from select import POLLIN, poll, select
from signal import Signals
from time import monotonic

import torch
from nbformat import NotebookNode

from grading.sandbox.line.messages import BrokenLine, Closed, Line
from grading.sandbox.outputs import checked_outputs
from grading.sandbox.warm_process import WarmProcess
from grading.sandbox.watchdog import Watchdog

_MOST_TEXT = 32_000_000
_LEAST_GRANT_S = 0.05


class StudentStopped(BaseException):
    """The student's process is lost: it met a limit, ended itself, or broke the line. No check may catch this.

    what: a clause that goes on from the name of a cell, such as "took longer than 20 s"
    detail: more of it, such as "a loop that never ends?"; what stands here, a signal or a size, the student's process
        can choose
    """

    def __init__(self, what: str, detail: str = ""):
        self.what = what
        self.reason = f"{what} ({detail})" if detail else what
        super().__init__(self.reason)


class StudentProcess:
    """One fork of a warm parent, from its start to the end of all that it has started; a context manager.

    settings: of `Sandbox`; number: of the last request
    """

    def __init__(self, warm: WarmProcess):
        self._warm, self.settings = warm, warm.settings
        self._deadline = self._last_deadline = float("inf")
        self._too_late = ("took too long", "")
        self._granted = 0.0
        self.number = 0

    def __enter__(self) -> "StudentProcess":
        warm = self._warm
        end = warm.start_student()
        self._line = Line(end, _MOST_TEXT, warm.settings["message_mb"] * 1_000_000 + 1_000_000)
        self._poller = poll()
        self._poller.register(warm.control, POLLIN)
        self._watchdog = Watchdog(
            warm.process.pid, warm.own_processes, None if warm.walls.outer else warm.scratch, warm.settings
        )
        return self

    def __exit__(self, *error) -> None:
        self._line.end.close()
        self._warm.end_student()

    def limit(self, seconds: float, last_deadline: float, too_late: str, detail: str = "") -> None:
        """From now on, stop what is going on after so many seconds, with the clause `too_late` and `detail` as reason.

        Seconds in which the student's process, or this one, waited for a processor are given back, since another
        program's load is nobody's mistake; but no more than twice as many, and never beyond `last_deadline`
        (monotonic time).
        """
        begun = monotonic()
        self._deadline = min(begun + seconds, last_deadline)
        self._last_deadline = min(begun + 3 * seconds, last_deadline)
        self._too_late = (too_late, detail)

    def run_cell(self, source: str) -> list[NotebookNode]:
        """Run one cell; an error in it is one of the outputs. Raises StudentStopped."""
        reply, _ = self.ask({"do": "cell", "source": source})
        return checked_outputs(reply.get("outputs"))

    def kinds(self, names: list[str]) -> dict[str, str]:
        """ "class" (of modules), "callable" or "value" for each of the names that is defined. Raises StudentStopped."""
        kinds = self.ask({"do": "kinds", "names": names})[0].get("kinds")
        if not isinstance(kinds, dict):
            raise broken_line("an answer that does not fit")
        return {name: kinds[name] for name in names if kinds.get(name) in ("class", "callable", "value")}

    def ask(self, message: dict, tensors: dict[str, torch.Tensor] | None = None) -> tuple[dict, dict]:
        """Send a request and return its reply. Raises StudentStopped."""
        self.number += 1
        message["number"] = self.number
        try:
            self._line.send(message, tensors or {}, self._wait)
            reply, answer = self._line.receive(self._wait)
        except BrokenLine as error:
            raise broken_line(error) from None
        except Closed:
            raise self._ended() from None
        if reply.get("to") != self.number:
            raise broken_line("an answer to another question")
        # What passed a limit between two looks is told by that limit, not by a refusal of the kernel's that came first,
        # and is not put down to the next cell.
        if message["do"] == "cell" or "error" in reply:
            if trouble := self._watchdog.trouble(at_once=True):
                raise StudentStopped(trouble)
        return reply, answer

    def _wait(self, events: int) -> None:
        self._poller.register(self._line, events)
        while True:
            left = self._deadline - monotonic()
            if left <= 0:
                if self._deadline < self._last_deadline and self._grant_waiting():
                    continue
                raise StudentStopped(*self._too_late)
            ready = dict(self._poller.poll(min(left, self._watchdog.pause) * 1000 + 1))
            if self._line.fileno() in ready:
                return
            if ready:
                raise self._ended()
            if trouble := self._watchdog.trouble():
                raise StudentStopped(trouble)

    def _grant_waiting(self) -> bool:
        """Give back what was spent waiting for a processor; False if that was nothing worth mentioning."""
        extra = self._watchdog.seconds_without_processor() - self._granted
        self._granted += extra
        self._deadline = min(self._deadline + extra, self._last_deadline)
        return extra > _LEAST_GRANT_S

    def _ended(self) -> StudentStopped:
        ready, _, _ = select([self._warm.control], [], [], 1.0)
        status = self._warm.exit_status() if ready else 0
        if status < 0:
            try:
                name = Signals(-status).name
            except ValueError:
                name = f"signal {-status}"
            if name == "SIGXCPU":
                return StudentStopped("used more processor time than there is")
            return StudentStopped("ended the Python process", f"{name}; more memory than there is, or a crash?")
        return StudentStopped("ended the Python process", "an exit, or more memory than there is?")


def broken_line(why: object) -> StudentStopped:
    """What is raised where the student's process says what it should not."""
    return StudentStopped("broke the connection to the grader", str(why))
