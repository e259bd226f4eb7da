"""More answers that labelled comments are about: those of a sceptic, and those of the sixth set."""

# name: (cell, whether it is right, source)
MORE_SOURCES = {
    "scores usual": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1.0 / math.sqrt(K.shape[-1])
    return torch.matmul(Q, K.transpose(-2, -1)) * scale
'''),
    "weights own softmax": ("attention_weights", True, '''
def softmax(t):
    e = torch.exp(t - t.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)

def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)  # not -inf, which gives nan ... sometimes
    return softmax(scores)
'''),
    "weights zeroed": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min / 4)
    top = scores.amax(dim=(-2, -1), keepdim=True)
    e = torch.exp(scores - top)
    if mask is not None:
        e[~mask.expand_as(e)] = 0
    return e / e.sum(dim=-1, keepdim=True)
'''),
    "qkv own imports": ("project_qkv", True, '''
def project_qkv(x, W_q, W_k, W_v):
    import math
    import torch.nn.functional as F
    n = 3
    outs = []
    Ws = [W_q, W_k, W_v]
    for i in range(3):
        outs.append(F.linear(x, Ws[i].T))
    return outs[0], outs[1], outs[2]
'''),
    "qkv viewed as three": ("project_qkv", True, '''
def project_qkv(x, W_q, W_k, W_v):
    n = 3
    fused = x @ torch.cat([W_q, W_k, W_v], dim=-1)
    if W_q.shape[1] == W_v.shape[1]:
        Q, K, V = fused.view(*x.shape[:-1], 3, W_q.shape[1]).unbind(-2)
        return Q, K, V
    a, b, c = W_q.shape[1], W_k.shape[1], W_v.shape[1]
    return torch.split(fused, [a, b, c], dim=-1)
'''),
    "weights row by row": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    rows = []
    for i in range(scores.shape[-2]):
        row = scores[..., i, :]
        if mask is not None:
            row = row.masked_fill(~mask.expand_as(scores)[..., i, :], float("-inf"))
        rows.append(torch.softmax(row.unsqueeze(-2), dim=-1))
    return torch.cat(rows, dim=-2)
'''),
    "weights masks as numbers": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    use_mask = mask is not None
    if use_mask == False:
        return torch.softmax(scores, dim=-1)
    bias = (mask * 1 - 1) * 1e30
    keep = mask.int()
    out = torch.where(keep == False, bias, scores)
    return torch.softmax(out, dim=-1)
'''),
    "scores shapes above": ("attention_scores", True, '''
# Q: (..., n_q, d_k)
# K: (..., n_k, d_k)
# gives (..., n_q, n_k)

def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    Kt = K.transpose(-2, -1)
    return (Q @ Kt) * scale
'''),
    "scores in blocks": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    assert Q.shape[-1] == K.shape[-1], "same d_k"
    if scale is None:
        scale = 1 / 8 if Q.shape[-1] == 64 else Q.shape[-1] ** -0.5
    blocks = []
    for start in range(0, Q.shape[-2], 128):
        blocks.append(Q[..., start:start + 128, :] @ K.mT)
    d = {i: b for i, b in enumerate(blocks)}
    return torch.cat([d[i] for i in d], dim=-2) * scale
'''),
    "scores helper loop": ("attention_scores", True, '''
def _dots(Q, K):
    return torch.stack([(Q * K[..., j, None, :]).sum(-1) for j in range(K.shape[-2])], dim=-1)

def attention_scores(Q, K, scale=None):
    if scale == None:
        scale = 1 / math.sqrt(Q.shape[-1])
    out = _dots(Q, K)
    return scale * out
'''),
    "scores empty tensor": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / Q.shape[-1] ** 0.5
    out = torch.Tensor(*Q.shape[:-1], K.shape[-2])
    out = torch.einsum("...qd,...dk->...qk", Q, K.transpose(-1, -2))
    return out * scale
'''),
    "scores leftover": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    tmp = K.transpose(-2, -1)
    leftover = Q.sum()
    if scale is None:
        d_k = Q.shape[-1]
        scale = 1 / math.sqrt(d_k)
    x = torch.matmul(Q, tmp)
    x = x * scale
    return x
'''),
    "scores much fixed": ("attention_scores", False, '''
def attention_scores(Q, K, scale=None):
    """Scores of queries and keys, scaled by the dim of the keys."""
    if scale is None:
        scale = 0.125
    n = 64
    out = torch.zeros(4, 64)
    for i in range(Q.shape[-2]):
        row = Q[i] @ K.T
        out = out
    return Q @ K.transpose(0, 1) * scale
'''),
    "scores root of 64": ("attention_scores", False, '''
def attention_scores(Q, K, scale=None):
    scale = 1 / math.sqrt(64)
    scores = Q @ K.transpose(-2, -1)
    return scores * scale
'''),
    "weights hidden": ("attention_weights", False, '''
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    hidden = ~mask if mask is not None else None
    return torch.softmax(scores, dim=-1)
'''),
    "weights tried": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    try:
        out = scores
        out = torch.softmax(scores.masked_fill(~mask, -torch.inf), -1)
    except TypeError:
        out = torch.softmax(out, dim=-1)
    return out
'''),
    "values boxed": ("aggregate_values", True, '''
def aggregate_values(weights, V):
    def dot(sum, max):
        return sum * max
    class Box:
        def sum(self): return 1
    with torch.no_grad():
        peek = torch.matmul(weights, V)
    print(peek.shape)
    out = torch.matmul(weights, V)
    temp = 1.0
    data = out / temp
    return data
'''),
    "head by name": ("attention_head", True, '''
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        for name in ("W_q", "W_k", "W_v"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=False))
        self.d = 64

    def forward(self, x, mask=None):
        q, k, v = (getattr(self, n)(x) for n in ("W_q", "W_k", "W_v"))
        s = torch.einsum("...qd,...kd->...qk", q, k) * k.shape[-1] ** -0.5
        w = attention_weights(s, mask)
        return w @ v, w
'''),
    "qkv shapes in words": ("project_qkv", True, '''
def project_qkv(x, W_q, W_k, W_v):
    """Projects to queries (n by d_head), keys, values."""
    # in: n by d_model
    q = torch.matmul(x, W_q)
    k = torch.matmul(x, W_k)
    v = torch.matmul(x, W_v)
    parts = []
    for t in (q, k, v):
        parts.append(t)
    return tuple(parts)
'''),
    "scores odd loops": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    # loop over ... was too slow; einsum with keepdim=True not needed
    def where(a, b): return a
    rows = []
    for q in Q.unbind(-2):
        rows.append((K @ q[..., None]).squeeze(-1))
    lengths = [d for d in range(len(Q.shape))]
    for i in range(Q.dim()):
        pass
    while len(rows) < Q.shape[-2]:
        rows.append(None)
    return where(torch.stack(rows, dim=-2), 0) * scale
'''),
    "scores count": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    n_heads = 8
    width = Q.shape[-1]
    shifted = Q - Q.mean(dim=-1, keepdim=True)
    scores = Q @ K.transpose(-1, -2)
    if scale == None:
        scale = 1 / width ** 0.5
    return scores * scale
'''),
    "scores columns": ("attention_scores", True, '''
def attention_scores(Q, K, scale=None):
    columns = []
    for j in range(K.shape[-2]):
        columns.append((Q @ K[..., j, :].unsqueeze(-1)).squeeze(-1))
    out = torch.stack(columns, dim=-1)
    return out / Q.shape[-1] ** 0.5 if scale is None else out * scale
'''),
    "weights in double": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    wide = scores.double()
    if mask is not None:
        wide = torch.where(mask, wide, -math.inf)
    wide = wide - wide.amax(dim=-1, keepdim=True)
    e = wide.exp()
    return (e / e.sum(dim=-1, keepdim=True)).to(scores.dtype)
'''),
    "weights by parts": ("attention_weights", True, '''
def attention_weights(scores, mask=None):
    bias = torch.zeros_like(scores)
    if mask is not None:
        bias = bias.masked_fill(mask == False, float("-inf"))
    result = torch.softmax(scores + bias, dim=-1)
    result = result * 1
    return result
'''),
    "values tmp": ("aggregate_values", True, '''
def aggregate_values(weights, V):
    tmp = V.transpose(-2, -1)
    res = torch.einsum("...qk,...dk->...qd", weights, tmp)
    first = weights[..., 0, :]
    return res
'''),
    "qkv stacked": ("project_qkv", True, '''
def project_qkv(x, W_q, W_k, W_v):
    make = lambda W: x @ W
    Q = make(W_q)
    K = make(W_k)
    V = make(W_v)
    type = "qkv"
    return Q, K, V
'''),
    "head twice": ("attention_head", True, '''
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super(AttentionHead, self).__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.scale = d_head ** -0.5

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k.forward(x)
        V = self.W_v(x)
        scores = attention_scores(Q, K)
        weights = attention_weights(scores, mask)
        check = attention_scores(Q, K)
        return aggregate_values(weights, V), weights
'''),
    "scores wrong scale": ("attention_scores", False, '''
def attention_scores(Q, K, scale=None):
    d = 32
    keys = K.transpose(-2, -1)
    dots = torch.matmul(Q, keys)
    rows = Q.shape[-2]
    return dots / math.sqrt(32)
'''),
    "weights wrong fill": ("attention_weights", False, '''
def attention_weights(scores, mask=None):
    low = -100
    keep = ~mask if mask is not None else None
    if mask is not None:
        scores = scores.masked_fill(~mask, 0)
    total = 0
    for i in range(scores.shape[-2]):
        total = total + 1
    return torch.softmax(scores, dim=-1)
'''),
    "values wrong loop": ("aggregate_values", False, '''
def aggregate_values(weights, V):
    out = torch.zeros(5, 16)
    for i in range(weights.shape[-2]):
        out[i] = weights[..., i, :] @ V
    out = out * 1.0
    return out
'''),
}  # fmt: skip
