"""Scores of heads on attention matrices whose scores are known."""

import pytest
import torch

from training.heads import best_head, induction_score, previous_token_score, weight_between


def one_head(matrix):
    """Give a matrix (n_q, n_k) the shape (layers, batch, heads, n_q, n_k)."""
    return matrix[None, None, None]


def test_a_perfect_previous_token_head_scores_one():
    assert previous_token_score(one_head(torch.eye(5).roll(1, dims=0))).item() == pytest.approx(1.0)


def test_a_head_that_looks_at_itself_scores_zero():
    assert previous_token_score(one_head(torch.eye(5))).item() == 0.0


def test_a_uniform_causal_head_scores_the_mean_of_its_weights():
    weights = torch.ones(4, 4).tril() / torch.arange(1, 5)[:, None]
    assert previous_token_score(one_head(weights)).item() == pytest.approx((1 / 2 + 1 / 3 + 1 / 4) / 3)


def test_a_perfect_induction_head_scores_one():
    # Period 3, two copies: position 3 looks at 1, 4 at 2, 5 at 3.
    weights = torch.zeros(6, 6)
    for query in range(3, 6):
        weights[query, query - 2] = 1
    assert induction_score(one_head(weights), period=3).item() == pytest.approx(1.0)


def test_looking_at_the_same_token_is_not_induction():
    weights = torch.zeros(6, 6)
    for query in range(3, 6):
        weights[query, query - 3] = 1
    assert induction_score(one_head(weights), period=3).item() == 0.0


def test_the_weight_on_an_antecedent_of_two_tokens_is_their_sum():
    weights = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]])
    assert weight_between(one_head(weights), query=2, keys=[0, 1]).item() == pytest.approx(0.5)


def test_the_best_head_is_named_by_layer_and_head():
    scores = torch.tensor([[0.1, 0.2], [0.9, 0.3]])
    assert best_head(scores) == (1, 0, pytest.approx(0.9))
