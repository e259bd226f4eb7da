"""Text cut into tokens, with the tokenizer of the mini-transformer."""

from functools import cache

import torch
from tokenizers import Tokenizer

from attention_lib.model.files import WEIGHTS_FOLDER, MissingWeights, config, read_model_file

__all__ = ["WEIGHTS_FOLDER", "MissingWeights", "tokenize"]


@cache
def tokenizer() -> Tokenizer:
    """The model's tokenizer. Raises MissingWeights."""
    return read_model_file(WEIGHTS_FOLDER / "tokenizer.json", Tokenizer.from_file)


def tokenize(text: str) -> tuple[list[str], torch.Tensor]:
    """Cut `text` into tokens and look up their numbers.

    Returns the tokens as words, each without the space before it, and their ids: int64, shape (seq,). A rare sign
    may be cut within its bytes; such a piece is shown as �.

    Raises TypeError when `text` is no string, ValueError when it is empty or longer than the model takes,
    MissingWeights when the tokenizer's file cannot be read.
    """
    if not isinstance(text, str):
        raise TypeError(f"`tokenize` needs a text, but got {type(text).__name__}. Put the text in quotation marks.")
    if not text.strip():
        raise ValueError("`tokenize` got an empty text. Give it at least one word.")
    try:
        text.encode()
    except UnicodeEncodeError as reason:
        raise ValueError(f"The text holds half a sign at place {reason.start}. Remove it or type it again.") from None
    ids = tokenizer().encode(text).ids
    most = config()["n_positions"]
    if len(ids) > most:
        raise ValueError(f"The text has {len(ids)} tokens, and the model takes at most {most}. Use a shorter text.")
    tokens = [tokenizer().decode([i], skip_special_tokens=False) for i in ids]
    return [token.removeprefix(" ") or token for token in tokens], torch.tensor(ids, dtype=torch.int64, device="cpu")
