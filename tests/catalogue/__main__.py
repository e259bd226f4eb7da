"""`make catalogue`: grades all catalogued answers through nbgrader; prints what was caught, accepted and explained."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.catalogue.entries import Entry, entries
from tests.catalogue.findings import findings_table, seconds_for_class
from tests.catalogue.graded import CatalogueNotGraded, graded
from tests.catalogue.hidden_alone import HIDDEN_ALONE
from tests.catalogue.in_notebook import records
from tests.catalogue.unusual import unusual
from tests.catalogue.verdicts import RULE, Verdict
from tests.lesson_answers import ANSWERS

COLUMNS = ("wrong", "caught", "visibly", "cause named", "rule only", "wrong cause", "right", "accepted", "head kept")
AUTOGRADE = ["grading", "autograde", "attention", "--jobs", "2"]


def main() -> int:
    """Print the table; returns 1 where an answer was misjudged, a head lost its point, or a wrong cause was named."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="the answers that were written without the tests")
    parser.add_argument("--unusual", action="store_true", help="right answers of unusual build: notebook and grading")
    parser.add_argument("--secrets", type=int, metavar="N", help="judge with N secrets, and compare the verdicts")
    parser.add_argument("--in-notebook", action="store_true", help="as in a student's notebook; does not grade")
    parser.add_argument("--show", action="store_true", help="print the messages that each wrong answer gets")
    parser.add_argument(
        "--findings", action="store_true", help="what code finds in the style of all, ungraded, and how fast"
    )
    given = parser.parse_args()
    if given.findings:
        print(findings_table())
        print(f"\n{seconds_for_class(200):.1f} s for a class of 200")
        return 0
    chosen = unusual() if given.unusual else entries("held_out" if given.held_out else "answers")
    if given.secrets:
        return differing(chosen, given.secrets)
    if given.in_notebook:
        verdicts = [Verdict(entry, records(entry)) for entry in chosen]
    else:
        with tempfile.TemporaryDirectory(prefix="attention101-catalogue-") as folder:
            try:
                verdicts = graded(Path(folder).resolve(), chosen, AUTOGRADE if given.unusual else None)
            except (CatalogueNotGraded, RuntimeError) as failure:
                print(failure, file=sys.stderr)
                return 1
    print_table(verdicts)
    bad = [v for v in verdicts if not v.as_it_should_be or v.head_kept is False or v.wrong_causes]
    for verdict in verdicts:
        if verdict in bad or (given.show and not verdict.entry.right):
            print_messages(verdict)
    apart = [verdict for verdict in verdicts if given.unusual and said(verdict.records) != said(records(verdict.entry))]
    for verdict in apart:
        print(f"The notebook and grading differ: {verdict.entry.answer}, {verdict.entry.what}")
    if not given.unusual and not given.held_out:
        print_hidden_alone(verdicts)
    return 1 if bad or apart else 0


def said(found: list) -> list[tuple]:
    """What records say of an answer that is right as it stands."""
    return [(record.check, record.passed, record.message) for record in found]


def differing(chosen: tuple[Entry, ...], secrets: int) -> int:
    """Judge with several secrets as in a notebook; print the answers whose verdict depends on it, and return 1 then."""
    depends = 0
    for entry in chosen:
        verdicts = [Verdict(entry, records(entry, f"secret {number}")) for number in range(secrets)]
        if not all(verdict.as_it_should_be and not verdict.wrong_causes for verdict in verdicts):
            depends += 1
            print_messages(next(v for v in verdicts if not v.as_it_should_be or v.wrong_causes))
    print(f"{len(chosen)} answers with {secrets} secrets: {depends} not judged right with each of them")
    return 1 if depends else 0


def print_messages(verdict: Verdict) -> None:
    """An answer, and what its checks said."""
    print(f"\n{verdict.entry.answer}, {'right' if verdict.entry.right else 'wrong'}: {verdict.entry.what}")
    for message in verdict.messages or ["(all checks passed)"]:
        print(f"    {message}")
    if verdict.wrong_causes:
        print(f"  names what is no cause of it: {', '.join(sorted(verdict.wrong_causes))}")
    if verdict.head_kept is False:
        print("  a right head over it lost its point")


def print_hidden_alone(verdicts: list[Verdict]) -> None:
    """The wrong answers that pass all visible checks, each with the reason why it must stay so."""
    print("\nCaught by hidden checks alone:")
    for verdict in verdicts:
        if not verdict.entry.right and not verdict.caught_visibly:
            reason = HIDDEN_ALONE.get((verdict.entry.answer, verdict.entry.what), "no reason is known")
            print(f"  {verdict.entry.answer}: {verdict.entry.what}: {reason}")


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
        f"caught {total['caught'] / wrong:.0%}, by visible checks alone {total['visibly'] / wrong:.0%}, accepted "
        f"{total['accepted'] / right:.0%}, cause named for {total['cause named'] / wrong:.0%} of the wrong ones, a "
        f"wrong cause for {total['wrong cause'] / wrong:.0%}"
    )


def counts(verdicts: list[Verdict]) -> dict[str, int]:
    """How many of them fall under each of COLUMNS."""
    wrong = [v for v in verdicts if not v.entry.right]
    right = [v for v in verdicts if v.entry.right]
    return {
        "wrong": len(wrong),
        "caught": sum(v.as_it_should_be for v in wrong),
        "visibly": sum(v.caught_visibly for v in wrong),
        "cause named": sum(v.names_the_cause for v in wrong),
        "rule only": sum(not v.names_the_cause and RULE in v.entry.causes for v in wrong),
        "wrong cause": sum(bool(v.wrong_causes) for v in wrong),
        "right": len(right),
        "accepted": sum(v.as_it_should_be for v in right),
        "head kept": sum(v.head_kept is True for v in wrong),
    }


if __name__ == "__main__":
    sys.exit(main())
