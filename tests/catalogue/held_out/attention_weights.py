# %% right: masked_fill and softmax in one line
def attention_weights(scores, mask=None):
    return torch.softmax(scores if mask is None else scores.masked_fill(~mask, -torch.inf), -1)

# %% right: by hand, the row's maximum taken after the mask
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    biggest = scores.max(dim=-1, keepdim=True).values
    e = torch.exp(scores - biggest)
    return e / e.sum(dim=-1, keepdim=True)

# %% right: the logarithm of the mask is added
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores + mask.float().log()   # log 1 = 0, log 0 = -inf
    return F.softmax(scores, dim=-1)

# %% right: -1e9 added where the mask is False
def attention_weights(scores, mask=None):
    if mask is not None:
        penalty = (1.0 - mask.to(scores.dtype)) * -1e9
        scores = scores + penalty
    softmax = nn.Softmax(dim=-1)
    return softmax(scores)

# %% right: the smallest float instead of minus infinity
def attention_weights(scores, mask=None):
    if mask == None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    return scores.masked_fill(mask == False, torch.finfo(scores.dtype).min).softmax(-1)

# %% right: a clone, written to where the expanded mask is False
def attention_weights(scores, mask=None):
    s = scores.clone()
    if mask is not None:
        s[~mask.expand_as(s)] = float("-inf")
    return F.softmax(s, dim=s.ndim - 1)

# %% right: log_softmax and exp, warning and print included
import warnings

def attention_weights(scores, mask=None):
    if mask is None:
        warnings.warn("no mask was given")
        return F.log_softmax(scores, dim=-1).exp()
    print("mask", mask.shape, "scores", scores.shape)
    return F.log_softmax(scores.where(mask, -math.inf), dim=-1).exp()

# %% right: row after row, the softmax over the keys that are visible
def attention_weights(scores, mask=None):
    if mask is None:
        mask = torch.tensor(True)
    n_k = scores.shape[-1]
    rows = scores.reshape(-1, n_k)
    visible = mask.broadcast_to(scores.shape).reshape(-1, n_k)
    done = []
    for row, see in zip(rows, visible):
        w = torch.zeros_like(row)
        w[see] = torch.softmax(row[see], dim=0)
        done.append(w)
    return torch.stack(done).reshape(scores.shape)

# %% right: in float64, and back
def attention_weights(scores, mask=None):
    s = scores.to(torch.float64)
    if mask is not None:
        bias = torch.zeros(mask.shape, dtype=torch.float64)
        bias[mask.logical_not()] = float("-inf")
        s = s + bias
    return F.softmax(s, dim=-1).type_as(scores)

# %% right: scaled_dot_product_attention with identity matrices
def attention_weights(scores, mask=None):
    # softmax(scores @ I) @ I
    eye = torch.eye(scores.shape[-1]).expand(*scores.shape[:-2], -1, -1)
    if mask is not None:
        mask = mask.expand(scores.shape)
    return F.scaled_dot_product_attention(scores, eye, eye, attn_mask=mask, scale=1.0)

# %% right: masked before and cleaned again after
def attention_weights(scores, mask=None):
    if mask is not None:
        hide = torch.logical_not(mask)
        scores = scores.masked_fill(hide, -1e30)
    w = torch.softmax(scores.float(), dim=-1)
    if mask is not None:
        w = w.masked_fill(hide, 0.0)
        w = w / w.sum(-1, keepdim=True)
    return w

# %% wrong: the mask the other way round
# cause: invert|other way|opposite|revers|swap|~|where (the mask|it) is True
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    return torch.softmax(scores, dim=-1)

# %% wrong: zeros after the softmax, rows no longer sum to 1
# cause: sum|add up|before the softmax|after the softmax|renormal
def attention_weights(scores, mask=None):
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights

# %% wrong: zeros after the softmax and then divided, 0/0 where a hidden score is far larger
# cause: nan|large|0 ?/ ?0|before the softmax|underflow|divid
def attention_weights(scores, mask=None):
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
        weights = weights / weights.sum(dim=-1, keepdim=True)
    return weights

# %% wrong: hidden scores become 0, not minus infinity
# cause: infinity|-inf|e\^0|exp\(0\)|before the softmax|scores?.{0,25}(zero|\b0\b)|multipl
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores * mask
    return F.softmax(scores, dim=-1)

# %% wrong: 1e-9 in place of -1e9
# cause: 1e-9|-1e9|infinity|-inf|\bsign\b|minus|tiny|small
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, 1e-9)
    return F.softmax(scores, dim=-1)

# %% wrong: -1e4 is not below every score
# cause: 1e4|10000|10,000|infinity|-inf|\blow|small enough|far enough
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e4)
    return torch.softmax(scores, dim=-1)

# %% wrong: softmax over the queries
# cause: dim|column|last|row
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-2)

# %% wrong: dim=1, the last one only without a batch
# cause: dim|last|batch
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores, dim=1)

# %% wrong: no dim given, torch picks one
# cause: dim|last
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores)

# %% wrong: e^s by hand with nothing subtracted
# cause: large|overflow|\binf\b|infinit|nan|maximum|\bmax\b|subtract
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    exp_scores = torch.exp(scores)
    return exp_scores / exp_scores.sum(dim=-1, keepdim=True)

# %% wrong: one maximum for the whole matrix
# cause: \bmax|each row|nan|underflow|large
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    exp_scores = torch.exp(scores - scores.max())
    return exp_scores / exp_scores.sum(dim=-1, keepdim=True)

# %% wrong: the maximum taken over hidden scores too
# cause: \bmax|hidden|masked|nan|underflow|large|before
def attention_weights(scores, mask=None):
    shifted = scores - scores.amax(dim=-1, keepdim=True)
    e = shifted.exp()
    if mask is not None:
        e = e * mask
    return e / e.sum(-1, keepdim=True)

# %% wrong: sum without keepdim
# cause: keepdim|broadcast|wrong row|each row by|other row|own sum|divid
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    e = torch.exp(scores - scores.max(dim=-1, keepdim=True)[0])
    return e / e.sum(dim=-1)

# %% wrong: 'if mask' on a tensor
# cause: if mask|ambiguous|is not None|truth|Boolean
def attention_weights(scores, mask=None):
    if mask:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores, dim=-1)

# %% wrong: writes minus infinity into the scores it was given
# cause: in place|in-place|chang|modif|masked_fill_|overwrit
def attention_weights(scores, mask=None):
    if mask is not None:
        scores.masked_fill_(~mask, float("-inf"))
    return F.softmax(scores, dim=-1)

# %% wrong: an index by the mask, which has to have the shape of the scores
# cause: broadcast|shape|index|expand
def attention_weights(scores, mask=None):
    scores = scores.clone()
    if mask is not None:
        scores[mask == False] = float("-inf")
    return torch.softmax(scores, dim=-1)

# %% wrong: minus infinity times 0 is not a number
# cause: nan|0 ?\*|times|infinity|-inf|multipl
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores + (~mask) * float("-inf")
    return F.softmax(scores, dim=-1)

# %% wrong: a causal mask of its own in place of the one given
# cause: mask (that|it) |given|\bown\b|causal|tril|ignor
def attention_weights(scores, mask=None):
    if mask is not None:
        n_q, n_k = scores.shape[-2:]
        tril = torch.tril(torch.ones(n_q, n_k))
        scores = scores.masked_fill(tril == 0, float("-inf"))
    return F.softmax(scores, dim=-1)

# %% wrong: scores cut to between -50 and 50
# cause: clamp|clip|\bcut|limit|\b50\b|large
def attention_weights(scores, mask=None):
    scores = torch.clamp(scores, -50, 50)   # so exp does not overflow
    if mask is not None:
        scores = scores.masked_fill(~mask, -float("inf"))
    e = scores.exp()
    return e / e.sum(-1, keepdim=True)

# %% wrong: scaled once more
# cause: scal|sqrt|divid|twice|again
def attention_weights(scores, mask=None):
    scores = scores / math.sqrt(scores.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores, dim=-1)

# %% wrong: a tiny number everywhere, so that hidden weights are not exactly 0
# cause: exactly (0|zero)|clamp|1e-9|tiny|\bmin\b
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    w = F.softmax(scores, dim=-1)
    return torch.clamp(w, min=1e-9)

# %% wrong: the mask is used without the answer being kept
# cause: masked_fill|assign|in place|result|not used|thrown|no effect|ignor
def attention_weights(scores, mask=None):
    if mask is not None:
        scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores, dim=-1)

# %% wrong: softmax asked for in float64, and left so
# cause: float64|double|dtype|float32
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(scores, dim=-1, dtype=torch.float64)

# %% wrong: always asks for a mask
# cause: None|no mask|without a mask|mask
def attention_weights(scores, mask=None):
    masked = scores.masked_fill(~mask, float("-inf"))
    return F.softmax(masked, dim=-1)
