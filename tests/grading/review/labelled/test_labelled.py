"""No bad comment is shown without a person, and at least half of the good ones are."""

import pytest

from grading.review.claims import KINDS
from grading.review.judgement import judge
from tests.grading.review.labelled.answers import ANSWERS
from tests.grading.review.labelled.labels import labelled_set

SETS = {name: labelled_set(name) for name in ("development", "held_out", "third_voice", "fourth_voice")}


def shown(comments) -> list:
    return [one for one in comments if judge([one.comment], ANSWERS[one.answer])[0].state == "shown"]


@pytest.mark.parametrize("name", SETS)
def test_no_bad_one_and_half_of_the_good_ones_are_shown(name, capsys):
    good, bad = SETS[name].good, SETS[name].bad
    good_shown, bad_shown = shown(good), shown(bad)
    with capsys.disabled():
        print(f"\n{name}: {len(bad_shown)} of {len(bad)} bad and {len(good_shown)} of {len(good)} good comments shown")
    assert bad_shown == []
    assert len(good_shown) >= len(good) / 2


def test_what_a_sceptic_found_is_not_shown_and_what_is_true_not_refuted():
    found = labelled_set("a_sceptic")
    assert len(found.bad) >= 50 and shown(found.bad) == []
    judged = [judge([one.comment], ANSWERS[one.answer])[0] for one in found.good]
    assert len(judged) >= 15 and [one.comment.text for one in judged if one.state == "refuted"] == []


def test_what_is_only_half_true_is_not_shown():
    bad = labelled_set("half_true").bad
    assert len(bad) >= 60 and shown(bad) == []


def test_the_sets_are_large_and_cover_all_kinds():
    good = [one for data in SETS.values() for one in data.good]
    bad = [one for data in SETS.values() for one in data.bad]
    assert len(bad) >= 170
    assert len(good) >= 110
    assert len({one.answer for one in good + bad}) >= 30
    assert {one.comment.kind for one in good} == set(KINDS) - {"other"}
    assert {one.comment.kind for one in bad} == set(KINDS)
    assert {ANSWERS[one.answer].right for one in good} == {True, False}
    assert all(one.bad for one in bad) and not any(one.bad for one in good)


def test_a_second_claim_makes_every_good_one_wait():
    for second in ("The mask is upside down.", "This is slow.", "You forgot the scale.", "Ask a friend."):
        for data in SETS.values():
            for one in data.good:
                comment = one.comment.model_copy(update={"text": f"{one.comment.text} {second}"})
                assert judge([comment], ANSWERS[one.answer])[0].state != "shown", comment


def test_a_good_one_about_other_lines_is_not_shown_unless_they_have_it_too():
    moved = 0
    for data in SETS.values():
        for one in data.good:
            if one.comment.kind in ("dead_code", "hard_coded_size", "loop", "redundant_step", "non_idiomatic_call"):
                past_the_end = (one.comment.lines[0] + 40, one.comment.lines[1] + 40)
                comment = one.comment.model_copy(update={"lines": past_the_end})
                assert judge([comment], ANSWERS[one.answer])[0].state == "refuted"
                head = one.comment.model_copy(update={"lines": (1, 1)})
                if one.comment.lines[0] > 1:
                    moved += 1
                    assert judge([head], ANSWERS[one.answer])[0].state != "shown", head
    assert moved > 60
