"""What a model makes of a text: its next token, how it goes on, and how surprising the model finds it."""

import torch
import torch.nn.functional as F


def _ids(model, tokenizer, text: str, room: int = 0) -> torch.Tensor:
    """The text's ids (1, seq) on the model's device, if the model has place for them and `room` more."""
    if not isinstance(text, str):
        raise TypeError(f"The text should be a str, but is a {type(text).__name__}. Put it in quotation marks.")
    ids = tokenizer(text, verbose=False)["input_ids"]
    if not ids:
        raise ValueError("The text is empty. Give at least one word.")
    most = model.config.n_positions
    if len(ids) + room > most:
        more = f" and should go on for {room}" if room else ""
        raise ValueError(
            f"The text has {len(ids)} tokens{more}, but the model takes at most {most}. Use a shorter one."
        )
    return torch.tensor([ids], device=model.device)


@torch.no_grad()
def next_token_probabilities(model, tokenizer, text: str, top: int = 8) -> list[tuple[str, float]]:
    """The `top` likeliest next tokens and their probabilities, the likeliest first.

    A token that starts a word has a space before it. Raises TypeError or ValueError for a text that is no str, empty or
    longer than the model takes, ValueError for a `top` that the vocabulary does not have.
    """
    size = model.config.vocab_size
    if not isinstance(top, int) or not 1 <= top <= size:
        raise ValueError(f"`top` is {top!r}, but the vocabulary has {size} tokens: use 1 to {size}.")
    logits = model(_ids(model, tokenizer, text)).logits[0, -1]
    best = logits.softmax(dim=-1).topk(top)
    return [(tokenizer.decode([i]), p) for i, p in zip(best.indices.tolist(), best.values.tolist())]


@torch.no_grad()
def continuation(model, tokenizer, text: str, n: int = 17) -> str:
    """How the model goes on: `n` tokens, each the likeliest (greedy), fewer where it ends the text itself.

    Each token is found as in `next_token_probabilities`, from the whole text so far, without a cache: so an attention
    written by hand always sees as many queries as keys.

    Returns what comes after `text`, without it. Raises TypeError or ValueError for a text that is no str, empty, or
    longer than the model takes together with `n` tokens.
    """
    if not isinstance(n, int) or n < 1:
        raise ValueError(f"`n` is {n!r}, but should be a whole number of at least 1.")
    ids = _ids(model, tokenizer, text, room=n)
    made = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=n,
        do_sample=False,
        num_beams=1,
        use_cache=False,
        pad_token_id=tokenizer.eos_token_id,
    )
    return tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)


@torch.no_grad()
def perplexity(model, tokenizer, text: str) -> float:
    """exp of the mean cross-entropy, in nats, of the tokens after the first. Lower is better; 1 is certain.

    See https://huggingface.co/docs/transformers/perplexity. On one short text a broken model may be lower by chance:
    compare models on a paragraph or more that they have not been trained on.

    Raises TypeError or ValueError for a text that is no str,
    has fewer than two tokens, or is longer than the model takes.
    """
    ids = _ids(model, tokenizer, text)
    if ids.shape[1] < 2:
        raise ValueError("The text has one token, and perplexity needs two. Use a longer text.")
    logits = model(ids).logits
    return F.cross_entropy(logits[0, :-1], ids[0, 1:]).exp().item()
