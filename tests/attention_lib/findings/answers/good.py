# Good answers, each in a way that some finder could take for something else: nothing is found in them.

# %% stable softmax by hand, masked by product
def attention_weights(scores, mask=None):
    m = scores.amax(-1, keepdim=True)
    e = torch.exp(scores - m)
    if mask is not None:
        e = e * mask
    return e / e.sum(-1, keepdim=True)

# %% stable 2
def attention_weights(scores, mask=None):
    e = torch.exp(scores - scores.max(-1, keepdim=True).values) * (1 if mask is None else mask)
    return e / e.sum(-1, keepdim=True)

# %% stable 3
def attention_weights(scores, mask=None):
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    s = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    e = torch.where(mask, torch.exp(s - s.amax(-1, keepdim=True)), 0.0)
    return e / e.sum(-1, keepdim=True)

# %% renorm after masking
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    if mask is not None:
        w = w * mask
        w = w / w.sum(-1, keepdim=True)
    return w

# %% renorm after masking 2
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    w = w.masked_fill(~mask, 0.0)
    return w / w.sum(-1, keepdim=True)

# %% nan to num
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float('-inf'))
    return torch.nan_to_num(scores.softmax(-1))

# %% f64 inside
def attention_scores(Q, K, scale=None):
    scores = Q.double() @ K.double().mT
    return (scores * scale).float()

# %% f64 softmax
def attention_weights(scores, mask=None):
    return torch.softmax(scores.double(), dim=-1).to(scores.dtype)

# %% blocks
def aggregate_values(weights, V):
    block = 64
    parts = [weights[..., i : i + block, :] @ V for i in range(0, weights.shape[-2], block)]
    return torch.cat(parts, dim=-2)

# %% split
def aggregate_values(weights, V):
    return torch.cat([rows @ V for rows in weights.split(128, dim=-2)], dim=-2)

# %% online softmax
def attention_weights(scores, mask=None):
    m = torch.full_like(scores[..., :1], -math.inf)
    total = torch.zeros_like(m)
    for j in range(scores.shape[-1]):
        s = scores[..., j : j + 1]
        new = torch.maximum(m, s)
        total = total * torch.exp(m - new) + torch.exp(s - new)
        m = new
    return torch.exp(scores - m) / total

# %% in place on a clone
def attention_weights(scores, mask=None):
    scores = scores.clone()
    if mask is not None:
        scores[..., ~mask] = float('-inf')
    return scores.softmax(-1)

# %% in place on a clone 2
def attention_weights(scores, mask=None):
    out = scores.clone()
    if mask is not None:
        out.masked_fill_(~mask, -math.inf)
    return out.softmax(dim=-1)

# %% clone returned
def aggregate_values(weights, V):
    return V.clone()

# %% clone named and returned
def aggregate_values(weights, V):
    out = V.clone()
    return out

# %% matrices
def project_qkv(x, W_q, W_k, W_v):
    return tuple(x @ W for W in (W_q, W_k, W_v))

# %% matrices 2
def project_qkv(x, W_q, W_k, W_v):
    weights = [W_q, W_k, W_v]
    results = []
    for W in weights:
        results.append(x @ W)
    return results

# %% matrices map
def project_qkv(x, W_q, W_k, W_v):
    return tuple(map(x.matmul, (W_q, W_k, W_v)))

# %% matrices partial
def project_qkv(x, W_q, W_k, W_v):
    from functools import partial
    project = partial(torch.matmul, x)
    return project(W_q), project(W_k), project(W_v)

# %% fused
def project_qkv(x, W_q, W_k, W_v):
    sizes = [W.shape[-1] for W in (W_q, W_k, W_v)]
    return (x @ torch.cat((W_q, W_k, W_v), dim=-1)).split(sizes, dim=-1)

# %% same product twice, two names
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    K = x @ W_q
    V = x @ W_v
    return Q, K, V

# %% same product thrice returned
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_q, x @ W_v

# %% branches with different products
def attention_scores(Q, K, scale=None):
    if scale is None:
        return Q @ K.mT / math.sqrt(Q.shape[-1])
    return (Q * scale) @ K.mT

# %% scale one line
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)

# %% checks
def attention_scores(Q, K, scale=None):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError('widths differ')
    return Q @ K.mT * (scale if scale is not None else 1 / math.sqrt(Q.shape[-1]))

# %% assert loop
def attention_scores(Q, K, scale=None):
    for name, t in (('Q', Q), ('K', K)):
        assert t.dim() >= 2, name
    return Q @ K.mT

# %% prints
def attention_scores(Q, K, scale=None):
    print('shapes', Q.shape, K.shape)
    for row in Q:
        print(row)
    return Q @ K.mT

# %% log-sum-exp
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.exp(scores - scores.logsumexp(-1, keepdim=True))

# %% default kept apart
def attention_scores(Q, K, scale=None):
    factor = scale
    if factor is None:
        factor = 1 / math.sqrt(Q.shape[-1])
    return Q @ K.mT * factor

# %% masked apart
def attention_weights(scores, mask=None):
    visible = scores
    if mask is not None:
        visible = scores.masked_fill(~mask, -math.inf)
    return visible.softmax(-1)

# %% visible by if
def attention_weights(scores, mask=None):
    if mask is None:
        visible = scores
    else:
        visible = scores.masked_fill(~mask, -math.inf)
    return visible.softmax(-1)

# %% init values
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        for layer in (self.W_q, self.W_k, self.W_v):
            nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5))

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% self.scale read
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.scale = d_head ** -0.5

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K, self.scale), mask)
        return aggregate_values(weights, V), weights

# %% queries also needed again
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        q = self.W_q(x)
        scores = attention_scores(q, self.W_k(x))
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights

# %% dropout eval
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.drop = nn.Dropout(0.0)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(self.drop(weights), V), weights

# %% modules list
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        for name in ('W_q', 'W_k', 'W_v'):
            setattr(self, name, nn.Linear(d_model, d_head, bias=False))
        self.size = d_head

# %% try with an error
def aggregate_values(weights, V):
    try:
        return weights @ V
    except RuntimeError as error:
        raise ValueError('shapes do not fit') from error

# %% underscore
def attention_scores(Q, K, scale=None):
    *_, n_q, d_k = Q.shape
    return (Q @ K.mT).reshape(*Q.shape[:-2], n_q, -1) / d_k ** 0.5

# %% transposed, changed, back
def aggregate_values(weights, V):
    turned = V.transpose(-2, -1)
    turned = turned * 2
    return weights @ turned.transpose(-2, -1)

# %% transposed in one branch
def attention_scores(Q, K, scale=None):
    if scale is None:
        K = K.transpose(-2, -1)
    return Q @ K.transpose(-2, -1)

# %% other dims
def attention_scores(Q, K, scale=None):
    K = K.transpose(-2, -1)
    return (Q @ K).transpose(-2, -3)

# %% mask times
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    return w if mask is None else w * mask

# %% mask -1e9 and again
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    w = scores.softmax(-1)
    if mask is not None:
        w = w * mask
    return w

# %% numpy number
def attention_scores(Q, K, scale=None):
    import numpy as np
    return Q @ K.mT / np.sqrt(Q.shape[-1])

# %% magic
%time
def aggregate_values(weights, V):
    return weights @ V

# %% magic inside
%matplotlib inline
!pip list
def aggregate_values(weights, V):
    return weights @ V
aggregate_values?

# %% trying it out
def aggregate_values(weights, V):
    return weights @ V

w = torch.ones(3, 4) / 4
out = aggregate_values(w, torch.randn(4, 5))
print(out)
out

# %% not python
def f(:

# %% stub
def attention_scores(Q, K, scale=None):
    raise NotImplementedError()

# %% decorated
def checked(function):
    def inner(*args):
        return function(*args)
    return inner

@checked
def aggregate_values(weights, V):
    return weights @ V

# %% helper used
def mix(w, v):
    return w @ v

def aggregate_values(weights, V):
    return mix(weights, V)

# %% global use
import torch.nn.functional as F
def attention_weights(scores, mask=None):
    return F.softmax(scores, dim=-1)

# %% keyword tensor
def attention_scores(Q, K, scale=None):
    scale = torch.tensor(1.0)
    return Q @ K.mT * scale

# %% 0-dim
def attention_scores(Q, K, scale=None):
    return torch.matmul(Q, K.transpose(-2, -1)).mul(Q.size(-1) ** -0.5 if scale is None else scale)

# %% seen set
def aggregate_values(weights, V):
    seen = set()
    seen.add(1)
    seen.add(1)
    return weights @ V

# %% module to
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        self.W_q.double()
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% walrus
def attention_scores(Q, K, scale=None):
    if (d := Q.shape[-1]) and scale is None:
        scale = d ** -0.5
    return Q @ K.mT * scale

# %% three heads
def aggregate_values(weights, V):
    a, b, c = weights.chunk(3, dim=-2)
    return torch.cat([a @ V, b @ V, c @ V], dim=-2)

# %% cumulative loop
def aggregate_values(weights, V):
    rows = [V[..., 0, :]]
    for i in range(1, V.shape[-2]):
        rows.append(rows[-1] * V[..., i - 1, :])
    return torch.stack(rows)

# %% linear
def project_qkv(x, W_q, W_k, W_v):
    return F.linear(x, W_q.T), F.linear(x, W_k.T), F.linear(x, W_v.T)

# %% own copy of argument to rename
def attention_scores(Q, K, scale=None):
    queries, keys = Q, K
    return queries @ keys.mT * scale

# %% two masks
def attention_weights(scores, mask=None):
    for m in (mask, None):
        if m is not None:
            scores = scores.masked_fill(~m, -math.inf)
    return scores.softmax(-1)

# %% float64 for accuracy, named
def attention_scores(Q, K, scale=None):
    exact = Q.double()
    return (exact @ K.double().mT * scale).float()

# %% nested list of sizes
def aggregate_values(weights, V):
    lead = weights.shape[:-2]
    w = weights.reshape(-1, *weights.shape[-2:])
    return torch.bmm(w, V.reshape(-1, *V.shape[-2:])).reshape(*lead, *weights.shape[-2:-1], -1)

# %% type hints
from typing import Optional

def attention_scores(Q: torch.Tensor, K: torch.Tensor, scale: Optional[float] = None) -> torch.Tensor:
    return Q @ K.mT * scale

# %% a half, and a temperature
def attention_weights(scores, mask=None):
    temp = 0.5
    return torch.softmax(scores * 0.5 / temp, dim=-1)

# %% a factor taken back after something was added
def attention_scores(Q, K, scale=None):
    scores = (Q @ K.mT) * scale
    scores = scores + 1
    return scores / scale

# %% a factor that has changed
def attention_scores(Q, K, scale=None):
    scores = (Q @ K.mT) * scale
    scale = 2.0
    return scores / scale

# %% the largest of the whole matrix, and of another tensor
def attention_weights(scores, mask=None):
    raised = scores - scores.max()
    return torch.softmax(raised - raised.amax(-2, keepdim=True) * 0.5, dim=-1)

# %% rounds that need no number
def project_qkv(x, W_q, W_k, W_v):
    for i in range(2):
        x = torch.tanh(x)
    return x @ W_q, x @ W_k, x @ W_v

# %% tried out below with sizes of its own
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        return self.W_q(x)


d_model, d_head = 8, 4
seq = 16
head = AttentionHead(d_model, d_head)
print(head(torch.randn(seq, d_model)).shape)

# %% a sum that each round begins anew, read by the next one
def aggregate_values(weights, V):
    state = V[..., 0, :]
    for i in range(V.shape[-2]):
        new = state * weights[..., i, i, None]
        state = new + V[..., i, :]
    return state

# %% negated in one place, used plain in another
def attention_weights(scores, mask=None):
    hidden = ~mask
    scores = scores.masked_fill(hidden, -math.inf)
    return torch.where(hidden, 0.0, scores.softmax(-1))

# %% permuted by a turn that is not its own opposite
def attention_scores(Q, K, scale=None):
    turned = K.permute(1, 2, 0).permute(1, 2, 0)
    return torch.einsum("...qd,...kd->...qk", Q, turned)

# %% the loop's end depends on what is computed
def attention_weights(scores, mask=None):
    while scores.abs().max() > 100:
        scores = scores - scores.mean()
    return scores.softmax(-1)

# %% two heads, each with numbers of its own
class TwoHeads(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.heads = nn.ModuleList([AttentionHead(d_model, d_head)])
        self.heads.append(AttentionHead(d_model, d_head))
        self.first = AttentionHead(d_model, d_head)
        self.second = AttentionHead(d_model, d_head)

    def forward(self, x):
        return torch.cat([head(x)[0] for head in (*self.heads, self.first, self.second)], dim=-1)


model = TwoHeads(8, 4)

# %% the same numbers for two buffers
def aggregate_values(weights, V):
    parts = [torch.zeros(1), torch.zeros(1)]
    rest = torch.ones(1)
    return weights @ V + sum(parts) * rest

# %% asked for dimensions, not for sizes
def attention_scores(Q, K, scale=None):
    if Q.dim() == 4 or len(K.shape) == 4 or Q.ndim != K.ndim:
        print("heads")
    return Q @ K.mT * scale

# %% dropout, noise and a temperature
def attention_weights(scores, mask=None, temperature=0.25):
    noisy = scores + 0.1 * torch.randn(scores.shape)
    noisier = noisy + 0.1 * torch.randn(scores.shape)
    return F.dropout(torch.softmax(noisier / temperature, dim=-1), p=0.125)

# %% the number of dimensions, asked for itself
def attention_weights(scores, mask=None):
    if mask is not None and len(mask.shape) < len(scores.shape):
        mask = mask.unsqueeze(0)
    return scores.masked_fill(~mask, -math.inf).softmax(-1)

# %% a mask that is expanded, and then read
def attention_weights(scores, mask=None):
    mask = mask.expand_as(scores)
    hidden = (~mask).sum(-1)
    return scores.masked_fill(~mask, -math.inf).softmax(-1) * (hidden > 0)[..., None]

# %% a branch for None that does something else
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), x)
        if mask is None:
            weights = attention_weights(scores, torch.ones_like(scores, dtype=torch.bool))
        else:
            weights = attention_weights(scores, mask)
        return aggregate_values(weights, x), weights

# %% contiguous, as the view needs it
def aggregate_values(weights, V):
    turned = V.transpose(-2, -1).contiguous()
    return weights @ turned.view(-1, V.shape[-2]).T

# %% a product that is turned, and used as it was, too
def aggregate_values(weights, V):
    turned = V.mT @ weights.mT
    return turned.mT + turned.sum()

# %% names of one letter, as in a formula
def attention_scores(Q, K, scale=None):
    b, q, d = Q.shape
    k = K.shape[-2]
    return (Q @ K.mT).view(b, q, k) / math.sqrt(d)

# %% scores that are softmaxed under their own name
def attention_weights(scores, mask=None):
    scores = scores.softmax(-1)
    return scores

# %% einsum that sums, and one that takes the diagonal
def attention_scores(Q, K, scale=None):
    total = torch.einsum("...qd->...q", Q)
    diagonal = torch.einsum("...dd->...d", K)
    return total + diagonal

# %% computed again after a change in place
def aggregate_values(weights, V):
    mixed = weights @ V
    V += 1
    return mixed + weights @ V

# %% brought to another tensor's shape
def attention_weights(scores, mask=None):
    scores = scores.sum(0)
    return scores.softmax(-1).reshape(mask.shape)

# %% weights kept for a picture
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.last_weights = None

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), x), mask)
        self.last_weights = weights.detach()
        return aggregate_values(weights, x), weights

# %% a tensor that is changed in place from round to round
def aggregate_values(weights, V):
    rows = []
    for i in range(weights.shape[-2]):
        values = V
        values *= weights[..., i, :].unsqueeze(-1)
        rows.append(values.sum(dim=-2))
    return torch.stack(rows, dim=-2)
