"""Words for what came of attacks: the table, and what happened to others."""

from attack import BOTH_WALLS, FAMILIES, Attack
from grading_in_jail import Outcome
from prepared_course import PLAIN

COLUMNS = {PLAIN: "plain nbgrader", "both": "both walls", "inner": "inner alone"}
SUCCEEDS, FAILS, NOT_PROMISED = "SUCCEEDS", "fails", "not promised"
SHOWN = 110


def limit_of_class(chosen: list[Attack]) -> float:
    """Seconds that one run over all of them may take: each may use its own limits to the full, but not all do."""
    return 300 + 40 * len(chosen)


def harm_to_others(outcome: Outcome) -> list[str]:
    """What went wrong beside the attackers, in sentences."""
    found = [f"{student} {what}" for student, all_of_it in outcome.honest.items() for what in all_of_it]
    found += outcome.harm
    return [*found, outcome.broken] if outcome.broken else found


def word(attack: Attack, grader: str, achieved: list[str] | None) -> str:
    """One word for the table. `achieved` is None where there is no evidence at all."""
    if achieved == []:
        return FAILS
    if grader == "inner" and attack.promised_by == BOTH_WALLS:
        return NOT_PROMISED
    return SUCCEEDS


def print_table(chosen: list[Attack], graders: list[str], achieved: dict[str, dict[str, list[str]]]) -> None:
    """The table by family, and the counts. achieved: by grader and attack."""
    width = max(len(attack.name) for attack in chosen)
    heading = "  ".join(f"{COLUMNS[grader]:<14}" for grader in graders)
    counts = {family: {grader: 0 for grader in graders} for family in FAMILIES}
    for family, words in FAMILIES.items():
        of_family = [attack for attack in chosen if attack.family == family]
        if not of_family:
            continue
        print(f"\n{family}: {words}\n{'':{width}}  {heading}")
        for attack in of_family:
            row = {g: word(attack, g, achieved[g].get(attack.name)) for g in graders}
            print(f"{attack.name:{width}}  " + "  ".join(f"{row[g]:<14}" for g in graders))
            print(f"{'':4}{attack.sentence}")
            for grader in graders:
                counts[family][grader] += row[grader] == SUCCEEDS
                if row[grader] != FAILS:
                    what = "; ".join(achieved[grader].get(attack.name) or ["there is no evidence"])
                    print(f"{'':4}{COLUMNS[grader]}: {what[:SHOWN]}{'...' if len(what) > SHOWN else ''}")
    print(f"\n{'that succeed':{width}}  {heading}")
    for family in FAMILIES:
        of_family = sum(attack.family == family for attack in chosen)
        if of_family:
            cells = (f"{f'{counts[family][grader]} of {of_family}':<14}" for grader in graders)
            print(f"{family:{width}}  " + "  ".join(cells))
    cells = (f"{f'{sum(c[grader] for c in counts.values())} of {len(chosen)}':<14}" for grader in graders)
    print(f"{'all':{width}}  " + "  ".join(cells))
