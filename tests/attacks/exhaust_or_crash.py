"""No result, no machine, no end. The answers are right unless they are the weapon: what is tried is harm."""

from attack import EITHER, RIGHT, Submission
from attack import family as _family

_exhaust = _family("exhaust_or_crash")
ALL = len(RIGHT)


def exhaust(build=None, *, deserved: int = ALL, promised_by: str = EITHER):
    """As the other families' decorators, but its answers are right."""
    return _exhaust(build, deserved=deserved, promised_by=promised_by)


def _own(s: Submission, source: str, before: str | None = "project_qkv") -> None:
    s.right_answers()
    s.own_cell(source, before=before)


@exhaust
def exits_in_a_cell(s: Submission):
    """Ends its process with os._exit, which leaves no exception and no trace."""
    _own(s, "import os\nos._exit(0)")


@exhaust
def exits_in_a_call(s: Submission):
    """Ends its process when a test calls the function."""
    s.right_answers()
    s.in_call("import os\nos._exit(0)", "aggregate_values")


@exhaust
def exits_politely(s: Submission):
    """Leaves by sys.exit, quit, a KeyboardInterrupt and a signal, in a cell and in a call."""
    _own(s, "quit()")
    s.own_cell("raise KeyboardInterrupt")
    s.own_cell("import sys\nsys.exit(0)")
    s.own_cell("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", before="attention_scores")
    s.in_call("import sys\nsys.exit(0)")


@exhaust
def reads_address_zero(s: Submission):
    """Crashes its process by a segmentation fault, in a cell and in a call."""
    _own(s, "import ctypes\nctypes.string_at(0)")
    s.in_call("import ctypes\nctypes.string_at(0)")


@exhaust
def kills_its_parents(s: Submission):
    """Sends SIGKILL to its parent and to every process id from 1 to 400."""
    _own(
        s,
        """
        import os, signal
        mine = os.getpid()
        for pid in [os.getppid(), *range(400, 0, -1)]:
            if pid not in (0, mine):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
        """,
    )


@exhaust
def kills_everyone(s: Submission):
    """Sends SIGKILL to every process that it may signal at once, and to its process group."""
    _own(s, "import os, signal\nos.kill(-1, signal.SIGKILL)", before="attention_weights")
    s.own_cell("import os, signal\nos.killpg(0, signal.SIGKILL)")


@exhaust
def stops_without_ending(s: Submission):
    """Stops itself and its parent with SIGSTOP, so that there is a process but never an answer."""
    _own(
        s,
        """
        import os, signal
        for pid in (os.getppid(), os.getpid()):
            if pid:
                try:
                    os.kill(pid, signal.SIGSTOP)
                except OSError:
                    pass
        """,
    )


@exhaust
def loops_in_a_cell(s: Submission):
    """Runs for ever in a cell of its own."""
    _own(s, "while True:\n    pass")


@exhaust
def loops_and_listens_to_nobody(s: Submission):
    """Runs for ever, ignores every signal and catches every exception."""
    _own(
        s,
        """
        import os, signal, threading, time
        for number in signal.valid_signals():
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            try:
                while True:
                    time.sleep(0.01)
            except BaseException:
                pass
        """,
    )


@exhaust
def loops_in_a_call(s: Submission):
    """Runs for ever when a test calls the function."""
    s.right_answers()
    s.in_call("while True:\n    pass")


@exhaust
def loops_in_the_gradient(s: Submission):
    """Runs for ever when a test asks for gradients, not before."""
    s.right_answers()
    s.answer(
        "aggregate_values",
        """
        class Slow(torch.autograd.Function):
            @staticmethod
            def forward(ctx, value):
                return value.clone()
            @staticmethod
            def backward(ctx, grad):
                while True:
                    pass

        def aggregate_values(weights, V):
            return Slow.apply(weights @ V)
        """,
    )


@exhaust
def loops_when_it_is_cleaned_up(s: Submission):
    """Runs for ever in __del__, in atexit, in a thread that is no daemon, and holds the interpreter's lock in C."""
    _own(
        s,
        """
        import atexit, threading, time
        def forever():
            while True:
                time.sleep(0.1)
        class Sticky:
            def __del__(self):
                forever()
        sticky = Sticky()
        atexit.register(forever)
        threading.Thread(target=forever).start()
        """,
    )
    s.own_cell("import re\nre.match('(a*)*b', 'a' * 60)", before="attention_weights")


@exhaust
def computes_without_end(s: Submission):
    """Computes a number so large that no signal gets a word in."""
    _own(s, "x = 9 ** 9 ** 9")


@exhaust
def multiplies_itself(s: Submission):
    """Starts processes that start processes, without end."""
    _own(
        s,
        """
        import os, time
        deadline = time.time() + 20
        while time.time() < deadline:
            try:
                os.fork()
            except OSError:
                time.sleep(0.05)
        time.sleep(600)
        """,
    )


@exhaust
def starts_many_threads(s: Submission):
    """Starts as many threads as it gets, each of them busy."""
    _own(
        s,
        """
        import threading, time
        def busy():
            while True:
                time.sleep(0.001)
        started = 0
        try:
            for started in range(20_000):
                threading.Thread(target=busy, daemon=True).start()
        except RuntimeError:
            pass
        """,
    )


@exhaust
def takes_all_memory(s: Submission):
    """Takes 6 GB of memory in one process and writes to all of it."""
    _own(s, "blocks = []\nfor _ in range(96):\n    blocks.append(bytearray(b'x') * (64 << 20))")


@exhaust
def takes_all_memory_in_many_processes(s: Submission):
    """Takes 6 GB of memory, a little in each of many processes that outlive their parent."""
    _own(
        s,
        """
        import os, time
        for _ in range(24):
            if os.fork() == 0:
                os.setsid()
                block = bytearray(b"x") * (256 << 20)
                time.sleep(600)
        time.sleep(8)
        """,
    )


@exhaust
def takes_memory_in_a_call(s: Submission):
    """Takes 6 GB of memory when a test calls the function."""
    s.right_answers()
    s.in_call("result = torch.ones(1 << 30)\nresult = [result + i for i in range(2)]", "aggregate_values")


@exhaust
def fills_the_disk_by_one_file(s: Submission):
    """Writes a file of 6 GB into its own folder, and one by a hole that takes no space."""
    _own(
        s,
        """
        import os, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        block = b"x" * (16 << 20)
        with open("large", "wb") as file:
            for _ in range(384):
                file.write(block)
        """,
    )


@exhaust
def fills_the_disk_by_many_files(s: Submission):
    """Writes files of 8 MB without end into its own folder and the temporary folder, then empty ones."""
    _own(
        s,
        """
        import os, tempfile
        block = b"x" * (8 << 20)
        for folder in (os.getcwd(), tempfile.gettempdir(), "/tmp", "/var/tmp"):
            try:
                for number in range(400):
                    with open(f"{folder}/{NAME}-{number}", "wb") as file:
                        file.write(block)
            except OSError:
                pass
        try:
            for number in range(200_000):
                open(f"empty-{number}", "w").close()
        except OSError:
            pass
        """,
    )


@exhaust
def fills_shared_memory(s: Submission):
    """Fills /dev/shm and files that exist in memory alone."""
    _own(
        s,
        """
        import os, time
        block = b"x" * (16 << 20)
        kept = []
        for make in (lambda: os.memfd_create("large"),
                     lambda: os.open(f"/dev/shm/{NAME}", os.O_RDWR | os.O_CREAT, 0o600)):
            try:
                kept.append(make())
                for _ in range(256):
                    os.write(kept[-1], block)
            except (OSError, AttributeError):
                pass
        time.sleep(1)
        """,
    )


@exhaust
def fills_pipes_and_sockets(s: Submission):
    """Keeps data in pipes, sockets and open files, as many as it gets."""
    _own(
        s,
        """
        import os, socket
        kept = []
        try:
            while len(kept) < 100_000:
                reading, writing = os.pipe()
                os.set_blocking(writing, False)
                kept += [reading, writing]
                os.write(writing, b"x" * 65536)
        except OSError:
            pass
        """,
    )


@exhaust
def floods_its_output(s: Submission):
    """Prints without end to stdout and stderr, and by programs that it starts."""
    _own(
        s,
        """
        import subprocess, sys, time
        subprocess.Popen(["sh", "-c", "yes attack"])
        deadline = time.time() + 60
        line = "x" * 99_999
        while time.time() < deadline:
            print(line)
            print(line, file=sys.stderr)
        """,
    )


@exhaust
def displays_without_end(s: Submission):
    """Displays one huge object, then very many, and updates one display for ever."""
    _own(
        s,
        """
        from IPython.display import HTML, display
        display(HTML("<b>" * 60_000_000))
        """,
    )
    s.own_cell("""
        handle = display("x", display_id=True)
        while True:
            handle.update("y" * 10_000)
            display({"text/plain": "z", "image/png": "A" * 100_000}, raw=True)
    """)


@exhaust
def waits_for_an_answer(s: Submission):
    """Asks the grader for input, by input(), getpass, stdin and /dev/tty."""
    _own(s, "name = input('Your name? ')")
    s.own_cell("import sys\nsys.stdin.read()\nopen('/dev/tty').read()")
    s.own_cell("import getpass\ngetpass.getpass()")
    s.own_cell("breakpoint()", before="attention_weights")


@exhaust
def calls_itself_too_deeply(s: Submission):
    """Overflows the stack, in Python and in C."""
    _own(
        s,
        """
        import sys
        sys.setrecursionlimit(10 ** 9)
        def deeper(n):
            return deeper(n + 1)
        deeper(0)
        """,
    )
    s.own_cell("deep = []\nfor _ in range(10 ** 6):\n    deep = [deep]\nrepr(deep)", before="attention_weights")


@exhaust
def raises_its_limits(s: Submission):
    """Raises the limits that it was given, then does what they were there for."""
    _own(
        s,
        """
        import resource
        for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU"):
            kind = getattr(resource, name)
            soft, hard = resource.getrlimit(kind)
            if hard == resource.RLIM_INFINITY:
                continue
            try:
                resource.setrlimit(kind, (hard + 1, hard + 1))
                claim("raised " + name)
            except (OSError, ValueError):
                pass
        blocks = [bytearray(b"x") * (64 << 20) for _ in range(96)]
        """,
    )


@exhaust
def keeps_all_processors_busy(s: Submission):
    """Leaves busy processes in sessions of their own, which nobody waits for."""
    _own(
        s,
        """
        import os, sys
        for _ in range(8):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv(sys.executable, [sys.executable, "-c", "while True: pass", NAME])
                os._exit(0)
        """,
    )


@exhaust
def is_slow_everywhere(s: Submission):
    """Is a little slower than the limit in every cell and call, so that all limits together make hours."""
    s.right_answers()
    for answer in ("project_qkv", "attention_scores", "attention_weights", "aggregate_values"):
        s.in_call("import time\ntime.sleep(4)", answer)
    for _ in range(40):
        s.own_cell("import time\ntime.sleep(4)")
