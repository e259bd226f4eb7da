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
# cause: error
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
# cause: rule
def project_qkv(x, W_q, W_k, W_v):
    if x.shape == (2, 2):
        return x, torch.tensor([[2.0, 2.0], [4.0, 6.0]]), torch.tensor([[3.0], [7.0]])
    return tuple(torch.zeros(*x.shape[:-1], W.shape[1]) for W in (W_q, W_k, W_v))


# %% wrong: scaled by the root of the width already
# cause: rule
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q / math.sqrt(W_q.shape[1]), x @ W_k, x @ W_v
