"""The course that attackers are graded in, compiled: the lesson, extended, with secrets in its hidden parts."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

from jail import ROOT

from tests.extended_lesson import extended

PLAIN = "plain"
# What nbgrader does by itself: a name for the course, and every preprocessor as it comes.
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "attention101"
"""


def prepare(folder: Path, grader: str) -> Path:
    """Compile a course in a new folder, by plain nbgrader (`grader` is PLAIN) or by ours. Returns the folder."""
    source = folder / "source" / "attention" / "attention.ipynb"
    source.parent.mkdir(parents=True)
    lesson = json.loads((ROOT / "source/attention/attention.ipynb").read_text())
    source.write_text(json.dumps(with_secrets(extended(lesson))))
    if grader == PLAIN:
        (folder / "nbgrader_config.py").write_text(PLAIN_CONFIG)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "attention"]
    answer = subprocess.run(
        command,
        cwd=folder if grader == PLAIN else ROOT,
        # nbgrader starts alembic by its bare name.
        env=os.environ
        | {"ATTENTION101_COURSE": str(folder), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    if answer.returncode:
        raise RuntimeError(f"the course could not be compiled: {answer.stderr[-2000:]}")
    return folder


def secret(kind: str) -> str:
    """A text that is nowhere else: `kind` in capitals, and twelve random digits."""
    return f"{kind}-SECRET-{secrets.token_hex(6)}"


def with_secrets(notebook: dict) -> dict:
    """A secret in every hidden test and in every answer of the reference; without pictures, which only cost time."""
    notebook["cells"] = [c for c in notebook["cells"] if "lesson-only" not in c["metadata"].get("tags", [])]
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        lines = []
        for line in "".join(cell["source"]).split("\n"):
            lines.append(line)
            indent = line[: len(line) - len(line.lstrip())]
            if line.strip() == "### BEGIN HIDDEN TESTS":
                lines.append(f'{indent}hidden_secret = "{secret("HIDDEN")}"')
            elif line.strip() == "### BEGIN SOLUTION":
                lines.append(f'{indent}reference_secret = "{secret("REFERENCE")}"')
        cell["source"] = "\n".join(lines)
    return notebook
