"""Limits on what a submission may use: which one was met is said, and the machine stays well."""

from time import monotonic

import pytest

from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess, StudentStopped
from tests.grading.sandbox.processes import BOTH, allow, started

MEMORY_MB, SCRATCH_MB, PROCESSES, THREADS, CPU_SECONDS = 400, 20, 20, 60, 3


@pytest.fixture(scope="module", params=["inner", BOTH])
def small(request):
    """A warm parent with small limits."""
    warm = started(
        request.param, CPU_SECONDS, memory_mb=MEMORY_MB, scratch_mb=SCRATCH_MB, processes=PROCESSES, threads=THREADS,
        open_files=64, message_mb=5,
    )  # fmt: skip
    yield warm
    warm.close()
    assert warm.process.poll() is not None


def reason(warm, source: str, call: str = "", seconds: float = 20.0) -> str:
    """Why a submission is stopped whose cell is `source`, with `f` called after it where `call` is its argument."""
    with StudentProcess(warm) as process:
        allow(process, seconds)
        with pytest.raises(StudentStopped) as stopped:
            outputs = process.run_cell(source)
            if call:
                StudentNamespace(process).names(["f"])["f"](eval(call))
            pytest.fail(f"it was not stopped: {outputs}")
    with StudentProcess(warm) as process:
        allow(process)
        assert process.run_cell("1 + 1")[0].data["text/plain"] == "2"
    return stopped.value.reason


SLOW = {
    "in a cell": ("import time; time.sleep(60)", ""),
    "in a call": ("import time\ndef f(x): time.sleep(60)", "1"),
    "in C code that lets no signal through": ("import re\ndef f(x): re.match(r'(a+)+$', 'a' * 60 + 'b')", "1"),
    "with all signals ignored": (
        "import signal, time\nfor n in range(1, 64):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\ndef f(x):\n    while True: time.sleep(1)",
        "1",
    ),
    "in a description of what is there": (
        "class Meta(type):\n    def __subclasscheck__(cls, other):\n        while True: pass\n"
        "    @property\n    def __mro__(cls):\n        while True: pass\n"
        "class F(metaclass=Meta):\n    def __call__(self, x):\n        import time; time.sleep(60)\nf = F()",
        "1",
    ),
}


@pytest.mark.parametrize(("source", "call"), SLOW.values(), ids=SLOW)
def test_time(small, source, call):
    begun = monotonic()
    assert reason(small, source, call, seconds=0.7) == "took too long"
    assert monotonic() - begun < 15


def test_time_in_a_backward(small):
    import torch

    source = """
import torch, time
class Slow(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): time.sleep(60)
def f(x): return Slow.apply(x)
"""
    with StudentProcess(small) as process:
        allow(process)
        process.run_cell(source)
        result = StudentNamespace(process).names(["f"])["f"](torch.ones(2, requires_grad=True))
        allow(process, 0.5)
        with pytest.raises(StudentStopped, match="took too long"):
            result.sum().backward()


def test_processor_time(small):
    assert reason(small, "while True: pass") == "used more processor time than there is"


HOLD = "import time; time.sleep(30)"


@pytest.mark.parametrize(
    "source",
    [
        f"x = b'1' * {MEMORY_MB * 1_100_000}\n{HOLD}",
        "x = []\nwhile True: x.append(b'1' * 10_000_000)",
        f"import torch\nx = torch.ones({MEMORY_MB * 300_000})\n{HOLD}",
        "import os\nfor _ in range(4):\n    if not os.fork():\n"
        f"        x = b'1' * {MEMORY_MB * 300_000}; {HOLD}\n{HOLD}",
        f"import mmap\nx = mmap.mmap(-1, {MEMORY_MB * 1_100_000})\nx.write(b'1' * {MEMORY_MB * 900_000}); "
        f"y = b'1' * {MEMORY_MB * 300_000}\n{HOLD}",
    ],
    ids=["at once", "by and by", "a tensor", "in four processes", "mapped"],
)
def test_memory(small, source):
    assert reason(small, source) == f"used more memory than {MEMORY_MB} MB"


def test_one_request_that_is_far_too_large_is_refused_at_once(small):
    with StudentProcess(small) as process:
        allow(process)
        [output] = process.run_cell("import torch\ntorch.empty(1 << 40)")
        assert output.output_type == "error" and "allocate" in output.evalue


def test_processes(small):
    source = f"import os, time\nfor _ in range({PROCESSES} + 5):\n    if not os.fork(): time.sleep(30)\ntime.sleep(30)"
    assert reason(small, source) == f"started more than {PROCESSES} processes at a time"


def test_a_fork_bomb(small):
    why = reason(small, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    assert why == f"started more than {PROCESSES} processes at a time"


def many_threads(loop: str) -> str:
    return f"import threading, time\n{loop}: threading.Thread(target=time.sleep, args=(30,)).start()\n"


def test_threads(small):
    source = many_threads("for _ in range(100)") + HOLD
    assert reason(small, source) == f"started more than {THREADS} threads at a time"


# The kernel refuses more at last, and Python has an error of its own for that. Memory is refused sooner here than it
# would be: to fill gigabytes takes more processor time than there is.
UNTIL_IT_IS_REFUSED = {
    "memory": (
        "import resource\nsoft, hard = resource.getrlimit(resource.RLIMIT_AS)\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (soft - (1 << 30) - {MEMORY_MB * 400_000}, hard))\n"
        "x = []\nwhile True: x.append(b'1' * 10_000_000)\n",
        f"used more memory than {MEMORY_MB} MB",
    ),
    "threads": (many_threads("while True"), f"started more than {THREADS} threads at a time"),
}


@pytest.mark.parametrize("where", ["in a cell", "in a cell that catches the error", "in a call"])
@pytest.mark.parametrize(("source", "why"), UNTIL_IT_IS_REFUSED.values(), ids=UNTIL_IT_IS_REFUSED)
def test_a_limit_that_the_watchdog_had_no_time_to_see_has_the_same_reason(small, source, why, where):
    indented = source.replace("\n", "\n    ").rstrip()
    with StudentProcess(small) as process:
        allow(process)
        process._watchdog._next = float("inf")
        with pytest.raises(StudentStopped) as stopped:
            if where == "in a call":
                process.run_cell(f"x = []\ndef f(n):\n    global x\n    {indented}")
                StudentNamespace(process).names(["f"])["f"](1)
            elif where == "in a cell":
                process.run_cell(source)
            else:
                process.run_cell(f"try:\n    {indented}\nexcept (MemoryError, RuntimeError): pass")
    assert stopped.value.reason == why


def test_many_files_on_disk(small):
    source = "n = 0\nwhile True:\n    open(f'{n}.bin', 'wb').write(b'1' * 1_000_000); n += 1"
    if small.walls.outer:  # a file system of that size
        with StudentProcess(small) as process:
            allow(process)
            assert "No space left on device" in process.run_cell(source)[0].evalue
    else:
        assert reason(small, source) == f"wrote more than {SCRATCH_MB} MB of files"


def test_one_file_that_is_too_large(small):
    """A file's limit and that of all files together are equal, so either may be met first."""
    source = f"f = open('x', 'wb')\nfor _ in range({SCRATCH_MB} * 2): f.write(b'1' * 1_000_000)"
    with StudentProcess(small) as process:
        allow(process)
        try:
            said = process.run_cell(source)[0].evalue
        except StudentStopped as stopped:
            said = stopped.reason
    together = "No space left on device" if small.walls.outer else f"wrote more than {SCRATCH_MB} MB of files"
    assert "File too large" in said or together in said


def test_open_files(small):
    with StudentProcess(small) as process:
        allow(process)
        [output] = process.run_cell("files = [open('/dev/null') for _ in range(100)]")
        assert output.ename == "OSError" and "Too many open files" in output.evalue


ENDS = {
    "an exit": ("import os; os._exit(0)", "ended the Python process"),
    "an exit status": ("import os; os._exit(77)", "ended the Python process"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "an abort": ("import os; os.abort()", "SIGABRT"),
    "a signal to itself": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "a stack that overflows": (
        "import sys; sys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)",
        "ended the Python process",
    ),
    "a program in its place": ("import os; os.execv('/bin/true', ['true'])", "ended the Python process"),
    "an end in a thread": (
        "import threading, os\nthreading.Thread(target=os._exit, args=(1,)).start()\n" + HOLD,
        "ended the Python process",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "words"), ENDS.values(), ids=ENDS)
def test_an_end_of_the_process_is_said(small, source, words):
    assert words in reason(small, source)


def test_a_message_that_is_too_large(small):
    with StudentProcess(small) as process:
        allow(process)
        process.run_cell("import torch\ndef f(n): return torch.zeros(n)")
        f = StudentNamespace(process).names(["f"])["f"]
        with pytest.raises(ValueError, match="more than 5 MB"):
            f(2_000_000)


def test_a_stopped_process_is_no_answer_and_meets_the_limit(small):
    source = "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGSTOP)"
    assert reason(small, source, "1", seconds=0.7) == "took too long"


def seconds_until_stopped(warm, monkeypatch, waited, limit=0.5, last=60.0) -> float:
    """How long an endless cell goes on; `waited(seconds so far)`: what it is said to wait for a processor."""
    with StudentProcess(warm) as process:
        begun = monotonic()
        monkeypatch.setattr(process._watchdog, "seconds_without_processor", lambda: waited(monotonic() - begun))
        process.limit(limit, begun + last, "took too long")
        with pytest.raises(StudentStopped, match="took too long"):
            process.run_cell("import time; time.sleep(60)")
        return monotonic() - begun


def test_time_spent_waiting_for_a_processor_is_given_back_up_to_twice_the_limit(warm, monkeypatch):
    at_once = seconds_until_stopped(warm, monkeypatch, lambda so_far: 0.0)
    granted = seconds_until_stopped(warm, monkeypatch, lambda so_far: so_far)
    never_beyond = seconds_until_stopped(warm, monkeypatch, lambda so_far: so_far, last=1.0)
    assert at_once < never_beyond < granted
    assert at_once >= 0.5 and granted >= 1.5 and never_beyond >= 1.0
