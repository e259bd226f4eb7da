"""Right in another way than the reference: different is welcome, and no problem."""

from grading.review.labelled.labelled_answer import LabelledAnswer

ANSWERS = (
    LabelledAnswer(
        name="einsum for each matrix",
        cell="project_qkv",
        right=True,
        group="unusual",
        praiseworthy=((3, 4),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x: (…, seq, d_model), W: (d_model, h) -> (…, seq, h)
    return [torch.einsum("...sd,dh->...sh", x, W)
            for W in (W_q, W_k, W_v)]
""",
    ),
    LabelledAnswer(
        name="mapped by an anonymous function",
        cell="project_qkv",
        right=True,
        group="unusual",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # every matrix meets the same x: (…, seq, d_model) @ (d_model, width)
    return tuple(map(lambda W: x @ W, (W_q, W_k, W_v)))
""",
    ),
    LabelledAnswer(
        name="F.linear with turned matrices",
        cell="project_qkv",
        right=True,
        group="unusual",
        praiseworthy=((4, 6),),
        source='''
def project_qkv(x, W_q, W_k, W_v):
    """x: (…, seq, d_model) -> (…, seq, d_head), (…, seq, d_head), (…, seq, d_v)"""
    # F.linear wants (out, in), ours are (in, out)
    Q = F.linear(x, W_q.T)
    K = F.linear(x, W_k.T)
    V = F.linear(x, W_v.T)
    return Q, K, V
''',
    ),
    LabelledAnswer(
        name="tensordot over the model's width",
        cell="project_qkv",
        right=True,
        group="unusual",
        source='''
def project_qkv(x, W_q, W_k, W_v):
    def project(W):
        """Sum over d_model, which is the last of x and the first of W: (…, seq, W's width)."""
        return torch.tensordot(x, W, dims=1)

    return project(W_q), project(W_k), project(W_v)
''',
    ),
    LabelledAnswer(
        name="einsum for the dot products",
        cell="attention_scores",
        right=True,
        group="unusual",
        praiseworthy=((2, 2),),
        source="""
def attention_scores(Q, K, scale=None):
    dots = torch.einsum("...qd,...kd->...qk", Q, K)  # every query with every key
    return dots / math.sqrt(Q.shape[-1]) if scale is None else dots * scale
""",
    ),
    LabelledAnswer(
        name="the scale goes into the queries",
        cell="attention_scores",
        right=True,
        group="unusual",
        praiseworthy=((4, 6),),
        source="""
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    # cheaper on Q (…, n_q, d_k) than on the scores (…, n_q, n_k) if there are many keys
    Q = Q * scale
    return Q @ K.transpose(-2, -1)
""",
    ),
    LabelledAnswer(
        name="float64 inside",
        cell="attention_scores",
        right=True,
        group="unusual",
        source='''
def attention_scores(Q, K, scale=None):
    """Q: (…, n_q, d_k)    K: (…, n_k, d_k)    Returns (…, n_q, n_k), in the dtype of Q."""
    factor = Q.shape[-1] ** -0.5 if scale is None else scale
    # summed in double precision, because float32 loses digits for a large d_k
    precise = Q.double() @ K.double().transpose(-2, -1)
    return (precise * factor).to(Q.dtype)
''',
    ),
    LabelledAnswer(
        name="baddbmm does product and scale at once",
        cell="attention_scores",
        right=True,
        group="unusual",
        praiseworthy=((8, 8),),
        source="""
def attention_scores(Q, K, scale=None):
    lead, n_q, n_k = Q.shape[:-2], Q.shape[-2], K.shape[-2]
    alpha = 1 / math.sqrt(Q.shape[-1]) if scale is None else scale
    q = Q.reshape(-1, *Q.shape[-2:])  # (b, n_q, d_k)
    k = K.reshape(-1, *K.shape[-2:])  # (b, n_k, d_k)
    nothing = q.new_zeros(1, 1, 1)
    # alpha * (q @ k^T) in one call: (b, n_q, n_k)
    scores = torch.baddbmm(nothing, q, k.transpose(1, 2), beta=0, alpha=alpha)
    return scores.reshape(*lead, n_q, n_k)
""",
    ),
    LabelledAnswer(
        name="log-softmax, then exp",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    # (…, n_q, n_k) -> (…, n_q, n_k); in log space first, which cannot overflow
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return F.log_softmax(scores, dim=-1).exp()
""",
    ),
    LabelledAnswer(
        name="a mask that is added",
        cell="attention_weights",
        right=True,
        group="unusual",
        praiseworthy=((3, 5),),
        source="""
def attention_weights(scores, mask=None):
    if mask is not None:
        # additive mask: 0 where it may look, -inf where not; broadcasts over the batch
        bias = torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, -math.inf)
        scores = scores + bias
    return scores.softmax(-1)  # (…, n_q, n_k)
""",
    ),
    LabelledAnswer(
        name="minus a billion",
        cell="attention_weights",
        right=True,
        group="unusual",
        source="""
def attention_weights(scores, mask=None):
    # -1e9 is far below any real score, so its exp is exactly 0.0 in float32
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return torch.softmax(scores, dim=-1)  # (…, n_q, n_k)
""",
    ),
    LabelledAnswer(
        name="the smallest number of the dtype",
        cell="attention_weights",
        right=True,
        group="unusual",
        praiseworthy=((7, 8),),
        source='''
def attention_weights(scores, mask=None):
    """scores: (…, n_q, n_k)    mask: True where a query may attend

    Returns weights of the same shape.
    """
    if mask is not None:
        lowest = torch.finfo(scores.dtype).min
        scores = scores.masked_fill(~mask, lowest)
    return torch.softmax(scores, dim=-1)
''',
    ),
    LabelledAnswer(
        name="einsum for the mix",
        cell="aggregate_values",
        right=True,
        group="unusual",
        praiseworthy=((2, 2),),
        source="""
def aggregate_values(weights, V):
    return torch.einsum("...qk,...kd->...qd", weights, V)
""",
    ),
    LabelledAnswer(
        name="broadcast and summed over the keys",
        cell="aggregate_values",
        right=True,
        group="unusual",
        source="""
def aggregate_values(weights, V):
    w = weights[..., :, :, None]  # (…, n_q, n_k, 1)
    v = V[..., None, :, :]        # (…,   1, n_k, d_v)
    return (w * v).sum(dim=-2)    # (…, n_q, d_v)
""",
    ),
    LabelledAnswer(
        name="torch's own attention mixes the rows of the identity",
        cell="attention_head",
        right=True,
        group="unusual",
        praiseworthy=((13, 15),),
        source='''
class AttentionHead(nn.Module):
    """One attention head, whose weights come from torch's fused kernel."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        """x: (…, seq, d_model)    Returns output (…, seq, d_head) and weights (…, seq, seq)."""
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        # attention over the identity gives the weights themselves: (…, seq, seq) @ (seq, seq)
        identity = torch.eye(x.shape[-2], dtype=x.dtype).expand(*x.shape[:-2], -1, -1)
        weights = F.scaled_dot_product_attention(Q, K, identity, attn_mask=mask)
        return aggregate_values(weights, V), weights
''',
    ),
    LabelledAnswer(
        name="three layers from one comprehension",
        cell="attention_head",
        right=True,
        group="unusual",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q, self.W_k, self.W_v = (
            nn.Linear(d_model, d_head, bias=False) for _ in range(3)
        )

    def forward(self, x, mask=None):
        # x (…, seq, d_model) -> output (…, seq, d_head), weights (…, seq, seq)
        Q, K, V = (layer(x) for layer in (self.W_q, self.W_k, self.W_v))
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
""",
    ),
    LabelledAnswer(
        name="everything in one head, without the four functions",
        cell="attention_head",
        right=True,
        group="unusual",
        source='''
class AttentionHead(nn.Module):
    """One attention head that stands alone."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.d_head = d_head
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        """x: (…, seq, d_model)    Returns output (…, seq, d_head) and weights (…, seq, seq)."""
        scores = self.W_q(x) @ self.W_k(x).mT / math.sqrt(self.d_head)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)
        return weights @ self.W_v(x), weights
''',
    ),
)
