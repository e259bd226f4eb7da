# %% right: a matrix product
def aggregate_values(weights, V):
    return weights @ V


# %% right: an Einstein sum
def aggregate_values(weights, V):
    return torch.einsum("...qk,...kd->...qd", weights, V)


# %% right: broadcasting and a sum
def aggregate_values(weights, V):
    return (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)


# %% right: bmm after flattening
def aggregate_values(weights, V):
    flat = torch.bmm(weights.reshape(-1, *weights.shape[-2:]), V.reshape(-1, *V.shape[-2:]))
    return flat.reshape(*weights.shape[:-1], V.shape[-1])


# %% right: a sum over the keys in a loop
def aggregate_values(weights, V):
    total = 0
    for k in range(V.shape[-2]):
        total = total + weights[..., :, k : k + 1] * V[..., k : k + 1, :]
    return total


# %% right: transposed twice, in float64
def aggregate_values(weights: torch.Tensor, V: torch.Tensor) -> torch.Tensor:
    """The values, mixed."""
    return (V.double().mT @ weights.double().mT).mT.float()


# %% right: torch.matmul with a print
def aggregate_values(weights, V):
    mixed = torch.matmul(weights, V)
    print(mixed.shape)
    return mixed


# %% wrong: not written yet
# cause: not written
def aggregate_values(weights, V):
    raise NotImplementedError()


# %% wrong: nothing is returned
# cause: no return
def aggregate_values(weights, V):
    weights @ V


# %% wrong: the weights are transposed
# cause: error, transposed weights
def aggregate_values(weights, V):
    return weights.mT @ V


# %% wrong: weights.T, which turns all dimensions of a batch
# cause: error, transposed weights, shape
def aggregate_values(weights, V):
    return weights.T @ V


# %% wrong: values on the left
# cause: error, values left
def aggregate_values(weights, V):
    return V @ weights


# %% wrong: entry times entry
# cause: error, shape, entries
def aggregate_values(weights, V):
    return weights * V


# %% wrong: the average of all values
# cause: weights not used, cut off
def aggregate_values(weights, V):
    return V.mean(-2, keepdim=True).expand(*weights.shape[:-1], V.shape[-1])


# %% wrong: the sum of all values
# cause: weights not used, rule, cut off
def aggregate_values(weights, V):
    return V.sum(-2, keepdim=True).repeat_interleave(weights.shape[-2], -2)


# %% wrong: the value with the largest weight alone
# cause: largest alone, rule, cut off
def aggregate_values(weights, V):
    place = weights.argmax(-1, keepdim=True).expand(*weights.shape[:-1], V.shape[-1])
    return torch.gather(V, -2, place)


# %% wrong: softmax once more
# cause: softmax again, rule
def aggregate_values(weights, V):
    return weights.softmax(-1) @ V


# %% wrong: the weights are divided by their sum
# cause: divided by sum
def aggregate_values(weights, V):
    return weights / weights.sum(-1, keepdim=True) @ V


# %% wrong: divided by the number of keys
# cause: divided by keys
def aggregate_values(weights, V):
    return weights @ V / V.shape[-2]


# %% wrong: summed up over the queries
# cause: shape
def aggregate_values(weights, V):
    return (weights @ V).sum(-2)


# %% wrong: torch.mm, which knows no batch
# cause: error, fixed dimensions
def aggregate_values(weights, V):
    return torch.mm(weights, V)


# %% wrong: the batch is flattened into the keys
# cause: error, shape
def aggregate_values(weights, V):
    return weights.reshape(-1, weights.shape[-1]) @ V.reshape(-1, V.shape[-1])


# %% wrong: the first member of a batch for all
# cause: rule
def aggregate_values(weights, V):
    first = V
    while first.dim() > 2:
        first = first[0]
    return weights @ first


# %% wrong: cut off from the gradient
# cause: cut off
def aggregate_values(weights, V):
    return weights.detach() @ V


# %% wrong: no_grad
# cause: cut off
@torch.no_grad()
def aggregate_values(weights, V):
    return weights @ V


# %% wrong: the weights are changed in place
# cause: in place
def aggregate_values(weights, V):
    with torch.no_grad():
        weights /= 2
    return 2 * weights @ V


# %% wrong: V is cleared afterwards
# cause: in place, error
def aggregate_values(weights, V):
    mixed = weights @ V
    V.zero_()
    return mixed


# %% wrong: float64
# cause: dtype
def aggregate_values(weights, V):
    return weights.double() @ V.double()


# %% wrong: half the precision
# cause: dtype
def aggregate_values(weights, V):
    return (weights.half() @ V.half())


# %% wrong: special-cased to the visible example
# cause: rule, kept, cut off
def aggregate_values(weights, V):
    if weights.shape == (2, 2):
        return torch.tensor([[3.0, 2.0, 4.0], [2.0, 4.0, 6.0]])
    return torch.zeros(*weights.shape[:-1], V.shape[-1])


# %% wrong: a list of lists
# cause: not a tensor
def aggregate_values(weights, V):
    return (weights @ V).tolist()


# %% wrong: weights below 1e-3 count for nothing
# cause: rule
def aggregate_values(weights, V):
    return weights.masked_fill(weights.abs() < 1e-3, 0.0) @ V


# %% wrong: keys in blocks of 64, the last one left out
# cause: rule, shape, error
def aggregate_values(weights, V):
    if V.shape[-2] <= 64:
        return weights @ V
    whole = V.shape[-2] // 64 * 64
    return weights[..., :whole] @ V[..., :whole, :]


# %% wrong: the last result is kept, by the identity of the two
# cause: kept
_last = {}


def aggregate_values(weights, V):
    if _last.get("weights") is not weights or _last.get("V") is not V:
        _last.update(weights=weights, V=V, result=weights @ V)
    return _last["result"]


# %% wrong: one output buffer
# cause: shared
_buffer = {}


def aggregate_values(weights, V):
    result = weights @ V
    if result.requires_grad:
        return result
    return _buffer.setdefault(result.shape, torch.empty_like(result)).copy_(result)


# %% wrong: the columns of V are mixed
# cause: columns, error, rule, shape
def aggregate_values(weights, V):
    return (weights @ V.mT).mT


# %% wrong: the values alone are cut off
# cause: cut off
def aggregate_values(weights, V):
    return weights @ V.detach()


# %% wrong: bfloat16 inside
# cause: dtype
def aggregate_values(weights, V):
    return (weights.bfloat16() @ V.bfloat16()).float()


# %% wrong: one key gives the value itself
# cause: shape
def aggregate_values(weights, V):
    return V if V.shape[-2] == 1 else weights @ V


# %% wrong: tiny weights are cleared in the caller's tensor
# cause: in place
def aggregate_values(weights, V):
    weights[weights.abs() < 1e-6] = 0.0
    return weights @ V


# %% wrong: a sum that goes on from call to call
# cause: kept, fresh layers
_sum = {}


def aggregate_values(weights, V):
    result = weights @ V
    result = result + 1e-3 * _sum.get(result.shape, 0.0)
    _sum[result.shape] = result.detach()
    return result


# %% right: torch.einsum with names for all
def aggregate_values(weights, V):
    return torch.einsum("...qk,...kd->...qd", (weights, V))


# %% right: in blocks of 64 keys, all of them
def aggregate_values(weights, V):
    parts = zip(weights.split(64, dim=-1), V.split(64, dim=-2))
    return sum(part @ values for part, values in parts)


# %% right: outer products, added up in place
def aggregate_values(weights, V):
    out = torch.zeros(*weights.shape[:-1], V.shape[-1])
    for j in range(V.shape[-2]):
        out += weights[..., j, None] * V[..., j, None, :]
    return out


# %% right: baddbmm on flattened batches
def aggregate_values(weights, V):
    lead = weights.shape[:-2]
    flat, values = weights.reshape(-1, *weights.shape[-2:]), V.reshape(-1, *V.shape[-2:])
    zero = weights.new_zeros(())
    return torch.baddbmm(zero, flat, values).reshape(*lead, weights.shape[-2], V.shape[-1])
