"""From text to tokens and their ids, with the mini-transformer's own tokenizer."""

from functools import lru_cache
from pathlib import Path

import torch
from tokenizers import Tokenizer

WEIGHTS_FOLDER = Path(__file__).parent / "mini_transformer_weights"
LONGEST = 128


class MissingWeights(FileNotFoundError):
    """A file of the mini-transformer is missing or damaged; the message names it and the remedy."""

    def __init__(self, path: Path, why: str):
        super().__init__(f"The mini-transformer's {path.name} {why} ({path.parent}). Install attention101 again.")


def tokenize(text: str) -> tuple[list[str], torch.Tensor]:
    """Cut a text into tokens.

    Returns the tokens as they are read, without the space in front, and their ids, (seq,) int64.
    Raises ValueError for a text without tokens or with more than the model's 128 positions.
    """
    encoding = _tokenizer().encode(text)
    if not encoding.ids or not text.strip():
        raise ValueError("The text is empty. Give at least one word.")
    if len(encoding.ids) > LONGEST:
        raise ValueError(f"The text has {len(encoding.ids)} tokens; the model reads at most {LONGEST}. Take a shorter one.")
    return [_tokenizer().decode([i]).strip() or "␣" for i in encoding.ids], torch.tensor(encoding.ids)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    path = WEIGHTS_FOLDER / "tokenizer.json"
    if not path.is_file():
        raise MissingWeights(path, "is missing")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:
        raise MissingWeights(path, "cannot be read") from error
