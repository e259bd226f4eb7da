"""What a test needs is named by `@pytest.mark.needs("chromium")`, "namespaces", "root" or "network", beside `slow`.

Where something is missing, the test is skipped and the summary says why. Where CI=true nothing may be skipped: the test
fails, and the message says what is missing and what to do.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest


def _missing_chromium() -> str | None:
    program = shutil.which("chromium")
    if program is None:
        return "chromium is not installed (as root: apt-get update && apt-get install -y chromium)"
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    return None if answer.returncode == 0 else f"chromium does not start: {answer.stderr.strip()[-300:]}"


def _missing_root() -> str | None:
    return None if os.geteuid() == 0 else "the tests do not run as root"


def _missing_postgresql() -> str | None:
    if list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return None
    return "PostgreSQL is not installed (as root: apt-get update && apt-get install -y postgresql)"


def _missing_system_python() -> str | None:
    version = "{}.{}".format(*sys.version_info[:2])
    program = "import ctypes, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(["/usr/bin/python3", "-c", program], capture_output=True, text=True, timeout=60)
    except OSError as error:
        return f"there is no /usr/bin/python3: {error}"
    if answer.stdout.strip() == version:
        return None
    return f"/usr/bin/python3 is no Python {version}, for which this environment's packages are (set PYTHON to it)"


def _missing_network() -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "0"]
        answer = subprocess.run([*command, "-d", folder, "iniconfig"], capture_output=True, text=True, timeout=120)
    return None if answer.returncode == 0 else "the package index cannot be reached"


def _missing_namespaces() -> str | None:
    from grading.sandbox import outer_wall
    from grading.sandbox.walls import readable_paths

    why = outer_wall.why_not(readable_paths())
    return f"this machine refuses new namespaces, so the outer wall does not stand: {why}" if why else None


PROBES: dict[str, Callable[[], str | None]] = {
    "chromium": _missing_chromium,
    "namespaces": _missing_namespaces,
    "root": _missing_root,
    "network": _missing_network,
    "postgresql": _missing_postgresql,
    "system python": _missing_system_python,
}
_probed: dict[str, str | None] = {}


def missing(what: str) -> str | None:
    """Say why `what` (a key of PROBES) cannot be had here, or return None if it can. Probes once per run."""
    if what not in _probed:
        _probed[what] = PROBES[what]()
    return _probed[what]


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"


def _long_files_first(items: list[pytest.Item]) -> None:
    """Workers take whole files, in this order: a long one begun last would leave all but one of them idle."""
    minutes, kernels, tests = Counter(), Counter(), Counter()
    for item in items:
        told = [marker.kwargs.get("minutes", 0) for marker in item.iter_markers("slow")]
        minutes[item.path] = max(minutes[item.path], *told, 0)
        kernels[item.path] |= item.get_closest_marker("kernel") is not None
        tests[item.path] += 1
    items.sort(key=lambda item: (minutes[item.path], kernels[item.path], tests[item.path]), reverse=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        _long_files_first(items)
    for item in items:
        for marker in item.iter_markers("needs"):
            unknown = set(marker.args) - set(PROBES)
            if unknown:
                raise pytest.UsageError(f"{item.nodeid} needs {sorted(unknown)}; known are {sorted(PROBES)}")
            if item.get_closest_marker("slow") is None:
                raise pytest.UsageError(f"{item.nodeid} has a `needs` marker, so it must be marked slow, too")


def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = [what for marker in item.iter_markers("needs") for what in marker.args]
    reasons = [reason for reason in map(missing, wanted) if reason]
    if reasons:
        pytest.skip("; ".join(reasons))


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\nWhere CI=true, a test that cannot run has failed."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    _forbid_skip(report)
    return report
