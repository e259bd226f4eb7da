"""The n-gram baseline is a probability, and its filtered file gives the same numbers."""

import numpy as np
import pytest

from training.export import SHIPPED_FOLDER
from training.ngram_baseline import FILES, NgramModel, encode_stories, held_out_texts, load_baselines, pack
from training.prepare_text import read_held_out
from training.tokenizer import load_bpe

VOCABULARY = 16


@pytest.fixture(scope="module")
def tokens():
    return np.random.default_rng(0).choice(VOCABULARY, p=np.arange(1, 17) / 136, size=5000)


@pytest.fixture(scope="module")
def model(tokens):
    return NgramModel.train(tokens, VOCABULARY, order=3)


@pytest.mark.parametrize("context", [[0, 1], [15, 15], [3, 0]])
def test_probabilities_sum_to_one(model, context):
    total = sum(np.exp(-model.nats(np.array([*context, word]))[-1]) for word in range(VOCABULARY))
    assert total == pytest.approx(1.0)


def test_a_repeated_pattern_is_learned():
    pattern = np.tile([1, 2, 3, 4], 200)
    model = NgramModel.train(pattern, VOCABULARY, order=3)
    assert model.nats(pattern[:40])[2:].mean() < 0.05


def test_independent_draws_cost_about_their_entropy(model, tokens):
    p = np.arange(1, 17) / 136
    fresh = np.random.default_rng(1).choice(VOCABULARY, p=p, size=3000)
    entropy = -(p * np.log(p)).sum()
    # Continuation counts flatten so small a vocabulary; guessing evenly costs log(16) = 2.77.
    assert entropy - 0.05 < model.nats(fresh).mean() < np.log(16)


def test_the_filtered_model_gives_the_same_numbers_also_from_its_file(model, tmp_path):
    text = np.random.default_rng(2).integers(0, VOCABULARY, 300)
    filtered = model.filtered([text])
    filtered.save(tmp_path / "filtered.npz.xz")
    for other in (filtered, NgramModel.load(tmp_path / "filtered.npz.xz")):
        np.testing.assert_array_equal(other.nats(text), model.nats(text))


def test_a_missing_file_is_named_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.xz.*training.ngram_baseline"):
        NgramModel.load(tmp_path / "nothing.xz")


def test_too_long_an_ngram_is_refused():
    with pytest.raises(ValueError, match="lower order"):
        pack(np.arange(10), order=6, bits=12)


def test_the_shipped_files_are_small_and_know_the_held_out_text():
    assert sum(file.stat().st_size for file in FILES.values()) < 1_500_000
    bpe, models = load_bpe(SHIPPED_FOLDER), load_baselines()
    for kind, texts in held_out_texts().items():
        some = encode_stories(bpe, texts[:1])[0]
        assert models[kind].orders[0].ngrams.size > 100
        assert 0.5 < models[kind].nats(some).mean() < 5
    assert read_held_out() == held_out_texts()["books"]
