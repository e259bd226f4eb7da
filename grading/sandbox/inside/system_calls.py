"""The seccomp filter: system calls that a student's code has no use for, and ones that reach out of the sandbox."""

import ctypes
import errno
import os
import tempfile
from contextlib import suppress

import pyseccomp

_REFUSED = """
ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp perf_event_open bpf
io_uring_setup io_uring_enter io_uring_register userfaultfd add_key keyctl request_key
mount umount2 pivot_root unshare setns open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr chroot
swapon swapoff reboot kexec_load kexec_file_load init_module finit_module delete_module iopl ioperm acct quotactl
quotactl_fd syslog settimeofday clock_settime clock_settime64 adjtimex clock_adjtime sethostname setdomainname vhangup
name_to_handle_at open_by_handle_at lookup_dcookie nfsservctl personality fanotify_init fanotify_mark
shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend
mq_timedreceive mq_notify mq_getsetattr mknod mknodat
move_pages migrate_pages set_mempolicy_home_node get_robust_list inotify_add_watch setfsuid setfsgid seccomp
landlock_create_ruleset landlock_add_rule landlock_restrict_self
""".split()
# Refused, these would break shutil.copy2 and the like; Landlock does not cover them. So they do nothing, and say that
# they did.
_PRETENDED = """
chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
""".split()
# With these numbers libseccomp knows no names yet. Callers fall back to the older calls.
_NEWER_METADATA_CALLS = (452, 463, 466)  # fchmodat2, setxattrat, removexattrat
_NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
_AF_UNIX, _AF_NETLINK = 1, 16
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_ON_ANOTHER_PROCESS = (("prlimit64", 0), ("sched_setaffinity", 0), ("sched_setparam", 0), ("sched_setattr", 0))


def compiled_filter() -> bytes:
    """The filter as a BPF program. Compiled once, in the parent; a child only loads it."""
    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse, absent, pretend = (
        pyseccomp.ERRNO(errno.EPERM),
        pyseccomp.ERRNO(errno.ENOSYS),
        pyseccomp.ERRNO(0),
    )
    for name in _REFUSED:
        _add(program, refuse, name)
    for name in _PRETENDED:
        _add(program, pretend, name)
    for number in _NEWER_METADATA_CALLS:
        program.add_rule(absent, number)
    # Its arguments lie in memory, where no filter sees them; the C library then takes clone.
    program.add_rule(absent, "clone3")
    # Memory that no process has mapped is in nobody's account.
    for name in ("memfd_create", "memfd_secret"):
        _add(program, absent, name)
    for flag in _NAMESPACES:
        program.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    _only_unix_sockets(program, refuse)
    for name, argument in _ON_ANOTHER_PROCESS:
        program.add_rule(refuse, name, pyseccomp.Arg(argument, pyseccomp.NE, 0))
    # libzmq aborts where this is refused.
    program.add_rule(pretend, "sched_setscheduler", pyseccomp.Arg(0, pyseccomp.NE, 0))
    for name in ("setpriority", "ioprio_set"):
        program.add_rule(refuse, name, pyseccomp.Arg(1, pyseccomp.NE, 0))
    for request in (_TIOCSTI, _TIOCLINUX):
        program.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


def load(program: bytes) -> None:
    """Put this thread, and all that it starts, behind the filter for good. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = _Program(len(program) // 8, program)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(instructions), 0, 0):
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")


def _only_unix_sockets(program: pyseccomp.SyscallFilter, refuse: int) -> None:
    """torch's DataLoader needs sockets between its own processes; no other family is needed."""
    # libzmq's and libc's getifaddrs() bear this answer, and no other.
    program.add_rule(pyseccomp.ERRNO(errno.EOPNOTSUPP), "socket", pyseccomp.Arg(0, pyseccomp.EQ, _AF_NETLINK))
    program.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.LT, _AF_UNIX))
    for family in range(_AF_UNIX + 1, _AF_NETLINK):
        program.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    program.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.GT, _AF_NETLINK))
    program.add_rule(refuse, "socketpair", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))


def _add(program: pyseccomp.SyscallFilter, action: int, name: str) -> None:
    # This architecture, or this libseccomp, may not have a name.
    with suppress(OSError):
        program.add_rule(action, name)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]
