"""`make bench`: the same class graded by plain nbgrader and by this project, in one run, and what each takes."""

import argparse
import logging
import os
import platform
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import traitlets.log
from sqlalchemy.exc import SAWarning

from course.folders import CourseError, load_config
from tests.bench import ours, plain
from tests.bench.call_cost import call_cost
from tests.bench.class_of_many import Course, Student, class_of, sample, without_lesson_only
from tests.bench.figures import Figures, growth, of_sample, of_whole_class
from tests.bench.process_tree import Measured
from tests.bench.where_time_goes import where_time_goes

TARGET_WHOLE, TARGET_LIKE_FOR_LIKE = 40, 20
TARGET_GROWTH = 0.15
TARGET_PEAK = 2e9
TARGET_CALL_MS = 1.0


class BenchFailed(Exception):
    """A command failed, or graded otherwise than it should; the message says which and how."""


def main(arguments: list[str] | None = None) -> int:
    """Run the bench; returns 1 if something failed or the scores are not what they should be, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--students", type=_at_least_one, default=60, help="size of the class (default: 60)")
    parser.add_argument(
        "--plain", type=_at_least_one, default=6, help="how many of them plain nbgrader grades (default: 6)"
    )
    parser.add_argument(
        "--repeat", type=_at_least_one, default=3, help="how often each is measured, in turn (default: 3)"
    )
    parser.add_argument("--jobs", type=_at_least_one, default=2, help="of ours; plain nbgrader has one (default: 2)")
    parser.add_argument("--walls", default="best", help="of ours: best, both, inner or none (default: best)")
    parser.add_argument(
        "--sizes", type=_at_least_one, nargs="*", default=[50, 400], help="classes to compare (default: 50 400)"
    )
    parser.add_argument("--with-trouble", action="store_true", help="let one of each twenty write an endless loop")
    given = parser.parse_args(arguments)
    traitlets.log.get_logger().setLevel(logging.ERROR)
    # As in `python -m grading`: nbgrader's own queries cause these.
    warnings.simplefilter("ignore", SAWarning)
    try:
        _refuse_a_real_gradebook()
        print(_machine(given), flush=True)
        with tempfile.TemporaryDirectory(prefix="attention101-bench-") as folder:
            _run(Path(folder).resolve(), given)
    except (BenchFailed, CourseError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _run(folder: Path, given: argparse.Namespace) -> None:
    whole = Course(folder / "whole")
    whole.compile()
    reduced = Course(folder / "reduced", without_lesson_only(whole.lesson()))
    reduced.compile()
    students = class_of(given.students, given.with_trouble)
    compare(whole, students, given, "The whole notebook, as plain nbgrader's users run it", TARGET_WHOLE)
    compare(reduced, students, given, "Like for like: the cells that grading runs, and no others", TARGET_LIKE_FOR_LIKE)
    if given.sizes:
        print("\nClasses of other sizes, ours, the whole notebook", flush=True)
        print_growth(grow(whole, given))
    print(
        "\nWhere our time goes, milliseconds: `once` per run, all else per submission, one after the other", flush=True
    )
    for name, seconds in where_time_goes(whole, students[:20], given.walls):
        print(f"  {name:<60}{1000 * seconds:8.1f}")
    print("\nA call across the line, milliseconds, median and 95th percentile, by kB of its argument and of its result")
    costs = call_cost(given.walls)
    for size, (middle, slow) in costs.items():
        print(f"  {size:>5} kB{1000 * middle:10.2f}{1000 * slow:10.2f}")
    print(_at_most("the slowest median, ms", 1000 * max(m for m, _ in costs.values()), TARGET_CALL_MS, "{:.2f}"))


def compare(course: Course, students: list[Student], given: argparse.Namespace, title: str, target: float) -> Course:
    """Grade the class with both, by turns, print the figures, and compare the scores.

    Returns plain nbgrader's course. Raises BenchFailed.
    """
    print(f"\n{title}", flush=True)
    # Where loops never end the limit is part of the figures, so it is nbgrader's own then.
    limit = plain.NBGRADERS_CELL_SECONDS if given.with_trouble else plain.CELL_SECONDS
    beside = plain.PlainCourse(course.folder.with_name(course.folder.name + "-plain"), course, limit)
    beside.compile()
    release, few = course.released(), sample(students, given.plain)
    starts, plains, runs = [], [], []
    for _ in range(given.repeat):
        beside.hand_in(few, release)
        plains.append(_checked("plain nbgrader", plain.grade(beside)))
        # A second run finds everything graded: what is left is its start-up.
        starts.append(_checked("plain nbgrader", plain.grade(beside)))
        course.hand_in(students, release)
        runs.append(_checked("ours", ours.grade(course, jobs=given.jobs, walls=given.walls)))
    theirs = of_sample(starts, plains, len(few), len(students))
    mine = of_whole_class(runs, len(students))
    print(_figures_table({"plain nbgrader": theirs, "ours": mine}))
    print(_projected(theirs))
    print(_at_least("throughput, ours / plain nbgrader", theirs.wall / mine.wall, target, "{:.1f}"))
    print(f"  CPU seconds, plain nbgrader / ours: {theirs.cpu / mine.cpu:.1f}")
    print(_about_measuring([*plains, *starts, *runs]))
    print("  " + same_scores(course, beside, students))
    return beside


def grow(course: Course, given: argparse.Namespace) -> list[Figures]:
    """Grade classes of all sizes, `repeat` times by turns."""
    runs: dict[int, list[Measured]] = {size: [] for size in given.sizes}
    release = course.released()
    for _ in range(given.repeat):
        for size in given.sizes:
            course.hand_in(class_of(size, given.with_trouble), release)
            runs[size].append(_checked("ours", ours.grade(course, jobs=given.jobs, walls=given.walls)))
    return [of_whole_class(found, size) for size, found in runs.items()]


def print_growth(classes: list[Figures]) -> None:
    """Print the figures, and what they say about growth from the smallest class to the largest."""
    print(_figures_table({f"class of {each.size}": each for each in classes}))
    small, large = min(classes, key=lambda each: each.size), max(classes, key=lambda each: each.size)
    print(_at_most("time per submission grows by", growth(small, large), TARGET_GROWTH, "{:.0%}"))
    print(_at_most("peak memory, MB", large.peak / 1e6, TARGET_PEAK / 1e6, "{:.0f}"))
    print(f"  peak memory grows by {large.peak / small.peak - 1:.0%}")


def same_scores(course: Course, beside: Course, students: list[Student]) -> str:
    """A sentence on the scores of both. Raises BenchFailed where ours are wrong or plain nbgrader's differ."""
    mine, theirs = course.scores(), beside.scores()
    wrong = [s.student for s in students if mine.get(s.student) != {k: float(v) for k, v in s.expected.items()}]
    if wrong:
        raise BenchFailed(f"Ours gave other points than these students should have: {', '.join(wrong)}.")
    follow, other = [], []
    for student, points in theirs.items():
        if points == mine[student]:
            continue
        only_head = {**points, "attention_head": 1.0} == mine[student]
        explained = only_head and ours.judged_over_correct_functions(course, student)
        (follow if explained else other).append(student)
    if other:
        found = "; ".join(f"{s}: plain {theirs[s]}, ours {mine[s]}" for s in other)
        raise BenchFailed(f"The scores differ. {found}")
    heads = f", but for heads that ours judged over correct functions: {len(follow)}" if follow else ""
    return f"graded by both: {len(theirs)}; the scores are equal{heads}"


def _checked(who: str, run: Measured) -> Measured:
    if run.status:
        raise BenchFailed(f"{run.output[-3000:]}\n{who}: the command ended with status {run.status}; see above.")
    return run


def _figures_table(figures: dict[str, Figures]) -> str:
    lines = [f"  {'':<18}{'class, s':>11}{'submission, s':>15}{'CPU, s':>11}{'CPU each, s':>13}{'peak, MB':>10}"]
    for name, each in figures.items():
        lines.append(
            f"  {name:<18}{each.wall:>11.1f}{each.per_submission:>15.3f}{each.cpu:>11.1f}"
            f"{each.cpu / each.size:>13.3f}{each.peak / 1e6:>10.0f}"
        )
    return "\n".join(lines)


def _projected(theirs: Figures) -> str:
    if theirs.measured == theirs.size:
        return "  plain nbgrader graded the whole class"
    return (
        f"  plain nbgrader graded {theirs.measured} of {theirs.size}; its seconds are projected: "
        f"{theirs.start:.1f} s start-up + {theirs.size} x {theirs.each:.2f} s"
    )


def _at_least(what: str, value: float, target: float, form: str) -> str:
    met = "met" if value >= target else "NOT met"
    return f"  {what}: {form.format(value)} (target >= {form.format(target)}: {met})"


def _at_most(what: str, value: float, target: float, form: str) -> str:
    met = "met" if value <= target else "NOT met"
    return f"  {what}: {form.format(value)} (target <= {form.format(target)}: {met})"


def _about_measuring(runs: list[Measured]) -> str:
    share = sum(run.watching for run in runs) / sum(run.wall for run in runs)
    words = [f"measuring itself took {share:.1%} of one core (not in the figures)"]
    if left := sum(run.left for run in runs):
        words.append(f"{left} processes were left behind and had to be ended")
    if not all(run.exact for run in runs):
        words.append("some processes hide their shared pages, so the peak is too high rather than too low")
    return "  " + "; ".join(words)


def _machine(given: argparse.Namespace) -> str:
    cores = len(os.sched_getaffinity(0))
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "nbgrader", "ipykernel"))
    machine = f"{cores} cores ({_processor()}), {platform.system()} {platform.release()}"
    load = os.getloadavg()[0]
    return (
        f"{machine}, load before {load:.1f}{' (others are at work: the figures are rough)' if load > 0.5 else ''}\n"
        f"Python {platform.python_version()}, {versions}\n"
        f"{given.students} submissions, each measured {given.repeat} times (medians; of peaks the highest), "
        f"ours with {given.jobs} jobs, walls: {given.walls}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _refuse_a_real_gradebook() -> None:
    if "db_url" in load_config().CourseDirectory:
        raise BenchFailed("nbgrader_config.py names a gradebook. The bench writes only to one of its own: take it out.")


if __name__ == "__main__":
    sys.exit(main())
