"""Where the time of graded submissions goes, stage by stage, in one process and one submission after the other."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import nbformat
from nbgrader.api import Gradebook

from attention_lib.assignment.declaration import declared
from course.folders import CHECKOUT, load_config, open_course, source_path
from grading.class_record.record import class_record
from grading.class_record.table import class_table
from grading.demo.class_of_twelve import Student
from grading.grade.gradebook.completed import is_graded, submission_digest
from grading.grade.gradebook.writer import GradebookWriter
from grading.grade.judging.judge import judge
from grading.grade.run_notebook import common_request
from grading.grade.sanitize.notebook import sanitize
from grading.grade.submission.canonical import canonical_submission
from grading.grade.submission.read_submission import read_submission
from grading.grade.workers.local_worker import LocalWorker
from grading.sandbox.student_process import StudentProcess
from grading.source.released import read_source, released_version
from tests.bench.class_of_many import ASSIGNMENT, Course
from tests.bench.warm import warm_process

IMPORTS = "import grading.__main__, grading.commands.autograde, grading.class_record.table"


def where_time_goes(course: Course, students: list[Student], walls: str) -> list[tuple[str, float]]:
    """Stages with wall seconds: those that begin with "once" for a run, all others per submission, as a mean.

    The course starts over with these students' submissions. In a real run the workers share what is said to be a
    worker's, and the main process does its own meanwhile.
    """
    course.hand_in(students, course.released())
    config = load_config()
    config.CourseDirectory.root = str(course.folder)
    config.Sandbox.walls = walls
    directory = open_course(ASSIGNMENT, config)
    clock = _Clock()
    with clock.during("once: imports of the main process"):
        subprocess.run([sys.executable, "-c", IMPORTS], cwd=CHECKOUT, check=True)
    common = common_request(directory, ASSIGNMENT, config)
    with clock.during("once: a worker gets ready"):
        worker = LocalWorker()
        worker.prepare(common)
        worker.receive()
    worker.close()
    source = read_source(source_path(directory, ASSIGNMENT))
    released, assignment = released_version(source, config), declared(source)

    def judged(student: str) -> str:
        path = course.folder / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        with clock.during("worker: read the submission"):
            read = read_submission(path, assignment)
        with clock.during("worker: canonical notebook"):
            canonical = canonical_submission(read, source, released, common.stubs)
        with clock.during("worker: test cells' own work and records"):
            found = judge(canonical, source, common.limits, lambda: _Timed(warm, clock))
        with clock.during("worker: harmless outputs, validation, and the notebook as text"):
            found = sanitize(found)
            nbformat.validate(found)
            return json.dumps(found)

    with warm_process(walls) as warm, Gradebook(directory.db_url, directory.course_id) as gradebook:
        writer = GradebookWriter(gradebook, directory, ASSIGNMENT, config)
        # What is made once per process is not what a submission costs.
        writer.write(students[0].student, nbformat.from_dict(json.loads(judged(students[0].student))), "")
        clock.forget("worker")
        for student in (each.student for each in students):
            with clock.during("main: was it graded before?"):
                is_graded(gradebook, directory, ASSIGNMENT, student, assignment)
                digest = submission_digest(directory, ASSIGNMENT, student)
            text = judged(student)
            with clock.during("main: points into the gradebook, notebook into autograded/"):
                writer.write(student, nbformat.from_dict(json.loads(text)), digest)
    with clock.during("main: the class's table"):
        class_table(class_record(directory, ASSIGNMENT))
    each = len(students)
    return [(name, took if name.startswith("once") else took / each) for name, took in clock.taken.items()]


class _Clock:
    """Adds up seconds by name; those of an inner part are not counted in the outer one's."""

    def __init__(self):
        self.taken: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def forget(self, beginning: str) -> None:
        """Start over with what has such a name."""
        self.taken = defaultdict(float, {k: v for k, v in self.taken.items() if not k.startswith(beginning)})

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        self._inner.append(0.0)
        begun = perf_counter()
        try:
            yield
        finally:
            took = perf_counter() - begun
            self.taken[name] += took - self._inner.pop()
            self._inner[-1] += took


class _Timed(StudentProcess):
    def __init__(self, warm, clock: _Clock):
        super().__init__(warm)
        self._clock = clock

    def __enter__(self) -> StudentProcess:
        with self._clock.during("worker: fork a student's process, its walls"):
            super().__enter__()
            # The fork is ready when it has answered for the first time.
            self.kinds([])
        return self

    def __exit__(self, *error) -> None:
        with self._clock.during("worker: end all that it started"):
            super().__exit__(*error)

    def ask(self, message: dict, tensors=None) -> tuple[dict, dict]:
        name = "worker: student's cells" if message["do"] == "cell" else "worker: calls across the line"
        with self._clock.during(name):
            return super().ask(message, tensors)
