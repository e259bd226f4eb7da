"""The evaluation measures what it says: sliding windows, repeats, the table and the card."""

import pytest
import torch

from training.evaluate import (
    PERIOD,
    as_markdown,
    bits_per_byte,
    chosen_heads,
    evaluate,
    load,
    main,
    repeated,
    story_nats,
    write_card,
)
from training.export import SHIPPED_FOLDER
from training.prepare_text import read_held_out


@pytest.fixture(scope="module")
def shipped():
    return load(SHIPPED_FOLDER)


@torch.no_grad()
def slow_story_nats(model, tokens):
    """The same sum as `story_nats`, one token at a time."""
    size, total = model.config.n_positions, 0.0
    for i in range(1, len(tokens)):
        # The window that predicts token i: whole steps of 64 once the first 128 tokens are past.
        start = 0 if i < size else (i - size // 2) // (size // 2) * (size // 2)
        window = torch.tensor(tokens[start:i])[None]
        total -= float(model(window).logits[0, -1].log_softmax(-1)[tokens[i]])
    return total


@pytest.mark.parametrize("length", [2, 127, 128, 129, 193])
def test_a_sliding_window_counts_every_token_once(shipped, length):
    model, bpe = shipped
    tokens = [0, *bpe.encode(read_held_out()[0]).ids][:length]
    assert story_nats(model, tokens) == pytest.approx(slow_story_nats(model, tokens), rel=1e-4)


def test_bits_per_byte_counts_bytes_not_letters():
    assert bits_per_byte(3 * 0.6931471805599453, ["é", "a"]) == pytest.approx(1.0)


def test_repeated_rows_are_a_snippet_and_its_copy(shipped):
    _, bpe = shipped
    stories = [[0, *bpe.encode(read_held_out()[0]).ids]]
    for kind in ("uniform", "text"):
        rows = repeated(kind, stories, 4096)
        assert rows.shape == (32, 2 * PERIOD)
        assert torch.equal(rows[:, :PERIOD], rows[:, PERIOD:])


def test_the_induction_head_must_be_good_at_both():
    empty = torch.zeros(1, 3)
    scores = {
        "previous token": torch.tensor([[0.1, 0.9, 0.2]]),
        "induction, uniform": torch.tensor([[0.99, 0.8, 0.1]]),
        "induction, text": torch.tensor([[0.05, 0.5, 0.6]]),
        "pronoun, new combinations": torch.tensor([[0.2, 0.3, 0.9]]),
        "pronoun, new sentences": empty,
    }
    assert chosen_heads(scores) == {"previous token": (0, 1), "induction": (0, 1), "pronoun": (0, 2)}


def test_the_table_goes_between_the_marks_of_the_card(tmp_path):
    (tmp_path / "README.md").write_text("before\n<!-- scores -->\nold\n<!-- end of scores -->\nafter\n")
    write_card(tmp_path, as_markdown({"rows": {"score": (0.5, "how")}, "continuation": "text"}))
    text = (tmp_path / "README.md").read_text()
    assert "| score | 0.500 | how |" in text and "old" not in text
    assert text.startswith("before\n") and text.endswith("after\n")
    (tmp_path / "README.md").write_text("no marks")
    with pytest.raises(ValueError, match="README.md lacks the lines"):
        write_card(tmp_path, "table")


def test_a_missing_model_is_named_with_the_remedy(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--model", str(tmp_path / "nothing")])
    assert "There is no model in" in capsys.readouterr().err


@pytest.mark.slow
def test_the_card_shows_what_the_evaluation_gives():
    result = evaluate()
    card = (SHIPPED_FOLDER / "README.md").read_text(encoding="utf-8")
    assert result["continuation"] in card
    shown = dict(line.strip("| ").split(" | ")[:2] for line in card.splitlines() if line.count(" | ") == 2)
    for name, (value, _) in result["rows"].items():
        # Another processor may round the last digit differently.
        assert float(shown[name]) == pytest.approx(value, abs=0.002), name
