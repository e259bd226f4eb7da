"""What the attacks are, and that those which work are seen."""

import pytest
from all_attacks import attacks
from attack import BOTH_WALLS, FAMILIES, RIGHT, WRONG
from grading_in_jail import grade
from jail import trouble
from prepared_course import prepare
from table import word


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


@pytest.mark.slow(minutes=3)
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
