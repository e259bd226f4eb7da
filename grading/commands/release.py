"""`python -m grading release`: the student version, and beside it the wheel of what it imports."""

import shutil
import subprocess
import sys
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import CHECKOUT, CourseError, load_config, open_course
from grading.grade.judging.reference import require_right
from grading.grade.run_notebook import common_request
from grading.grade.workers.pool import ask_own_worker
from grading.sandbox.settings import Sandbox
from grading.sandbox.walls import NoWall, chosen_walls
from grading.source.faults import require_sound_source
from grading.source.same_cells import require_same_cells


def release(assignment: str, config: Config | None = None) -> tuple[Path, Path]:
    """Compile the student version into `release/`, as `nbgrader generate_assignment` does, and build the wheel.

    Returns the paths of the notebook and of the wheel.
    Raises CourseError for an unknown assignment, a source with a fault, a reference that loses a point (then nothing
    is changed), or where the wheel cannot be built.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    require_sound_source(course, assignment)
    require_same_cells(course, assignment)
    require_right_reference(course, assignment, config)
    GenerateAssignment(coursedir=course, config=config).start()
    folder = Path(course.format_path(course.release_directory, ".", assignment))
    return folder / f"{assignment}.ipynb", build_wheel(folder)


def require_right_reference(course: CourseDirectory, assignment: str, config: Config) -> None:
    """Run the instructor's own solution through the tests. Raises CourseError where it loses a point.

    It is the instructor's own code, and so it is run behind whatever walls stand, or none.
    """
    if not sys.platform.startswith("linux"):
        print("The reference was not run: that needs Linux. `python -m grading autograde` does it.", file=sys.stderr)
        return
    config = deepcopy(config)
    do_without_walls_that_do_not_stand(config)
    request = replace(common_request(course, assignment, config), reference=True)
    outcome = ask_own_worker(request, lambda warning: None)
    require_right(outcome.judged, outcome.failed)


def do_without_walls_that_do_not_stand(config: Config) -> str:
    """Change a configuration for code of our own, which may run all the same. Returns why, or ""."""
    try:
        chosen_walls(Sandbox(config=config).walls)
        return ""
    except NoWall as refusal:
        config.Sandbox.walls = "none"
        return str(refusal)


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
