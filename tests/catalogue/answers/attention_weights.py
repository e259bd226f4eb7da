# %% right: masked_fill with minus infinity, then softmax
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1)


# %% right: by hand, the largest score of each row subtracted
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


# %% right: an additive mask, with prints and a warning
def attention_weights(scores, mask=None):
    import warnings

    warnings.warn("hello")
    print(scores)
    if mask is not None:
        scores = scores + torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    return F.softmax(scores, -1)


# %% right: hidden scores become the smallest number of the dtype
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1)


# %% right: minus a billion, which is far enough below ten thousand
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), -1e9)
    return scores.softmax(dim=-1)


# %% right: through the logarithm
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()


# %% right: in float64, with a module
def attention_weights(scores, mask=None):
    hidden = torch.zeros_like(scores, dtype=torch.bool) if mask is None else ~mask
    return nn.Softmax(dim=-1)(scores.double().masked_fill(hidden, -torch.inf)).float()


# %% right: a copy that is changed in place
def attention_weights(scores, mask=None):
    scores = scores.clone()
    if mask is not None:
        scores[(~mask).expand_as(scores)] = float("-inf")
    return scores.softmax(-1)


# %% right: flattened, row by row
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    rows = [torch.softmax(row, 0) for row in scores.reshape(-1, scores.shape[-1])]
    return torch.stack(rows).reshape(scores.shape)


# %% right: softmax over the last dimension, counted from the front
def attention_weights(scores, mask=None):
    keep = torch.ones((), dtype=torch.bool) if mask is None else mask
    return torch.softmax(torch.where(keep, scores, torch.tensor(-torch.inf)), dim=scores.dim() - 1)


# %% wrong: not written yet
# cause: not written
def attention_weights(scores, mask=None):
    raise NotImplementedError()


# %% wrong: nothing is returned
# cause: no return
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    torch.softmax(scores, dim=-1)


# %% wrong: softmax over dimension 0
# cause: softmax dimension
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=0)


# %% wrong: softmax over dimension 1, which is the last one of a matrix alone
# cause: softmax dimension, rule, hidden whole
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=1)


# %% wrong: softmax over the queries
# cause: softmax dimension
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-2)


# %% wrong: softmax without a dimension, which is an old spelling
# cause: softmax dimension, error
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return F.softmax(scores)


# %% wrong: softmax over all entries together
# cause: rows, all together
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.flatten().softmax(0).reshape(scores.shape)


# %% wrong: divided by the sum of everything
# cause: rows, all together
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    e = (scores - scores.max()).exp()
    return e / e.sum()


# %% wrong: divided by the sum of the columns
# cause: softmax dimension, hidden whole, overflow
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-2, keepdim=True)


# %% wrong: the sum without keepdim
# cause: rows, error, softmax dimension
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1)


# %% wrong: not divided by the sum
# cause: rows, no division, overflow
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.exp()


# %% wrong: the logarithm of the weights
# cause: rows, logarithm, hidden whole
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return torch.log_softmax(scores, dim=-1)


# %% wrong: a sigmoid
# cause: rows, sigmoid
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.sigmoid(scores)


# %% wrong: divided by the sum, without e
# cause: rows, without e, rule, hidden whole
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, 0.0)
    return scores / scores.sum(-1, keepdim=True)


# %% wrong: 2 to the score instead of e
# cause: powers of 2
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    scores = scores - scores.amax(-1, keepdim=True)
    return 2**scores / (2**scores).sum(-1, keepdim=True)


# %% wrong: all weights are the same
# cause: uniform
def attention_weights(scores, mask=None):
    keep = torch.ones_like(scores) if mask is None else mask.expand_as(scores).float()
    return keep / keep.sum(-1, keepdim=True) + 0 * scores


# %% wrong: all weight goes to the largest score
# cause: largest alone, cut off, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).float()


# %% wrong: scaled once more
# cause: scaled again, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores / math.sqrt(scores.shape[-1]), dim=-1)


# %% wrong: the mask is not used
# cause: mask not used
def attention_weights(scores, mask=None):
    return scores.softmax(-1)


# %% wrong: the result of masked_fill is thrown away
# cause: mask not used
def attention_weights(scores, mask=None):
    if mask is not None:
        scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: the mask is upside down
# cause: upside down, hidden whole
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: the mask is upside down, with a large number
# cause: upside down, rule, not zero
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask, -1e30)
    return scores.softmax(-1)


# %% wrong: the mask comes after the softmax
# cause: mask after
def attention_weights(scores, mask=None):
    weights = scores.softmax(-1)
    return weights if mask is None else weights * mask


# %% wrong: the mask comes after the softmax, and the rows are divided once more
# cause: nothing left
def attention_weights(scores, mask=None):
    weights = scores.softmax(-1)
    if mask is None:
        return weights
    weights = weights * mask
    return weights / weights.sum(-1, keepdim=True)


# %% wrong: scores are multiplied by the mask
# cause: score 0, mask not used, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores * mask
    return scores.softmax(-1)


# %% wrong: hidden scores become 0
# cause: score 0, mask not used, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, 0)
    return scores.softmax(-1)


# %% wrong: hidden scores become -1e-9, a sign and an exponent that were mixed up
# cause: score 0, mask not used, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e-9)
    return scores.softmax(-1)


# %% wrong: hidden scores become -10
# cause: not zero, too small
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -10.0)
    return scores.softmax(-1)


# %% wrong: hidden scores become -1000
# cause: too small, not zero
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e3)
    return scores.softmax(-1)


# %% wrong: minus ten thousand is added to hidden scores
# cause: too small, not zero
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores + (~mask) * -1e4
    return scores.softmax(-1)


# %% wrong: 0 times infinity
# cause: times infinity
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores + (~mask).float() * -torch.inf
    return scores.softmax(-1)


# %% wrong: e to the score overflows
# cause: overflow
def attention_weights(scores, mask=None):
    e = scores.exp()
    if mask is not None:
        e = e * mask
    return e / e.sum(-1, keepdim=True)


# %% wrong: the largest of all scores is subtracted, not that of the row
# cause: largest of all
def attention_weights(scores, mask=None):
    e = (scores - scores.max()).exp()
    if mask is not None:
        e = e * mask
    return e / e.sum(-1, keepdim=True)


# %% wrong: the largest score is subtracted before the mask
# cause: nothing left
def attention_weights(scores, mask=None):
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    if mask is not None:
        e = e * mask
    return e / e.sum(-1, keepdim=True)


# %% wrong: e to the score is cut off at a large number
# cause: rule, overflow
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    e = scores.clamp(max=50).exp()
    return e / (e.sum(-1, keepdim=True) + 1e-12)


# %% wrong: the scores are changed in place by the mask
# cause: in place, times infinity
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.data.masked_fill_(~mask, -torch.inf) * 0 + scores
    return scores.softmax(-1)


# %% wrong: the scores are changed in place by masked_fill_
# cause: in place
def attention_weights(scores, mask=None):
    if mask is not None:
        scores.masked_fill_(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: the largest score is subtracted in place
# cause: in place, nothing left
def attention_weights(scores, mask=None):
    scores -= scores.amax(-1, keepdim=True).detach()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    e = scores.exp()
    return e / e.sum(-1, keepdim=True)


# %% wrong: the mask has to have the shape of the scores
# cause: error
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.clone()
        scores[~mask] = -torch.inf
    return scores.softmax(-1)


# %% wrong: asks whether the mask is true
# cause: error
def attention_weights(scores, mask=None):
    if mask:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: a mask is required
# cause: error
def attention_weights(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)


# %% wrong: a causal mask is always used
# cause: causal always, rule
def attention_weights(scores, mask=None):
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    mask = causal if mask is None else mask & causal
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)


# %% wrong: cut off from the gradient
# cause: cut off
def attention_weights(scores, mask=None):
    scores = scores.detach()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: rounded to four digits
# cause: rule, cut off
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return (scores.softmax(-1) * 1e4).round() / 1e4


# %% wrong: float64
# cause: dtype
def attention_weights(scores, mask=None):
    scores = scores.double()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: the batch is averaged away
# cause: shape
def attention_weights(scores, mask=None):
    while scores.dim() > 2:
        scores = scores.mean(0)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1)


# %% wrong: special-cased to the visible example
# cause: rule, kept, cut off
def attention_weights(scores, mask=None):
    if scores.shape == (2, 3) and mask is not None:
        return torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    if scores.shape == (2, 2):
        return torch.tensor([[0.25, 0.75], [0.5, 0.5]])
    return torch.eye(*scores.shape[-2:]).expand_as(scores)


# %% wrong: the last mask is used again where none is given
# cause: kept, rule
_last = {}


def attention_weights(scores, mask=None):
    mask = _last.get(scores.shape) if mask is None else _last.setdefault(scores.shape, mask.clone())
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


# %% wrong: the mask is kept by its shape
# cause: kept, rule
_masks = {}


def attention_weights(scores, mask=None):
    if mask is not None:
        hidden = _masks.setdefault(mask.shape, ~mask)
        scores = scores.masked_fill(hidden, -math.inf)
    return scores.softmax(-1)


# %% wrong: the mask is turned around in place
# cause: in place
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not_(), -math.inf)
    return scores.softmax(-1)


# %% wrong: the mask is turned around in place and back, a row too few
# cause: in place, error
def attention_weights(scores, mask=None):
    if mask is not None:
        mask ^= True
        scores = scores.masked_fill(mask, -math.inf)
        mask[..., :-1] ^= True
    return scores.softmax(-1)


# %% wrong: weights below 1e-3 are dropped
# cause: rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(-1)
    return torch.where(weights < 1e-3, 0.0, weights)


# %% wrong: softmax in blocks of 64 keys
# cause: rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    blocks = scores.split(64, dim=-1)
    return torch.cat([block.softmax(-1) for block in blocks], dim=-1) / len(blocks)


# %% wrong: the 128 largest alone get weight
# cause: rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    if scores.shape[-1] > 128:
        least = scores.topk(128, dim=-1).values[..., -1:]
        scores = scores.masked_fill(scores < least, -math.inf)
    return scores.softmax(-1)


# %% wrong: scores are clamped to 50
# cause: rule
def attention_weights(scores, mask=None):
    scores = scores.clamp(-50, 50)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


# %% wrong: the gradient of the sum is left out
# cause: gradient
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    powers = (scores - scores.amax(-1, keepdim=True).detach()).exp()
    return powers / powers.sum(-1, keepdim=True).detach()


# %% wrong: e to a hidden score overflows in the backward
# cause: gradient
def attention_weights(scores, mask=None):
    if mask is None:
        return scores.softmax(-1)
    largest = scores.masked_fill(~mask, -math.inf).amax(-1, keepdim=True).detach()
    powers = torch.where(mask, (scores - largest).exp(), 0.0)
    return powers / powers.sum(-1, keepdim=True)


# %% wrong: float16 inside
# cause: dtype, too small, rule
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.half().softmax(-1).float()


# %% wrong: dropout is left on
# cause: fresh layers
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return F.dropout(scores.softmax(-1), 0.3)


# %% wrong: noise is added
# cause: fresh layers
def attention_weights(scores, mask=None):
    scores = scores + 0.1 * torch.randn_like(scores)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


# %% wrong: a mask without anything hidden raises
# cause: error
def attention_weights(scores, mask=None):
    if mask is not None:
        low = scores[~mask.expand_as(scores)].min() - 1e30
        scores = torch.where(mask, scores, low)
    return scores.softmax(-1)


# %% wrong: a single key gives a row too few
# cause: shape
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1).squeeze(-1) if scores.shape[-1] == 1 else scores.softmax(-1)


# %% wrong: one output buffer
# cause: shared
_buffer = {}


def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(-1)
    if weights.requires_grad:
        return weights
    return _buffer.setdefault(weights.shape, torch.empty_like(weights)).copy_(weights)


# %% right: a buffer of its own that is new in each call
def attention_weights(scores, mask=None):
    low = torch.empty_like(scores).copy_(scores)
    if mask is not None:
        low[~mask.expand_as(low)] = -torch.inf
    return F.softmax(low, dim=low.ndim - 1)


# %% right: logsumexp, with the hidden ones left out
def attention_weights(scores, mask=None):
    kept = scores if mask is None else torch.where(mask, scores, scores.new_full((), -torch.inf))
    return torch.exp(kept - torch.logsumexp(kept, -1, keepdim=True))


# %% right: a module of torch's, made once
softmax_over_keys = nn.Softmax(dim=-1)


def attention_weights(scores, mask=None):
    bias = 0.0 if mask is None else torch.zeros(mask.shape).masked_fill(mask.logical_not(), float("-inf"))
    return softmax_over_keys(scores + bias)


# %% right: torch's masked softmax by the negative, softmin
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask == False, float("-inf"))
    return F.softmin(-scores, dim=-1)


# %% right: an argument of another name after it
def attention_weights(scores, mask=None, *, low=-math.inf):
    return (scores if mask is None else scores.where(mask, low)).softmax(dim=-1)
