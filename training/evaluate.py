"""Measure the shipped model: `python -m training.evaluate` prints the table of scores.

Everything is measured on text that no training step has seen, from files of this repository alone. With
`--corpus PATH` the n-gram baseline is trained on the whole training text instead of read from its filtered file.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from training.export import SHIPPED_FOLDER
from training.heads import attention_of, best_head, induction_score, previous_token_score
from training.ngram_baseline import encode_stories, held_out_texts, load_baselines, train_baselines
from training.prepare_text import CorpusError
from training.pronouns import (
    EXAMPLE_REFERENCE,
    HELD_OUT_EXAMPLE,
    NEW_SENTENCES,
    PROMPT_EXAMPLE,
    new_combinations,
    pronoun_scores,
)
from training.tokenizer import load_bpe

PERIOD = 32  # tokens in a repeated snippet
REPEATED_ROWS = 32
KEPT = 64  # tokens of context that a window keeps from the one before


@torch.no_grad()
def story_nats(model, tokens):
    """Return the model's surprise over all tokens but the first, in nats, with a window that slides over the story.

    Every token is predicted once, from at least 64 tokens before it (from all there are at the start of the story).
    """
    size = model.config.n_positions
    step, total = size - KEPT, 0.0
    first = torch.tensor(tokens[:size])[None]
    total += _nats(model, first, 1)
    starts = range(step, len(tokens) - KEPT, step)
    full = [tokens[start : start + size] for start in starts]
    whole = [window for window in full if len(window) == size]
    for batch in range(0, len(whole), 32):
        total += _nats(model, torch.tensor(np.stack(whole[batch : batch + 32])), KEPT)
    for window in full:
        if KEPT < len(window) < size:
            total += _nats(model, torch.tensor(window)[None], KEPT)
    return total


def _nats(model, rows, start):
    """Surprise over the tokens from position `start` on, summed over the rows (batch, seq)."""
    log_p = model(rows, use_cache=False).logits[:, start - 1 : -1].log_softmax(dim=-1)
    return -float(log_p.gather(-1, rows[:, start:, None]).double().sum())


def bits_per_byte(nats, texts):
    """Turn a sum of nats over all texts into bits per byte of UTF-8."""
    return nats / math.log(2) / sum(len(text.encode("utf-8")) for text in texts)


def repeated(kind, stories, vocabulary, seed=1):
    """Return rows of a snippet and its copy, (32, 64): uniform random tokens, or held-out text."""
    generator = torch.Generator().manual_seed(seed)
    if kind == "uniform":
        half = torch.randint(1, vocabulary, (REPEATED_ROWS, PERIOD), generator=generator)
    else:
        joined = torch.cat([torch.tensor(tokens[1:]) for tokens in stories])
        starts = torch.randint(0, len(joined) - PERIOD, (REPEATED_ROWS,), generator=generator)
        half = torch.stack([joined[i : i + PERIOD] for i in starts])
    return half.repeat(1, 2)


@torch.no_grad()
def copy_losses(model, rows):
    """Return the mean surprise over the first and over the second copy, in nats per token."""
    log_p = model(rows, use_cache=False).logits[:, :-1].log_softmax(dim=-1)
    nats = -log_p.gather(-1, rows[:, 1:, None])[..., 0]
    return float(nats[:, : PERIOD - 1].mean()), float(nats[:, PERIOD:].mean())


def head_scores(model, bpe, stories):
    """Return the scores of all heads, a dict of tensors (layers, heads). `stories`: held-out token arrays."""
    length = model.config.n_positions
    text = torch.stack([torch.tensor(tokens[1 : length + 1]) for tokens in stories if len(tokens) > length])
    rows = {kind: repeated(kind, stories, model.config.vocab_size) for kind in ("uniform", "text")}
    return {
        "previous token": previous_token_score(attention_of(model, text)),
        **{f"induction, {kind}": induction_score(attention_of(model, rows[kind]), PERIOD) for kind in rows},
        "pronoun, new combinations": pronoun_scores(model, bpe, new_combinations()),
        "pronoun, new sentences": pronoun_scores(model, bpe, NEW_SENTENCES),
        "pronoun, example": pronoun_scores(model, bpe, [EXAMPLE_REFERENCE]),
        "pronoun, held-out example": pronoun_scores(model, bpe, [HELD_OUT_EXAMPLE]),
    }


def chosen_heads(scores):
    """Return the heads the lesson names: (layer, head) of the best one for each job.

    The induction head is the one with the highest mean of its two scores; the pronoun head has the highest mean over
    all held-out sentences.
    """
    combinations, sentences = len(new_combinations()), len(NEW_SENTENCES)
    pronoun = (scores["pronoun, new combinations"] * combinations + scores["pronoun, new sentences"] * sentences) / (
        combinations + sentences
    )
    induction = (scores["induction, uniform"] + scores["induction, text"]) / 2
    return {
        "previous token": best_head(scores["previous token"])[:2],
        "induction": best_head(induction)[:2],
        "pronoun": best_head(pronoun)[:2],
    }


def continuation(model, bpe, prompt=PROMPT_EXAMPLE, tokens=30):
    """Return the prompt with its greedy continuation of `tokens` tokens."""
    ids = torch.tensor([bpe.encode(prompt).ids])
    written = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False, pad_token_id=0
    )
    return bpe.decode(written[0].tolist()).strip()


def load(folder):
    """Load a model and its tokenizer. Raises FileNotFoundError that names the folder."""
    folder = Path(folder)
    if not (folder / "model.safetensors").is_file():
        raise FileNotFoundError(
            f"There is no model in {folder}. Restore it from the repository, or run `python -m training.export`."
        )
    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval(), load_bpe(folder)


def evaluate(folder=SHIPPED_FOLDER, corpus=None):
    """Measure everything and return a dict: name of the row -> (value, how it was measured)."""
    model, bpe = load(folder)
    baselines = train_baselines(bpe, corpus) if corpus else load_baselines()
    texts = held_out_texts()
    rows, encoded = {}, {kind: encode_stories(bpe, some) for kind, some in texts.items()}
    for kind, label, trained in (
        ("books", "held-out stories of books", "the same training stories"),
        ("simple", "held-out simple stories", "the same simple stories"),
    ):
        nats = sum(story_nats(model, tokens) for tokens in encoded[kind])
        count = sum(len(text.encode("utf-8")) for text in texts[kind])
        rows[f"bits per byte, {label}: model"] = (
            bits_per_byte(nats, texts[kind]),
            f"{len(texts[kind])} stories, {count:,} bytes",
        )
        nats = sum(baselines[kind].nats(tokens).sum() for tokens in encoded[kind])
        rows[f"bits per byte, {label}: 5-gram"] = (
            bits_per_byte(nats, texts[kind]),
            f"Kneser-Ney, trained on {trained}",
        )
    scores = head_scores(model, bpe, encoded["books"])
    heads = chosen_heads(scores)
    layer, head = heads["previous token"]
    rows[f"previous-token score of L{layer}H{head}"] = (
        float(scores["previous token"][layer, head]),
        "held-out stories, 128 tokens each",
    )
    layer, head = heads["induction"]
    for kind, label in (("uniform", "repeated uniform random tokens"), ("text", "repeated held-out text")):
        first, second = copy_losses(model, repeated(kind, encoded["books"], model.config.vocab_size))
        note = f"{REPEATED_ROWS} rows of {PERIOD} tokens twice; nats per token: copy 1 {first:.2f}, copy 2 {second:.2f}"
        rows[f"induction score of L{layer}H{head}, {label}"] = (float(scores[f"induction, {kind}"][layer, head]), note)
    layer, head = heads["pronoun"]
    for kind, label, note in (
        (
            "new combinations",
            "new combinations",
            f"{len(new_combinations())} because-sentences whose combination was never trained on",
        ),
        ("new sentences", "new sentences", f"{len(NEW_SENTENCES)} sentences of other forms, written by hand"),
        ("example", "`it` → `cat` in PROMPT_EXAMPLE", "one sentence, not held out: its combination was trained on"),
        (
            "held-out example",
            "`it` → `cat` in PROMPT_EXAMPLE with `sat` for `lay`",
            "one sentence, its combination never trained on",
        ),
    ):
        rows[f"pronoun → antecedent of L{layer}H{head}, {label}"] = (
            float(scores[f"pronoun, {kind}"][layer, head]),
            note,
        )
    return {"rows": rows, "heads": heads, "continuation": continuation(model, bpe)}


def as_markdown(result):
    """Return the table and the continuation as Markdown."""
    lines = ["| what | value | how |", "| --- | --- | --- |"]
    lines += [f"| {name} | {value:.3f} | {how} |" for name, (value, how) in result["rows"].items()]
    return "\n".join([*lines, "", f"Greedy continuation of the running example: *{result['continuation']}*"])


def write_card(folder, table):
    """Put the table into the model card, between its two marks. Raises ValueError when the marks are missing."""
    card = Path(folder) / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    before, mark, rest = text.partition("<!-- scores -->\n")
    _, end, after = rest.partition("<!-- end of scores -->")
    if not mark or not end:
        raise ValueError(
            f"{card} lacks the lines '<!-- scores -->' and '<!-- end of scores -->' between which the table stands."
        )
    card.write_text(f"{before}{mark}{table}\n{end}{after}", encoding="utf-8")


def main(arguments=None):
    """Read the command line, evaluate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], prog="python -m training.evaluate")
    parser.add_argument("--model", default=SHIPPED_FOLDER, help="a model's folder; default: the shipped one")
    parser.add_argument(
        "--corpus", help="train the n-gram baseline on this corpus instead of reading its filtered file"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--write-card", action="store_true", help="also put the table into the model card")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)  # two threads wait for each other on a busy machine
    try:
        result = evaluate(given.model, given.corpus)
        if given.write_card:
            write_card(given.model, as_markdown(result))
    except (CorpusError, FileNotFoundError, ValueError) as error:
        parser.exit(2, f"{error}\n")
    print(json.dumps(result, indent=1, ensure_ascii=False) if given.json else as_markdown(result))


if __name__ == "__main__":
    main()
