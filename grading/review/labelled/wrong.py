"""Wrong in the classic ways; the tests say so, and a review must not praise them."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="keys made with the query matrix",
        cell="project_qkv",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 4, 4),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x (…, seq, d_model) -> (…, seq, d_head), (…, seq, d_head), (…, seq, d_v)
    Q = x @ W_q
    K = x @ W_q
    V = x @ W_v
    return Q, K, V
""",
    ),
    LabelledAnswer(
        name="no scale by default",
        cell="attention_scores",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 3, 6),),
        source="""
def attention_scores(Q, K, scale=None):
    # (…, n_q, d_k) @ (…, d_k, n_k)
    scores = Q @ K.transpose(-2, -1)
    if scale is not None:
        scores = scores * scale
    return scores
""",
    ),
    LabelledAnswer(
        name="zero is taken for no scale",
        cell="attention_scores",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 3, 3),),
        source='''
def attention_scores(Q, K, scale=None):
    """Q: (…, n_q, d_k)    K: (…, n_k, d_k)    Returns (…, n_q, n_k)."""
    scale = scale or 1 / math.sqrt(Q.shape[-1])
    return Q @ K.transpose(-2, -1) * scale
''',
    ),
    LabelledAnswer(
        name="softmax over the first dimension",
        cell="attention_weights",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 5, 5),),
        source="""
def attention_weights(scores, mask=None):
    # scores: (…, n_q, n_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=0)
""",
    ),
    LabelledAnswer(
        name="the mask upside down",
        cell="attention_weights",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 8, 8),),
        source='''
def attention_weights(scores, mask=None):
    """Turn scores into weights that add up to 1 in every row.

    scores: (…, n_q, n_k)
    mask: boolean, broadcasts to scores, True where a query may attend; None means everywhere
    Returns the weights, (…, n_q, n_k); exactly 0 where the mask is False.
    """
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    return torch.softmax(scores, dim=-1)
''',
    ),
    LabelledAnswer(
        name="masked after the softmax",
        cell="attention_weights",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 2, 4),),
        source="""
def attention_weights(scores, mask=None):
    weights = F.softmax(scores, dim=-1)  # (…, n_q, n_k)
    if mask is not None:
        weights = weights * mask  # hidden keys get 0
    return weights
""",
    ),
    LabelledAnswer(
        name="weights from the wrong side",
        cell="aggregate_values",
        right=False,
        group="wrong",
        problems=(Problem("mistake", 3, 3),),
        source="""
def aggregate_values(weights, V):
    # (…, n_k, n_q) @ (…, n_k, d_v)
    return weights.transpose(-2, -1) @ V
""",
    ),
    LabelledAnswer(
        name="a head with a bias, and the mask left behind",
        cell="attention_head",
        right=False,
        group="wrong",
        problems=(
            Problem("mistake", 6, 8),
            Problem("mistake", 13, 13),
        ),
        source='''
class AttentionHead(nn.Module):
    """One attention head."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head)
        self.W_k = nn.Linear(d_model, d_head)
        self.W_v = nn.Linear(d_model, d_head)

    def forward(self, x, mask=None):
        """x: (…, seq, d_model)    Returns output (…, seq, d_head) and weights (…, seq, seq)."""
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K))
        return aggregate_values(weights, V), weights
''',
    ),
)
