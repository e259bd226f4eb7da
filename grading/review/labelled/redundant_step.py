"""Planted: a step that changes nothing."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="transposed there and back",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 3, 3),),
        source="""
def attention_scores(Q, K, scale=None):
    # Q (…, n_q, d_k), K (…, n_k, d_k) -> (…, n_q, n_k)
    K = K.transpose(-2, -1).transpose(-2, -1)
    scores = Q @ K.transpose(-2, -1)
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return scores * scale
""",
    ),
    LabelledAnswer(
        name="times one",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 3, 3),),
        source='''
def aggregate_values(weights, V):
    """weights (…, n_q, n_k), V (…, n_k, d_v) -> (…, n_q, d_v)"""
    weights = weights * 1.0
    return torch.matmul(weights, V)
''',
    ),
    LabelledAnswer(
        name="copies of fresh results",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 7, 9),),
        source='''
def project_qkv(x, W_q, W_k, W_v):
    """Make a query, a key and a value for every token.

    x: (…, seq, d_model)    W_q, W_k: (d_model, d_head)    W_v: (d_model, d_v)
    Returns Q and K, each (…, seq, d_head), and V, (…, seq, d_v).
    """
    Q = torch.matmul(x, W_q).clone()
    K = torch.matmul(x, W_k).clone()
    V = torch.matmul(x, W_v).clone()
    return Q, K, V
''',
    ),
    LabelledAnswer(
        name="a dimension put in and taken out",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 4, 4),),
        source="""
def aggregate_values(weights, V):
    # (…, n_q, n_k) @ (…, n_k, d_v)
    output = weights @ V
    output = output.unsqueeze(0).squeeze(0)
    return output  # (…, n_q, d_v)
""",
    ),
    LabelledAnswer(
        name="the weights computed twice",
        cell="attention_head",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 13, 15),),
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
        output = aggregate_values(attention_weights(attention_scores(Q, K), mask), V)
        # the weights are wanted, too
        weights = attention_weights(attention_scores(Q, K), mask)
        return output, weights
''',
    ),
    LabelledAnswer(
        name="normalised once more after the softmax",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 6, 6),),
        source="""
def attention_weights(scores, mask=None):
    # scores (…, n_q, n_k) -> weights of the same shape
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return weights
""",
    ),
    LabelledAnswer(
        name="masked again after the softmax",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("redundant_step", 11, 12),),
        source='''
def attention_weights(scores, mask=None):
    """Turn scores into weights that add up to 1 in every row.

    scores: (…, n_q, n_k)
    mask: boolean, broadcasts to scores, True where a query may attend; None means everywhere
    Returns the weights, (…, n_q, n_k); exactly 0 where the mask is False.
    """
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights
''',
    ),
)
