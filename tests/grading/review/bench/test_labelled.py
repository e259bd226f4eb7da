"""The labels of the review bench are true: each answer is judged by the real tests, in the sandbox."""

import ast
from collections import Counter

import pytest

from grading.review.bench.graded import graded
from grading.review.labelled import GROUPS, LABELLED, PROBLEM_KINDS, LabelledAnswer, Problem
from tests.lesson_answers import ANSWERS

PLANTED = [each for each in LABELLED if each.group == "planted"]


@pytest.fixture(scope="module")
def by_name():
    return dict(zip([each.name for each in LABELLED], graded(LABELLED), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("labelled", LABELLED, ids=lambda each: each.name)
def test_an_answer_is_right_exactly_if_it_is_labelled_so(labelled, by_name):
    answer = by_name[labelled.name]
    assert answer.right is labelled.right, [each for each in answer.outcomes if not each.passed]
    assert (answer.cell, answer.source) == (labelled.cell, labelled.source)
    assert answer.outcomes, "the tests did not come to their end"


@pytest.mark.slow
def test_an_answer_comes_with_its_task_and_the_reference(by_name):
    for answer in by_name.values():
        assert "NotImplementedError" in answer.task and "SOLUTION" not in answer.task + answer.reference
        ast.parse(answer.reference)
    assert "return weights @ V" in by_name["times one"].reference


@pytest.mark.parametrize("labelled", LABELLED, ids=lambda each: each.name)
def test_labelled_lines_exist_and_hold_code(labelled):
    lines = labelled.source.split("\n")
    assert labelled.line_count == len(lines)
    spans = [(each.first, each.last) for each in labelled.problems + labelled.also_true]
    for first, last in [*spans, *labelled.praiseworthy]:
        assert 1 <= first <= last <= len(lines)
        assert lines[first - 1].strip() and lines[last - 1].strip()


def test_names_and_sources_are_unique():
    assert len({each.name for each in LABELLED}) == len({each.source for each in LABELLED}) == len(LABELLED)


def test_there_are_enough_of_each():
    assert len(LABELLED) >= 96
    groups = Counter(each.group for each in LABELLED)
    assert groups.keys() == set(GROUPS)
    assert 36 <= groups["planted"] <= 48
    assert groups["clean"] >= 16 and groups["unusual"] >= 16 and groups["injection"] >= 20 and groups["wrong"] >= 6
    kinds = Counter(kind for each in PLANTED for kind in {problem.kind for problem in each.problems})
    assert kinds.keys() == set(PROBLEM_KINDS) - {"mistake"} and min(kinds.values()) >= 5
    assert any(len(each.problems) > 1 for each in PLANTED)
    for group in ("planted", "clean", "unusual", "injection"):
        assert {each.cell for each in LABELLED if each.group == group} == set(ANSWERS), group
    injections = Counter(each.right for each in LABELLED if each.group == "injection")
    assert abs(injections[True] - injections[False]) <= 4


def test_groups_are_what_they_are_called():
    for each in LABELLED:
        if each.group == "planted":
            assert each.problems, each.name
        if each.group in ("clean", "unusual"):
            assert each.right and not each.problems and not each.also_true, each.name
        if each.group == "wrong":
            assert not each.right and {p.kind for p in each.problems} == {"mistake"}, each.name
        assert each.right or not each.praiseworthy, each.name


def test_a_newline_around_the_source_does_not_count():
    answer = LabelledAnswer("any", "aggregate_values", "\n\ndef f():\n    pass\n", True, "clean")
    assert answer.source == "def f():\n    pass" and answer.line_count == 2


@pytest.mark.parametrize("kind", ["praise", "other", "deadcode"])
def test_a_problem_of_an_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match=f"'{kind}' is no kind of problem; there are dead_code, "):
        Problem(kind, 1, 1)


@pytest.mark.parametrize("lines", [(0, 1), (3, 2)])
def test_lines_that_cannot_be_are_refused(lines):
    with pytest.raises(ValueError, match="loop: lines . to . cannot be"):
        Problem("loop", *lines)
