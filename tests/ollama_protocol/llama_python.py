"""A Python that has llama_cpp, for the process of the real model's server. The project itself does not depend on it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.ollama_protocol.cache import CannotBeHad, cache_folder, run

VERSION = "0.3.36"
REQUIREMENT = f"llama-cpp-python=={VERSION}"

_SECONDS_TO_BUILD = 1200


def llama_python() -> Path:
    """Return this Python if it can import llama_cpp, else one of a virtual environment in the cache folder.

    The environment is made if it is missing; compiling the package takes minutes, so its wheel is kept beside it.
    Raises CannotBeHad.
    """
    present = Path(sys.executable)
    if _has_llama(present):
        return present
    folder = cache_folder()
    environment = folder / f"llama-{VERSION}-{sys.implementation.cache_tag}"
    if not _has_llama(environment / "bin" / "python"):
        _make(environment, _wheels(folder / "wheels"))
    return environment / "bin" / "python"


def _has_llama(python: Path) -> bool:
    try:
        return not subprocess.run([python, "-c", "import llama_cpp"], capture_output=True, timeout=60).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _wheels(folder: Path) -> Path:
    """Build the wheel into `folder` unless it is there."""
    if not list(folder.glob(f"llama_cpp_python-{VERSION}-*.whl")):
        missing = [tool for tool in ("cmake", "g++") if shutil.which(tool) is None]
        if missing:
            raise CannotBeHad(
                f"{REQUIREMENT} must be compiled, and {' and '.join(missing)} are missing "
                "(Debian and Ubuntu, as root: apt-get install -y cmake g++)"
            )
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as new:
            # Without what reads pictures: a quarter of the build.
            pip = ["env", "CMAKE_ARGS=-DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF"]
            pip += [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", new]
            run([*pip, REQUIREMENT], f"the build of {REQUIREMENT}", _SECONDS_TO_BUILD)
            for wheel in Path(new).glob("*.whl"):
                wheel.replace(folder / wheel.name)
    return folder


def _make(environment: Path, wheels: Path) -> None:
    with tempfile.TemporaryDirectory(dir=environment.parent, prefix="llama-") as folder:
        new = Path(folder) / "venv"
        run([sys.executable, "-m", "venv", new], "the making of a virtual environment for llama_cpp", 300)
        pip = [new / "bin" / "python", "-m", "pip", "install", "--quiet", "--find-links", wheels]
        run([*pip, REQUIREMENT], f"the installation of {REQUIREMENT}", _SECONDS_TO_BUILD)
        if not _has_llama(new / "bin" / "python"):
            raise CannotBeHad(f"{REQUIREMENT} was installed, but llama_cpp cannot be imported; delete {wheels}")
        shutil.rmtree(environment, ignore_errors=True)
        new.rename(environment)
