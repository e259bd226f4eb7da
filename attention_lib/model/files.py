"""The files of the mini-transformer that come with the package, and what to say when one is missing or damaged."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

WEIGHTS_FOLDER = Path(__file__).parents[1] / "mini_transformer_weights"

Content = TypeVar("Content")


class MissingWeights(FileNotFoundError):
    """A file of the mini-transformer is missing or damaged. The message names the file and the remedy."""


def read_model_file(path: Path, reader: Callable[[str], Content]) -> Content:
    """Return `reader(path)` for a file of the model's folder.

    Raises MissingWeights when there is no such file, or when the reader fails on it.
    """
    try:
        if not path.is_file():
            problem = "is missing"
        else:
            return reader(str(path))
    except Exception as reason:  # the tokenizers library raises plain Exception
        problem = f"cannot be read ({reason})"
    raise MissingWeights(
        f"The mini-transformer's file {path} {problem}. Install attention101 again, from the wheel beside the notebook "
        "(`pip install --force-reinstall --no-deps`, then the wheel's name), and restart the kernel."
    )


def check_number(name: str, value: int, count: int) -> None:
    """Raise ValueError unless `value` is the number of one of the `count` layers or heads."""
    if not isinstance(value, int) or value not in range(count):
        raise ValueError(f"`{name}` is {value!r}, but the model has {count} of them: use 0 to {count - 1}.")


@cache
def config() -> dict:
    """The model's settings, under the names of transformers' GPT-2: `n_embd`, `n_head`, `n_layer`, `n_positions`, …

    Raises MissingWeights.
    """
    needed = ("n_embd", "n_head", "n_layer", "n_positions", "vocab_size", "layer_norm_epsilon")

    def settings(path):
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        return {name: found[name] for name in needed}

    return read_model_file(WEIGHTS_FOLDER / "config.json", settings)
