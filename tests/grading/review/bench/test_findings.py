"""What code finds in the labelled answers without a model."""

import re

import pytest
import torch

from grading.review.bench.findings import found_table, tally_findings
from grading.review.labelled import LABELLED, OTHER_WAYS
from tests.catalogue.contract import trouble
from tests.catalogue.in_notebook import text_of
from tests.lesson_answers import ANSWERS


def test_most_problems_are_found_and_nothing_false_is_said():
    tally = tally_findings(ANSWERS.values())
    counts = [share for kind, share in tally.found.items() if kind != "missing_shape_comment"]
    assert [sum(each) for each in zip(*counts, strict=True)] >= [46, 50]
    assert [(answer.name, finding) for answer, finding in tally.false] == []
    assert sum(answer.right for answer in LABELLED) == 85 and len(OTHER_WAYS) >= 20
    assert sum(answer.group == "injection" for answer in LABELLED) == 28


def test_comments_on_shapes_are_found_where_they_are_asked_for():
    asked = tally_findings(ANSWERS.values(), shape_comments=True)
    found, of = asked.found["missing_shape_comment"]
    assert found >= 5 and re.search(rf"missing_shape_comment +{found} of {of}\n", found_table(asked))


def inputs(cell):
    """Tensors for one of the four functions: as in the lesson, and with two dimensions in front and a mask or scale."""
    normal = torch.Generator().manual_seed(0)
    for lead, n_q, n_k in (((), 5, 5), ((2, 3), 4, 6)):
        x, Q, K, V = (
            torch.randn(*lead, n, width, generator=normal) for n, width in ((n_q, 8), (n_q, 4), (n_k, 4), (n_k, 3))
        )
        scores = torch.randn(*lead, n_q, n_k, generator=normal)
        matrices = [torch.randn(8, width, generator=normal) for width in (4, 4, 3)]
        mask = torch.ones(n_q, n_k).tril().bool() if lead else None
        yield {
            "project_qkv": (x, *matrices),
            "attention_scores": (Q, K, 0.3 if lead else None),
            "attention_weights": (scores, mask),
            "aggregate_values": (scores.softmax(-1), V),
        }[cell]


@pytest.mark.parametrize("answer", OTHER_WAYS, ids=lambda answer: answer.name)
def test_the_other_ways_are_right(answer):
    names = {}
    exec(text_of()["setup"], names)
    for cell, name in ANSWERS.items():
        exec(answer.source if cell == answer.cell else text_of()[cell], names)
        if cell == answer.cell and cell != "attention_head":
            assert [trouble(cell, names[name], *each) for each in inputs(cell)] == ["", ""]
    if answer.cell == "attention_head":
        reference = dict(names)
        exec(text_of()["attention_head"], reference)
        right, own = reference["AttentionHead"](8, 4), names["AttentionHead"](8, 4)
        own.load_state_dict(right.state_dict())
        for x, *_ in inputs("project_qkv"):
            for got, wanted in zip(own(x), right(x), strict=True):
                assert torch.allclose(got, wanted, atol=1e-5)
