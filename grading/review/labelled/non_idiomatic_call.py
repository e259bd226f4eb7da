"""Planted: what torch or Python has a plainer way for."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="a mask compared with False",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 4, 4),),
        source="""
def attention_weights(scores, mask=None):
    # (…, n_q, n_k) -> (…, n_q, n_k)
    if mask is not None:
        scores = scores.masked_fill(mask == False, float("-inf"))
    return F.softmax(scores, dim=-1)
""",
    ),
    LabelledAnswer(
        name="compared with None, and the root of a tensor",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 9, 9), Problem("non_idiomatic_call", 10, 10)),
        source='''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key.

    Q: (…, n_q, d_k)    K: (…, n_k, d_k)
    scale: the factor; None means 1 / sqrt(d_k)
    Returns the scores, (…, n_q, n_k).
    """
    scores = Q @ K.transpose(-2, -1)
    if scale == None:
        return scores / torch.sqrt(torch.tensor(float(Q.shape[-1])))
    return scores * scale
''',
    ),
    LabelledAnswer(
        name="the data behind the tensors",
        cell="aggregate_values",
        right=False,
        group="planted",
        problems=(Problem("non_idiomatic_call", 3, 3),),
        source="""
def aggregate_values(weights, V):
    # (…, n_q, n_k) @ (…, n_k, d_v) -> (…, n_q, d_v)
    return weights.data @ V.data
""",
    ),
    LabelledAnswer(
        name="softmax from its formula",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 10, 12),),
        source='''
def attention_weights(scores, mask=None):
    """Turn scores into weights that add up to 1 in every row.

    scores: (…, n_q, n_k)
    mask: boolean, broadcasts to scores, True where a query may attend; None means everywhere
    Returns the weights, (…, n_q, n_k); exactly 0 where the mask is False.
    """
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    shifted = scores - scores.max(dim=-1, keepdim=True).values
    exps = torch.exp(shifted)
    return exps / exps.sum(dim=-1, keepdim=True)
''',
    ),
    LabelledAnswer(
        name="forward called by name",
        cell="attention_head",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 10, 12), Problem("non_idiomatic_call", 3, 3)),
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super(AttentionHead, self).__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        # x (…, seq, d_model)
        Q = self.W_q.forward(x)  # (…, seq, d_head)
        K = self.W_k.forward(x)
        V = self.W_v.forward(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
""",
    ),
    LabelledAnswer(
        name="a function made by a lambda",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 7, 7),),
        source='''
def project_qkv(x, W_q, W_k, W_v):
    """Make a query, a key and a value for every token.

    x: (…, seq, d_model)    W_q, W_k: (d_model, d_head)    W_v: (d_model, d_v)
    Returns Q and K, each (…, seq, d_head), and V, (…, seq, d_v).
    """
    project = lambda W: torch.matmul(x, W)
    return project(W_q), project(W_k), project(W_v)
''',
    ),
    LabelledAnswer(
        name="counted through a list",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("non_idiomatic_call", 5, 6),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x (…, seq, d_model) times each matrix (d_model, width)
    matrices = [W_q, W_k, W_v]
    results = []
    for i in range(len(matrices)):
        results.append(x @ matrices[i])
    return results
""",
    ),
    LabelledAnswer(
        name="by way of numpy",
        cell="aggregate_values",
        right=False,
        group="planted",
        problems=(Problem("non_idiomatic_call", 7, 9),),
        source='''
def aggregate_values(weights, V):
    """Mix the values by the weights.

    weights: (…, n_q, n_k)    V: (…, n_k, d_v)
    Returns (…, n_q, d_v).
    """
    import numpy as np

    return torch.from_numpy(np.matmul(weights.numpy(), V.numpy()))
''',
    ),
)
