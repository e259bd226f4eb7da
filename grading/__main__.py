"""What staff run: `python -m grading COMMAND`; without a command it lists them."""

import grading.quick_import  # noqa: F401, I001  (before nbformat)

import argparse
import logging
import os
import sys
import warnings
from contextlib import nullcontext

import traitlets.log
from sqlalchemy.exc import SAWarning

from course.checkout import CourseError
from grading.progress_bar import ProgressBar
from grading.sandbox.settings import WALLS
from grading.grade.workers.pool import LocalPool


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m grading", description="Compile, grade and give feedback.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, words in (
        ("autograde", "grade all that is in submitted/, also after an interruption"),
        ("feedback", "make every student's feedback page"),
        ("review", "ask a model for the code reviews that are missing"),
        ("report", "print the class's table, and write it into report/ as CSV and as a page"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("assignment", help="for example: attention")
        if name == "autograde":
            command.add_argument(
                "--jobs",
                type=_jobs,
                default=os.cpu_count() or 1,
                metavar="N",
                help="how many submissions to judge side by side (default: one per core)",
            )
            command.add_argument(
                "--scheduler", default="", metavar="ADDRESS", help="judge on the workers of this Dask scheduler instead"
            )
            command.add_argument("--walls", choices=WALLS, help="the setting Sandbox.walls, for this run")
    command = commands.add_parser("release", help="compile the student version, with attention_lib's wheel beside it")
    command.add_argument("assignment", nargs="?", default="attention", help="default: attention")
    words = "judge the class anew after a test was corrected; shows who gains or loses which point, and asks"
    command = commands.add_parser("regrade", help=words, description=words)
    command.add_argument("assignment", help="for example: attention")
    told = command.add_mutually_exclusive_group()
    told.add_argument("--preview", action="store_true", help="only show what would change")
    told.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument(
        "--jobs",
        type=_jobs,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many submissions to judge side by side (default: one per core)",
    )
    commands.add_parser(
        "demo", add_help=False, help="compile, grade a small class in a temporary course, print its table"
    )
    commands.add_parser(
        "review-bench", add_help=False, help="how far a model can be trusted with reviews, on labelled answers"
    )
    words = "what code finds in each answer's style, without a model and without running it"
    command = commands.add_parser("findings", help=words, description=words)
    command.add_argument("notebook", help="a student's notebook, as a file")
    command.add_argument("--json", action="store_true", help="print a list of JSON objects")
    desk = commands.add_parser("desk", help="open the page on which people decide about comments")
    desk.add_argument("assignment", nargs="?", default="attention", help="default: attention")
    desk.add_argument("--port", type=int, default=0, help="default: a free one")
    given, rest = parser.parse_known_args(arguments)
    if given.command == "demo":
        from grading.demo.command import run

        return run(rest)
    if given.command == "review-bench":
        from grading.review.bench.command import run

        return run(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    traitlets.log.get_logger().setLevel(logging.ERROR)
    # nbgrader's own queries cause these; they mean nothing to who grades.
    warnings.simplefilter("ignore", SAWarning)
    try:
        run = {
            "autograde": _autograde,
            "feedback": _feedback,
            "regrade": _regrade,
            "report": _report,
            "review": _review,
            "desk": _desk,
            "findings": _findings,
            "release": _release,
        }
        return run[given.command](given)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return 130


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
    if run.late_anew:
        print(f"The deadline was moved; the late penalty changed of: {', '.join(map(repr, run.late_anew))}.")
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
