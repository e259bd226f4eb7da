# %% right: one matmul
def aggregate_values(weights, V):
    return torch.matmul(weights, V)

# %% right: an einsum that spells the formula
def aggregate_values(weights, V):
    return torch.einsum("...ij,...jd->...id", weights, V)

# %% right: a running sum over the tokens
def aggregate_values(weights, V):
    output = 0
    for j in range(V.shape[-2]):
        w_j = weights[..., :, j].unsqueeze(-1)     # (..., n_q, 1)
        v_j = V[..., j, :].unsqueeze(-2)           # (..., 1, d_v)
        output = output + w_j * v_j
    return output

# %% right: transposed twice
def aggregate_values(weights, V):
    # (W V)^T = V^T W^T
    return (V.transpose(-2, -1) @ weights.transpose(-2, -1)).transpose(-2, -1)

# %% right: broadcast and sum
def aggregate_values(weights, V):
    return (weights[..., None] * V.unsqueeze(-3)).sum(dim=-2)

# %% right: bmm over flattened leading dimensions
def aggregate_values(weights, V):
    n_q, n_k = weights.shape[-2], weights.shape[-1]
    d_v = V.shape[-1]
    out = torch.bmm(weights.reshape(-1, n_q, n_k), V.reshape(-1, n_k, d_v))
    return out.view(*weights.shape[:-1], d_v)

# %% right: query by query into a tensor of zeros
def aggregate_values(weights, V):
    out = torch.zeros(*weights.shape[:-1], V.shape[-1], dtype=V.dtype)
    for i in range(weights.shape[-2]):
        share = weights[..., i, :].unsqueeze(-1)
        out[..., i, :] = (share * V).sum(dim=-2)
    return out

# %% right: sets torch's defaults for the rest of the notebook
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=3)

def aggregate_values(weights, V):
    result = weights @ V
    assert result.shape[-1] == V.shape[-1]
    return result

# %% right: recursion down the dimensions in front
def aggregate_values(weights, V):
    if V.dim() == 2:
        return weights.mm(V)
    return torch.stack([aggregate_values(w, v) for w, v in zip(weights, V)])

# %% right: the operator module, float64 inside
import operator

def aggregate_values(weights, V):
    return operator.matmul(weights.double(), V.double()).to(V.dtype)

# %% wrong: an einsum that sums over the queries
# cause: quer|transpos|index|einsum|row|column|sum
def aggregate_values(weights, V):
    return torch.einsum("...qk,...qd->...kd", weights, V)

# %% wrong: the transpose of the weights
# cause: transpos|column|row|\.T\b|\.mT
def aggregate_values(weights, V):
    return weights.transpose(-2, -1) @ V

# %% wrong: V @ weights
# cause: order|V @ weights|weights @ V|swap|other way|left
def aggregate_values(weights, V):
    return V @ weights

# %% wrong: element by element
# cause: element|matri|@|matmul
def aggregate_values(weights, V):
    return weights * V

# %% wrong: multiplied by broadcasting, then summed over the queries
# cause: sum|dim|axis|quer
def aggregate_values(weights, V):
    product = weights.unsqueeze(-1) * V.unsqueeze(-3)
    return product.sum(dim=-3)

# %% wrong: a second softmax on the weights
# cause: softmax
def aggregate_values(weights, V):
    attn = F.softmax(weights, dim=-1)
    return attn @ V

# %% wrong: the value of the best token only
# cause: argmax|largest|best|only|all (the )?(tokens|values)|mix|single|one token
def aggregate_values(weights, V):
    best = weights.argmax(dim=-1)
    index = best.unsqueeze(-1).expand(*best.shape, V.shape[-1])
    return torch.gather(V, -2, index)

# %% wrong: the mean over the tokens, not the sum
# cause: mean|averag|divid|n_k|sum
def aggregate_values(weights, V):
    return (weights.unsqueeze(-1) * V.unsqueeze(-3)).mean(dim=-2)

# %% wrong: torch.mm, so no dimensions in front
# cause: \bmm\b|torch\.mm|batch|dimension|2-?D|matmul
def aggregate_values(weights, V):
    return torch.mm(weights, V)

# %% wrong: letters for four dimensions in the einsum
# cause: einsum|dimension|batch|ellipsis|\.\.\.|subscript
def aggregate_values(weights, V):
    return torch.einsum("bhij,bhjd->bhid", weights, V)

# %% wrong: tensordot pairs every batch with every batch
# cause: tensordot|batch|dimension|shape|matmul
def aggregate_values(weights, V):
    return torch.tensordot(weights, V, dims=([-1], [-2]))

# %% wrong: dropout on the weights
# cause: dropout|random
def aggregate_values(weights, V):
    weights = F.dropout(weights, p=0.1)
    return weights @ V

# %% wrong: the loop stops at the number of queries
# cause: n_q|n_k|number of (quer|key)|loop|range|square
def aggregate_values(weights, V):
    out = 0
    n_tokens = weights.shape[-2]
    for j in range(n_tokens):
        out = out + weights[..., :, j, None] * V[..., None, j, :]
    return out

# %% wrong: weights divided by their sum again
# cause: sum|divid|normali|as they (are|come)
def aggregate_values(weights, V):
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return torch.matmul(weights, V)

# %% wrong: the values are detached
# cause: detach|gradient|graph
def aggregate_values(weights, V):
    values = V.detach()
    return weights @ values

# %% wrong: numpy in, numpy out
# cause: numpy|tensor|ndarray|gradient
import numpy as np

def aggregate_values(weights, V):
    return np.matmul(weights.detach().numpy(), V.detach().numpy())

# %% wrong: V itself added on top
# cause: added|adds|residual|skip|\+ ?V|plus|extra|on top
def aggregate_values(weights, V):
    out = weights @ V
    out = out + V  # skip connection
    return out

# %% wrong: the weights too, in a tuple
# cause: tuple|only|also|two|pair|return
def aggregate_values(weights, V):
    output = weights @ V
    return output, weights

# %% wrong: V is multiplied in place, query after query
# cause: in place|in-place|chang|modif|\*=|mul_|overwrit
def aggregate_values(weights, V):
    rows = []
    for i in range(weights.shape[-2]):
        values = V
        values *= weights[..., i, :].unsqueeze(-1)
        rows.append(values.sum(dim=-2))
    return torch.stack(rows, dim=-2)

# %% wrong: squeezed at the end
# cause: squeeze|size 1|dimension|shape
def aggregate_values(weights, V):
    out = torch.matmul(weights, V)
    return out.squeeze()

# %% wrong: half precision to save memory
# cause: half|float16|bfloat16|precis|dtype|round
def aggregate_values(weights, V):
    return (weights.bfloat16() @ V.bfloat16()).float()

# %% wrong: only the last query's mix
# cause: return|loop|indent|last|every|each|only
def aggregate_values(weights, V):
    for i in range(weights.shape[-2]):
        out = weights[..., i:i + 1, :] @ V
    return out
