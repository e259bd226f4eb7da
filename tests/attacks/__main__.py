"""The table of attacks: what each achieves with plain nbgrader, with both of our walls, and with the inner one alone.

    python -m tests.attacks [--family FAMILY] [--attack NAME ...] [--graders plain,both,inner] [--jobs N]

Ends with an error if one achieves anything with ours that is promised to fail.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from all_attacks import attacks  # noqa: E402
from attack import FAMILIES, Attack  # noqa: E402
from grading_in_jail import grade  # noqa: E402
from jail import trouble as no_jail  # noqa: E402
from prepared_course import PLAIN, prepare  # noqa: E402
from table import COLUMNS, FAILS, SHOWN, SUCCEEDS, harm_to_others, limit_of_class, print_table, word  # noqa: E402

PLAIN_LIMIT_S = 400


def main() -> int:
    """Print the table; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.attacks", description="Attack the grader, and print a table."
    )
    parser.add_argument("--family", choices=FAMILIES, help="only this family")
    names = [attack.name for attack in attacks()]
    parser.add_argument("--attack", nargs="+", choices=names, metavar="NAME", help="only attacks with these names")
    parser.add_argument("--graders", default=",".join(COLUMNS), help="of plain, both and inner; default: all")
    parser.add_argument("--jobs", type=int, default=2, help="plain nbgrader's runs at a time; default: 2")
    given = parser.parse_args()
    graders = given.graders.split(",")
    if unknown := set(graders) - set(COLUMNS):
        parser.error(f"no such grader: {', '.join(unknown)}")
    chosen = [a for a in attacks(given.attack) if given.family in (None, a.family)]
    if why := no_jail():
        print(f"No attack is run, because there is no jail to run them in: {why}", file=sys.stderr)
        return 2
    achieved: dict[str, dict[str, list[str]]] = {}
    harm: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for grader in sorted(graders, key=lambda grader: grader == PLAIN):
            course = prepare(Path(folder, "plain" if grader == PLAIN else f"ours-{grader}"), grader)
            if grader == PLAIN:
                if trouble := harm_to_others(grade(PLAIN, [], course, PLAIN_LIMIT_S)):
                    print(f"Without any attacker already, with plain nbgrader: {'; '.join(trouble)}", file=sys.stderr)
                    return 2
                achieved[grader] = dict(_each_alone(chosen, course, given.jobs))
                continue
            print(f"{COLUMNS[grader]}: a class of {len(chosen)} attackers ...", file=sys.stderr, flush=True)
            outcome = grade(grader, chosen, course, limit_of_class(chosen))
            achieved[grader] = outcome.achieved
            harm += [f"{COLUMNS[grader]}: {what}" for what in harm_to_others(outcome)]
    shown = [grader for grader in COLUMNS if grader in graders]
    print_table(chosen, shown, achieved)
    for what in harm:
        print(f"HARM: {what}")
    ours = [grader for grader in shown if grader != PLAIN]
    bad = harm or [a for a in chosen for g in ours if word(a, g, achieved[g].get(a.name)) == SUCCEEDS]
    return 1 if bad else 0


def _each_alone(chosen: list[Attack], course: Path, jobs: int) -> Iterator[tuple[str, list[str]]]:
    def one(attack: Attack) -> list[str]:
        outcome = grade(PLAIN, [attack], course, PLAIN_LIMIT_S)
        return [outcome.broken] if outcome.broken else outcome.achieved[attack.name]

    with ThreadPoolExecutor(jobs) as pool:
        for number, (attack, found) in enumerate(zip(chosen, pool.map(one, chosen))):
            what = "; ".join(found)[:SHOWN] if found else FAILS
            print(f"plain nbgrader: {number + 1} of {len(chosen)}: {attack.name}: {what}", file=sys.stderr, flush=True)
            yield attack.name, found


if __name__ == "__main__":
    sys.exit(main())
