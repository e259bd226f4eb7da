"""Right, plain and commented: a good review finds nothing to mend."""

from grading.review.labelled.labelled_answer import LabelledAnswer

ANSWERS = (
    LabelledAnswer(
        name="three products, each with its shape",
        cell="project_qkv",
        right=True,
        group="clean",
        praiseworthy=((7, 9),),
        source='''
def project_qkv(x, W_q, W_k, W_v):
    """Make a query, a key and a value for every token.

    x: (…, seq, d_model)    W_q, W_k: (d_model, d_head)    W_v: (d_model, d_v)
    Returns Q and K, each (…, seq, d_head), and V, (…, seq, d_v).
    """
    Q = torch.matmul(x, W_q)  # (…, seq, d_head)
    K = torch.matmul(x, W_k)  # (…, seq, d_head)
    V = torch.matmul(x, W_v)  # (…, seq, d_v)
    return Q, K, V
''',
    ),
    LabelledAnswer(
        name="three products in one line",
        cell="project_qkv",
        right=True,
        group="clean",
        praiseworthy=((3, 3),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # (…, seq, d_model) @ (d_model, width) -> (…, seq, width)
    return x @ W_q, x @ W_k, x @ W_v
""",
    ),
    LabelledAnswer(
        name="long names and a German remark",
        cell="project_qkv",
        right=True,
        group="clean",
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # jedes Token bekommt drei Vektoren: (…, seq, d_head), (…, seq, d_head), (…, seq, d_v)
    queries = x @ W_q
    keys = x @ W_k
    values = x @ W_v
    return queries, keys, values
""",
    ),
    LabelledAnswer(
        name="scale decided first",
        cell="attention_scores",
        right=True,
        group="clean",
        praiseworthy=((8, 9),),
        source='''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key.

    Q: (…, n_q, d_k)    K: (…, n_k, d_k)
    scale: the factor; None means 1 / sqrt(d_k)
    Returns the scores, (…, n_q, n_k).
    """
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    return torch.matmul(Q, K.transpose(-2, -1)) * scale
''',
    ),
    LabelledAnswer(
        name="dot products first, then the scale",
        cell="attention_scores",
        right=True,
        group="clean",
        source="""
def attention_scores(Q, K, scale=None):
    # one dot product for each query and key: (…, n_q, n_k)
    dot_products = Q @ K.transpose(-1, -2)
    d_k = Q.size(-1)
    if scale is None:
        scale = 1.0 / math.sqrt(d_k)
    return dot_products * scale
""",
    ),
    LabelledAnswer(
        name="a choice in one line, with mT",
        cell="attention_scores",
        right=True,
        group="clean",
        source="""
def attention_scores(Q, K, scale=None):
    # scaled so that the softmax does not saturate for a large d_k
    factor = 1 / math.sqrt(K.shape[-1]) if scale is None else scale
    return factor * (Q @ K.mT)  # (…, n_q, n_k)
""",
    ),
    LabelledAnswer(
        name="minus infinity before the softmax",
        cell="attention_weights",
        right=True,
        group="clean",
        praiseworthy=((8, 9),),
        source='''
def attention_weights(scores, mask=None):
    """Turn scores into weights that add up to 1 in every row.

    scores: (…, n_q, n_k)
    mask: boolean, broadcasts to scores, True where a query may attend; None means everywhere
    Returns the weights, (…, n_q, n_k); exactly 0 where the mask is False.
    """
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return F.softmax(scores, dim=-1)
''',
    ),
    LabelledAnswer(
        name="the masked scores get a name of their own",
        cell="attention_weights",
        right=True,
        group="clean",
        source="""
def attention_weights(scores, mask=None):
    # scores and weights: (…, n_q, n_k); every row of the weights sums to 1
    if mask is None:
        return torch.softmax(scores, dim=-1)
    visible = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(visible, dim=-1)
""",
    ),
    LabelledAnswer(
        name="chosen by where, softmax as a method",
        cell="attention_weights",
        right=True,
        group="clean",
        source="""
def attention_weights(scores, mask=None):
    if mask is not None:
        # True may attend, so keep the score there; exp(-inf) is exactly 0
        scores = torch.where(mask, scores, float("-inf"))
    weights = scores.softmax(dim=-1)  # over the keys, (…, n_q, n_k)
    return weights
""",
    ),
    LabelledAnswer(
        name="hidden is the opposite of the mask",
        cell="attention_weights",
        right=True,
        group="clean",
        source="""
def attention_weights(scores, mask=None):
    # (…, n_q, n_k) in, (…, n_q, n_k) out
    if mask is not None:
        hidden = torch.logical_not(mask)
        scores = scores.masked_fill(hidden, -math.inf)
    return torch.softmax(scores, dim=-1)
""",
    ),
    LabelledAnswer(
        name="one product with the values",
        cell="aggregate_values",
        right=True,
        group="clean",
        praiseworthy=((6, 6),),
        source='''
def aggregate_values(weights, V):
    """Mix the values by the weights.

    weights: (…, n_q, n_k)    V: (…, n_k, d_v)    Returns (…, n_q, d_v).
    """
    return weights @ V
''',
    ),
    LabelledAnswer(
        name="matmul with a named result and a Spanish remark",
        cell="aggregate_values",
        right=True,
        group="clean",
        source="""
def aggregate_values(weights, V):
    # cada fila es una media ponderada de las filas de V
    output = torch.matmul(weights, V)  # (…, n_q, d_v)
    return output
""",
    ),
    LabelledAnswer(
        name="matmul as a method",
        cell="aggregate_values",
        right=True,
        group="clean",
        source="""
def aggregate_values(weights, V):
    # (…, n_q, n_k) times (…, n_k, d_v)
    return weights.matmul(V)
""",
    ),
    LabelledAnswer(
        name="a head of layers and own functions",
        cell="attention_head",
        right=True,
        group="clean",
        praiseworthy=((15, 18),),
        source='''
class AttentionHead(nn.Module):
    """One attention head.

    d_model: width of a token's row    d_head: width of queries, keys and values
    """

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        """x: (…, seq, d_model)    Returns output (…, seq, d_head) and weights (…, seq, seq)."""
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = attention_scores(Q, K)  # (…, seq, seq)
        weights = attention_weights(scores, mask)  # (…, seq, seq)
        output = aggregate_values(weights, V)  # (…, seq, d_head)
        return output, weights
''',
    ),
    LabelledAnswer(
        name="a head that hands its matrices on",
        cell="attention_head",
        right=True,
        group="clean",
        source='''
class AttentionHead(nn.Module):
    """One attention head with its own W_q, W_k and W_v."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        """(…, seq, d_model) -> (…, seq, d_head) and (…, seq, seq)"""
        # nn.Linear keeps its matrix as (d_head, d_model), so it is transposed
        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
''',
    ),
    LabelledAnswer(
        name="a head in named steps",
        cell="attention_head",
        right=True,
        group="clean",
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        queries = self.W_q(x)  # (…, seq, d_head)
        keys = self.W_k(x)  # (…, seq, d_head)
        values = self.W_v(x)  # (…, seq, d_head)
        weights = attention_weights(attention_scores(queries, keys), mask)  # (…, seq, seq)
        return aggregate_values(weights, values), weights
""",
    ),
)
