"""What a head does, as a number: previous-token score, induction score, and where a pronoun looks.

All functions take attention weights of shape (layers, batch, heads, n_q, n_k) and return one score per head,
a tensor (layers, heads) between 0 and 1. The first two scores follow Olsson et al., "In-context learning and
induction heads", 2022.
"""

import torch


@torch.no_grad()
def attention_of(model, ids):
    """Return the model's attention weights on `ids` (batch, seq), as (layers, batch, heads, seq, seq).

    The model must use eager attention: the faster kinds do not return weights.
    """
    attentions = model(ids, output_attentions=True, use_cache=False).attentions
    if not attentions or attentions[0] is None:
        raise ValueError("The model returned no attention weights. Load it with attn_implementation='eager'.")
    return torch.stack(attentions)


def previous_token_score(attention):
    """Mean weight that a token gives to the token right before it; the first token, which has none, is left out."""
    return attention.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=(1, 3))


def induction_score(attention, period):
    """Mean weight that a token of the second copy gives to the token *after* its own first copy.

    `period`: the length of the repeated snippet, in tokens; the sequence is that snippet twice or more.
    The first token of the second copy counts as well.
    """
    return attention.diagonal(offset=-(period - 1), dim1=-2, dim2=-1)[..., 1:].mean(dim=(1, 3))


def weight_between(attention, query, keys):
    """Weight that position `query` gives to the positions `keys` together, in the first sequence of the batch."""
    return attention[:, 0, :, query, list(keys)].sum(dim=-1)


def best_head(scores):
    """Return (layer, head, score) of the highest score of a tensor (layers, heads)."""
    index = int(scores.argmax())
    layer, head = divmod(index, scores.shape[1])
    return layer, head, float(scores[layer, head])
