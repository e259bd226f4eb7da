"""`python -m hub.for_students FOLDER`: copies what students' servers need out of the checkout, and nothing else.

The checkout holds the solutions, so students cannot read it; this folder they can.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from course.checkout import CHECKOUT

_PARTS = ("attention_lib", "hub/__init__.py", "hub/student", "hub/servers/student", "hub/servers/class")


def copy_for_students(folder: Path) -> None:
    """Make `folder` from scratch, readable by all and writable by its owner alone. Raises OSError."""
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as place:
        part = Path(place) / "new"
        for name in _PARTS:
            source, target = CHECKOUT / name, part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
            else:
                shutil.copy(source, target)
        for path in (part, *part.rglob("*")):
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        if folder.exists():
            folder.rename(Path(place) / "old")
        part.rename(folder)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hub.for_students", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="for example /opt/attention101/for_students; made from scratch")
    folder = parser.parse_args(arguments).folder.absolute()
    if folder.exists() and not (folder / "hub" / "student").is_dir():
        print(f"{folder} is there and was not made by this command. Name another folder.", file=sys.stderr)
        return 1
    try:
        copy_for_students(folder)
    except OSError as error:
        print(f"{folder} could not be made: {error}", file=sys.stderr)
        return 1
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
