"""Planted: a size written as a number that the inputs have. Most of them fail the tests with other sizes."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="the root of 64",
        cell="attention_scores",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 9, 9),),
        source='''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key.

    Q: (…, n_q, d_k)    K: (…, n_k, d_k)
    scale: the factor; None means 1 / sqrt(d_k)
    Returns the scores, (…, n_q, n_k).
    """
    if scale is None:
        scale = 1 / math.sqrt(64)
    return Q @ K.transpose(-2, -1) * scale
''',
    ),
    LabelledAnswer(
        name="16 to the power of minus one half",
        cell="attention_scores",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 4, 4),),
        source="""
def attention_scores(Q, K, scale=None):
    scores = torch.matmul(Q, K.mT)  # (n_q, n_k)
    if scale is None:
        return scores * 16 ** -0.5
    return scores * scale
""",
    ),
    LabelledAnswer(
        name="a head for the demo's widths only",
        cell="attention_head",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 4, 6),),
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(32, 16, bias=False)
        self.W_k = nn.Linear(32, 16, bias=False)
        self.W_v = nn.Linear(32, 16, bias=False)

    def forward(self, x, mask=None):
        # x (seq, d_model), output (seq, d_head), weights (seq, seq)
        scores = attention_scores(self.W_q(x), self.W_k(x))
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights
""",
    ),
    LabelledAnswer(
        name="the special case of 64",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("hard_coded_size", 5, 6),),
        source="""
def attention_scores(Q, K, scale=None):
    # Q: (…, n_q, d_k), K: (…, n_k, d_k) -> (…, n_q, n_k)
    d_k = Q.size(-1)
    if scale is None:
        if d_k == 64:
            scale = 1 / 8
        else:
            scale = 1 / math.sqrt(d_k)
    return torch.matmul(Q, K.transpose(-2, -1)) * scale
""",
    ),
    LabelledAnswer(
        name="at most 1024 keys",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("hard_coded_size", 6, 6),),
        source='''
def aggregate_values(weights, V):
    """Mix the values by the weights.

    weights: (…, n_q, n_k)    V: (…, n_k, d_v)    Returns (…, n_q, d_v)
    """
    return weights[..., :1024] @ V[..., :1024, :]
''',
    ),
    LabelledAnswer(
        name="reshaped to seven rows of sixteen",
        cell="project_qkv",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 3, 5),),
        also_true=(Problem("redundant_step", 3, 5),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # all three come out as (7, 16), one row for each token
    Q = (x @ W_q).view(7, 16)
    K = (x @ W_k).view(7, 16)
    V = (x @ W_v).view(7, 16)
    return Q, K, V
""",
    ),
    LabelledAnswer(
        name="a default mask for seven tokens",
        cell="attention_weights",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 4, 4),),
        source="""
def attention_weights(scores, mask=None):
    # scores (…, n_q, n_k), mask the same or broadcastable
    if mask is None:
        mask = torch.ones(7, 7, dtype=torch.bool)
    scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1)
""",
    ),
    LabelledAnswer(
        name="five keys, one after the other",
        cell="aggregate_values",
        right=False,
        group="planted",
        problems=(Problem("hard_coded_size", 4, 4), Problem("loop", 4, 5)),
        source="""
def aggregate_values(weights, V):
    # weights (n_q, n_k), V (n_k, d_v) -> (n_q, d_v)
    output = 0
    for key in range(5):
        output = output + weights[..., key : key + 1] * V[..., key : key + 1, :]
    return output
""",
    ),
)
