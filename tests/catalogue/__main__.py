"""`make catalogue`: grades all catalogued answers through nbgrader; prints what was caught, accepted and explained."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.catalogue.entries import entries
from tests.catalogue.findings import findings_table, seconds_for_class
from tests.catalogue.graded import CatalogueNotGraded, graded
from tests.catalogue.verdicts import RULE, Verdict
from tests.lesson_answers import ANSWERS

COLUMNS = ("wrong", "caught", "cause named", "rule only", "wrong cause", "right", "accepted", "head kept")


def main() -> int:
    """Print the table; returns 1 where an answer was misjudged, a head lost its point, or a wrong cause was named."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="the answers that were written without the tests")
    parser.add_argument("--show", action="store_true", help="print the messages that each wrong answer gets")
    parser.add_argument(
        "--findings", action="store_true", help="what code finds in the style of all, ungraded, and how fast"
    )
    given = parser.parse_args()
    if given.findings:
        print(findings_table())
        print(f"\n{seconds_for_class(200):.1f} s for a class of 200")
        return 0
    with tempfile.TemporaryDirectory(prefix="attention101-catalogue-") as folder:
        try:
            verdicts = graded(Path(folder).resolve(), entries("held_out" if given.held_out else "answers"))
        except (CatalogueNotGraded, RuntimeError) as failure:
            print(failure, file=sys.stderr)
            return 1
    print_table(verdicts)
    bad = [v for v in verdicts if not v.as_it_should_be or v.head_kept is False or v.wrong_causes]
    for verdict in verdicts:
        if verdict in bad or (given.show and not verdict.entry.right):
            kind = "right" if verdict.entry.right else "wrong"
            print(f"\n{verdict.entry.answer}, {kind}: {verdict.entry.what}")
            for message in verdict.messages or ["(all checks passed)"]:
                print(f"    {message}")
            if verdict.wrong_causes:
                print(f"  names what is no cause of it: {', '.join(sorted(verdict.wrong_causes))}")
            if verdict.head_kept is False:
                print("  a right head over it lost its point")
    return 1 if bad else 0


def print_table(verdicts: list[Verdict]) -> None:
    """One line per graded cell, and the sums."""
    width = max(map(len, ANSWERS))
    print(f"{'':{width}}  " + "  ".join(f"{column:>11}" for column in COLUMNS))
    for name in (*ANSWERS, "all"):
        row = counts([v for v in verdicts if name in (v.entry.answer, "all")])
        print(f"{name:{width}}  " + "  ".join(f"{row[column]:>11}" for column in COLUMNS))
    total = counts(verdicts)
    wrong, right = max(1, total["wrong"]), max(1, total["right"])
    print(
        f"caught {total['caught'] / wrong:.0%}, accepted {total['accepted'] / right:.0%}, cause named for "
        f"{total['cause named'] / wrong:.0%} of the wrong ones, a wrong cause for {total['wrong cause'] / wrong:.0%}"
    )


def counts(verdicts: list[Verdict]) -> dict[str, int]:
    """How many of them fall under each of COLUMNS."""
    wrong = [v for v in verdicts if not v.entry.right]
    right = [v for v in verdicts if v.entry.right]
    return {
        "wrong": len(wrong),
        "caught": sum(v.as_it_should_be for v in wrong),
        "cause named": sum(v.names_the_cause for v in wrong),
        "rule only": sum(not v.names_the_cause and RULE in v.entry.causes for v in wrong),
        "wrong cause": sum(bool(v.wrong_causes) for v in wrong),
        "right": len(right),
        "accepted": sum(v.as_it_should_be for v in right),
        "head kept": sum(v.head_kept is True for v in wrong),
    }


if __name__ == "__main__":
    sys.exit(main())
