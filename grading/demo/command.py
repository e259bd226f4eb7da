"""`make demo`: the course's main job from end to end, on a small class, in a temporary folder."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import CHECKOUT, load_config
from grading.class_record.record import class_record
from grading.class_record.table import ExtraColumn, class_table
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.commands.release import do_without_walls_that_do_not_stand
from grading.demo.class_of_twelve import CLASS, Student
from grading.demo.reviewer import reviewer
from grading.progress_bar import ProgressBar
from grading.review.class_review import review_class
from grading.review.counts import ReviewCounts

ASSIGNMENT = "attention"
DUE = datetime(2026, 3, 2, 12, 0)
LATE_BY = timedelta(hours=3)


class DemoFailed(Exception):
    """A step of the demo failed; the message holds the end of its log."""


def run(arguments: list[str]) -> int:
    """Compile, let the class submit, autograde, give feedback, print the table. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m grading demo", description=__doc__)
    parser.add_argument("--folder", type=Path, help="a new folder for the course (default: a temporary one)")
    parser.add_argument("--model", help="the model that reviews, on the Ollama server (default: CodeReview.model)")
    given = parser.parse_args(arguments)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="attention101-demo-"))
    if folder.is_dir() and any(folder.iterdir()):
        print(f"{folder} is not empty. Name a folder that does not exist yet.", file=sys.stderr)
        return 1
    try:
        return _run(folder.resolve(), given.model)
    except DemoFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Interrupted. What was made so far is in {folder}.", file=sys.stderr)
        return 130


def _run(folder: Path, model: str | None) -> int:
    print(f"A class of {len(CLASS)} in {folder}")
    ignore = shutil.ignore_patterns("progress", ".ipynb_checkpoints")
    shutil.copytree(CHECKOUT / "source", folder / "source", ignore=ignore)
    course = CourseDirectory(config=Config(CourseDirectory={"root": str(folder), "course_id": "attention101"}))
    print("1 of 5: compiling the student version and the reference")
    run_nbgrader(folder, "generate_assignment", ASSIGNMENT)
    run_nbgrader(folder, "generate_solution", ASSIGNMENT)
    print("2 of 5: the class submits")
    _submit(folder)
    config = _config(folder)
    if model:
        config.CodeReview.model = model
    print("3 of 5: python -m grading autograde", flush=True)
    with ProgressBar("grading") as bar:
        graded = autograde_class(ASSIGNMENT, config, bar.tell, bar.warn, jobs=os.cpu_count() or 1)
    with reviewer(config) as who:
        print(f"4 of 5: python -m grading review. {who}", flush=True)
        with ProgressBar("review", "question") as bar:
            review = review_class(course, ASSIGNMENT, config, tell=lambda done, of: bar.tell("", done, of))
        print("5 of 5: python -m grading feedback", flush=True)
        with ProgressBar("feedback") as bar:
            _, failed = generate_feedback_for_class(ASSIGNMENT, config, bar.tell)
    print(f"Student code ran behind {' and '.join(sorted(graded.walls))}.")
    for student, reason in (graded.not_graded | failed).items():
        print(f"{student}: {reason}", file=sys.stderr)
    record = class_record(course, ASSIGNMENT, graded.not_graded)
    print(f"\n{class_table(record, extra=[_review_column(review.counts)])}\n{review.in_words}\n")
    print("Feedback pages:")
    for student in CLASS:
        print(f"  {_page(folder, student)}  ({student.shows})")
    print(
        "To decide about the drafts that wait, and to make the pages again with what you approved:\n"
        f"  ATTENTION101_COURSE={folder} make review\n"
        f"  ATTENTION101_COURSE={folder} {sys.executable} -m grading feedback {ASSIGNMENT}"
    )
    return _compare({row.student: row for row in record.students}, folder)


def _review_column(counts: dict[str, ReviewCounts]) -> ExtraColumn:
    def words(of: ReviewCounts) -> str:
        return f"{of.findings}/{of.pointed}/{of.approved}/{of.waiting}"

    texts = {student: words(of) for student, of in counts.items()}
    total = words(sum(counts.values(), ReviewCounts()))
    return ExtraColumn("findings/pointed at/approved/waiting", texts, total)


def _submit(folder: Path) -> None:
    """Put each submission and its time where nbgrader's exchange puts them at `collect`."""
    with Gradebook(_database(folder), "attention101") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    release = nbformat.read(folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for student in CLASS:
        target = folder / "submitted" / student.student / ASSIGNMENT
        target.mkdir(parents=True)
        nbformat.write(student.notebook(release), target / f"{ASSIGNMENT}.ipynb")
        submitted = DUE + LATE_BY if student.late else DUE - LATE_BY
        (target / "timestamp.txt").write_text(f"{submitted:%Y-%m-%d %H:%M:%S.%f} UTC")


def _database(folder: Path) -> str:
    return f"sqlite:///{folder / 'gradebook.db'}"


def run_nbgrader(folder: Path, *arguments: str) -> None:
    """Run plain nbgrader as an instructor would, on the demo's course. Raises DemoFailed."""
    done = subprocess.run(
        # Without --db, a configuration that names another database would bring the demo into a real gradebook.
        [sys.executable, "-m", "nbgrader", *arguments, "--db", _database(folder)],
        cwd=CHECKOUT,
        env=os.environ | {"ATTENTION101_COURSE": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        log = "\n".join(done.stdout.splitlines()[-30:])
        raise DemoFailed(f"{log}\n\n`nbgrader {' '.join(arguments)}` failed in {folder}; the end of its log is above.")


def _config(folder: Path) -> Config:
    """The checkout's configuration for the demo's course. Its class is our own: graded without walls if need be."""
    config = load_config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = _database(folder)
    # A class of twelve is small enough for all that the model says.
    config.CodeReview.drafts = "all"
    # The class has an endless loop in it; nobody should wait long for that.
    config.RunNotebook.cell_seconds = 5.0
    if refusal := do_without_walls_that_do_not_stand(config):
        print(f"{refusal} The demo's submissions are our own, so they are run all the same.", file=sys.stderr)
    return config


def _page(folder: Path, student: Student) -> Path:
    return folder / "feedback" / student.student / ASSIGNMENT / f"{ASSIGNMENT}.html"


def _compare(rows: dict, folder: Path) -> int:
    """0 if everybody has the points, the lateness and the page that this class should have; else says who has not."""
    wrong = []
    for student in CLASS:
        row = rows.get(student.student)
        if row is None or row.scores != student.expected:
            wrong.append(f"{student.student}: {row and row.scores} instead of {student.expected}")
        elif row.late != student.late:
            wrong.append(f"{student.student}: late is {row.late} instead of {student.late}")
        if not _page(folder, student).is_file():
            wrong.append(f"{student.student}: no feedback page")
    for sentence in wrong:
        print(f"Not as it should be: {sentence}", file=sys.stderr)
    if not wrong:
        print("\nEvery submission has the points that it should have.")
    return 1 if wrong else 0
