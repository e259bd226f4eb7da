"""The pins, the wheel, setup_venv.sh, the Makefile and .ci/run."""

import importlib.metadata
import os
import pwd
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import psutil
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS = (ROOT / "requirements.txt").read_text()
PINS = [Requirement(line) for line in REQUIREMENTS.splitlines() if line and not line.startswith("#")]


def direct_dependencies() -> list[str]:
    project = PROJECT["project"]
    return [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]


@pytest.mark.parametrize("dependency", direct_dependencies())
def test_every_dependency_has_a_pin_that_it_admits(dependency):
    wanted = Requirement(dependency)
    pins = [pin for pin in PINS if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
    assert pins, f"requirements.txt has no {wanted.name}"
    for pin in pins:
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        assert wanted.specifier.contains(specifier.version)


def test_pins_are_public_versions_without_hosts_or_gpu_libraries():
    assert not re.search(r"://|--(extra-)?index-url|--find-links|\s@\s|file:", REQUIREMENTS)
    for pin in PINS:
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        assert "+" not in specifier.version
        assert not re.match(r"nvidia|cuda|triton", pin.name)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_each_python_gets_each_package_once(python, platform):
    here = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform}
    names = [canonicalize_name(pin.name) for pin in PINS if pin.marker is None or pin.marker.evaluate(here)]
    assert len(names) == len(set(names))


def test_this_environment_has_the_pinned_versions():
    for pin in PINS:
        if pin.marker is None or pin.marker.evaluate():
            assert pin.specifier.contains(importlib.metadata.version(pin.name)), pin


def test_who_imports_nbformat_waits_for_no_grammar_of_web_addresses():
    program = "import sys, nbformat; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_wheel_holds_attention_lib_alone(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for folder in ("attention_lib", "course", "grading", "handin", "hub", "training", "tests"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w"]
    subprocess.run([*command, str(tmp_path), str(source)], check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("attention101-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    metadata = f"attention101-{PROJECT['project']['version']}.dist-info"
    assert {name.split("/")[0] for name in names} == {"attention_lib", metadata}
    for path in (ROOT / "attention_lib").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in names


def test_makefile_has_its_targets_and_each_sets_up_first():
    # Where make runs the tests, its own flags would make this one speak otherwise.
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    answer = subprocess.run(["make", "help"], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    for target in ("setup", "demo", "test", "test-slow", "test-quick", "release", "lint"):
        assert f"make {target} " in answer.stdout
        plan = subprocess.run(["make", "-n", target], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        assert plan.stdout.splitlines()[0] == "./setup_venv.sh"


@pytest.mark.parametrize("script", ["setup_venv.sh", ".ci/run", "tests/install_slow_needs.sh"])
def test_scripts_are_executable_bash(script):
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)


def run_ci(checkout: Path, makefile: str) -> subprocess.CompletedProcess:
    """The real .ci/run in a checkout with this Makefile, all of it committed."""
    (checkout / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", checkout / ".ci/run")
    (checkout / "Makefile").write_text(makefile)
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=All"]):
        subprocess.run([*git, *command], cwd=checkout, check=True)
    return subprocess.run(["bash", ".ci/run"], cwd=checkout, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("suite_fails", "exit_code"), [("neither", 0), ("test", 1), ("test-slow", 1)])
def test_ci_runs_both_suites_whatever_the_first_gives(tmp_path, suite_fails, exit_code):
    rule = "{0}:\n\t@echo '== 1 passed in 0.1s =='; test $$CI = true -a {0} != {1}\n"
    answer = run_ci(tmp_path, "setup:\n" + "".join(rule.format(t, suite_fails) for t in ("test", "test-slow")))
    assert answer.returncode == exit_code
    assert "--- make test:\n== 1 passed" in answer.stdout
    assert "--- make test-slow:\n== 1 passed" in answer.stdout


def test_ci_fails_when_a_suite_ran_no_test(tmp_path):
    answer = run_ci(tmp_path, "setup:\ntest test-slow:\n\t@echo '== no tests ran in 0.1s =='\n")
    assert answer.returncode == 1
    assert "make test ran no test." in answer.stderr


# A plain user's `make test` leaves a process that holds the output open, and a temporary folder.
TELLS_WHO = """\
setup:
\t@{set_up}
test:
\t@echo "test by $$(id -un), $$(id -u), $$HOME, $$PWD, input $$(wc -c)"; touch left
\t@if test $$(id -u) != 0; then mktemp -d; setsid sleep 600 & fi
\t@echo '== 1 passed in 0.1s =='; {test}
test-slow:
\t@echo "test-slow by $$(id -un), $$(id -u), $$HOME, $$PWD, input $$(wc -c)"; echo '== 1 passed in 0.1s =='
"""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.needs("root")
@pytest.mark.parametrize(
    ("set_up", "test", "other_python"),
    [
        ('test $$(id -u) = 0 -o "$$PYTHON" = /usr/bin/python3', "true", False),
        ("true", "false", False),
        ('test -z "$$PYTHON"', "true", True),
    ],
    ids=["all is well", "a test fails", "another Python"],
)
def test_ci_of_root_tests_as_a_plain_user_of_whom_nothing_is_left(tmp_path, monkeypatch, set_up, test, other_python):
    monkeypatch.delenv("PYTHON", raising=False)
    answer = run_ci(tmp_path, TELLS_WHO.format(set_up=set_up, test=test))
    assert answer.returncode == (test == "false"), answer.stdout + answer.stderr
    assert ("/usr/bin/python3 cannot be used" in answer.stdout) == other_python
    name, number, home, place = re.search(
        r"^test by (\S+), (\d+), (\S+), (\S+), input 0$", answer.stdout, re.M
    ).groups()
    assert name != "root" and place.startswith(home) and not (tmp_path / "left").exists()
    assert f"test-slow by root, 0, {Path.home()}, {tmp_path}, input 0" in answer.stdout
    assert "--- make test:\n== 1 passed" in answer.stdout and "--- make test-slow:\n== 1 passed" in answer.stdout
    assert name not in [user.pw_name for user in pwd.getpwall()] and not Path(home).exists()
    find = ["find", "/tmp", "-maxdepth", "1", "-user", number]
    assert subprocess.run(find, capture_output=True, text=True).stdout == ""
    left = [process for process in psutil.process_iter(["uids"]) if process.info["uids"].real == int(number)]
    assert not psutil.wait_procs(left, timeout=10)[1]


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.needs("root")
def test_ci_of_root_tests_as_root_where_no_plain_user_can(tmp_path):
    before = {user.pw_name for user in pwd.getpwall()}
    answer = run_ci(tmp_path, TELLS_WHO.format(set_up="test $$(id -u) = 0", test="true"))
    assert answer.returncode == 0 and "No plain user can run make test here, so root does." in answer.stdout
    assert "test by root, 0, " in answer.stdout
    assert {user.pw_name for user in pwd.getpwall()} <= before


# Those of this environment take longer to import than the small suites take to run.
NO_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_pytest(folder: Path, text: str, *arguments: str, ci: bool) -> str:
    shutil.copy(ROOT / "tests/conftest.py", folder)
    (folder / "test_it.py").write_text("import pytest\n" + text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    needs\n")
    environment = {**os.environ, "CI": "true" if ci else "", **NO_PLUGINS}
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", *arguments]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return answer.stdout + answer.stderr


@pytest.mark.parametrize("ci", [False, True])
def test_what_cannot_run_is_skipped_here_and_fails_in_ci(tmp_path, monkeypatch, ci):
    monkeypatch.setenv("PATH", str(tmp_path))
    text = "@pytest.mark.slow\n@pytest.mark.needs('chromium')\ndef test_page(): pass\ndef test_other(): pass\n"
    output = run_pytest(tmp_path, text, ci=ci)
    assert "chromium is not installed" in output
    assert ("1 passed, 1 error" if ci else "1 passed, 1 skipped") in output


@pytest.mark.parametrize(
    ("marks", "message"),
    [("slow\n@pytest.mark.needs('a pony')", "a pony"), ("needs('root')", "must be marked slow")],
)
def test_wrong_needs_are_refused(tmp_path, marks, message):
    assert message in run_pytest(tmp_path, f"@pytest.mark.{marks}\ndef test_it(): pass\n", ci=False)


SLOW_TESTS_IN_CI = {**NO_PLUGINS, "PYTEST_ADDOPTS": "-p xdist.plugin", "CI": "true"}


def test_a_slow_test_that_passes_when_run_alone_is_named_as_flaky(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    alone\n")
    text = "import pathlib, pytest\n@pytest.mark.slow\ndef test_once():\n    seen = pathlib.Path('seen')\n"
    text += "    was_there = seen.exists()\n    seen.touch()\n    assert was_there\n"
    text += "@pytest.mark.slow\ndef test_good(): pass\n"
    (tmp_path / "test_it.py").write_text(text)
    command = [sys.executable, str(ROOT / "tests/run_slow.py")]
    environment = {**os.environ, **SLOW_TESTS_IN_CI}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0
    assert "flaky: test_it.py::test_once" in answer.stdout
    (tmp_path / "test_it.py").write_text(text + "@pytest.mark.slow\ndef test_bad(): assert False\n")
    assert subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True).returncode == 1


def test_slow_tests_that_a_signal_ends_have_not_passed(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    alone\n")
    text = "import os, signal, pytest\npytestmark = pytest.mark.slow\n@pytest.mark.alone\ndef test_good(): pass\n"
    text += "def test_worst(): os.kill(os.getppid(), signal.SIGKILL)\n"
    (tmp_path / "test_it.py").write_text(text)
    command = [sys.executable, str(ROOT / "tests/run_slow.py")]
    environment = {**os.environ, **SLOW_TESTS_IN_CI}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "1 passed" in answer.stdout and answer.returncode != 0


def set_up(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder / "wheels")}
    environment |= {"PIP_CONFIG_FILE": os.devnull}
    environment |= {"PYTHON": sys.executable, "ATTENTION101_TORCH": "cpu", "TORCH_INDEX_URL": "file:///no/such/index"}
    environment |= variables
    return subprocess.run(["./setup_venv.sh", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def add_wheel(folder: Path, name: str, version: str, files: dict[str, str | bytes]) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def small_checkout(tmp_path) -> Path:
    """A checkout whose wheels lie in a folder: a tiny torch in two builds, and the real setuptools."""
    shutil.copy(ROOT / "setup_venv.sh", tmp_path)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("2.13.0+cpu", "2.13.0"):
        add_wheel(wheels, "torch", version, {"torch.py": f"__version__ = '{version}'\n"})
    setuptools = importlib.metadata.distribution("setuptools")
    files = {}
    for path in setuptools.files or []:
        if path.name == "entry_points.txt" or ".dist-info" not in path.parts[0] and path.suffix != ".pyc":
            files[path.as_posix()] = path.locate().read_bytes()
    add_wheel(wheels, "setuptools", setuptools.version, files)
    (tmp_path / "requirements.txt").write_text(f"torch==2.13.0\nsetuptools=={setuptools.version}\n")
    project = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    project += '[project]\nname = "small"\nversion = "1"\n[tool.setuptools]\npackages = []\n'
    (tmp_path / "pyproject.toml").write_text(project)
    return tmp_path


def test_set_up_takes_the_cpu_build_once_mends_what_is_half_made_and_without_one_says_what_helps(small_checkout):
    first = set_up(small_checkout)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "took torch 2.13.0+cpu from the configured package index" in first.stdout

    stamp = small_checkout / ".venv/attention101.stamp"
    made = stamp.stat().st_mtime_ns
    second = set_up(small_checkout, PIP_FIND_LINKS="")
    assert (second.returncode, second.stdout) == (0, "setup: .venv is up to date.\n")
    assert stamp.stat().st_mtime_ns == made

    with (small_checkout / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert set_up(small_checkout, "--check").returncode == 1
    third = set_up(small_checkout, PIP_FIND_LINKS="")
    assert third.returncode == 0, third.stdout + third.stderr
    assert "is there already" in third.stdout

    (small_checkout / ".venv/bin/python").unlink()
    (small_checkout / "wheels/torch-2.13.0+cpu-py3-none-any.whl").unlink()
    refused = set_up(small_checkout)
    assert refused.returncode == 1
    assert "not whole" in refused.stdout
    assert "No CPU build of torch 2.13.0" in refused.stderr
    assert "ATTENTION101_TORCH=any" in refused.stderr
    assert not stamp.exists()
    taken = set_up(small_checkout, ATTENTION101_TORCH="any")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert "took torch 2.13.0." in taken.stdout
    assert set_up(small_checkout, "--check", ATTENTION101_TORCH="any").returncode == 0


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PYTHON": "no-such-python"}, "there is no such program. Give a Python 3.11, 3.12 or 3.13"),
        ({"PYTHON": "false"}, "Give a Python 3.11, 3.12 or 3.13"),
        ({"ATTENTION101_TORCH": "cuda"}, "It must be auto, cpu or any"),
    ],
)
def test_wrong_settings_give_the_remedy_and_change_nothing(tmp_path, variables, message):
    shutil.copy(ROOT / "setup_venv.sh", tmp_path)
    answer = set_up(tmp_path, **variables)
    assert answer.returncode == 1
    assert message in answer.stderr
    assert not (tmp_path / ".venv").exists()


def test_set_up_leaves_a_folder_alone_that_is_no_environment(tmp_path):
    shutil.copy(ROOT / "setup_venv.sh", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/thesis.txt").write_text("mine")
    answer = set_up(tmp_path, PYTHON="")
    assert answer.returncode == 1
    assert "Move it away" in answer.stderr
    assert (tmp_path / ".venv/thesis.txt").read_text() == "mine"


@pytest.mark.slow(minutes=3)
@pytest.mark.needs("network")
@pytest.mark.timeout(1500)
def test_set_up_from_nothing_gives_the_pinned_versions(tmp_path):
    for name in ("setup_venv.sh", "requirements.txt", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "attention_lib", tmp_path / "attention_lib")
    environment = {**os.environ, "PYTHON": sys.executable}
    answer = subprocess.run(["./setup_venv.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    command = [".venv/bin/python", "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    installed = {canonicalize_name(line.split("==")[0].split(" @ ")[0]) for line in frozen.stdout.splitlines()}
    wanted = {canonicalize_name(pin.name) for pin in PINS if pin.marker is None or pin.marker.evaluate()}
    assert installed - {"pip", "setuptools"} == wanted - {"setuptools"}
