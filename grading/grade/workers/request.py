"""What a worker is told about a course and its limits, the same for every submission."""

import json

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import source_path
from grading.grade.judging.limits import Limits
from grading.sandbox.settings import Sandbox
from grading.source.released import read_source, released_version, stub_checksums


def common_request(course: CourseDirectory, assignment: str, config: Config, limits: Limits) -> dict:
    """The entries of a request (see `grading.grade.workers.worker.answer`) that do not depend on the submission."""
    source = read_source(source_path(course, assignment))
    released = released_version(source, config)
    return {
        "sandbox": Sandbox(config=config).as_dict(),
        "limits": {"cell_seconds": limits.cell_seconds, "total_seconds": limits.total_seconds},
        "source": json.dumps(source),
        "released": json.dumps(released),
        "stubs": stub_checksums(released),
    }
