"""The tokenizer: byte-level BPE in which common words are one token."""

from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

END_OF_TEXT = "<|endoftext|>"  # token 0; stands between two stories


def train_tokenizer(texts, vocabulary):
    """Train a byte-level BPE tokenizer of `vocabulary` tokens on an iterator of strings.

    A space is put before the first word, so that a word at the start of a text is the same token as within it.
    """
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return bpe


def for_transformers(bpe, positions):
    """Wrap a `tokenizers.Tokenizer` so that it can be saved into a model's folder."""
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=END_OF_TEXT,
        eos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        unk_token=END_OF_TEXT,
        model_max_length=positions,
        clean_up_tokenization_spaces=False,
    )


def load_bpe(folder):
    """Load `tokenizer.json` of a model's folder. Raises FileNotFoundError that names the file."""
    file = Path(folder) / "tokenizer.json"
    if not file.is_file():
        raise FileNotFoundError(f"There is no tokenizer at {file}. Train one with `python -m training.train`.")
    return Tokenizer.from_file(str(file))
