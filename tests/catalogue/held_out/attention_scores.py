# %% right: the plain one, with mT
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1.0 / math.sqrt(Q.shape[-1])
    return scale * (Q @ K.mT)

# %% right: an einsum, the scale as a power of d_k
def attention_scores(Q, K, scale=None):
    s = Q.size(-1) ** -0.5 if scale is None else scale
    return torch.einsum("...id,...jd->...ij", Q, K) * s

# %% right: Q scaled before the product, in a copy
def attention_scores(Q, K, scale=None):
    d_k = K.shape[-1]
    scaled_Q = Q * (scale if scale is not None else d_k ** (-1 / 2))
    return torch.matmul(scaled_Q, torch.transpose(K, -1, -2))

# %% right: every pair by broadcasting, no matrix product
def attention_scores(Q, K, scale=None):
    if scale == None:
        scale = 1 / (Q.shape[-1] ** 0.5)
    pairs = Q[..., :, None, :] * K[..., None, :, :]
    return pairs.sum(-1) * scale

# %% right: key by key, each a column
def attention_scores(Q, K, scale=None):
    columns = []
    for j in range(K.shape[-2]):
        k_j = K[..., j, :].unsqueeze(-1)
        columns.append(Q @ k_j)
    raw = torch.cat(columns, dim=-1)
    if scale is not None:
        return raw * scale
    else:
        return raw / math.sqrt(K.shape[-1])

# %% right: numpy's square root, swapaxes
import numpy as np

def attention_scores(Q, K, scale=None):
    d_k = Q.shape[-1]
    dots = Q @ K.swapaxes(-2, -1)
    if scale is None:
        return dots / np.sqrt(d_k)
    return dots * scale

# %% right: early return for None, a square root of a tensor
def attention_scores(Q, K, scale=None):
    """Scaled dot-product scores."""
    kt = K.transpose(-2, -1).contiguous()
    scores = torch.matmul(Q, kt)
    if scale is None: return scores / torch.sqrt(torch.tensor(float(Q.shape[-1])))
    return torch.mul(scores, scale)

# %% right: baddbmm over flattened leading dimensions
def attention_scores(Q, K, scale=None):
    n_q, d_k = Q.shape[-2:]
    n_k = K.shape[-2]
    alpha = d_k ** -0.5 if scale is None else float(scale)
    q3 = Q.reshape(-1, n_q, d_k)
    k3 = K.reshape(-1, n_k, d_k)
    out = torch.baddbmm(q3.new_zeros(q3.shape[0], n_q, n_k), q3, k3.transpose(1, 2), beta=0, alpha=alpha)
    return out.reshape(Q.shape[:-2] + (n_q, n_k))

# %% right: keys times queries, turned at the end, in float64 inside
def attention_scores(Q, K, scale=None):
    if not isinstance(scale, (int, float)):
        scale = torch.rsqrt(torch.tensor(Q.shape[-1], dtype=torch.float64)).item()
    turned = K.double() @ Q.double().transpose(-1, -2)
    return (turned * scale).transpose(-1, -2).to(Q.dtype)

# %% wrong: 'or' replaces a scale of 0.0 by the default
# cause: \b0\b|0\.0|zero|`or`|falsy|counts as false|is None
def attention_scores(Q, K, scale=None):
    scale = scale or 1 / math.sqrt(Q.shape[-1])
    return Q @ K.transpose(-2, -1) * scale

# %% wrong: 'if scale' takes 0.0 for no scale given
# cause: \b0\b|0\.0|zero|if scale\b|falsy|counts as false|is not None
def attention_scores(Q, K, scale=None):
    scores = Q @ K.transpose(-2, -1)
    if scale:
        return scores * scale
    return scores / math.sqrt(K.shape[-1])

# %% wrong: divides by the scale that is given
# cause: divid|multipl|times
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = math.sqrt(Q.size(-1))
    return torch.matmul(Q, K.transpose(-1, -2)) / scale

# %% wrong: the scale is forgotten when none is given
# cause: sqrt|root|scal|default|None
def attention_scores(Q, K, scale=None):
    scores = torch.matmul(Q, K.transpose(-2, -1))
    if scale is not None:
        scores = scores * scale
    return scores

# %% wrong: 1 / d_k ** 1/2, where ** binds first
# cause: sqrt|root|bracket|parenthes|preceden|\*\*|binds|half
def attention_scores(Q, K, scale=None):
    d_k = Q.shape[-1]
    if scale is None:
        scale = 1 / d_k ** 1/2
    return (Q @ K.mT) * scale

# %% wrong: divides by d_k, not by its root
# cause: sqrt|root
def attention_scores(Q, K, scale=None):
    d_k = Q.shape[-1]
    scores = Q @ K.transpose(-1, -2)
    if scale is None:
        return scores / d_k
    return scores * scale

# %% wrong: the root of the number of keys
# cause: n_k|number of keys|d_k|last dimension|shape\[-2\]|wrong (size|dimension)
def attention_scores(Q, K, scale=None):
    K_T = K.transpose(-2, -1)
    if scale is None:
        scale = 1 / math.sqrt(K_T.shape[-1])
    return (Q @ K_T) * scale

# %% wrong: size(1) is d_k only where nothing stands in front
# cause: size\(1\)|last dimension|d_k|batch|dimension|sqrt|scale
def attention_scores(Q, K, scale=None):
    d_k = Q.size(1)
    if scale is None:
        scale = 1 / math.sqrt(d_k)
    return Q @ K.transpose(-2, -1) * scale

# %% wrong: K.T turns all dimensions round
# cause: \.T\b|transpos|all dimension|batch|last two
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return (Q @ K.T) * scale

# %% wrong: a reshape in place of the transpose
# cause: reshape|\bview\b|transpos
def attention_scores(Q, K, scale=None):
    *lead, n_k, d_k = K.shape
    scale = 1 / math.sqrt(d_k) if scale is None else scale
    return torch.matmul(Q, K.reshape(*lead, d_k, n_k)) * scale

# %% wrong: keys against queries
# cause: transpos|swap|exchang|rows|K @ Q|other way|Q K
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(K.shape[-1])
    return K @ Q.transpose(-2, -1) * scale

# %% wrong: the softmax is done here already
# cause: softmax
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = K.shape[-1] ** -0.5
    scores = Q @ K.transpose(-2, -1) * scale
    return F.softmax(scores, dim=-1)

# %% wrong: Q is scaled in place
# cause: in place|in-place|chang|modif|\*=
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    Q *= scale
    return Q @ K.transpose(-2, -1)

# %% wrong: torch.bmm, so exactly one dimension in front
# cause: bmm|3-?D|batch|dimension|matmul
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return torch.bmm(Q, K.permute(0, 2, 1)) * scale

# %% wrong: torch.inner pairs every batch with every batch
# cause: inner|batch|dimension|shape|matmul
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return torch.inner(Q, K) * scale

# %% wrong: cosine similarity
# cause: normali|cosine|length|dot product
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    q = F.normalize(Q, dim=-1)
    k = F.normalize(K, dim=-1)
    return q @ k.transpose(-2, -1) * scale

# %% wrong: queries against queries
# cause: \bK\b|\bkeys?\b
def attention_scores(Q, K, scale=None):
    d_k = K.shape[-1]
    if scale is None:
        scale = 1 / math.sqrt(d_k)
    scores = torch.einsum("...id,...jd->...ij", Q, Q)
    return scores * scale

# %% wrong: the root of d_k cut down to a whole number
# cause: whole|\bint\b|int\(|round|sqrt|root
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / int(math.sqrt(Q.shape[-1]))
    return Q @ K.transpose(-2, -1) * scale

# %% wrong: a given scale is used on top of the default
# cause: twice|both|as it is|on top|only|sqrt|given
def attention_scores(Q, K, scale=None):
    d_k = Q.size(-1)
    scores = Q @ K.transpose(-2, -1) / math.sqrt(d_k)
    if scale is not None:
        scores = scores * scale
    return scores

# %% wrong: a causal mask built in
# cause: mask|tril|causal|triang
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    scores = Q @ K.transpose(-2, -1) * scale
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return scores.masked_fill(~causal, float("-inf"))

# %% wrong: each query with its own key only
# cause: every|each|pair|element|matri|matmul|shape|all keys
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return (Q * K).sum(dim=-1) * scale

# %% wrong: the root of the scale on both sides, which a negative scale has not
# cause: negative|root|complex|nan|sqrt
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    half = scale ** 0.5
    return (Q * half) @ (K * half).transpose(-2, -1)

# %% wrong: no_grad around it
# cause: no_grad|gradient|graph
@torch.no_grad()
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return Q @ K.mT * scale
