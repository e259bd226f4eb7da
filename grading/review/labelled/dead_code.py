"""Planted: code that nothing uses."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="a count of queries that nothing reads",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 8, 8),),
        source='''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key.

    Q: (…, n_q, d_k)    K: (…, n_k, d_k)
    scale: the factor; None means 1 / sqrt(d_k)
    Returns the scores, (…, n_q, n_k).
    """
    n_q = Q.shape[-2]
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return Q @ K.transpose(-2, -1) * scale
''',
    ),
    LabelledAnswer(
        name="sizes unpacked and left alone",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 3, 3),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x: (…, seq, d_model) -> Q, K: (…, seq, d_head), V: (…, seq, d_v)
    seq, d_model = x.shape[-2:]
    Q = torch.matmul(x, W_q)
    K = torch.matmul(x, W_k)
    V = torch.matmul(x, W_v)
    return Q, K, V
""",
    ),
    LabelledAnswer(
        name="a print after the return",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 4, 4),),
        source='''
def aggregate_values(weights, V):
    """Mix the values: (…, n_q, n_k) and (…, n_k, d_v) give (…, n_q, d_v)."""
    return weights @ V
    print("mixed", V.shape)
''',
    ),
    LabelledAnswer(
        name="numpy imported for nothing",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 5, 5),),
        source='''
def attention_weights(scores, mask=None):
    """scores: (…, n_q, n_k), mask: True where a query may attend
    Returns weights (…, n_q, n_k)
    """
    import numpy as np

    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1)
''',
    ),
    LabelledAnswer(
        name="keys transposed and then not used",
        cell="attention_head",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 13, 13),),
        source='''
class AttentionHead(nn.Module):
    """One attention head."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        """x: (…, seq, d_model)    Returns output (…, seq, d_head) and weights (…, seq, seq)."""
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        K_T = K.transpose(-2, -1)
        scores = attention_scores(Q, K)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, V), weights
''',
    ),
    LabelledAnswer(
        name="a local function that is never called",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("dead_code", 2, 4),),
        source='''
def attention_weights(scores, mask=None):
    def subtract_max(row):
        """(…, n_k) -> (…, n_k)"""
        return row - row.max()

    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return F.softmax(scores, dim=-1)  # (…, n_q, n_k)
''',
    ),
    LabelledAnswer(
        name="the masked scores are thrown away",
        cell="attention_weights",
        right=False,
        group="planted",
        problems=(Problem("dead_code", 4, 4),),
        source="""
def attention_weights(scores, mask=None):
    # scores: (…, n_q, n_k)
    if mask is not None:
        scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1)
""",
    ),
)
