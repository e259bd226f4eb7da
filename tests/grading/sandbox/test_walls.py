"""Which walls are chosen, what each refuses, and that grading does not start behind a wall that leaks."""

import os
from pathlib import Path

import pytest

from grading.sandbox import outer_wall, walls
from grading.sandbox.inside import landlock, probe, system_calls
from grading.sandbox.settings import Sandbox
from grading.sandbox.student_process import StudentProcess
from grading.sandbox.walls import NoWall, chosen_walls
from grading.sandbox.warm_process import WarmProcess
from tests.grading.sandbox.processes import BOTH, allow, started

NAMESPACES_REFUSED = "bwrap: No permissions to create new namespace"


@pytest.fixture
def no_namespaces(monkeypatch):
    monkeypatch.setattr(outer_wall, "why_not", lambda readable: NAMESPACES_REFUSED)


def test_the_best_are_both_where_both_stand(monkeypatch):
    monkeypatch.setattr(outer_wall, "why_not", lambda readable: "")
    best = chosen_walls("best")
    assert (best.outer, best.inner, best.warning, best.name) == (True, True, "", "both walls")


def test_the_best_is_the_inner_where_namespaces_are_refused_and_it_says_what_is_missing(no_namespaces):
    best = chosen_walls("best")
    assert (best.outer, best.inner, best.name) == (False, True, "the inner wall alone")
    assert NAMESPACES_REFUSED in best.warning and "Not protected" in best.warning


def test_both_is_refused_with_the_remedy_where_namespaces_are(no_namespaces):
    with pytest.raises(NoWall, match=f"{NAMESPACES_REFUSED}.*unprivileged user namespaces"):
        chosen_walls("both")


def test_none_warns(no_namespaces):
    chosen = chosen_walls("none")
    assert (chosen.outer, chosen.inner) == (False, False) and "WITHOUT any wall" in chosen.warning


@pytest.mark.parametrize("setting", ["best", "both", "inner"])
def test_a_kernel_without_landlock_is_refused_whatever_is_set(monkeypatch, setting):
    monkeypatch.setattr(landlock, "abi_version", lambda: 0)
    with pytest.raises(NoWall, match="no Landlock.*5.13"):
        chosen_walls(setting)


@pytest.mark.parametrize("setting", ["best", "inner"])
def test_an_old_landlock_may_not_stand_alone(monkeypatch, no_namespaces, setting):
    monkeypatch.setattr(landlock, "abi_version", lambda: landlock.SIGNALS_SINCE - 1)
    with pytest.raises(NoWall, match="6.12"):
        chosen_walls(setting)


def test_an_old_landlock_will_do_behind_the_outer_wall(monkeypatch):
    monkeypatch.setattr(outer_wall, "why_not", lambda readable: "")
    monkeypatch.setattr(landlock, "abi_version", lambda: landlock.SIGNALS_SINCE - 1)
    assert chosen_walls("both").outer


def test_a_missing_seccomp_library_is_named(monkeypatch):
    def broken():
        raise OSError("libseccomp.so.2: cannot open shared object file")

    monkeypatch.setattr(system_calls, "compiled_filter", broken)
    with pytest.raises(NoWall, match="libseccomp.so.2.*apt-get install libseccomp2"):
        chosen_walls("best")


def test_another_system_is_told_that_grading_needs_linux(monkeypatch):
    monkeypatch.setattr(walls.sys, "platform", "darwin")
    with pytest.raises(NoWall, match="needs Linux.*darwin"):
        chosen_walls("best")


def refuse(*arguments):
    raise PermissionError


LEAKS = {
    "a mount": "probe._libc_call = lambda name, *arguments: name == 'mount' or refuse()",
    "an internet socket": "probe.socket.socket = lambda *kind: None",
    "reading /": "probe.os.listdir = lambda path: []",
    "a signal to the warm parent": "probe.os.kill = lambda *target: None",
}


@pytest.mark.parametrize(("leak", "patch"), LEAKS.items(), ids=LEAKS)
def test_a_probe_that_gets_over_the_wall_is_named(monkeypatch, tmp_path, leak, patch):
    """The probe's own attempts are made to succeed, in a fork, because the wall around it stays."""
    end, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            (tmp_path / "student").mkdir()
            monkeypatch.setattr(probe.inner_wall, "put_up", lambda *arguments: None)
            # Without a wall, root would really mount something.
            monkeypatch.setattr(probe, "_libc_call", refuse)
            exec(patch)
            setup = {"readable": [], "own_proc": False}
            found = probe.not_refused(setup, str(tmp_path / "student"), b"", os.getppid())
            os.write(theirs, "\n".join(found).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with open(end) as answer:
        assert leak in answer.read().splitlines()
    os.waitpid(pid, 0)


def test_a_warm_parent_behind_a_wall_that_leaks_is_not_used(monkeypatch):
    """`none` puts no inner wall up, but here the trusted side asks for one: what the probe tells refuses it."""
    warm = WarmProcess(chosen_walls("none"), Sandbox(walls="none").trait_values(config=True), 60)
    try:
        monkeypatch.setattr(warm, "_hear", lambda deadline: {"refused": ["an internet socket"]})
        with pytest.raises(NoWall, match="not refused: an internet socket"):
            warm.wait_until_ready()
    finally:
        monkeypatch.undo()
        warm.close()


REFUSED = {
    "the checkout": f"open({str(walls.CHECKOUT / 'README.md')!r})",
    "the home folder": f"open({str(Path.home() / '.bashrc')!r})",
    "passwords": "open('/etc/passwd')",
    "the root folder": "os.listdir('/')",
    "writing beside the notebook": "open('../other.txt', 'w')",
    "writing to /tmp": "open('/tmp/attention101-left', 'w')",
    "TCP": "socket.socket(socket.AF_INET)",
    "UDP": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "raw packets": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "new namespaces": "os.unshare(os.CLONE_NEWUSER) if hasattr(os, 'unshare') else call('unshare', 0x10000000)",
    "a mount": "call('mount', b'none', b'.', b'tmpfs', 0, None)",
    "a root of its own": "os.chroot('.')",
    "ptrace": "call('ptrace', 16, os.getppid(), 0, 0)",
    "the kernel's keys": "call('syscall', 248, b'user', b'k', b'v', 1, -3)",
    "io_uring": "call('syscall', 425, 8, ctypes.create_string_buffer(248))",
    "eBPF": "call('syscall', 321, 0, ctypes.create_string_buffer(72), 72)",
    "a signal to the first process": "os.kill(1, 9) if os.getpid() != 1 else os.kill(os.getppid(), 9)",
}
HELPER = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "refused")
"""


@pytest.mark.parametrize("warm", ["inner", BOTH], indirect=True)
@pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED)
def test_it_is_refused(printed, attempt):
    source = f"{HELPER}\ntry:\n    {attempt}\nexcept OSError as error:\n    print('refused', error.errno)"
    assert printed(source).startswith("refused")


@pytest.mark.parametrize("setting", ["inner", BOTH])
def test_the_environment_holds_nothing_of_the_graders(monkeypatch, setting):
    monkeypatch.setenv("SECRET_TOKEN", "a token")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "another")
    warm = started(setting)
    try:
        with StudentProcess(warm) as process:
            allow(process)
            names = process.run_cell("import os\nprint(*os.environ)")[0].text.split()
    finally:
        warm.close()
    assert "PATH" in names and not [name for name in names if "TOKEN" in name or "JUPYTER" in name]


@pytest.mark.parametrize("warm", ["inner", BOTH], indirect=True)
def test_nothing_of_the_parents_is_open(printed):
    source = "import os\nprint(sum(1 for n in range(3, 4096) if not call_fails(n)))"
    counted = printed("import os\ndef call_fails(n):\n    try: os.fstat(n)\n    except OSError: return True\n" + source)
    assert int(counted) == 1, "the line to the worker is the one thing open beside input and output"


def test_what_a_submission_wrote_is_gone_for_the_next(warm):
    for _ in range(2):
        with StudentProcess(warm) as process:
            allow(process)
            outputs = process.run_cell("import os\nprint(os.path.exists('mark'))\nopen('mark', 'w').close()")
            assert outputs[0].text.strip() == "False"
