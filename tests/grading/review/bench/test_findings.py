"""What code finds in the labelled answers without a model."""

from grading.review.bench.findings import found_table, tally_findings
from grading.review.labelled import LABELLED
from tests.lesson_answers import ANSWERS


def test_most_problems_are_found_and_nothing_false_is_said():
    tally = tally_findings(ANSWERS.values())
    found = sum(share.count for share in tally.found.values())
    of = sum(share.of for kind, share in tally.found.items() if kind != "missing_shape_comment")
    assert (found, of) >= (46, 50)
    assert [(answer.name, finding) for answer, finding in tally.false] == []
    assert (
        sum(answer.right for answer in LABELLED) == 85 and sum(answer.group == "injection" for answer in LABELLED) == 28
    )


def test_comments_on_shapes_are_found_where_they_are_asked_for():
    asked = tally_findings(ANSWERS.values(), shape_comments=True)
    assert asked.found["missing_shape_comment"].count >= 5
    assert "missing_shape_comment" in found_table(asked)
