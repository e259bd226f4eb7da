"""Right in ways other than the reference's, a second set: there is nothing to find in any of them."""

from grading.review.labelled.labelled_answer import LabelledAnswer

ANSWERS = (
    LabelledAnswer(
        name="one product with the three matrices side by side",
        cell="project_qkv",
        right=True,
        group="unusual",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    widths = [W_q.shape[-1], W_k.shape[-1], W_v.shape[-1]]
    return torch.split(x @ torch.cat([W_q, W_k, W_v], dim=-1), widths, dim=-1)
""",
    ),
    LabelledAnswer(
        name="einsum, one equation for all three",
        cell="project_qkv",
        right=True,
        group="unusual",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    equation = "...td,dh->...th"
    Q = torch.einsum(equation, x, W_q)
    K = torch.einsum(equation, x, W_k)
    V = torch.einsum(equation, x, W_v)
    return Q, K, V
""",
    ),
    LabelledAnswer(
        name="F.linear, which wants the matrices the other way round",
        cell="project_qkv",
        right=True,
        group="unusual",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    return F.linear(x, W_q.mT), F.linear(x, W_k.mT), F.linear(x, W_v.mT)
""",
    ),
    LabelledAnswer(
        name="a generator over the matrices, unpacked",
        cell="project_qkv",
        right=True,
        group="unusual",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = (torch.matmul(x, W) for W in (W_q, W_k, W_v))
    return Q, K, V
""",
    ),
    LabelledAnswer(
        name="the @ operator with the scale on the queries",
        cell="attention_scores",
        right=True,
        group="unusual",
        source="""
def attention_scores(Q, K, scale=None):
    scale = 1 / math.sqrt(Q.shape[-1]) if scale is None else scale
    return (Q * scale) @ K.mT
""",
    ),
    LabelledAnswer(
        name="baddbmm over a flattened batch",
        cell="attention_scores",
        right=True,
        group="unusual",
        source="""
def attention_scores(Q, K, scale=None):
    factor = K.shape[-1] ** -0.5 if scale is None else scale
    lead, n_q, n_k = Q.shape[:-2], Q.shape[-2], K.shape[-2]
    queries = Q.reshape(-1, n_q, Q.shape[-1])
    keys = K.reshape(-1, n_k, K.shape[-1])
    nothing = torch.zeros(1, n_q, n_k)
    scores = torch.baddbmm(nothing, queries, keys.transpose(1, 2), beta=0, alpha=float(factor))
    return scores.reshape(*lead, n_q, n_k)
""",
    ),
    LabelledAnswer(
        name="einsum and the default chosen at the end",
        cell="attention_scores",
        right=True,
        group="unusual",
        source="""
def attention_scores(Q, K, scale=None):
    d_k = Q.size(-1)
    scores = torch.einsum("...qd,...kd->...qk", Q, K)
    return scores / math.sqrt(d_k) if scale is None else scores * scale
""",
    ),
    LabelledAnswer(
        name="the root shared between queries and keys",
        cell="attention_scores",
        right=True,
        group="unusual",
        source="""
def attention_scores(Q, K, scale=None):
    if scale is None:
        # a fourth root on each side keeps the products small
        root = Q.shape[-1] ** 0.25
        return (Q / root) @ (K / root).transpose(-1, -2)
    return torch.matmul(Q, K.transpose(-1, -2)) * scale
""",
    ),
    LabelledAnswer(
        name="swapaxes and mul",
        cell="attention_scores",
        right=True,
        group="unusual",
        source="""
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = torch.rsqrt(torch.tensor(float(Q.shape[-1]), dtype=Q.dtype))
    return Q.matmul(K.swapaxes(-1, -2)).mul(scale)
""",
    ),
    LabelledAnswer(
        name="F.softmax after torch.where",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    return F.softmax(scores, dim=-1)
""",
    ),
    LabelledAnswer(
        name="an additive mask",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    if mask is None:
        return torch.softmax(scores, dim=-1)
    bias = torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
    return torch.softmax(scores + bias, dim=-1)
""",
    ),
    LabelledAnswer(
        name="a stable softmax by hand, the mask applied to the powers",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    visible = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
    largest = scores.masked_fill(~visible, -math.inf).amax(dim=-1, keepdim=True)
    powers = torch.exp((scores - largest).clamp(max=0)) * visible
    return powers / powers.sum(dim=-1, keepdim=True)
""",
    ),
    LabelledAnswer(
        name="log-sum-exp taken away, then exp",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    return (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()
""",
    ),
    LabelledAnswer(
        name="filled in place, in a copy of its own",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    visible = scores.clone()
    if mask is not None:
        visible.masked_fill_(~mask, float("-inf"))
    return visible.softmax(dim=-1)
""",
    ),
    LabelledAnswer(
        name="softmax as a module",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    hidden = scores if mask is None else scores.masked_fill(mask == 0, -math.inf)
    return nn.Softmax(dim=-1)(hidden)
""",
    ),
    LabelledAnswer(
        name="einsum over the keys",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source="""
def aggregate_values(weights, V):
    return torch.einsum("...qk,...kd->...qd", weights, V)
""",
    ),
    LabelledAnswer(
        name="bmm over a flattened batch",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source="""
def aggregate_values(weights, V):
    *lead, n_q, n_k = weights.shape
    mixed = torch.bmm(weights.reshape(-1, n_q, n_k), V.reshape(-1, n_k, V.shape[-1]))
    return mixed.reshape(*lead, n_q, V.shape[-1])
""",
    ),
    LabelledAnswer(
        name="a helper with a name of its own",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source='''
def mix(shares, rows):
    """Sum the rows, each times its share: (…, n_q, n_k) @ (…, n_k, d_v)."""
    return shares @ rows


def aggregate_values(weights, V):
    return mix(weights, V)
''',
    ),
    LabelledAnswer(
        name="all pairs by broadcasting, summed over the keys",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source="""
def aggregate_values(weights, V):
    # (…, n_q, n_k, 1) * (…, 1, n_k, d_v)
    products = weights[..., None] * V[..., None, :, :]
    return products.sum(dim=-2)
""",
    ),
    LabelledAnswer(
        name="in blocks of queries, to save memory",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source="""
def aggregate_values(weights, V):
    block = 256
    starts = range(0, weights.shape[-2], block)
    return torch.cat([weights[..., start : start + block, :] @ V for start in starts], dim=-2)
""",
    ),
    LabelledAnswer(
        name="the scale kept as a buffer that is not part of the state",
        cell="attention_head",
        right=True,
        group="unusual",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_buffer("scale", torch.tensor(d_head**-0.5), persistent=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x), self.scale)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights
""",
    ),
    LabelledAnswer(
        name="the matrices turned for project_qkv",
        cell="attention_head",
        right=True,
        group="unusual",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        matrices = [layer.weight.T for layer in (self.W_q, self.W_k, self.W_v)]
        Q, K, V = project_qkv(x, *matrices)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
""",
    ),
    LabelledAnswer(
        name="the steps in methods of their own",
        cell="attention_head",
        right=True,
        group="unusual",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def weights(self, x, mask):
        scores = attention_scores(self.W_q(x), self.W_k(x))
        return attention_weights(scores, mask)

    def forward(self, x, mask=None):
        weights = self.weights(x, mask)
        output = aggregate_values(weights, self.W_v(x))
        return output, weights
""",
    ),
    LabelledAnswer(
        name="one product for all three layers, cut apart again",
        cell="attention_head",
        right=True,
        group="unusual",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        together = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight])
        Q, K, V = F.linear(x, together).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
""",
    ),
)
