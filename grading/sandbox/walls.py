"""Which walls stand on this machine: each is tried by starting it."""

import os
import site
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from course.checkout import CHECKOUT, CourseError
from grading.sandbox import outer_wall

BOTH, INNER, NONE = "both walls", "the inner wall alone", "no wall"
INNER_ALONE = (
    "Student code runs behind the inner wall alone (Landlock, seccomp, limits), because this machine refuses new "
    "namespaces: {why}. It has no network and reads nothing of the course. Not protected: that files exist and how "
    "large they are, "
    'files in /dev/shm, and other programs\' Unix sockets that have a path. Set `c.Sandbox.walls = "both"` to refuse '
    "to grade then."
)
NO_WALL = (
    'Student code runs WITHOUT any wall, because `Sandbox.walls` is "none": it can read and change all that you can. '
    "Grade only code "
    "that you wrote yourself."
)
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/fonts", "/etc/ssl", "/etc/alternatives")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types")
_PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class NoWall(CourseError):
    """The walls that are demanded do not stand here; the message says why and what to do."""


@dataclass(frozen=True)
class Walls:
    """outer, inner: whether each stands; warning: what to tell the user once ("" if nothing)."""

    outer: bool
    inner: bool
    warning: str = ""

    @property
    def name(self) -> str:
        """In words, for tables and messages."""
        return BOTH if self.outer else INNER if self.inner else NONE


def chosen_walls(setting: str) -> Walls:
    """The walls to use, for a value of `Sandbox.walls`. Raises NoWall where what is demanded does not stand."""
    if setting == "none":
        return Walls(outer=False, inner=False, warning=NO_WALL)
    _require_inner()
    if setting == "inner":
        _require_signal_scope('`Sandbox.walls` is "inner"')
        return Walls(outer=False, inner=True)
    why = outer_wall.why_not(readable_paths()).rstrip(".")
    if not why:
        return Walls(outer=True, inner=True)
    if setting == "both":
        raise NoWall(
            f'`Sandbox.walls` is "both", and the outer wall does not stand here: {why}. Grade on a machine, or in a '
            "container, that "
            'allows unprivileged user namespaces, or set `c.Sandbox.walls = "best"`.'
        )
    _require_signal_scope(why)
    return Walls(outer=False, inner=True, warning=INNER_ALONE.format(why=why))


def _require_inner() -> None:
    if sys.platform != "linux":
        raise NoWall(
            f"Grading needs Linux, for the walls around student code; this is {sys.platform}. Students can work here."
        )
    try:
        from grading.sandbox.inside import landlock, system_calls

        system_calls.compiled_filter()
    except (ImportError, OSError, RuntimeError) as error:
        raise NoWall(
            f"The seccomp filter cannot be made ({error}). Install libseccomp (Debian and Ubuntu: apt-get install "
            "libseccomp2), then "
            "run ./setup_venv.sh."
        ) from None
    if landlock.abi_version() < 1:
        raise NoWall(
            "This kernel has no Landlock, so student code cannot be enclosed. Use Linux 5.13 or later with Landlock "
            "switched on (it is "
            'listed in /sys/kernel/security/lsm). For code that you wrote yourself there is `c.Sandbox.walls = "none"`.'
        )


def _require_signal_scope(why: str) -> None:
    from grading.sandbox.inside import landlock

    if landlock.abi_version() < landlock.SIGNALS_SINCE:
        raise NoWall(
            f"The inner wall would stand alone ({why}), and this kernel's Landlock (version {landlock.abi_version()}) "
            "cannot keep signals "
            f"inside: student code could end the grader. Use Linux 6.12 or later, or a machine that allows user "
            "namespaces."
        )


def readable_paths() -> list[str]:
    """What student code may read: the system's libraries, Python's, attention_lib, and what runs inside the walls."""
    python = {
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
        *site.getsitepackages(),
    }
    ours = [CHECKOUT / "attention_lib", CHECKOUT / "grading" / "__init__.py", CHECKOUT / "grading" / "sandbox"]
    paths = [*_SYSTEM, *_SYSTEM_FILES, *sorted(python), *map(str, ours)]
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]


def environment(scratch: str) -> dict[str, str]:
    """All the variables that student code sees."""
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return {
        "PATH": path,
        **{name: scratch for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME")},
        **{name: "student" for name in ("USER", "LOGNAME")},
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    }
