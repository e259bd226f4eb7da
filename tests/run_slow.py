"""Runs the slow tests: two files at a time, then those that are to be alone on the machine.

Where CI=true, tests that failed are run once more, one after the other and with nothing beside them; one that then
passes is named as flaky.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

# The whole has 45 minutes. Interrupted, pytest still names what it was doing.
SECONDS_FOR_ALL = 44 * 60
SIDE_BY_SIDE = ["-m", "slow and not alone", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
ALONE = ["-m", "slow and alone"]


def run(arguments: list[str], cache: Path, until: float) -> int:
    """Run pytest, at most until that time (of `time.monotonic`), and return its exit code."""
    pytests = subprocess.Popen([sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", *arguments])
    try:
        return pytests.wait(max(1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        print(f"\nThe slow tests have {SECONDS_FOR_ALL} seconds; they are over.", file=sys.stderr, flush=True)
        pytests.send_signal(signal.SIGINT)
        try:
            pytests.wait(60)
        except subprocess.TimeoutExpired:
            pytests.kill()
        return pytest.ExitCode.INTERRUPTED


def failed_in(cache: Path) -> list[str]:
    """The tests that failed in the run with this cache."""
    path = cache / "v/cache/lastfailed"
    return list(json.loads(path.read_text())) if path.exists() else []


def failed_again(tests: list[str], cache: Path, until: float) -> list[str]:
    """Those of the tests that do not pass now."""
    match run(tests, cache, until):
        case pytest.ExitCode.OK:
            return []
        case pytest.ExitCode.TESTS_FAILED:
            return [test for test in tests if test in failed_in(cache)]
        case _:
            return tests


def main(arguments: list[str]) -> int:
    """Return pytest's exit code, or 0 if all that failed passed when run alone."""
    until = time.monotonic() + SECONDS_FOR_ALL
    with tempfile.TemporaryDirectory() as folder:
        caches = [Path(folder, "side by side"), Path(folder, "alone")]
        codes = [run([*how, *arguments], cache, until) for how, cache in zip((SIDE_BY_SIDE, ALONE), caches)]
        if set(codes) == {pytest.ExitCode.NO_TESTS_COLLECTED}:
            print("no test is marked slow: at least tests/test_setup.py should have one", file=sys.stderr)
            return pytest.ExitCode.NO_TESTS_COLLECTED
        # A run that a signal ended has a code below 0.
        status = max((code for code in codes if code != pytest.ExitCode.NO_TESTS_COLLECTED), key=abs)
        if status == pytest.ExitCode.TESTS_FAILED and os.environ.get("CI") == "true":
            failed = [test for cache in caches for test in failed_in(cache)]
            again = failed_again(failed, Path(folder) / "again", until)
            for test in failed:
                if test not in again:
                    print(f"flaky: {test} failed, then passed when run alone", flush=True)
            print(f"slow tests: {len(failed)} failed at first, {len(again)} again", flush=True)
            return status if again else 0
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
