"""What staff run: `python -m grading COMMAND`; without a command it lists them."""

import argparse
import logging
import os
import sys
import warnings
from contextlib import nullcontext
from importlib import import_module

import traitlets.log
from sqlalchemy.exc import SAWarning

from course.checkout import CourseError
from grading.grade.workers.pool import LocalPool
from grading.progress_bar import ProgressBar
from grading.sandbox.settings import WALLS

# These read their own arguments: where each one's `run` is, and what it is for.
_OF_THEIR_OWN = {
    "demo": ("grading.demo.command", "compile, grade a small class in a temporary course, print its table"),
    "review-bench": (
        "grading.review.bench.command",
        "what code finds and what a model's drafts are worth, on labelled answers",
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    parser = _parser()
    given, rest = parser.parse_known_args(arguments)
    if given.command in _OF_THEIR_OWN:
        return import_module(_OF_THEIR_OWN[given.command][0]).run(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    traitlets.log.get_logger().setLevel(logging.ERROR)
    # nbgrader's own queries cause these; they mean nothing to graders.
    warnings.simplefilter("ignore", SAWarning)
    try:
        return given.run(given)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grading", description="Compile, grade and give feedback.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(run, words: str, assignment: str = "") -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__.removeprefix("_"), help=words, description=words)
        named = {"nargs": "?", "default": assignment, "help": "default: attention"} if assignment else {}
        added.add_argument("assignment", **{"help": "for example: attention"} | named)
        added.set_defaults(run=run)
        return added

    autograde = command(_autograde, "grade all that is in submitted/, also after an interruption")
    command(_feedback, "make every student's feedback page")
    command(_review, "ask a model for the drafts that are missing")
    command(_report, "print the class's table, and write it into report/ as CSV and as a page")
    command(_release, "compile the student version, with attention_lib's wheel beside it", "attention")
    words = "judge the class again after a test was corrected; shows who gains or loses which point, and asks"
    regrade = command(_regrade, words)
    for name, (_, words) in _OF_THEIR_OWN.items():
        commands.add_parser(name, add_help=False, help=words)
    findings = commands.add_parser(
        "findings", help="what code finds in each answer's style, without a model and without running it"
    )
    findings.add_argument("notebook", help="a student's notebook, as a file")
    findings.add_argument("--json", action="store_true", help="print a list of JSON objects")
    findings.set_defaults(run=_findings)
    desk = command(_desk, "open the page on which people decide about comments", "attention")

    for each in (autograde, regrade):
        words = "how many submissions to judge side by side (default: one per core)"
        each.add_argument("--jobs", type=_jobs, default=os.cpu_count() or 1, metavar="N", help=words)
    words = "judge on the workers of this Dask scheduler instead"
    autograde.add_argument("--scheduler", default="", metavar="ADDRESS", help=words)
    autograde.add_argument("--walls", choices=WALLS, help="the setting Sandbox.walls, for this run")
    told = regrade.add_mutually_exclusive_group()
    told.add_argument("--preview", action="store_true", help="only show what would change")
    told.add_argument("--yes", action="store_true", help="do not ask")
    desk.add_argument("--port", type=int, default=0, help="default: a free one")
    return parser


def _autograde(given: argparse.Namespace) -> int:
    # The workers import what they need while this process imports nbgrader.
    with nullcontext() if given.scheduler else LocalPool(given.jobs) as pool:
        from course.folders import load_config, open_course
        from grading.class_record.record import class_record
        from grading.class_record.table import class_table
        from grading.commands.autograde import autograde_class
        from grading.grade.judging.reference import in_words

        config = load_config()
        if given.walls:
            config.Sandbox.walls = given.walls
        with ProgressBar("grading") as bar:
            run = autograde_class(given.assignment, config, bar.tell, bar.warn, scheduler=given.scheduler, pool=pool)
    print(class_table(class_record(open_course(given.assignment), given.assignment, run.not_graded)))
    behind = f" Student code ran behind {' and '.join(sorted(run.walls))}." if run.walls else ""
    print(
        f"{len(run.graded)} graded now, {len(run.unchanged)} graded before, {len(run.not_graded)} not graded.{behind}"
    )
    if run.late_again:
        print(f"The deadline was moved; the late penalty changed of: {', '.join(map(repr, run.late_again))}.")
    for student, reason in run.not_graded.items():
        print(f"{student!r}: not graded, because {reason}", file=sys.stderr)
    for sentence in in_words(run.at_fault):
        print(f"{sentence} It judged nobody; its column is empty.", file=sys.stderr)
    return 1 if run.not_graded or run.at_fault else 0


def _feedback(given: argparse.Namespace) -> int:
    from grading.commands.feedback import generate_feedback_for_class

    with ProgressBar("feedback") as bar:
        pages, failed = generate_feedback_for_class(given.assignment, tell=bar.tell)
    for page in pages.values():
        print(page)
    for student, reason in failed.items():
        print(f"{student!r}: no feedback page, because {reason}", file=sys.stderr)
    return 1 if failed else 0


def _regrade(given: argparse.Namespace) -> int:
    # The workers import what they need while this process imports nbgrader.
    with LocalPool(given.jobs) as pool:
        from grading.regrade.command import regrade

        return regrade(given.assignment, pool, preview=given.preview, yes=given.yes)


def _review(given: argparse.Namespace) -> int:
    from course.folders import load_config, open_course
    from grading.review.class_review import review_class

    config = load_config()
    with ProgressBar("review", "question") as bar:
        done = review_class(
            open_course(given.assignment, config), given.assignment, config, tell=lambda n, of: bar.tell("", n, of)
        )
    print(done.in_words)
    for reason in sorted(set(done.pending.values())):
        count = sum(each == reason for each in done.pending.values())
        print(f"{count} answers: review pending, because {reason}", file=sys.stderr)
    return 1 if done.pending else 0


def _desk(given: argparse.Namespace) -> int:
    from grading.review.desk.command import run

    return run(given.assignment, given.port)


def _findings(given: argparse.Namespace) -> int:
    from grading.commands.findings import print_findings

    return print_findings(given.notebook, given.json)


def _report(given: argparse.Namespace) -> int:
    from grading.pages.report.command import make_report

    report = make_report(given.assignment)
    print(f"{report.text}\n\n{report.table}\n{report.page}")
    return 0


def _release(given: argparse.Namespace) -> int:
    from grading.commands.release import release

    for path in release(given.assignment):
        print(path)
    return 0


def _jobs(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of jobs; give one from 1 to 256")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
