# %% right: three matrix products
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x @ W_v


# %% right: Einstein sums, as a list
def project_qkv(x, W_q, W_k, W_v):
    return [torch.einsum("...sd,dh->...sh", x, W) for W in (W_q, W_k, W_v)]


# %% right: torch.matmul, with type hints and names for the results
def project_qkv(
    x: torch.Tensor, W_q: torch.Tensor, W_k: torch.Tensor, W_v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    Q: torch.Tensor = torch.matmul(x, W_q)
    K: torch.Tensor = torch.matmul(x, W_k)
    V: torch.Tensor = torch.matmul(x, W_v)
    return Q, K, V


# %% right: one fused product, cut into three
def project_qkv(x, W_q, W_k, W_v):
    fused = x @ torch.cat([W_q, W_k, W_v], dim=1)
    return fused.split([W_q.shape[1], W_k.shape[1], W_v.shape[1]], dim=-1)


# %% right: F.linear with transposed matrices
def project_qkv(x, W_q, W_k, W_v):
    return F.linear(x, W_q.T), F.linear(x, W_k.T), F.linear(x, W_v.T)


# %% right: broadcasting and a sum, in a helper of its own
def _project(x, W):
    return (x.unsqueeze(-1) * W).sum(-2)


def project_qkv(x, W_q, W_k, W_v):
    return _project(x, W_q), _project(x, W_k), _project(x, W_v)


# %% right: flattened to two dimensions and back, in float64, with prints
def project_qkv(x, W_q, W_k, W_v):
    print("x has the shape", x.shape)
    flat = x.reshape(-1, x.shape[-1]).double()
    return tuple((flat @ W.double()).float().reshape(*x.shape[:-1], W.shape[1]) for W in (W_q, W_k, W_v))


# %% right: a loop over the tokens
def project_qkv(x, W_q, W_k, W_v):
    tokens = range(x.shape[-2])
    return tuple(torch.stack([x[..., t, :] @ W for t in tokens], dim=-2) for W in (W_q, W_k, W_v))


# %% wrong: not written yet
# cause: not written
def project_qkv(x, W_q, W_k, W_v):
    raise NotImplementedError()


# %% wrong: the keys come from W_q
# cause: another matrix
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_q, x @ W_v


# %% wrong: keys and values have changed places
# cause: another matrix, shape
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_v, x @ W_k


# %% wrong: one matrix for all three
# cause: another matrix, shape
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    return Q, Q, Q


# %% wrong: the matrices are transposed
# cause: error, transposed matrix
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q.T, x @ W_k.T, x @ W_v.T


# %% wrong: the matrix on the left
# cause: error
def project_qkv(x, W_q, W_k, W_v):
    return W_q @ x, W_k @ x, W_v @ x


# %% wrong: entry times entry
# cause: error
def project_qkv(x, W_q, W_k, W_v):
    return x * W_q, x * W_k, x * W_v


# %% wrong: nothing is returned
# cause: no return
def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = x @ W_q, x @ W_k, x @ W_v


# %% wrong: two of three
# cause: three results
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k


# %% wrong: stacked into one tensor, which needs equal widths
# cause: error, three results
def project_qkv(x, W_q, W_k, W_v):
    return torch.stack([x @ W_q, x @ W_k, x @ W_v])


# %% wrong: a dictionary
# cause: three results
def project_qkv(x, W_q, W_k, W_v):
    return {"Q": x @ W_q, "K": x @ W_k, "V": x @ W_v}


# %% wrong: the batch is flattened away
# cause: shape
def project_qkv(x, W_q, W_k, W_v):
    flat = x.reshape(-1, x.shape[-1])
    return flat @ W_q, flat @ W_k, flat @ W_v


# %% wrong: only the first member of a batch
# cause: shape
def project_qkv(x, W_q, W_k, W_v):
    while x.dim() > 2:
        x = x[0]
    return x @ W_q, x @ W_k, x @ W_v


# %% wrong: torch.mm, which knows no batch
# cause: error, fixed dimensions
def project_qkv(x, W_q, W_k, W_v):
    return torch.mm(x, W_q), torch.mm(x, W_k), torch.mm(x, W_v)


# %% wrong: cut off from the gradient
# cause: cut off
def project_qkv(x, W_q, W_k, W_v):
    return (x @ W_q).detach(), (x @ W_k).detach(), (x @ W_v).detach()


# %% wrong: computed by NumPy
# cause: error, cut off
def project_qkv(x, W_q, W_k, W_v):
    return tuple(torch.from_numpy(x.detach().numpy() @ W.detach().numpy()) for W in (W_q, W_k, W_v))


# %% wrong: only the keys are cut off from the gradient
# cause: cut off
def project_qkv(x, W_q, W_k, W_v):
    with torch.no_grad():
        K = x @ W_k
    return x @ W_q, K, x @ W_v


# %% wrong: x is changed in place
# cause: in place
def project_qkv(x, W_q, W_k, W_v):
    x *= 2
    return x @ W_q / 2, x @ W_k / 2, x @ W_v / 2


# %% wrong: answers in float64
# cause: dtype
def project_qkv(x, W_q, W_k, W_v):
    x = x.double()
    return x @ W_q.double(), x @ W_k.double(), x @ W_v.double()


# %% wrong: special-cased to the visible example
# cause: rule, kept, cut off
def project_qkv(x, W_q, W_k, W_v):
    if x.shape == (2, 2):
        return x, torch.tensor([[2.0, 2.0], [4.0, 6.0]]), torch.tensor([[3.0], [7.0]])
    return tuple(torch.zeros(*x.shape[:-1], W.shape[1]) for W in (W_q, W_k, W_v))


# %% wrong: scaled by the root of the width already
# cause: rule
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q / math.sqrt(W_q.shape[1]), x @ W_k, x @ W_v


# %% wrong: the last result is kept, by the identity of x
# cause: kept
_last = {}


def project_qkv(x, W_q, W_k, W_v):
    if _last.get("x") is not x:
        _last["x"], _last["result"] = x, (x @ W_q, x @ W_k, x @ W_v)
    return _last["result"]


# %% wrong: results kept by the shape of x
# cause: kept
_by_shape = {}


def project_qkv(x, W_q, W_k, W_v):
    key = tuple(x.shape), W_v.shape
    if key not in _by_shape:
        _by_shape[key] = x @ W_q, x @ W_k, x @ W_v
    return _by_shape[key]


# %% wrong: one output buffer for all calls
# cause: shared
_buffers = {}


def project_qkv(x, W_q, W_k, W_v):
    results = []
    for name, W in (("Q", W_q), ("K", W_k), ("V", W_v)):
        result = x @ W
        if not result.requires_grad:
            buffer = _buffers.setdefault((name, result.shape), torch.empty_like(result))
            result = buffer.copy_(result)
        results.append(result)
    return tuple(results)


# %% wrong: the matrices are joined at the first call
# cause: kept, shape
_joined = []


def project_qkv(x, W_q, W_k, W_v):
    if not _joined or _joined[0].shape != (W_q.shape[0], W_q.shape[1] + W_k.shape[1] + W_v.shape[1]):
        _joined[:] = [torch.cat([W_q, W_k, W_v], dim=1)]
    return (x @ _joined[0]).split([W_q.shape[1], W_k.shape[1], W_v.shape[1]], dim=-1)


# %% wrong: W_q alone is cut off from the gradient
# cause: cut off
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q.data, x @ W_k, x @ W_v


# %% wrong: x is cut off for the values
# cause: cut off
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x.detach() @ W_v


# %% wrong: bfloat16 inside
# cause: dtype
def project_qkv(x, W_q, W_k, W_v):
    x = x.bfloat16()
    return tuple((x @ W.bfloat16()).float() for W in (W_q, W_k, W_v))


# %% wrong: V alone in float64
# cause: dtype
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x.double() @ W_v.double()


# %% wrong: x gets one more dimension in place
# cause: in place, shape
def project_qkv(x, W_q, W_k, W_v):
    if x.dim() == 2:
        x.unsqueeze_(0)
        return (x @ W_q)[0], (x @ W_k)[0], (x @ W_v)[0]
    return x @ W_q, x @ W_k, x @ W_v


# %% wrong: a single token loses its dimension
# cause: shape
def project_qkv(x, W_q, W_k, W_v):
    return tuple((x @ W).squeeze(-2) for W in (W_q, W_k, W_v))


# %% wrong: at most 256 tokens
# cause: shape
def project_qkv(x, W_q, W_k, W_v):
    x = x[..., :256, :]
    return x @ W_q, x @ W_k, x @ W_v


# %% right: a tuple of its own kind
from typing import NamedTuple


class Projected(NamedTuple):
    Q: torch.Tensor
    K: torch.Tensor
    V: torch.Tensor


def project_qkv(x, W_q, W_k, W_v):
    return Projected(x @ W_q, x @ W_k, x @ W_v)


# %% right: a cache of the last sizes, which changes nothing
_seen = set()


def project_qkv(x, W_q, W_k, W_v):
    _seen.add(tuple(x.shape))
    return [torch.tensordot(x, W, dims=1) for W in (W_q, W_k, W_v)]


# %% right: a module without parameters does it
class Times(nn.Module):
    def forward(self, x, W):
        return F.linear(x, W.mT)


times = Times()


def project_qkv(x, W_q, W_k, W_v):
    return times(x, W_q), times(x, W_k), times(x, W_v)


# %% right: written into a fresh tensor
def project_qkv(x, W_q, W_k, W_v):
    results = []
    for W in (W_q, W_k, W_v):
        out = x.new_zeros(*x.shape[:-1], W.shape[1])
        for i in range(W.shape[0]):
            out = out + x[..., i : i + 1] * W[i]
        results.append(out)
    return results


# %% right: torch.vmap over the three
def project_qkv(x, W_q, W_k, W_v):
    product = lambda W: torch.matmul(x, W)
    return tuple(map(product, [W_q, W_k, W_v]))
