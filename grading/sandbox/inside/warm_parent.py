"""The warm parent: imports what the course needs, once; then each submission is a fork of it.

It runs no tensor operation, since a fork would hang in its own first large one, and no student code. On its control
socket it is told to start a student's process (with the end of a line to the trusted side) and to end it with all that
it has started. When the control socket closes it ends everything, and itself.
"""

import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from ctypes import CDLL
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_MOST = 1 << 16


def main(control: socket.socket) -> None:
    """Serve until the control socket closes."""
    setup = json.loads(control.recv(_MOST))
    base = Path(setup["scratch"])
    CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    parent = _WarmParent(setup, base)
    control.send(json.dumps({"ready": True, "refused": parent.probe()}).encode())
    while True:
        text, descriptors, _, _ = socket.recv_fds(control, _MOST, 1)
        if not text:
            parent.end()
            return
        match json.loads(text)["do"]:
            case "start":
                with socket.socket(fileno=descriptors[0]) as end:
                    parent.start(end, control)
                control.send(json.dumps({"started": parent.pid}).encode())
                status = parent.wait(control)
                if status is not None:
                    control.send(json.dumps({"exited": status}).encode())
            case "end":
                control.send(json.dumps({"ended": parent.end()}).encode())


class _WarmParent:
    def __init__(self, setup: dict, base: Path):
        from grading.sandbox.inside import inner_wall, landlock

        self._setup, self._base, self._count = setup, base, 0
        self._walled = setup["walled"]
        self._own_shared_memory = setup["own_shared_memory"]
        self.pid: int | None = None
        self._folder: Path | None = None
        self._import_all()
        self._program = b""
        self._signals_stay_inside = setup["own_proc"]
        if self._walled:
            from grading.sandbox.inside import system_calls

            self._program = system_calls.compiled_filter()
            # Its own domain: kill(-1) then reaches nothing but what it has started.
            inner_wall.restrict_files(setup["readable"], True, str(base), landlock.ALL_BUT_DEVICES)
            self._signals_stay_inside |= landlock.abi_version() >= landlock.SIGNALS_SINCE
        gc.collect()
        gc.freeze()

    def _import_all(self) -> None:
        from grading.sandbox.inside.cells import new_shell

        self._shell = new_shell(str(self._base))
        import matplotlib.pyplot  # noqa: F401
        import numpy.random  # noqa: F401
        import torch

        torch.set_num_threads(1)
        import torch.utils.data  # noqa: F401

        import attention_lib.embedding
        import attention_lib.tokenization
        from grading.sandbox.inside import student

        self._student = student
        # Read from files, without any operation on tensors.
        attention_lib.embedding.weights()
        attention_lib.tokenization.tokenizer()
        # The first traceback of a process costs a tenth of a second.
        self._shell.run("1 / 0")
        self._shell.execution_count = 1
        self._shell.user_ns.pop("_i", None)

    def start(self, end: socket.socket, control: socket.socket) -> None:
        self._count += 1
        self._folder = self._base / str(self._count)
        self._folder.mkdir(mode=0o700)
        self._shared_memory_before = self._shared_memory()
        self.pid = os.fork()
        if self.pid == 0:
            control.close()
            self._student.become_student(end, self._folder, self._setup, self._program, self._shell)

    def wait(self, control: socket.socket) -> int | None:
        """Until the student's process ends (its exit status, negative for a signal), or a command comes (None)."""
        process = os.pidfd_open(self.pid)
        try:
            while True:
                ready, _, _ = select.select([process, control], [], [])
                if process in ready:
                    # Left as a zombie, so that its number stays its own until everything is ended.
                    found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
                return None
        finally:
            os.close(process)

    def end(self) -> int:
        """End the student's process and all that it has started; remove what it wrote. Returns how many were ended."""
        count = self._end_processes() if self.pid is not None else 0
        self.pid = None
        if self._folder is not None:
            self._remove(self._folder)
            self._folder = None
            for path in self._shared_memory() - self._shared_memory_before:
                self._remove_unless_in_use(path)
        return count

    def _end_processes(self) -> int:
        count = 0
        while True:
            if self._signals_stay_inside:
                with suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
            else:
                self._kill_descendants()
            try:
                while True:
                    pid, _ = os.waitpid(-1, os.WNOHANG)
                    if pid == 0:
                        break
                    count += 1
            except ChildProcessError:
                return count
            os.sched_yield()

    def _kill_descendants(self) -> None:
        import psutil

        for process in psutil.Process().children(recursive=True):
            try:
                process.kill()
            except psutil.Error:
                continue

    def _remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():  # nested more deeply than Python likes, or without permissions
            subprocess.run(["chmod", "-R", "u+rwX", str(folder)], stderr=subprocess.DEVNULL)
            subprocess.run(["rm", "-rf", str(folder)], stderr=subprocess.DEVNULL)

    def _shared_memory(self) -> set[str]:
        try:
            return set(os.listdir("/dev/shm"))
        except OSError:
            return set()

    def _remove_unless_in_use(self, name: str) -> None:
        """Where /dev/shm is everybody's, other programs' files are let alone."""
        path = f"/dev/shm/{name}"
        with suppress(OSError):
            if self._own_shared_memory or os.stat(path).st_uid == os.getuid() and not _in_use(path):
                os.unlink(path)

    def probe(self) -> list[str]:
        """Try forbidden things behind the walls that a student gets. Returns what was NOT refused."""
        if not self._walled:
            return []
        from grading.sandbox.inside.probe import not_refused

        read, write = os.pipe()
        folder = self._base / "probe"
        folder.mkdir()
        pid = os.fork()
        if pid == 0:
            try:
                answer = not_refused(self._setup, str(folder), self._program, os.getppid())
            except BaseException as error:
                answer = [f"the inner wall could not be put up: {error}"]
            os.write(write, json.dumps(answer).encode())
            os._exit(0)
        os.close(write)
        with open(read, "rb") as file:
            text = file.read()
        os.waitpid(pid, 0)
        self._remove(folder)
        return json.loads(text) if text else ["the probe of the inner wall died"]


def _in_use(path: str) -> bool:
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and path in (process / "maps").read_text():
                return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
