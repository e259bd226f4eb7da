"""The quick choice: one attack of each family, behind the inner wall, without the jail that the whole suite needs.

None of these can harm the machine where it works; what they would reach for lies in the test's own folder.
"""

import os
import subprocess
import sys

import pytest
import world
from all_attacks import one_per_family
from attack import RIGHT
from attackers_class import graded_notebook, hand_in, points_in_gradebook
from harm import Evidence, achieved, text_of_copy, text_of_outputs
from jail import ROOT
from listeners import Listeners
from prepared_course import prepare, secret

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """What `nbgrader autograde` left of each attacker, by name; and the points of the honest, by id."""
    place = tmp_path_factory.mktemp("attacked")
    course = prepare(place / "course", "ours")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "COURSE", course)
        for name in ("HOME", "BESIDE", "DROP"):
            patch.setattr(world, name, place / name.lower())
            (place / name.lower()).mkdir()
        listeners = Listeners()
        patch.setattr(world, "TCP_PORT", listeners.listen_for_tcp())
        (place / "beside/secret.txt").write_text(secret("FILE"))
        students = hand_in(course, one_per_family())
    graded = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "attention", "--Sandbox.walls=inner"],
        cwd=ROOT,
        env=os.environ | {"ATTENTION101_COURSE": str(course), "SECRET_TOKEN": secret("ENVIRONMENT")},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert graded.returncode == 0, graded.stderr
    points = points_in_gradebook(course)
    found = {
        attack.name: Evidence(
            points=points.get(student),
            outputs=text_of_outputs(graded_notebook(course, student)[0]),
            copy=text_of_copy(graded_notebook(course, student)[0]),
            heard=listeners.heard,
            dropped={path.name: path.read_text() for path in (place / "drop").iterdir() if path.name == attack.name},
        )
        for student, attack in students.items()
        if attack
    }
    return found, {student: points.get(student) for student, attack in students.items() if attack is None}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("attack", one_per_family(), ids=lambda attack: attack.name)
def test_it_fails(evidence, attack):
    assert achieved(attack, evidence[0][attack.name]) == [], attack.sentence


@pytest.mark.timeout(300)
def test_the_honest_have_their_points(evidence):
    assert set(evidence[1].values()) == {len(RIGHT)}


def test_where_an_attack_works_it_is_seen():
    attack = one_per_family()[0]
    told = Evidence(points=5, outputs=secret("HIDDEN"), heard=[("TCP", "x")], dropped={attack.name: ""})
    assert len(achieved(attack, told)) == 4
    assert achieved(attack, Evidence()) == ["left no result"]
