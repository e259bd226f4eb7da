"""`python -m grading release`: the student version, and beside it the wheel of what it imports."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from traitlets.config import Config

from grading.course import CHECKOUT, CourseError, load_config, open_course
from grading.source_faults import require_sound_source


def release(assignment: str, config: Config | None = None) -> tuple[Path, Path]:
    """Compile the student version into `release/`, as `nbgrader generate_assignment` does, and build the wheel.

    Returns the paths of the notebook and of the wheel.
    Raises CourseError for an unknown assignment, or where the wheel cannot be built.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    require_sound_source(course, assignment)
    GenerateAssignment(coursedir=course, config=config).start()
    folder = Path(course.format_path(course.release_directory, ".", assignment))
    return folder / f"{assignment}.ipynb", build_wheel(folder)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of `attention_lib` into `folder`, without the network."""
    for old in folder.glob("*.whl"):
        old.unlink()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    with tempfile.TemporaryDirectory(prefix="attention101-") as clean:
        # setuptools would put into the wheel what an earlier build has left in the checkout's build/.
        shutil.copytree(
            CHECKOUT / "attention_lib", Path(clean, "attention_lib"), ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("pyproject.toml", "LICENSE"):
            shutil.copy(CHECKOUT / name, clean)
        answer = subprocess.run([*command, "--wheel-dir", str(folder), clean], capture_output=True, text=True)
    wheels = sorted(folder.glob("*.whl"))
    if answer.returncode or not wheels:
        raise CourseError(
            f"The wheel of attention_lib could not be built. pip's last words: {answer.stderr.strip()[-500:]} "
            "Run ./setup_venv.sh, which installs what pip needs for it, then try again."
        )
    return wheels[0]
