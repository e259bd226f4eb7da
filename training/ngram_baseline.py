"""The n-gram baseline: interpolated modified Kneser-Ney on the model's own tokens.

Chen and Goodman, "An empirical study of smoothing techniques for language modeling", 1998, section 4.1.2 and 5:
every order discounts its counts by D1, D2 or D3+ and gives the rest to the next lower order, which counts how many
different words an n-gram follows rather than how often it occurs.

Two such models are made: one of the books' training stories, one of the simple stories, each tested on its own kind.
`NgramModel.filtered` keeps only what a given text needs, so its probabilities for that text are those of the full
model. That is how the baseline can be shipped without the corpus: `python -m training.ngram_baseline --corpus PATH`
trains both in full and writes the filtered files.
"""

import argparse
import io
import lzma
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.prepare_text import CorpusError, corpus_path, read_corpus, read_held_out, split_corpus
from training.settings import SHIPPED
from training.simple_stories import simple_stories

FILES = {kind: Path(__file__).with_name(f"ngram_{kind}.npz.xz") for kind in ("books", "simple")}
ORDER = 5  # of 3, 4 and 5 the best on the tuning stories; 6 does not fit a key
HELD_OUT_SEED, HELD_OUT_COUNT = 1_000_003, 300


def pack(tokens, order, bits):
    """Return the key of every n-gram of `tokens`: a 64-bit number per position, (len(tokens) - order + 1,)."""
    if order * bits > 63:
        raise ValueError(f"An n-gram of order {order} over {2**bits} tokens does not fit 63 bits. Take a lower order.")
    count = len(tokens) - order + 1
    keys = np.zeros(max(count, 0), dtype=np.int64)
    for offset in range(order):
        keys = (keys << bits) | tokens[offset : offset + count].astype(np.int64)
    return keys


def look_up(table, keys):
    """Return the row of each key in the sorted array `table`, and whether it is there."""
    rows = np.searchsorted(table, keys)
    rows[rows == len(table)] = 0
    return rows, table[rows] == keys if len(table) else np.zeros(len(keys), dtype=bool)


@dataclass
class Order:
    """The counts of one order: n-grams with counts; contexts with totals and how many n-grams occur 1, 2, 3+ times."""

    ngrams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray
    kinds: np.ndarray  # (contexts, 3)
    discounts: np.ndarray  # D1, D2, D3+


def make_order(ngrams, counts, bits):
    """Build an `Order` from sorted keys and their counts."""
    seen = [int((counts == k).sum()) for k in (1, 2, 3, 4)]
    ratio = seen[0] / max(1, seen[0] + 2 * seen[1])
    discounts = np.array([k - (k + 1) * ratio * seen[k] / max(1, seen[k - 1]) for k in (1, 2, 3)]).clip(0.05, [1, 2, 3])
    contexts, first = np.unique(ngrams >> bits, return_index=True)
    kinds = np.stack([np.add.reduceat((np.minimum(counts, 3) == k).astype(np.int32), first) for k in (1, 2, 3)], axis=1)
    return Order(ngrams, counts.astype(np.int32), contexts, np.add.reduceat(counts, first), kinds, discounts)


class NgramModel:
    """A Kneser-Ney model. `orders[0]` holds unigrams, the last one the longest n-grams."""

    def __init__(self, orders, bits, vocabulary):
        self.orders, self.bits, self.vocabulary = orders, bits, vocabulary

    @classmethod
    def train(cls, tokens, vocabulary, order=5):
        """Count all n-grams up to `order` of `tokens`, a one-dimensional array of ids below `vocabulary`."""
        bits = max(1, math.ceil(math.log2(vocabulary)))
        ngrams, counts = np.unique(pack(np.asarray(tokens), order, bits), return_counts=True)
        orders = [make_order(ngrams, counts, bits)]
        for lower in range(order - 1, 0, -1):
            # Continuation counts: by how many different tokens is the shorter n-gram preceded?
            ngrams, counts = np.unique(ngrams & ((1 << (lower * bits)) - 1), return_counts=True)
            orders.insert(0, make_order(ngrams, counts, bits))
        return cls(orders, bits, vocabulary)

    def nats(self, tokens):
        """Return the surprise of each token but the first, given all before it, in nats: (len(tokens) - 1,).

        The first token is context alone: give the end-of-text token there.
        """
        tokens = np.asarray(tokens)
        probability = np.full(len(tokens), 1 / self.vocabulary)
        for n, order in enumerate(self.orders, 1):
            keys = pack(tokens, n, self.bits)
            row, known = look_up(order.ngrams, keys)
            count = np.where(known, order.counts[row], 0)
            context, seen = look_up(order.contexts, keys >> self.bits)
            discount = np.concatenate([[0.0], order.discounts])[np.minimum(count, 3)]
            total = order.totals[context]
            spared = order.kinds[context] @ order.discounts / total
            here = probability[n - 1 :]
            probability[n - 1 :] = np.where(seen, (count - discount) / total + spared * here, here)
        return -np.log(probability[1:])

    def filtered(self, texts):
        """Return the part of the model that the token arrays `texts` need."""
        kept = []
        for n, order in enumerate(self.orders, 1):
            keys = np.unique(np.concatenate([pack(np.asarray(text), n, self.bits) for text in texts]))
            row, known = look_up(order.ngrams, keys)
            row = row[known]
            context, seen = look_up(order.contexts, np.unique(keys >> self.bits))
            context = context[seen]
            kept.append(
                Order(
                    order.ngrams[row],
                    order.counts[row],
                    order.contexts[context],
                    order.totals[context],
                    order.kinds[context],
                    order.discounts,
                )
            )
        return NgramModel(kept, self.bits, self.vocabulary)

    def save(self, path):
        """Write the model as a compressed file. Sorted keys are stored as differences, which are smaller."""
        arrays = {"shape": np.array([self.bits, self.vocabulary, len(self.orders)])}
        for n, order in enumerate(self.orders):
            for name, value in vars(order).items():
                arrays[f"{name}{n}"] = np.diff(value, prepend=0) if name in ("ngrams", "contexts") else _smallest(value)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        Path(path).write_bytes(lzma.compress(buffer.getvalue(), preset=9))

    @classmethod
    def load(cls, path):
        """Read a model that `save` wrote. Raises FileNotFoundError with the remedy if it is missing."""
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(
                f"There is no n-gram baseline at {path}. Run `python -m training.ngram_baseline --corpus PATH`."
            )
        with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as arrays:
            bits, vocabulary, count = arrays["shape"].tolist()
            orders = []
            for n in range(count):
                fields = {name: arrays[f"{name}{n}"] for name in Order.__dataclass_fields__}
                fields["ngrams"], fields["contexts"] = np.cumsum(fields["ngrams"]), np.cumsum(fields["contexts"])
                orders.append(Order(**fields))
        return cls(orders, bits, vocabulary)


def _smallest(values):
    """Return whole numbers in the smallest type that holds them."""
    if values.dtype.kind == "f":
        return values
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def encode_stories(bpe, texts):
    """Return one token array per text, each with the end-of-text token 0 in front. `bpe`: a `tokenizers.Tokenizer`."""
    return [np.array([0, *encoded.ids]) for encoded in bpe.encode_batch(list(texts))]


def held_out_texts():
    """Return the held-out texts of both kinds: stories of books, and simple stories of a seed never trained on."""
    return {"books": read_held_out(), "simple": list(simple_stories(HELD_OUT_COUNT, HELD_OUT_SEED))}


def train_baselines(bpe, corpus, settings=SHIPPED):
    """Train the two full models: all training stories once, and all simple stories of the training run."""
    split = split_corpus(read_corpus(corpus_path(corpus)))
    texts = {
        "books": [story.text for story in split.train],
        "simple": simple_stories(settings.simple_stories, settings.seed),
    }
    return {
        kind: NgramModel.train(np.concatenate(encode_stories(bpe, some)), settings.vocabulary, ORDER)
        for kind, some in texts.items()
    }


def load_baselines():
    """Load the two filtered models that are shipped."""
    return {kind: NgramModel.load(file) for kind, file in FILES.items()}


def main(arguments=None):
    """Read the command line, train both baselines and write the filtered files."""
    from training.export import SHIPPED_FOLDER
    from training.tokenizer import load_bpe

    parser = argparse.ArgumentParser(description="Train the n-gram baseline.", prog="python -m training.ngram_baseline")
    parser.add_argument("--corpus", help="stories.jsonl.gz or a folder of .txt files; default: $STORIES_CORPUS")
    parser.add_argument(
        "--tokenizer", default=SHIPPED_FOLDER, help="folder with tokenizer.json; default: the shipped model's"
    )
    given = parser.parse_args(arguments)
    try:
        bpe = load_bpe(given.tokenizer)
        models = train_baselines(bpe, given.corpus)
    except (CorpusError, FileNotFoundError) as error:
        parser.exit(2, f"{error}\n")
    for kind, texts in held_out_texts().items():
        encoded = encode_stories(bpe, texts)
        models[kind].filtered(encoded).save(FILES[kind])
        bits = sum(models[kind].nats(tokens).sum() for tokens in encoded) / math.log(2)
        bits /= sum(len(text.encode("utf-8")) for text in texts)
        print(f"{kind}: {bits:.3f} bits per byte, {FILES[kind].name} {FILES[kind].stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
