"""Train the mini-transformer: `python -m training.train --corpus PATH --run FOLDER`.

The run's folder holds the prepared tokens, the log and one checkpoint. A run that was stopped, however hard, goes on
from its checkpoint when the same command is given again. `python -m training.export` writes the model for transformers.
"""

import argparse
import io
import json
import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from attention_lib.written_file import write_file
from training.heads import attention_of, best_head, induction_score, previous_token_score
from training.model import new_model, next_token_loss
from training.muon import Muon
from training.prepare_text import FAIRY_TALES, CorpusError, corpus_path, read_corpus, split_corpus
from training.pronouns import HELD_OUT_EXAMPLE, WATCHED_SENTENCES, pronoun_scores, watched_combinations
from training.repeats import repeat_rows
from training.settings import PRESETS
from training.simple_stories import simple_stories
from training.tokenizer import load_bpe, train_tokenizer

TUNING_TOKENS = 40_000


def prepare(settings, corpus, run):
    """Make the tokenizer and the token files in the folder `run`, unless they are there.

    Files: tokenizer.json; books.npy, stories.npy, tune.npy (token ids, 16 bits, token 0 between stories).
    """
    if (run / "prepared.json").exists():
        return
    run.mkdir(parents=True, exist_ok=True)
    split = split_corpus(read_corpus(corpus_path(corpus)))
    stories = list(simple_stories(settings.simple_stories, settings.seed))
    bpe = train_tokenizer(_tokenizer_texts(split.train, stories), settings.vocabulary)
    bpe.save(str(run / "tokenizer.json"))
    books = []
    for story in split.train:
        books += [story.text] * (settings.fairy_tale_copies if story.collection in FAIRY_TALES else 1)
    np.random.default_rng(settings.seed).shuffle(books)
    sizes = {
        name: _write_tokens(bpe, texts, run / f"{name}.npy")
        for name, texts in (("books", books), ("stories", stories), ("tune", [story.text for story in split.tune]))
    }
    write_file(run / "prepared.json", json.dumps(sizes), to_disk=True)


def _tokenizer_texts(train, stories):
    """A third of the books and some simple stories: enough to find the common words."""
    yield from (story.text for story in train if story.collection in FAIRY_TALES)
    yield from (story.text for story in train[::3])
    yield from stories[:20_000]


def _write_tokens(bpe, texts, path):
    pieces = []
    for start in range(0, len(texts), 500):
        for encoded in bpe.encode_batch(texts[start : start + 500]):
            pieces.append(np.array([*encoded.ids, 0], dtype=np.int16))
    tokens = np.concatenate(pieces)
    np.save(path, tokens)
    return {"tokens": len(tokens), "bytes": sum(len(text.encode("utf-8")) for text in texts)}


class Rows:
    """Draws batches from the token files: books from anywhere, simple stories from their first word, repeats."""

    def __init__(self, settings, run):
        self.settings = settings
        self.books = torch.from_numpy(np.load(run / "books.npy"))
        self.stories = torch.from_numpy(np.load(run / "stories.npy"))
        starts = (self.stories == 0).nonzero()[:, 0] + 1
        self.story_starts = starts[starts < len(self.stories) - settings.positions]
        self.generator = torch.Generator().manual_seed(settings.seed)

    def _draw(self, count, limit):
        return torch.randint(0, limit, (count,), generator=self.generator)

    def batch(self, step):
        """Return (rows, targets) of the batch at `step`, two tensors (rows, positions)."""
        phase, length = self.settings.phase(step), self.settings.positions
        rows = [self.books[i : i + length].long() for i in self._draw(phase.books, len(self.books) - length).tolist()]
        chosen = self.story_starts[self._draw(phase.stories, len(self.story_starts))]
        rows += [self.stories[i : i + length].long() for i in chosen.tolist()]
        plain = torch.stack(rows)
        if not phase.repeats:
            return plain, plain
        repeated, targets = repeat_rows(
            phase.repeats, length, self.books, self.stories, self.settings.vocabulary, self.generator
        )
        return torch.cat([plain, repeated]), torch.cat([plain, targets])


def optimisers(model, settings):
    """Return Muon for the blocks' matrices and AdamW for everything else."""
    inside = [(name, p) for name, p in model.transformer.h.named_parameters() if p.dim() == 2]
    joined = [p for name, p in inside if "c_attn" in name]
    single = [p for name, p in inside if "c_attn" not in name]
    inner = {id(p) for _, p in inside}
    rest = [p for p in model.parameters() if id(p) not in inner and p.requires_grad]
    muon = Muon([{"params": joined, "blocks": 3}, {"params": single}], weight_decay=settings.weight_decay)
    adam = torch.optim.AdamW(rest, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    return {"muon": (muon, settings.muon_rate), "adam": (adam, settings.adam_rate)}


def save_checkpoint(path, step, model, chosen, rows):
    """Save all that a later process needs to go on exactly as this one would."""
    buffer = io.BytesIO()
    torch.save(
        {
            "step": step,
            "model": model.state_dict(),
            "rows": rows.generator.get_state(),
            **{name: optimiser.state_dict() for name, (optimiser, _) in chosen.items()},
        },
        buffer,
    )
    write_file(path, buffer.getvalue(), to_disk=True)


def load_checkpoint(path, model, chosen, rows):
    """Load a checkpoint if there is one. Return the number of steps done."""
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    rows.generator.set_state(saved["rows"])
    for name, (optimiser, _) in chosen.items():
        optimiser.load_state_dict(saved[name])
    return saved["step"]


@torch.no_grad()
def look(model, bpe, run):
    """Measure the model on the tuning stories and return a dict of numbers: what the log shows."""
    settings = model.config
    model.eval()
    length = settings.n_positions
    sizes = json.loads((run / "prepared.json").read_text())["tune"]
    tune = torch.from_numpy(np.load(run / "tune.npy")[:TUNING_TOKENS]).long()
    rows = tune[: len(tune) // length * length].view(-1, length)
    nats = sum(float(next_token_loss(model, part, part)) * len(part) for part in rows.split(32)) / len(rows)
    model.set_attn_implementation("eager")
    period = min(32, length // 2)
    generator = torch.Generator().manual_seed(3)
    uniform = torch.randint(1, settings.vocab_size, (16, period), generator=generator).repeat(1, 2)
    text = rows[:16, :period].repeat(1, 2)
    seen = {
        "tuning bits per byte": nats * sizes["tokens"] / sizes["bytes"] / math.log(2),
        "previous": best_head(previous_token_score(attention_of(model, rows[:8]))),
        "induction uniform": best_head(induction_score(attention_of(model, uniform), period)),
        "induction text": best_head(induction_score(attention_of(model, text), period)),
        "pronoun": best_head(pronoun_scores(model, bpe, watched_combinations())),
        "pronoun, new sentences": best_head(pronoun_scores(model, bpe, WATCHED_SENTENCES)),
        "example": best_head(pronoun_scores(model, bpe, [HELD_OUT_EXAMPLE])),
    }
    ids = torch.tensor([bpe.encode(HELD_OUT_EXAMPLE.text).ids])
    room = min(24, length - ids.shape[1])
    seen["continuation"] = ""
    if room > 0:
        written = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=room, do_sample=False, pad_token_id=0
        )
        seen["continuation"] = bpe.decode(written[0].tolist())
    model.set_attn_implementation("training")
    model.train()
    return seen


def show(seen):
    """Return the numbers of `look` as one line."""
    parts = []
    for name, value in seen.items():
        parts.append(
            f"{name} L{value[0]}H{value[1]} {value[2]:.2f}"
            if isinstance(value, tuple)
            else f"{name} {value:.3f}"
            if isinstance(value, float)
            else f"{name}: {value}"
        )
    return " | ".join(parts)


def progress(steps, start):
    """Return an iterator over the steps left, with tqdm's bar where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return range(start, steps)
    return tqdm(range(start, steps), initial=start, total=steps, unit="step", mininterval=10)


def train(settings, corpus, run, stop_at=None):
    """Train until the last step, or until `stop_at`. Return the model and its tokenizer.

    Writes a line every 20 steps to `log.jsonl` in the run's folder: step, loss in nats, seconds; and every
    `look_every` steps the numbers of `look`.
    """
    run = Path(run)
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    prepare(settings, corpus, run)
    bpe = load_bpe(run)
    model = new_model(settings)
    model.set_attn_implementation("training")
    model.train()
    chosen = optimisers(model, settings)
    rows = Rows(settings, run)
    checkpoint = run / "checkpoint.pt"
    start = load_checkpoint(checkpoint, model, chosen, rows)
    began, recent = time.time(), []
    last = min(settings.steps, stop_at or settings.steps)
    with open(run / "log.jsonl", "a", buffering=1) as log:
        for step in progress(last, start):
            loss = next_token_loss(model, *rows.batch(step))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            for optimiser, rate in chosen.values():
                for group in optimiser.param_groups:
                    group["lr"] = rate * settings.rate(step)
                optimiser.step()
                optimiser.zero_grad()
            recent.append(float(loss.detach()))
            done = step + 1
            if done % 20 == 0 or done == last:
                record = {"step": done, "loss": sum(recent) / len(recent), "seconds": round(time.time() - began, 1)}
                log.write(json.dumps(record) + "\n")
                recent = []
            if done % settings.save_every == 0 or done == last:
                save_checkpoint(checkpoint, done, model, chosen, rows)
            if done % settings.look_every == 0 or done == last:
                seen = look(model, bpe, run)
                log.write(json.dumps({"step": done, **seen}) + "\n")
                print(f"\nstep {done}: {show(seen)}", flush=True)
    return model, bpe


def main(arguments=None):
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], prog="python -m training.train")
    parser.add_argument("--corpus", help="stories.jsonl.gz or a folder of .txt files; default: $STORIES_CORPUS")
    parser.add_argument("--run", required=True, help="folder for prepared tokens, log and checkpoint")
    parser.add_argument(
        "--preset", choices=PRESETS, default="shipped", help="shipped: the real run; smallest: one minute"
    )
    parser.add_argument("--stop-at", type=int, help="stop after this step, to go on later")
    parser.add_argument("--threads", type=int, help="processor threads (default 1)")
    given = parser.parse_args(arguments)
    settings = PRESETS[given.preset]
    if given.threads:
        settings = replace(settings, threads=given.threads)
    try:
        train(settings, given.corpus, given.run, given.stop_at)
    except CorpusError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
