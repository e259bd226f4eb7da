"""Rows with a repeated snippet: what makes a model learn to look back and copy (induction).

Repeats of uniform random tokens alone teach a mode: the model recognises such rows and copies only there. So
snippets of books and stories are repeated too, as they are and shuffled, with other text before and between.
Olsson et al., "In-context learning and induction heads", 2022.
"""

import torch

IGNORED = -100  # torch's cross entropy leaves these targets out
KINDS = ("uniform", "shuffled books", "books", "shuffled stories", "stories")


def snippet(kind, length, books, stories, vocabulary, generator):
    """Return `length` token ids of one of the KINDS, a tensor (length,)."""
    if kind == "uniform":
        return torch.randint(1, vocabulary, (length,), generator=generator)
    source = books if kind.endswith("books") else stories
    start = int(torch.randint(0, len(source) - length, (1,), generator=generator))
    found = source[start : start + length].long()
    return found[torch.randperm(length, generator=generator)] if kind.startswith("shuffled") else found


def repeat_row(length, books, stories, vocabulary, generator, kind_weights=(3, 2, 2, 1, 1)):
    """Return one row and its targets, two tensors (length,).

    The row is a chain of pairs: a snippet, now and then up to 8 other tokens, the snippet again. Snippets have 4 to
    half a row of tokens, short ones more often. The first copy of a random or shuffled snippet has no targets:
    nothing can predict it.
    """
    row, targets = [], []
    filled = 0
    weights = torch.tensor(kind_weights, dtype=torch.float)
    while filled < length:
        kind = KINDS[int(torch.multinomial(weights, 1, generator=generator))]
        share = float(torch.rand(1, generator=generator))
        size = int(4 * (length / 2 / 4) ** share)
        copy = snippet(kind, size, books, stories, vocabulary, generator)
        random_order = kind == "uniform" or kind.startswith("shuffled")
        hidden = torch.full_like(copy, IGNORED)
        row.append(copy)
        targets.append(hidden if random_order else copy)
        if float(torch.rand(1, generator=generator)) < 0.4:
            gap = snippet(
                "books", int(torch.randint(1, 9, (1,), generator=generator)), books, stories, vocabulary, generator
            )
            row.append(gap)
            targets.append(torch.full_like(gap, IGNORED))
        # The second copy's first token cannot be foreseen.
        row.append(copy)
        targets.append(torch.cat([hidden[:1], copy[1:]]))
        filled = sum(len(part) for part in row)
    return torch.cat(row)[:length], torch.cat(targets)[:length]


def repeat_rows(count, length, books, stories, vocabulary, generator):
    """Return `count` rows with repeats and their targets, two tensors (count, length)."""
    pairs = [repeat_row(length, books, stories, vocabulary, generator) for _ in range(count)]
    return torch.stack([row for row, _ in pairs]), torch.stack([targets for _, targets in pairs])
