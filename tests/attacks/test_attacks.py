"""Every attack fails, on both walls and on the inner alone; and nobody else in the class is harmed by any of them.

All attackers of a setting are one class, graded in one run inside a jail; each test then looks at one of them.
"""

import pytest
from all_attacks import attacks
from attack import BOTH_WALLS, FAMILIES, RIGHT, WRONG, Attack
from grading_in_jail import Outcome, grade
from jail import trouble
from prepared_course import prepare
from table import harm_to_others, limit_of_class, word

WALLS = ("both", "inner")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    if why := trouble():
        pytest.skip(f"no attack is run without a jail: {why}")
    return prepare(tmp_path_factory.mktemp("attacked") / "course", "ours")


@pytest.fixture(scope="session")
def graded(prepared):
    """Grades a class once per choice of attacks and walls."""
    outcomes: dict[tuple, Outcome] = {}

    def graded(walls: str, chosen: list[Attack]) -> Outcome:
        key = (walls, *(attack.name for attack in chosen))
        if key not in outcomes:
            outcomes[key] = grade(walls, chosen, prepared, limit_of_class(chosen))
        return outcomes[key]

    return graded


def fails(outcome: Outcome, attack: Attack) -> None:
    assert not outcome.broken, f"{outcome.broken}\n{outcome.log}"
    assert attack.name in outcome.achieved
    assert outcome.achieved[attack.name] == [], attack.sentence


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("walls", WALLS)
@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_attack_fails(graded, attack, walls):
    if walls == "inner" and attack.promised_by == BOTH_WALLS:
        outcome = graded(walls, attacks())
        assert attack.name in outcome.achieved, "it is in the class, although the inner wall alone does not promise it"
        return
    fails(graded(walls, attacks()), attack)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("walls", WALLS)
def test_all_attackers_together_harm_nobody_else(graded, walls):
    assert harm_to_others(graded(walls, attacks())) == []


def test_there_are_enough_attacks_and_each_says_what_it_tries():
    held_off_by_each = [attack for attack in attacks() if attack.promised_by != BOTH_WALLS]
    assert len(held_off_by_each) >= 60
    for family in FAMILIES:
        assert sum(attack.family == family for attack in held_off_by_each) >= 10
    sentences = [attack.sentence for attack in attacks()]
    assert len(set(sentences)) == len(sentences) and all(text.endswith(".") for text in sentences)


def test_an_attack_that_left_no_evidence_counts_as_a_success():
    attack = attacks()[0]
    assert word(attack, "both", None) == word(attack, "inner", None) == "SUCCEEDS"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_measuring_sees_attacks_that_work(tmp_path):
    """With plain nbgrader, in the same jail: points, secrets, a call outside and a missing result are all noticed."""
    if why := trouble():
        pytest.skip(f"no attack is run without a jail: {why}")
    course = prepare(tmp_path / "course", "plain")
    for attack, sign in (
        ("patches_comparisons", "points instead of 0"),
        ("source_notebook", "brought hidden and reference secrets into its outputs"),
        ("tcp", "was heard by TCP"),
        ("exits_in_a_cell", "left no result"),
        ("skips_tests_by_tag", "points instead of 0"),
        ("objects_that_run_code_when_unpacked", None),
    ):
        outcome = grade("plain", attacks([attack]), course, 400)
        assert not outcome.broken
        if sign:
            assert any(sign in what for what in outcome.achieved[attack]), outcome.achieved
    assert RIGHT.keys() == WRONG.keys()
