"""`python -m grading regrade`: says who would gain or lose which point and why, asks, and writes it."""

import sys

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import load_config, open_course, require_gradebook, source_path
from grading.class_record.formats import printable
from grading.grade.workers.pool import LocalPool
from grading.progress_bar import ProgressBar
from grading.regrade.gradebook_cells import release_lags
from grading.regrade.rejudge import Rejudgement, rejudge_class
from grading.regrade.rejudged import Rejudged
from grading.regrade.write import Written, write_all
from grading.source.faults import require_sound_source
from grading.source.released import graded_cells, read_source
from grading.source.same_cells import require_same_cells

LONGEST_REASON = 400  # characters
NOTHING_CHANGED = "Nothing was changed."


def regrade(
    assignment: str, pool: LocalPool, preview: bool = False, yes: bool = False, config: Config | None = None
) -> int:
    """Run the command; returns its exit status. Reads the answer from the terminal, unless preview or yes.

    pool: workers, which are closed once all is judged
    Raises CourseError where the course or the gradebook is not as it must be, or cannot be written.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    require_sound_source(course, assignment)
    require_gradebook(course, assignment, graded_cells(read_source(source_path(course, assignment))))
    require_same_cells(course, assignment)
    with ProgressBar("judging again") as bar:
        result = rejudge_class(course, assignment, config, pool, bar.tell, bar.warn)
    judged = [result.judged[student] for student in sorted(result.judged)]
    _print_changes(judged)
    _print_others(result, assignment)
    if release_lags(course, assignment, config):
        print("release/ holds an older student version: run `make release` and hand that out, too.")
    status = 1 if result.failed else 0
    to_write = [item for item in judged if item.to_write]
    if not to_write:
        print("There is nothing to change.")
        return status
    if preview:
        print(f"{NOTHING_CHANGED} Without --preview the command asks whether to write this.")
        return status
    if not yes:
        if not sys.stdin.isatty():
            print(
                f"{NOTHING_CHANGED} There is nobody to ask: give --yes to write this, or --preview to look only.",
                file=sys.stderr,
            )
            return 1
        if not _agreed():
            print(NOTHING_CHANGED)
            return status
    return _write(course, assignment, config, to_write) or status


def _print_changes(judged: list[Rejudged]) -> None:
    for item in judged:
        for change in item.changes:
            print(printable(f"{change.student} {change.cell} {change.old or 0:g} -> {change.new:g}"))
            print(f"    {printable(change.reason)[:LONGEST_REASON]}")
            if change.by_hand is not None:
                print(f"    A grader set {change.by_hand:g} by hand. That stays; formgrader asks for another look.")
    print(_summary(judged))


def _summary(judged: list[Rejudged]) -> str:
    changes = [change for item in judged for change in item.changes]
    gained, lost = _students(c for c in changes if c.new > c.old), _students(c for c in changes if c.new < c.old)
    counts = {
        "Same points, other words on the feedback page": sum(i.new_page and not i.changes for i in judged),
        "Same for the student, other text of cells in autograded/": sum(i.to_write and not i.new_page for i in judged),
        "Begun by an interrupted run, and still to be finished": sum(i.earlier.begun for i in judged),
    }
    rest = "".join(f" {words}: {count}." for words, count in counts.items() if count)
    return f"{len(judged)} judged again; points are gained by {gained}, lost by {lost}.{rest}"


def _students(changes) -> int:
    return len({change.student for change in changes})


def _print_others(result: Rejudgement, assignment: str) -> None:
    for student, reason in sorted(result.left.items()):
        print(f"{student!r}: left to `python -m grading autograde {assignment}`, because {reason}")
    for student, reason in sorted(result.failed.items()):
        print(f"{student!r}: keeps its points, because it could not be judged: {reason}", file=sys.stderr)


def _agreed() -> bool:
    try:
        answer = input("Write this into the gradebook and make these students' feedback pages again? [y/N] ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("y", "yes")


def _write(course: CourseDirectory, assignment: str, config: Config, items: list[Rejudged]) -> int:
    written = Written()
    try:
        with ProgressBar("writing") as bar:
            write_all(course, assignment, config, items, written, bar.tell)
    finally:
        print(
            f"{len(written.students)} of {len(items)} submissions are written. New feedback pages: {len(written.pages)}"
        )
        for page in written.pages.values():
            print(page)
    if written.pages:
        print(f"Hand them back with `nbgrader release_feedback {assignment}`.")
    for student, reason in sorted(written.failed.items()):
        print(f"{student!r}: not written to its end: {reason}", file=sys.stderr)
    return 1 if written.failed else 0
