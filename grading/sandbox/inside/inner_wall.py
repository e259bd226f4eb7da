"""The inner wall: limits, Landlock and seccomp, put up by a process around itself."""

import os
import resource

from grading.sandbox.inside import landlock, system_calls

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
SHARED_MEMORY = "/dev/shm"


def restrict_files(
    readable: list[str], proc: bool, writable: str, shared_memory: int = landlock.SHARED_MEMORY
) -> None:
    """Enter a Landlock domain with these files, the usual devices, and nothing else. Raises OSError.

    proc: whether /proc may be read; only one of the sandbox's own may be by a student
    """
    rights = [(path, landlock.READ) for path in readable]
    # torch's half precision asks what the processor can do.
    rights.append(("/proc", landlock.READ) if proc else ("/proc/cpuinfo", landlock.READ_ONLY_FILE))
    rights += [(path, landlock.DEVICE) for path in _DEVICES]
    rights.append((SHARED_MEMORY, shared_memory))
    rights.append((writable, landlock.ALL_BUT_DEVICES))
    landlock.restrict(rights)


def put_up(setup: dict, writable: str, program: bytes) -> None:
    """Enclose this process for good: `writable` is the one folder it may write in. Raises OSError.

    setup: as `warm_parent` gets it; program: the compiled seccomp filter
    """
    restrict_files(setup["readable"], setup["own_proc"], writable)
    system_calls.load(program)


def set_limits(memory: int, processes: int, open_files: int, file_size: int, cpu_seconds: int) -> None:
    """Limits of one process; sizes in bytes, `memory` on top of the address space that it has already."""
    with open("/proc/self/statm") as file:
        address_space = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    limits = {
        # Threads and allocators reserve far more than they use, so this only stops the largest requests at once.
        resource.RLIMIT_AS: address_space + 2 * memory + (1 << 30),
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if os.getuid() != 0:
        # Root is exempt from it, and for others it counts all that they run. Twice, so that the watchdog counts first,
        # also when the user has started more meanwhile.
        limits[resource.RLIMIT_NPROC] = _tasks_of_this_user() + 2 * processes
    for kind, wanted in limits.items():
        _, most = resource.getrlimit(kind)
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        # At the first limit of time comes a signal that tells what it was, at the second the end.
        hard = value + 5 if kind == resource.RLIMIT_CPU and most == resource.RLIM_INFINITY else value
        resource.setrlimit(kind, (value, hard))


def _tasks_of_this_user() -> int:
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue  # it has ended meanwhile
    return count
