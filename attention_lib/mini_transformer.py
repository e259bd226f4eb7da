"""The trained mini-transformer as a whole model: load it, make it attend by your own functions, look into it.

For example:

    model, tokenizer = load()
    with attend_with(model, attention_scores, attention_weights, aggregate_values):
        print(continuation(model, tokenizer, PROMPT_EXAMPLE))
"""

import contextlib
import json
from pathlib import Path

from attention_lib.model.architecture import OtherArchitecture, require_gpt2
from attention_lib.model.files import WEIGHTS_FOLDER, MissingWeights, config, read_model_file
from attention_lib.model.heads import head_of, head_output
from attention_lib.model.student_attention import AttentionProblem, attend_with
from attention_lib.model.text import continuation, next_token_probabilities, perplexity

__all__ = [
    "AttentionProblem",
    "MissingWeights",
    "ModelUnavailable",
    "OtherArchitecture",
    "attend_with",
    "continuation",
    "head_of",
    "head_output",
    "load",
    "next_token_probabilities",
    "perplexity",
]


class ModelUnavailable(OSError):
    """A model named by the user cannot be had. The message names it and the remedy."""


def load(name: str | None = None):
    """A language model and its tokenizer, of transformers: float32, on the CPU, in eval mode, attending step by step.

    name: None for the mini-transformer that comes with the package, which needs no network; or the name of a GPT-2 on
        the Hugging Face hub, such as "distilgpt2", or a folder that holds one.

    Raises MissingWeights when a file of the mini-transformer is missing or damaged, ModelUnavailable when the named
    model cannot be had, for example offline, OtherArchitecture when it is no GPT-2. Each message says the remedy.
    """
    with _no_progress_bar():
        return _shipped() if name is None else _named(name)


def _shipped():
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

    config()
    read_model_file(
        WEIGHTS_FOLDER / "tokenizer_config.json", lambda path: json.loads(Path(path).read_text(encoding="utf-8"))
    )
    tokenizer = read_model_file(
        WEIGHTS_FOLDER / "tokenizer.json",
        lambda _: PreTrainedTokenizerFast.from_pretrained(WEIGHTS_FOLDER, local_files_only=True),
    )
    model = read_model_file(
        WEIGHTS_FOLDER / "model.safetensors",
        lambda _: _complete(GPT2LMHeadModel, WEIGHTS_FOLDER, local_files_only=True),
    )
    return model, tokenizer


def _named(name: str):
    import huggingface_hub

    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"`load` needs a model's name, or nothing, but got {name!r}.")
    try:
        try:
            return _gpt2(name, local_files_only=True)
        except OtherArchitecture:
            raise
        except Exception:  # as below
            if Path(name).is_dir():
                raise
            # One question, without the half minute of retries that a download takes to give up.
            huggingface_hub.HfApi().model_info(name, timeout=10)
            return _gpt2(name)
    except OtherArchitecture:
        raise
    except Exception as reason:  # the hub's, the network's and the file formats' errors have no common class
        said = " ".join(str(reason).split())[:300]
        raise ModelUnavailable(
            f"The model {name!r} cannot be loaded. Check its name and your connection to the Hugging Face hub, or use "
            f"`load()` without a name, which needs no network. What stopped it: {type(reason).__name__}: {said}"
        ) from reason


def _gpt2(name: str, **settings):
    from transformers import AutoConfig, AutoTokenizer, GPT2LMHeadModel

    require_gpt2(AutoConfig.from_pretrained(name, **settings), f"The model {name!r}")
    return _complete(GPT2LMHeadModel, name, **settings), AutoTokenizer.from_pretrained(name, **settings)


def _complete(kind, place, **settings):
    """Load a model. Raises ValueError when the file lacks some of its weights, which transformers would make up."""
    import torch

    model, info = kind.from_pretrained(
        place, attn_implementation="eager", dtype=torch.float32, output_loading_info=True, **settings
    )
    if info["missing_keys"]:
        raise ValueError(f"its part {sorted(info['missing_keys'])[0]} is missing")
    return model.eval()


@contextlib.contextmanager
def _no_progress_bar():
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
