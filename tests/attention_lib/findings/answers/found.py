# What is found in each answer, all of it, the most useful first: lines, kind/form, and what exactly it is true of.

# %% 2-2 hard_coded_size/size: 13
def attention_weights(scores, mask=None):
    mask = torch.ones(13, 13).tril().bool()
    return scores.masked_fill(~mask, -math.inf).softmax(-1)

# %% 2-2 hard_coded_size/root: 8
def attention_scores(Q, K, scale=None):
    return Q @ K.mT / 8

# %% 2-2 hard_coded_size/size: 32
def attention_scores(Q, K, scale=None):
    d_k = 32
    return Q @ K.mT / math.sqrt(d_k)

# %% 3-3 hard_coded_size/root: 32
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 32 ** -0.5
    return Q @ K.mT * scale

# %% 2-2 hard_coded_size/size: 13 32
def aggregate_values(weights, V):
    return (weights @ V).view(13, 32)

# %% 2-2 hard_coded_size/size: 13 32
def aggregate_values(weights, V):
    return (weights @ V).reshape(1, 13, 32)

# %% 2-2 hard_coded_size/asked for: 32
def aggregate_values(weights, V):
    assert V.shape[-1] == 32
    return weights @ V

# %% 4-4 hard_coded_size/size: 192
class AttentionHead(nn.Module):
    def __init__(self, d_model=192, d_head=32):
        super().__init__()
        self.W_q = nn.Linear(192, d_head, bias=False)
    def forward(self, x):
        return self.W_q(x)

# %% 2-2 hard_coded_size/root: 32
def attention_scores(Q, K, scale=None):
    return Q @ K.mT / np.sqrt(32)

# %% 3-3 hard_coded_size/asked for: 64 | 4-4 hard_coded_size/root: 8 | 4-5 redundant_step/both branches: K Q
def attention_scores(Q, K, scale=None):
    d_k = Q.shape[-1]
    if d_k == 64:
        return Q @ K.mT / 8
    return Q @ K.mT * scale

# %% 2-2 hard_coded_size/size: 1024
def aggregate_values(weights, V):
    return weights[..., :1024] @ V[..., :1024, :]

# %% 3-3 hard_coded_size/size: 13 | 3-4 loop/rows: k
def aggregate_values(weights, V):
    total = 0
    for k in range(13):
        total = total + weights[..., k : k + 1] * V[..., k : k + 1, :]
    return total

# %% 10-10 hard_coded_size/root: 32
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K, scale=1 / math.sqrt(32)), mask)
        return aggregate_values(weights, V), weights

# %% 2-2 loop/rows: weights
def aggregate_values(weights, V):
    return torch.stack(list(map(lambda w: w @ V, weights)))

# %% 4-5 loop/rows: i Q | 2-2 dead_code/variable: d
def attention_scores(Q, K, scale=None):
    n_q, d = Q.shape
    rows = []
    for i in range(n_q):
        rows.append(Q[i] @ K.T)
    return torch.stack(rows) * scale

# %% 3-5 loop/rows: i q Q j k K
def attention_scores(Q, K, scale=None):
    out = torch.zeros(Q.shape[0], K.shape[0])
    for i, q in enumerate(Q):
        for j, k in enumerate(K):
            out[i, j] = (q * k).sum()
    return out

# %% 4-6 loop/rows: i weights
def aggregate_values(weights, V):
    rows = []
    i = 0
    while i < weights.shape[-2]:
        rows.append(weights[..., i, :] @ V)
        i = i + 1
    return torch.stack(rows, -2)

# %% 3-4 loop/rows: i scores
def attention_weights(scores, mask=None):
    out = torch.empty_like(scores)
    for i in range(scores.size(0)):
        out[i] = scores[i].softmax(-1)
    return out

# %% 3-7 loop/rows: i scores
def attention_weights(scores, mask=None):
    rows = []
    for i in range(scores.shape[-2]):
        row = scores[..., i, :]
        if mask is not None:
            row = row.masked_fill(~mask[..., i, :], -math.inf)
        rows.append(row.softmax(-1))
    return torch.stack(rows, -2)

# %% 3-4 loop/rows: j V
def aggregate_values(weights, V):
    out = torch.zeros(weights.shape[-2], V.shape[-1])
    for j in range(V.shape[-2]):
        out += weights[:, j:j+1] * V[j]
    return out

# %% 2-2 loop/rows: j V
def aggregate_values(weights, V):
    return sum(weights[..., j, None] * V[..., None, j, :] for j in range(V.shape[-2]))

# %% 2-2 loop/rows: q Q k K
def attention_scores(Q, K, scale=None):
    return torch.tensor([[float(q @ k) for k in K] for q in Q])

# %% 3-4 loop/rows: i weights
def aggregate_values(weights, V):
    out = weights[0:1] @ V
    for i in range(1, len(weights)):
        out = torch.cat([out, weights[i:i+1] @ V])
    return out

# %% 4-5 loop/rows: i j Q K
def attention_scores(Q, K, scale=None):
    import itertools
    out = torch.zeros(len(Q), len(K))
    for i, j in itertools.product(range(len(Q)), range(len(K))):
        out[i, j] = Q[i] @ K[j]
    return out

# %% 2-2 loop/rows: row weights
def aggregate_values(weights, V):
    return torch.stack([row @ V for row in torch.unbind(weights, dim=-2)], dim=-2)

# %% 2-2 loop/rows: w v weights V
def aggregate_values(weights, V):
    return torch.stack([w @ v for w, v in zip(weights, V)])

# %% 9-9 loop/rows: token x
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q = torch.stack([self.W_q(token) for token in x])
        weights = attention_weights(attention_scores(Q, self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights

# %% 3-3 dead_code/never run
def attention_weights(scores, mask=None):
    if False:
        print(scores)
    return scores.softmax(-1)

# %% 7-7 dead_code/never run
def attention_weights(scores, mask=None):
    if mask is None:
        return scores.softmax(-1)
    elif mask is not None:
        return scores.masked_fill(~mask, -math.inf).softmax(-1)
    else:
        return scores

# %% 4-4 dead_code/unreachable
def attention_weights(scores, mask=None):
    if mask is None:
        return scores.softmax(-1)
        print(1)
    return scores.masked_fill(~mask, -math.inf).softmax(-1)

# %% 3-3 dead_code/stub
def aggregate_values(weights, V):
    return weights @ V
    raise NotImplementedError()

# %% 2-2 dead_code/overwritten: scores
def attention_scores(Q, K, scale=None):
    scores = torch.zeros(Q.shape[-2], K.shape[-2])
    scores = Q @ K.mT
    return scores * scale

# %% 2-2 dead_code/overwritten: factor
def attention_scores(Q, K, scale=None):
    factor = 1.0
    if scale is None:
        factor = Q.shape[-1] ** -0.5
    else:
        factor = scale
    return Q @ K.mT * factor

# %% 1-1 dead_code/import: np
import numpy as np
def aggregate_values(weights, V):
    return weights @ V

# %% 2-2 dead_code/variable: lead n_q
def attention_scores(Q, K, scale=None):
    *lead, n_q, d_k = Q.shape
    return Q @ K.mT / math.sqrt(d_k)

# %% 2-2 dead_code/variable: n_q
def attention_scores(Q, K, scale=None):
    n_q, d_k = Q.shape[-2], Q.shape[-1]
    return Q @ K.mT / math.sqrt(d_k)

# %% 4-4 dead_code/afterwards: total
def attention_scores(Q, K, scale=None):
    total = Q @ K.mT
    out = total * 2
    total = out + 1
    return out

# %% 2-2 dead_code/list: rows
def attention_scores(Q, K, scale=None):
    rows = []
    rows.append(Q)
    return Q @ K.mT

# %% 2-3 dead_code/function: half
def attention_scores(Q, K, scale=None):
    def half(t):
        return t / 2

    return Q @ K.mT

# %% 2-2 dead_code/self assignment: scale
def attention_scores(Q, K, scale=None):
    scale = scale
    return Q @ K.mT * scale

# %% 4-4 dead_code/defined twice: attention_scores
def attention_scores(Q, K, scale=None):
    return Q @ K.mT

def attention_scores(Q, K, scale=None):
    return Q @ K.mT * scale

# %% 2-2 dead_code/overwritten: out | 4-6 redundant_step/both branches: out V weights
def aggregate_values(weights, V):
    out = V
    if weights.dim() > 2:
        out = weights @ V
    else:
        out = torch.matmul(weights, V)
    return out

# %% 7-7 dead_code/attribute: self.d_model
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.d_model = d_model

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% 7-7 dead_code/attribute: self.dropout
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.dropout = nn.Dropout(0.0)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% 2-2 dead_code/thrown away: mask scores
def attention_weights(scores, mask=None):
    scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)

# %% 2-2 dead_code/unused value: V weights
def aggregate_values(weights, V):
    weights @ V

# %% 2-2 dead_code/variable: K_T | 3-3 redundant_step/computed twice: K
def attention_scores(Q, K, scale=None):
    K_T = K.transpose(-2, -1)
    return Q @ K.transpose(-2, -1) * scale

# %% 1-1 dead_code/import: np
import numpy as np

def aggregate_values(weights, V):
    return weights @ V

# %% 1-2 dead_code/function: half
def half(t):
    return t / 2


def aggregate_values(weights, V):
    return weights @ V

# %% 2-3 redundant_step/transposed twice: K K_T
def attention_scores(Q, K, scale=None):
    K_T = K.transpose(-2, -1)
    back = K_T.transpose(-1, -2)
    return torch.einsum("...qd,...kd->...qk", Q, back)

# %% 2-3 redundant_step/transposed twice: K
def attention_scores(Q, K, scale=None):
    K = K.transpose(-2, -1)
    K = K.transpose(-2, -1)
    return Q @ K.mT * scale

# %% 2-3 redundant_step/unsqueezed: weights w
def aggregate_values(weights, V):
    w = weights.unsqueeze(0)
    w = w.squeeze(0)
    return w @ V

# %% 2-3 redundant_step/needless copy: Q clone K
def attention_scores(Q, K, scale=None):
    Q = Q.clone()
    K = K.clone()
    return Q @ K.mT * scale

# %% 2-2 redundant_step/needless copy: scores s clone
def attention_weights(scores, mask=None):
    s = scores.clone()
    if mask is not None:
        s = s.masked_fill(~mask, -math.inf)
    return torch.softmax(s, dim=-1)

# %% 2-3 redundant_step/another name: q Q k K
def attention_scores(Q, K, scale=None):
    q = Q
    k = K
    return q @ k.mT * scale

# %% 3-3 redundant_step/another name: output result
def aggregate_values(weights, V):
    result = weights @ V
    output = result
    return output

# %% 3-5 redundant_step/both branches: K Q
def attention_scores(Q, K, scale=None):
    if scale is None:
        return Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    else:
        return Q @ K.transpose(-2, -1) * scale

# %% 3-5 redundant_step/both branches: K Q
def attention_scores(Q, K, scale=None):
    if scale is None:
        scores = torch.matmul(Q, K.mT) / math.sqrt(Q.shape[-1])
    else:
        scores = torch.matmul(Q, K.mT) * scale
    return scores

# %% 3-4 redundant_step/both branches: K Q
def attention_scores(Q, K, scale=None):
    if scale is None:
        return (Q @ K.mT) / math.sqrt(Q.shape[-1])
    return (Q @ K.mT) * scale

# %% 2-2 redundant_step/round trip: weights
def aggregate_values(weights, V):
    return (weights.double().float()) @ V

# %% 2-3 redundant_step/round trip: weights w
def aggregate_values(weights, V):
    w = weights.to(torch.float64)
    w = w.to(torch.float32)
    return w @ V

# %% 2-2 redundant_step/round trip: V weights
def aggregate_values(weights, V):
    out = (weights @ V).to(torch.float64).to(V.dtype)
    return out

# %% 3-4 redundant_step/round trip: out
def aggregate_values(weights, V):
    out = weights @ V
    out = out.double()
    return out.float()

# %% 3-3 redundant_step/normalised again: w
def attention_weights(scores, mask=None):
    w = F.softmax(scores, dim=-1)
    w = w / w.sum(dim=-1, keepdim=True)
    return w

# %% 3-3 redundant_step/normalised again: w
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    w /= w.sum(-1, keepdim=True)
    return w

# %% 4-4 redundant_step/normalised again: total w
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    total = w.sum(-1, keepdim=True)
    return w / total

# %% 3-3 redundant_step/normalised again: w
def attention_weights(scores, mask=None):
    w = scores.softmax(-1)
    return F.normalize(w, p=1, dim=-1)

# %% 6-6 redundant_step/masked again: mask w
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float('-inf'))
    w = scores.softmax(-1)
    if mask is not None:
        w = w * mask
    return w

# %% 2-2 redundant_step/another name: data1 weights | 2-2 unclear_name/says nothing: data1
def aggregate_values(weights, V):
    data1 = weights
    x1 = data1 @ V
    return x1

# %% 2-2 redundant_step/no effect: Q
def attention_scores(Q, K, scale=None):
    Q = Q * 1.0
    return Q @ K.mT * scale

# %% 2-2 redundant_step/no effect: V weights
def aggregate_values(weights, V):
    return weights @ V + 0

# %% 2-2 redundant_step/transposed twice: K
def attention_scores(Q, K, scale=None):
    K = K.transpose(-2, -1).transpose(-2, -1)
    return Q @ K.mT

# %% 2-2 redundant_step/unsqueezed: V weights
def aggregate_values(weights, V):
    return (weights @ V).unsqueeze(0).squeeze(0)

# %% 2-2 redundant_step/called twice: V weights
def aggregate_values(weights, V):
    return (weights @ V).contiguous().contiguous()

# %% 2-2 redundant_step/own shape: scores view
def attention_weights(scores, mask=None):
    scores = scores.view(scores.shape)
    return scores.softmax(-1)

# %% 2-2 redundant_step/negated twice: mask
def attention_weights(scores, mask=None):
    return scores.masked_fill(~~mask, 0)

# %% 2-2 redundant_step/copy of fresh: V weights clone
def aggregate_values(weights, V):
    return (weights @ V).clone()

# %% 2-2 redundant_step/collected twice: W_k W_q W_v x
def project_qkv(x, W_q, W_k, W_v):
    return tuple([x @ W_q, x @ W_k, x @ W_v])

# %% 2-2 redundant_step/copied one by one: W W_k W_q W_v
def project_qkv(x, W_q, W_k, W_v):
    Ws = [W for W in (W_q, W_k, W_v)]
    return [x @ W for W in Ws]

# %% 2-2 redundant_step/negated comparison: scale
def attention_scores(Q, K, scale=None):
    if not scale == 0:
        Q = Q * scale
    return Q @ K.mT

# %% 2-2 redundant_step/not not: scores
def attention_weights(scores, mask=None):
    if not not scores.requires_grad:
        print('grad')
    return scores.softmax(-1)

# %% 2-2 redundant_step/true or false: mask
def attention_weights(scores, mask=None):
    given = True if mask is not None else False
    if given:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)

# %% 3-3 redundant_step/useless return
def show(t):
    print(t)
    return

def aggregate_values(weights, V):
    show(V)
    return weights @ V

# %% 4-4 redundant_step/raised again
def aggregate_values(weights, V):
    try:
        return weights @ V
    except RuntimeError:
        raise

# %% 3-3 redundant_step/no effect: tmp | 2-3 unclear_name/says nothing: tmp tmp2
def aggregate_values(weights, V):
    tmp = weights @ V
    tmp2 = tmp * 1
    return tmp2

# %% 11-11 redundant_step/computed twice: K Q attention_scores attention_weights mask
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        output = aggregate_values(attention_weights(attention_scores(Q, K), mask), V)
        weights = attention_weights(attention_scores(Q, K), mask)
        return output, weights

# %% 10-10 redundant_step/computed twice: self.W_k x
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        print(self.W_k(x).shape)
        return aggregate_values(weights, self.W_v(x)), weights

# %% 2-3 non_idiomatic_call/softmax: e
def attention_weights(scores, mask=None):
    e = torch.exp(scores)
    return e / e.sum(-1, keepdim=True)

# %% 2-2 non_idiomatic_call/softmax: scores
def attention_weights(scores, mask=None):
    return torch.exp(scores) / torch.exp(scores).sum(dim=-1, keepdim=True)

# %% 2-4 non_idiomatic_call/softmax: e total
def attention_weights(scores, mask=None):
    e = torch.exp(scores - scores.max(-1, keepdim=True).values)
    total = torch.sum(e, dim=-1, keepdim=True)
    w = e / total
    return w

# %% 2-3 non_idiomatic_call/softmax: e
def attention_weights(scores, mask=None):
    e = torch.exp(scores)
    return torch.div(e, e.sum(-1, keepdim=True))

# %% 2-3 non_idiomatic_call/softmax: e
def attention_weights(scores, mask=None):
    e = torch.exp(scores)
    return e / e.sum(-1).unsqueeze(-1)

# %% 2-3 non_idiomatic_call/softmax: e
def attention_weights(scores, mask=None):
    e = scores.exp()
    return e / e.sum(-1)[..., None]

# %% 2-3 non_idiomatic_call/softmax: e
def attention_weights(scores, mask=None):
    e = scores.exp()
    e /= e.sum(-1, keepdim=True)
    return e

# %% 2-2 non_idiomatic_call/data: V
def aggregate_values(weights, V):
    return weights @ V.data

# %% 4-4 non_idiomatic_call/bare except
def aggregate_values(weights, V):
    try:
        return weights @ V
    except:
        return torch.matmul(weights, V)

# %% 3-3 non_idiomatic_call/by way of numpy: weights V np.dot
def aggregate_values(weights, V):
    import numpy as np
    return torch.tensor(np.dot(weights.numpy(), V.numpy()))

# %% 2-4 non_idiomatic_call/by way of numpy: weights w V v
def aggregate_values(weights, V):
    w = weights.detach().numpy()
    v = V.detach().numpy()
    return torch.from_numpy(w @ v)

# %% 2-2 non_idiomatic_call/tensor of a tensor: V weights
def aggregate_values(weights, V):
    return torch.tensor(weights @ V)

# %% 2-2 non_idiomatic_call/Tensor: torch.Tensor
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * torch.Tensor([0.5])

# %% 3-3 non_idiomatic_call/super
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super(AttentionHead, self).__init__()

# %% 3-3 non_idiomatic_call/super: nn.Module
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        nn.Module.__init__(self)

# %% 3-3 non_idiomatic_call/numpy: np.exp scores
import numpy as np
def attention_weights(scores, mask=None):
    return np.exp(scores)

# %% 3-3 non_idiomatic_call/operator: operator.matmul
import operator
def aggregate_values(weights, V):
    return operator.matmul(weights, V)

# %% 3-3 non_idiomatic_call/root: d_k torch.sqrt torch.tensor
def attention_scores(Q, K, scale=None):
    d_k = Q.size(-1)
    return Q @ K.mT / torch.sqrt(torch.tensor(d_k))

# %% 2-2 non_idiomatic_call/none: scale
def attention_scores(Q, K, scale=None):
    if scale == None:
        scale = 1
    return Q @ K.mT * scale

# %% 2-2 non_idiomatic_call/truth value: mask
def attention_weights(scores, mask=None):
    return scores.masked_fill(mask == False, -math.inf).softmax(-1)

# %% 2-2 non_idiomatic_call/not in: V
def aggregate_values(weights, V):
    if not 2 in V.shape:
        print(V)
    return weights @ V

# %% 2-2 non_idiomatic_call/lambda: project
def project_qkv(x, W_q, W_k, W_v):
    project = lambda W: x @ W
    return project(W_q), project(W_k), project(W_v)

# %% 2-2 non_idiomatic_call/is a literal: V
def aggregate_values(weights, V):
    if V.shape[-1] is 3:
        print(V)
    return weights @ V

# %% 1-1 non_idiomatic_call/mutable default
def keep(t, seen=[]):
    seen.append(t)
    return seen

def aggregate_values(weights, V):
    keep(V)
    return weights @ V

# %% 2-2 non_idiomatic_call/comprehension: W W_k W_q W_v x
def project_qkv(x, W_q, W_k, W_v):
    return list(x @ W for W in (W_q, W_k, W_v))

# %% 9-9 non_idiomatic_call/forward: self.W_q self.W_q.forward
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q.forward(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% 10-10 non_idiomatic_call/data: self.W_q.weight
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        norm = self.W_q.weight.data.norm()
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V) / norm, weights

# %% 2-2 unclear_name/hides a builtin: list
def aggregate_values(weights, V):
    list = [weights, V]
    return list[0] @ list[1]

# %% 2-2 unclear_name/looks like a digit: l
def project_qkv(x, W_q, W_k, W_v):
    l = x @ W_q
    return l, x @ W_k, x @ W_v

# %% 2-2 unclear_name/hides a module: F
def attention_weights(scores, mask=None):
    F = scores.softmax(-1)
    return F

# %% 1-1 unclear_name/says nothing: foo stuff
def foo(stuff):
    return stuff * 2

def aggregate_values(weights, V):
    return foo(weights) @ V

# %% 1-1 unclear_name/hides a builtin: sum
def mix(sum, V):
    return sum @ V

def aggregate_values(weights, V):
    return mix(weights, V)

# %% 10-10 unclear_name/hides a function: attention_scores
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        attention_scores = Q @ K.mT
        weights = attention_weights(attention_scores, mask)
        return aggregate_values(weights, V), weights

# %% 4-4 dead_code/pass
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1
        pass
    return Q @ K.mT * scale

# %% 3-3 non_idiomatic_call/range len: i Ws
def project_qkv(x, W_q, W_k, W_v):
    Ws = [W_q, W_k, W_v]
    return [x @ Ws[i] for i in range(len(Ws))]

# %% 2-2 non_idiomatic_call/not is: scale
def attention_scores(Q, K, scale=None):
    if not scale is None:
        return (Q * scale) @ K.mT
    return Q @ K.mT

# %% 2-2 non_idiomatic_call/type: scale
def attention_scores(Q, K, scale=None):
    if type(scale) == float:
        return (Q * scale) @ K.mT
    return Q @ K.mT

# %% 2-3 redundant_step/transposed twice: K K_T
def attention_scores(Q, K, scale=None):
    K_T = K.transpose(-2, -1)
    return torch.inner(Q, K_T.mT) * scale

# %% 3-3 redundant_step/shifted before softmax: scores
def attention_weights(scores, mask=None):
    scores = scores.masked_fill(~mask, -math.inf)
    scores = scores - scores.max(dim=-1, keepdim=True).values
    return torch.softmax(scores, dim=-1)

# %% 3-3 redundant_step/shifted before softmax: largest scores
def attention_weights(scores, mask=None):
    largest = scores.amax(-1, keepdim=True)
    return (scores - largest).softmax(-1)

# %% 2-2 redundant_step/multiplied and divided: Q
def attention_scores(Q, K, scale=None):
    return (Q * 2 / 2) @ K.mT

# %% 3-4 redundant_step/multiplied and divided: d_k scores
def attention_scores(Q, K, scale=None):
    d_k = Q.shape[-1] ** 0.5
    scores = (Q @ K.mT) / d_k
    scores = scores * d_k
    return scores * scale

# %% 1-1 dead_code/parameter: unused
def mix(w, v, unused):
    return w @ v


def aggregate_values(weights, V):
    return mix(weights, V, None)

# %% 3-4 loop/rows: i row weights | 3-3 dead_code/loop variable: i
def aggregate_values(weights, V):
    rows = []
    for i, row in enumerate(weights):
        rows.append(row @ V)
    return torch.stack(rows)

# %% 4-4 dead_code/variable: error
def aggregate_values(weights, V):
    try:
        return weights @ V
    except RuntimeError as error:
        raise ValueError("these shapes do not fit") from None

# %% 1-1 dead_code/variable: EPSILON
EPSILON = 1e-9


def aggregate_values(weights, V):
    return weights @ V

# %% 2-2 hard_coded_size/root: 0.125
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * 0.125

# %% 2-2 hard_coded_size/root: 5.657
def attention_scores(Q, K, scale=None):
    return Q @ K.mT / 5.657

# %% 3-5 loop/rows: i weights
def aggregate_values(weights, V):
    i, rows = 0, []
    while i < len(weights):
        rows.append(weights[i] @ V)
        i += 1
    return torch.stack(rows)

# %% 3-3 hard_coded_size/size: 13 | 3-4 loop/rows: i
def aggregate_values(weights, V):
    rows = []
    for i in range(0, 13):
        rows.append(weights[..., i, :] @ V)
    return torch.stack(rows, dim=-2)

# %% 2-2 unclear_name/says nothing: temp
def aggregate_values(weights, V):
    temp = weights @ V
    return temp

# %% 2-2 non_idiomatic_call/Variable: weights
def aggregate_values(weights, V):
    return torch.autograd.Variable(weights) @ V

# %% 2-3 redundant_step/transposed twice: K Kt
def attention_scores(Q, K, scale=None):
    Kt = K.permute(0, 2, 1)
    K2 = Kt.permute(0, 2, 1)
    return torch.bmm(Q, K2.transpose(1, 2)) * scale

# %% 3-8 loop/rows: i Q j K d
def attention_scores(Q, K, scale=None):
    scores = torch.zeros(Q.shape[0], K.shape[0])
    for i in range(Q.shape[0]):
        for j in range(K.shape[0]):
            total = 0.0
            for d in range(Q.shape[1]):
                total = total + Q[i, d] * K[j, d]
            scores[i, j] = total
    return scores * scale

# %% 4-9 loop/rows: i weights j V
def aggregate_values(weights, V):
    out = torch.zeros(weights.shape[0], V.shape[1])
    i = 0
    while i < weights.shape[0]:
        j = 0
        while j < V.shape[0]:
            out[i] += weights[i, j] * V[j]
            j += 1
        i += 1
    return out

# %% 3-4 loop/rows: j V
def aggregate_values(weights, V):
    out = 0
    for j in reversed(range(V.shape[-2])):
        out = out + weights[..., j, None] * V[..., j, None, :]
    return out

# %% 2-2 loop/rows: i weights
def aggregate_values(weights, V):
    return torch.stack([weights[..., i, :] @ V for i in torch.arange(weights.shape[-2])], dim=-2)

# %% 2-2 hard_coded_size/size: d_model d_head 192 32 | 2-2 dead_code/variable: d_head
def project_qkv(x, W_q, W_k, W_v):
    d_model, d_head = 192, 32
    Q = x.reshape(-1, d_model) @ W_q
    return Q, x @ W_k, x @ W_v

# %% 1-1 hard_coded_size/size: D_K 32
D_K = 32

def attention_scores(Q, K, scale=None):
    return Q @ K.mT / math.sqrt(D_K)

# %% 10-11 redundant_step/computed twice: project_qkv self.W_k self.W_q self.W_v x
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, _, _ = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        _, K, _ = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        _, _, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% 5-5 dead_code/never run
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    elif scale is None:
        scale = 1.0
    return Q @ K.mT * scale

# %% 6-6 dead_code/unreachable
def attention_scores(Q, K, scale=None):
    if scale is None:
        return Q @ K.mT * Q.shape[-1] ** -0.5
    elif scale is not None:
        return Q @ K.mT * scale
    raise ValueError("never")

# %% 3-3 dead_code/never run
def aggregate_values(weights, V):
    while False:
        weights = weights * 2
    return weights @ V

# %% 3-4 redundant_step/both branches: K Q | 2-2 non_idiomatic_call/none: scale
def attention_scores(Q, K, scale=None):
    if not scale == None:
        return Q @ K.mT * scale
    return Q @ K.mT

# %% 3-3 redundant_step/own shape: out reshape
def aggregate_values(weights, V):
    out = weights @ V
    return out.reshape(out.size())

# %% 2-3 redundant_step/negated twice: allowed mask
def attention_weights(scores, mask=None):
    allowed = ~mask
    hidden = ~allowed
    return scores.masked_fill(~hidden, -math.inf).softmax(-1)

# %% 2-4 redundant_step/needless copy: x x1 clone x2 x3
def project_qkv(x, W_q, W_k, W_v):
    x1 = x.clone()
    x2 = x.clone()
    x3 = x.clone()
    return x1 @ W_q, x2 @ W_k, x3 @ W_v

# %% 2-2 dead_code/variable: original
def attention_weights(scores, mask=None):
    original = scores.clone()
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1)

# %% 3-3 loop/rows: q k Q K
def attention_scores(Q, K, scale=None):
    if Q.dim() > 2:
        return torch.stack([attention_scores(q, k, scale) for q, k in zip(Q, K)])
    return Q @ K.mT * scale

# %% 2-4 redundant_step/product turned back: turned weights mixed transpose
def aggregate_values(weights, V):
    turned = V.transpose(-2, -1)
    mixed = turned @ weights.transpose(-2, -1)
    return mixed.transpose(-2, -1)

# %% 2-4 redundant_step/unsqueezed product: V weights squeeze
def aggregate_values(weights, V):
    weights = weights.unsqueeze(0)
    V = V.unsqueeze(0)
    return torch.matmul(weights, V).squeeze(0)

# %% 2-2 redundant_step/product turned back: K Q transpose
def attention_scores(Q, K, scale=None):
    return (K @ Q.transpose(-2, -1)).transpose(-2, -1) * scale

# %% 2-2 redundant_step/expanded for nothing: mask scores expand_as
def attention_weights(scores, mask=None):
    mask = mask.expand_as(scores)
    return scores.masked_fill(~mask, float("-inf")).softmax(-1)

# %% 8-11 redundant_step/takes None: mask weights attention_weights
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), x)
        if mask is None:
            weights = attention_weights(scores)
        else:
            weights = attention_weights(scores, mask=mask)
        return aggregate_values(weights, x), weights

# %% 2-2 non_idiomatic_call/power: Q math.pow
def attention_scores(Q, K, scale=None):
    return Q @ K.mT / math.pow(Q.shape[-1], 0.5)

# %% 2-2 non_idiomatic_call/from the front: K len
def attention_scores(Q, K, scale=None):
    return Q @ K.transpose(len(K.shape) - 2, len(K.shape) - 1) * scale

# %% 2-2 non_idiomatic_call/transposed by einsum: turned K
def attention_scores(Q, K, scale=None):
    turned = torch.einsum("...kd->...dk", K)
    return Q @ turned * scale

# %% 7-8 unclear_name/letters: a b c d
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        a, b, c = project_qkv(x, self.W_q.weight.T, self.W_q.weight.T, self.W_q.weight.T)
        d = attention_weights(attention_scores(a, b), mask)
        return aggregate_values(d, c), d

# %% 7-8 unclear_name/other meaning: output weights
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        output = attention_weights(attention_scores(self.W_q(x), x), mask)
        weights = aggregate_values(output, x)
        return weights, output

# %% 2-2 unclear_name/other meaning: q
def attention_scores(Q, K, scale=None):
    q = K.mT
    return Q @ q * scale

# %% 3-5 redundant_step/both branches: Q W_q x
def project_qkv(x, W_q, W_k, W_v):
    if x.dim() == 2:
        Q = x @ W_q
    else:
        Q = torch.matmul(x, W_q)
    return Q, x @ W_k, x @ W_v

# %% 5-5 redundant_step/own shape: scores shape view
def attention_weights(scores, mask=None):
    shape = scores.shape
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1).view(shape)

# %% 2-2 non_idiomatic_call/by way of numpy: hidden mask np.logical_not
def attention_weights(scores, mask=None):
    hidden = torch.from_numpy(np.logical_not(mask.numpy()))
    return scores.masked_fill(hidden, -math.inf).softmax(-1)

# %% 3-4 loop/rows: place mask
def attention_weights(scores, mask=None):
    filled = scores.clone()
    for place in (~mask).nonzero():
        filled[tuple(place)] = float("-inf")
    return filled.softmax(-1)

# %% 2-2 redundant_step/needless copy: K turned contiguous
def attention_scores(Q, K, scale=None):
    turned = K.mT.contiguous()
    return Q @ turned * scale

# %% 3-3 redundant_step/copy of fresh: output clone
def aggregate_values(weights, V):
    output = weights @ V
    return output.clone()

# %% 3-3 redundant_step/computed twice: V weights
def aggregate_values(weights, V):
    assert (weights @ V).dim() > 1
    return weights @ V
