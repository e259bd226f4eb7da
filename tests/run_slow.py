"""Runs the slow tests. Where CI=true, one that failed is run once more, alone, and named as flaky if it then passes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# The whole has 45 minutes. Ended by pytest, the run still names what it was doing.
SECONDS_FOR_ALL = 44 * 60


def run(arguments: list[str], cache: Path) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", *arguments]).returncode


def main(arguments: list[str]) -> int:
    """Return pytest's exit code, or 0 if all that failed passed when run alone."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "first"
        status = run(["-m", "slow", f"--session-timeout={SECONDS_FOR_ALL}", *arguments], cache)
        if status == pytest.ExitCode.TESTS_FAILED and os.environ.get("CI") == "true":
            failed = list(json.loads((cache / "v/cache/lastfailed").read_text()))
            again = [test for test in failed if run([test], Path(folder) / "again") != 0]
            for test in failed:
                if test not in again:
                    print(f"flaky: {test} failed, then passed when run alone", flush=True)
            print(f"slow tests: {len(failed)} failed at first, {len(again)} again", flush=True)
            return status if again else 0
        if status == pytest.ExitCode.NO_TESTS_COLLECTED:
            print("no test is marked slow: at least tests/test_setup.py should have one", file=sys.stderr)
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
