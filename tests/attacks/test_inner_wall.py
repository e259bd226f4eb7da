"""Every attack that the inner wall promises to stop fails behind it alone; and nobody else in the class is harmed.

All attackers are one class, graded in one run inside a jail; each test then looks at one of them.
"""

import pytest
from all_attacks import attacks
from attack import BOTH_WALLS, Attack
from grading_in_jail import Outcome
from table import harm_to_others

WALLS = "inner"
pytestmark = [pytest.mark.slow(minutes=8), pytest.mark.timeout(3600)]


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_attack_fails(outcome: Outcome, attack: Attack):
    assert not outcome.broken, f"{outcome.broken}\n{outcome.log}"
    assert attack.name in outcome.achieved
    if attack.promised_by != BOTH_WALLS:
        assert outcome.achieved[attack.name] == [], attack.sentence


def test_all_attackers_together_harm_nobody_else(outcome: Outcome):
    assert harm_to_others(outcome) == []
