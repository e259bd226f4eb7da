"""`python -m hub.trial.wait_for_course FILE COMMAND …`: runs the command once the file is there.

The hub starts its services at once; they need a course.
"""

import os
import sys
import time
from pathlib import Path

from hub.trial.folder import SECONDS_TO_START


def main(file: Path, command: list[str]) -> str:
    """Becomes the command; returns only to say why not."""
    ends = time.monotonic() + SECONDS_TO_START
    while not file.exists():
        if time.monotonic() > ends:
            return f"{file} did not appear within {SECONDS_TO_START} s: the course could not be prepared."
        time.sleep(0.1)
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
