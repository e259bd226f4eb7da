# %% right: one einsum for each, with an ellipsis in front
def project_qkv(x, W_q, W_k, W_v):
    Q = torch.einsum("...sd,dh->...sh", x, W_q)
    K = torch.einsum("...sd,dh->...sh", x, W_k)
    V = torch.einsum("...sd,dv->...sv", x, W_v)
    return Q, K, V

# %% right: the three matrices side by side, one product, split by their widths
def project_qkv(x, W_q, W_k, W_v):
    W = torch.cat([W_q, W_k, W_v], dim=1)
    return torch.split(x @ W, [W_q.shape[1], W_k.shape[1], W_v.shape[1]], dim=-1)

# %% right: a list comprehension, returned as a list
def project_qkv(x, W_q, W_k, W_v):
    return [x.matmul(W) for W in (W_q, W_k, W_v)]

# %% right: F.linear over transposed matrices
def project_qkv(x, W_q, W_k, W_v):
    # F.linear(x, A) is x @ A.T, so hand it the transpose
    Q, K, V = map(lambda W: F.linear(x, W.t()), (W_q, W_k, W_v))
    return (Q, K, V)

# %% right: rows flattened to one long list, and put back into shape
def project_qkv(x, W_q, W_k, W_v):
    lead = x.shape[:-1]
    rows = x.reshape(-1, x.shape[-1])

    def proj(W):
        return torch.mm(rows, W).reshape(*lead, W.shape[1])

    Q = proj(W_q)
    K = proj(W_k)
    V = proj(W_v)
    return Q, K, V

# %% right: float64 inside, the dtype of x again at the end
def project_qkv(x, W_q, W_k, W_v):
    xd = x.double()
    q = xd @ W_q.double()
    k = xd @ W_k.double()
    v = xd @ W_v.double()
    return q.to(x.dtype), k.to(x.dtype), v.to(x.dtype)

# %% right: multiply and add up, by broadcasting
def project_qkv(x, W_q, W_k, W_v):
    x_col = x.unsqueeze(-1)                      # (..., seq, d_model, 1)
    return (x_col * W_q).sum(dim=-2), (x_col * W_k).sum(dim=-2), (x_col * W_v).sum(dim=-2)

# %% right: a lambda, and prints left in from debugging
project_qkv = lambda x, W_q, W_k, W_v: (print("x:", x.shape), (x @ W_q, x @ W_k, x @ W_v))[1]
print("project_qkv defined")

# %% right: tensordot, which leaves the dimensions in front alone
from typing import Tuple

def project_qkv(x: torch.Tensor, W_q, W_k, W_v) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Project the input to queries, keys and values."""
    assert x.shape[-1] == W_q.shape[0] == W_k.shape[0] == W_v.shape[0], "d_model does not match"
    return torch.tensordot(x, W_q, dims=1), torch.tensordot(x, W_k, dims=1), torch.tensordot(x, W_v, dims=1)

# %% right: token by token, stacked again
def project_qkv(x, W_q, W_k, W_v):
    results = []
    for W in [W_q, W_k, W_v]:
        tokens = []
        for i in range(x.shape[-2]):
            tokens.append(x[..., i, :] @ W)
        results.append(torch.stack(tokens, dim=-2))
    return tuple(results)

# %% wrong: the keys come from W_q
# cause: W_k|key|\bK\b
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    K = x @ W_q
    V = x @ W_v
    return Q, K, V

# %% wrong: returned in the order Q, V, K
# cause: order|swap|exchang|second|third|Q, K, V
def project_qkv(x, W_q, W_k, W_v):
    queries = x @ W_q
    keys = x @ W_k
    values = x @ W_v
    return queries, values, keys

# %% wrong: the values are made from the keys, not from x
# cause: from x|x @ W_v|of x\b|not x|value|K @ W_v|\bV\b
def project_qkv(x, W_q, W_k, W_v):
    Q = torch.matmul(x, W_q)
    K = torch.matmul(x, W_k)
    V = torch.matmul(K, W_v)
    return Q, K, V

# %% wrong: F.linear without turning the matrix
# cause: transpos|F\.linear|\.T\b|\.mT|\bturn
def project_qkv(x, W_q, W_k, W_v):
    Q = F.linear(x, W_q)
    K = F.linear(x, W_k)
    V = F.linear(x, W_v)
    return Q, K, V

# %% wrong: new nn.Linear layers instead of the matrices that are given
# cause: nn\.Linear|random|new layer|given|\bown (matri|weight)|not use
def project_qkv(x, W_q, W_k, W_v):
    d_model = x.shape[-1]
    q_layer = nn.Linear(d_model, W_q.shape[1], bias=False)
    k_layer = nn.Linear(d_model, W_k.shape[1], bias=False)
    v_layer = nn.Linear(d_model, W_v.shape[1], bias=False)
    return q_layer(x), k_layer(x), v_layer(x)

# %% wrong: torch.mm, so no dimensions in front
# cause: torch\.mm|\bmm\b|dimension|batch|2-?D|matmul
def project_qkv(x, W_q, W_k, W_v):
    return torch.mm(x, W_q), torch.mm(x, W_k), torch.mm(x, W_v)

# %% wrong: an einsum that insists on a batch
# cause: batch|dimension|ellipsis|\.\.\.|einsum|subscript
def project_qkv(x, W_q, W_k, W_v):
    Q = torch.einsum("bsd,dh->bsh", x, W_q)
    K = torch.einsum("bsd,dh->bsh", x, W_k)
    V = torch.einsum("bsd,dh->bsh", x, W_v)
    return Q, K, V

# %% wrong: a chunk into three equal parts, though d_v may differ from d_head
# cause: chunk|equal|d_v|width|split
def project_qkv(x, W_q, W_k, W_v):
    qkv = x @ torch.cat((W_q, W_k, W_v), dim=-1)
    Q, K, V = qkv.chunk(3, dim=-1)
    return Q, K, V

# %% wrong: the queries are already divided by sqrt(d_head)
# cause: scal|sqrt|divid
def project_qkv(x, W_q, W_k, W_v):
    d_head = W_q.shape[-1]
    Q = (x @ W_q) / math.sqrt(d_head)
    K = x @ W_k
    V = x @ W_v
    return Q, K, V

# %% wrong: detached on the way through numpy
# cause: gradient|detach|numpy|graph
import numpy as np

def project_qkv(x, W_q, W_k, W_v):
    x_np = x.detach().numpy()
    Q = np.matmul(x_np, W_q.detach().numpy())
    K = np.matmul(x_np, W_k.detach().numpy())
    V = np.matmul(x_np, W_v.detach().numpy())
    return torch.tensor(Q), torch.tensor(K), torch.tensor(V)

# %% wrong: the matrix times x, and tokens end up in columns
# cause: transpos|column|row|order|x @ W|shape|other way|left
def project_qkv(x, W_q, W_k, W_v):
    Q = W_q.T @ x.transpose(-2, -1)
    K = W_k.T @ x.transpose(-2, -1)
    V = W_v.T @ x.transpose(-2, -1)
    return Q, K, V

# %% wrong: no return
# cause: return|None
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    K = x @ W_k
    V = x @ W_v
    print(Q.shape, K.shape, V.shape)

# %% wrong: the rows are flattened and never put back
# cause: flatten|reshape|shape|batch|dimension
def project_qkv(x, W_q, W_k, W_v):
    x = x.view(-1, x.size(-1))
    return x @ W_q, x @ W_k, x @ W_v

# %% wrong: an extra batch dimension that stays, put onto x itself
# cause: unsqueeze|in place|chang|dimension|extra
def project_qkv(x, W_q, W_k, W_v):
    if x.dim() == 2:
        x.unsqueeze_(0)
    Q = torch.matmul(x, W_q)
    K = torch.matmul(x, W_k)
    V = torch.matmul(x, W_v)
    return Q, K, V

# %% wrong: x is centred first, in place
# cause: in place|mean|centr|chang|subtract|modif
def project_qkv(x, W_q, W_k, W_v):
    x -= x.mean(dim=-1, keepdim=True)
    return x @ W_q, x @ W_k, x @ W_v

# %% wrong: a squeeze that loses dimensions of size 1
# cause: squeeze|size 1|dimension|shape
def project_qkv(x, W_q, W_k, W_v):
    Q = torch.matmul(x, W_q).squeeze()
    K = torch.matmul(x, W_k).squeeze()
    V = torch.matmul(x, W_v).squeeze()
    return Q, K, V

# %% wrong: everything in double, and left so
# cause: float64|double|dtype|float32
def project_qkv(x, W_q, W_k, W_v):
    x = x.to(torch.float64)
    return x @ W_q.to(torch.float64), x @ W_k.to(torch.float64), x @ W_v.to(torch.float64)

# %% wrong: a ReLU on top, as in an ordinary layer
# cause: relu|negative|non-?linear|activation
def project_qkv(x, W_q, W_k, W_v):
    Q = F.relu(x @ W_q)
    K = F.relu(x @ W_k)
    V = F.relu(x @ W_v)
    return Q, K, V

# %% wrong: the line of the stub left standing on top
# cause: NotImplemented|raise|not implemented
def project_qkv(x, W_q, W_k, W_v):
    raise NotImplementedError()
    Q = x @ W_q
    K = x @ W_k
    V = x @ W_v
    return Q, K, V

# %% wrong: a dict instead of a tuple
# cause: dict|tuple|three|return
def project_qkv(x, W_q, W_k, W_v):
    return {"Q": x @ W_q, "K": x @ W_k, "V": x @ W_v}
