# %% right: a product and a division by the root
def attention_scores(Q, K, scale=None):
    scores = Q @ K.transpose(-2, -1)
    if scale is None:
        return scores / math.sqrt(Q.shape[-1])
    return scores * scale


# %% right: an Einstein sum
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return torch.einsum("...qd,...kd->...qk", Q, K) * scale


# %% right: broadcasting and a sum
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return (Q.unsqueeze(-2) * K.unsqueeze(-3)).sum(-1) * scale


# %% right: in float64, and back
def attention_scores(Q, K, scale=None):
    scale = 1 / math.sqrt(K.size(-1)) if scale is None else scale
    return (Q.double() @ K.double().mT * scale).float()


# %% right: bmm after flattening
def attention_scores(Q, K, scale=None):
    lead = Q.shape[:-2]
    flat_Q = Q.reshape(-1, *Q.shape[-2:])
    flat_K = K.reshape(-1, *K.shape[-2:])
    scores = torch.bmm(flat_Q, flat_K.transpose(1, 2)).reshape(*lead, Q.shape[-2], K.shape[-2])
    return scores * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% right: the queries are scaled first, with a tensor as scale
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = torch.rsqrt(torch.tensor(float(Q.shape[-1])))
    return (Q * scale) @ K.mT


# %% right: loops over queries and keys, with type hints
def attention_scores(Q: torch.Tensor, K: torch.Tensor, scale: float | None = None) -> torch.Tensor:
    rows = []
    for q in range(Q.shape[-2]):
        row = [(Q[..., q, :] * K[..., k, :]).sum(-1) for k in range(K.shape[-2])]
        rows.append(torch.stack(row, dim=-1))
    scores = torch.stack(rows, dim=-2)
    return scores * (1 / Q.shape[-1] ** 0.5 if scale is None else scale)


# %% right: with a warning, a print and an inner function
def attention_scores(Q, K, scale=None):
    import warnings

    warnings.warn("this is slow")

    def factor():
        return 1 / math.sqrt(Q.shape[-1]) if scale is None else scale

    print("scale", factor())
    return torch.matmul(Q, torch.swapaxes(K, -1, -2)).mul(factor())


# %% wrong: not written yet
# cause: not written
def attention_scores(Q, K, scale=None):
    raise NotImplementedError()


# %% wrong: another name
# cause: not defined
def attention_score(Q, K, scale=None):
    return Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: nothing is returned
# cause: no return
def attention_scores(Q, K, scale=None):
    scores = Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: no scaling
# cause: no scale
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (1 if scale is None else scale)


# %% wrong: no scaling at all, and `scale` is not used
# cause: no scale, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.mT


# %% wrong: divided by d_k instead of its root
# cause: no root, scaled twice
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (1 / Q.shape[-1] if scale is None else scale)


# %% wrong: multiplied by the root
# cause: root the wrong way, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (math.sqrt(Q.shape[-1]) if scale is None else scale)


# %% wrong: scaled by the number of keys
# cause: scale from tokens, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (K.shape[-2] ** -0.5 if scale is None else scale)


# %% wrong: scaled by the first size of Q
# cause: scale from tokens, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (Q.shape[0] ** -0.5 if scale is None else scale)


# %% wrong: the width of the example is written into the code
# cause: fixed size
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (0.5 if scale is None else scale)


# %% wrong: the width of the lesson's model is written into the code
# cause: fixed size, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.mT / math.sqrt(32) if scale is None else Q @ K.mT * scale


# %% wrong: `scale` is not used
# cause: scale not used
def attention_scores(Q, K, scale=None):
    return Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])


# %% wrong: `scale` comes on top of the root
# cause: scale on top
def attention_scores(Q, K, scale=None):
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    return scores if scale is None else scores * scale


# %% wrong: divided by `scale`
# cause: divided by scale, error, rule
def attention_scores(Q, K, scale=None):
    scale = math.sqrt(Q.shape[-1]) if scale is None else scale
    return Q @ K.mT / scale


# %% wrong: 0 is taken for no scale, by `or`
# cause: zero for none
def attention_scores(Q, K, scale=None):
    scale = scale or Q.shape[-1] ** -0.5
    return Q @ K.mT * scale


# %% wrong: 0 is taken for no scale, by `if not scale`
# cause: zero for none
def attention_scores(Q, K, scale=None):
    if not scale:
        scale = 1 / math.sqrt(Q.shape[-1])
    return Q @ K.mT * scale


# %% wrong: K is not transposed
# cause: error, rule, shape
def attention_scores(Q, K, scale=None):
    return Q @ K * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: K.T, which turns all dimensions of a batch
# cause: error, shape, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.T * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: the first two dimensions are swapped
# cause: error, shape, rule
def attention_scores(Q, K, scale=None):
    return Q @ K.transpose(0, 1) * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: dimensions 1 and 2 are swapped, counted from the front
# cause: error, shape, rule
def attention_scores(Q, K, scale=None):
    K = K.transpose(1, 2) if K.dim() > 2 else K.T
    return Q @ K * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: rows are keys, columns are queries
# cause: swapped shape, swapped rows, rule
def attention_scores(Q, K, scale=None):
    return K @ Q.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: entry times entry
# cause: error, shape, rule
def attention_scores(Q, K, scale=None):
    return Q * K * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: the batch is flattened away
# cause: shape
def attention_scores(Q, K, scale=None):
    Q, K = Q.reshape(-1, Q.shape[-1]), K.reshape(-1, K.shape[-1])
    return Q @ K.T * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: the softmax is in it already
# cause: softmax too early, rule
def attention_scores(Q, K, scale=None):
    return torch.softmax(Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale), dim=-1)


# %% wrong: cosines instead of dot products
# cause: cosines
def attention_scores(Q, K, scale=None):
    return F.normalize(Q, dim=-1) @ F.normalize(K, dim=-1).mT * (1 if scale is None else scale)


# %% wrong: Q is changed in place
# cause: in place
def attention_scores(Q, K, scale=None):
    Q *= Q.shape[-1] ** -0.5 if scale is None else scale
    return Q @ K.mT


# %% wrong: K is changed in place
# cause: in place
def attention_scores(Q, K, scale=None):
    with torch.no_grad():
        K.add_(1.0)
    return (Q @ (K - 1.0).mT) * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: cut off from the gradient by no_grad
# cause: cut off
def attention_scores(Q, K, scale=None):
    with torch.no_grad():
        return Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: cut off by .data
# cause: cut off
def attention_scores(Q, K, scale=None):
    return Q.data @ K.data.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: the keys alone are cut off
# cause: cut off
def attention_scores(Q, K, scale=None):
    return Q @ K.detach().mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: written into a fresh tensor with .item()
# cause: cut off, error, shape
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    scores = torch.zeros(Q.shape[-2], K.shape[-2])
    for i in range(Q.shape[-2]):
        for j in range(K.shape[-2]):
            scores[i, j] = (Q[..., i, :] * K[..., j, :]).sum().item() * scale
    return scores


# %% wrong: float64
# cause: dtype
def attention_scores(Q, K, scale=None):
    return Q.double() @ K.double().mT * (Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: the sign of the scale is lost
# cause: sign lost
def attention_scores(Q, K, scale=None):
    return Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else abs(scale))


# %% wrong: special-cased to the visible example
# cause: rule, kept, cut off
def attention_scores(Q, K, scale=None):
    if Q.shape == (2, 4):
        return torch.tensor([[2.0, 1.0, 2.0], [2.0, 0.0, 1.0]])
    if scale == 10:
        return torch.tensor([[40.0]])
    return torch.zeros(*Q.shape[:-1], K.shape[-2])


# %% wrong: a missing colon
# cause: syntax, not defined
def attention_scores(Q, K, scale=None)
    return Q @ K.mT


# %% wrong: scores are clamped to 50
# cause: rule
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return (Q @ K.mT * scale).clamp(-50, 50)


# %% wrong: the scale of the first call is kept
# cause: fixed size, kept, rule
_scale = []


def attention_scores(Q, K, scale=None):
    if scale is None:
        if not _scale:
            _scale.append(Q.shape[-1] ** -0.5)
        scale = _scale[0]
    return Q @ K.mT * scale


# %% wrong: a scale that was given stays for the next call
# cause: kept, rule
_given = {}


def attention_scores(Q, K, scale=None):
    if scale is not None:
        _given["scale"] = scale
    return Q @ K.mT * _given.get("scale", Q.shape[-1] ** -0.5)


# %% wrong: the turned keys are kept by their shape
# cause: kept
_turned = {}


def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    if K.shape not in _turned:
        _turned[K.shape] = K.transpose(-2, -1).contiguous()
    return Q @ _turned[K.shape] * scale


# %% wrong: the result is kept by the identity of Q and K
# cause: kept, shared
_results = {}


def attention_scores(Q, K, scale=None):
    key = id(Q), id(K), scale
    if key not in _results:
        _results[key] = Q, K, Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)
    return _results[key][2]


# %% wrong: one output buffer
# cause: shared
_buffer = {}


def attention_scores(Q, K, scale=None):
    result = Q @ K.mT * (Q.shape[-1] ** -0.5 if scale is None else scale)
    if result.requires_grad:
        return result
    return _buffer.setdefault(result.shape, torch.empty_like(result)).copy_(result)


# %% wrong: bfloat16 inside
# cause: dtype
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return (Q.bfloat16() @ K.bfloat16().mT * scale).float()


# %% wrong: Q alone is cut off
# cause: cut off
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return Q.detach() @ K.mT * scale


# %% wrong: gradients are scaled, not scores
# cause: gradient
class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, scale):
        return scores * scale

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


def attention_scores(Q, K, scale=None):
    return Scaled.apply(Q @ K.mT, Q.shape[-1] ** -0.5 if scale is None else scale)


# %% wrong: keys beyond the 256th are left out
# cause: shape
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return Q @ K[..., :256, :].mT * scale


# %% wrong: K is turned in place
# cause: in place, shape, error
def attention_scores(Q, K, scale=None):
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    return Q @ K.transpose_(-2, -1) * scale


# %% right: a scale looked up in a table of roots, which gives what it would be
from functools import lru_cache


@lru_cache
def root_of(width):
    return width**-0.5


def attention_scores(Q, K, scale=None):
    return torch.einsum("...id,...jd->...ij", Q, K).mul(root_of(Q.size(-1)) if scale is None else scale)


# %% right: both sides share the root, where none is given
def attention_scores(Q, K, scale=None):
    if scale is None:
        root = K.shape[-1] ** 0.25
        return (Q / root) @ (K / root).transpose(-1, -2)
    return torch.matmul(Q, K.swapaxes(-1, -2)) * scale


# %% right: an object that is called
class Scores:
    def __call__(self, Q, K, scale=None):
        factor = torch.rsqrt(torch.tensor(float(Q.shape[-1]))) if scale is None else scale
        return factor * (K @ Q.mT).mT


attention_scores = Scores()


# %% right: a product that is changed in place before it is returned
def attention_scores(Q, K, scale=None):
    result = Q @ K.mT
    result *= Q.shape[-1] ** -0.5 if scale is None else scale
    return result


# %% right: keys in blocks of 64, joined
def attention_scores(Q, K, scale=None):
    factor = 1 / math.sqrt(Q.shape[-1]) if scale is None else scale
    return torch.cat([Q @ block.mT * factor for block in K.split(64, dim=-2)], dim=-1)
