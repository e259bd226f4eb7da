"""Why the last run of `python -m grading autograde` did not grade a submission, kept for the report."""

import json
from contextlib import suppress
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from attention_lib.written_file import write_file


def keep_reasons(course: CourseDirectory, assignment: str, reasons: dict[str, str]) -> None:
    """Keep a run's reasons, as clauses by student id, in place of those of the run before."""
    path = _path(course, assignment)
    # A full disk may be the very reason, and then the run has said so already.
    with suppress(OSError):
        if not reasons:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps(reasons))


def kept_reasons(course: CourseDirectory, assignment: str) -> dict[str, str]:
    """The reasons that were kept; empty where there are none, or none that can be read."""
    try:
        found = json.loads(_path(course, assignment).read_text(encoding="utf-8"))
        return {student: reason for student, reason in found.items() if isinstance(reason, str)}
    except (OSError, ValueError, AttributeError):
        return {}


def _path(course: CourseDirectory, assignment: str) -> Path:
    return Path(course.root) / "report" / f"{assignment}.not_graded.json"
