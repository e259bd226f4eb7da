"""Rows with repeats: right shapes, and nothing is asked that cannot be known."""

import torch

from training.repeats import IGNORED, KINDS, repeat_row, repeat_rows, snippet

VOCABULARY = 50
BOOKS = torch.arange(1000) % VOCABULARY
STORIES = (torch.arange(1000) * 7) % VOCABULARY


def test_rows_have_the_asked_shape_and_targets_are_tokens_or_ignored():
    rows, targets = repeat_rows(8, 64, BOOKS, STORIES, VOCABULARY, torch.Generator().manual_seed(0))
    assert rows.shape == targets.shape == (8, 64)
    assert ((targets == rows) | (targets == IGNORED)).all()
    assert (targets != IGNORED).any()


def test_uniform_rows_ask_only_for_the_second_copy():
    generator = torch.Generator().manual_seed(1)
    row, targets = repeat_row(64, BOOKS, STORIES, VOCABULARY, generator, kind_weights=(1, 0, 0, 0, 0))
    first_asked = int((targets != IGNORED).nonzero()[0])
    # What is asked first stood before: the second token of a copy, whose first token is not asked for.
    assert row[first_asked] in row[:first_asked]
    assert first_asked >= 5


def test_a_shuffled_snippet_keeps_its_tokens():
    generator = torch.Generator().manual_seed(2)
    for kind in KINDS:
        assert snippet(kind, 20, BOOKS, STORIES, VOCABULARY, generator).shape == (20,)
