"""Planted: a Python loop where one tensor operation does it."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="one token after the other",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("loop", 4, 7),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x (…, seq, d_model); each row is projected alone: (…, d_model) @ (d_model, d_head)
    queries, keys, values = [], [], []
    for t in range(x.shape[-2]):
        queries.append(x[..., t, :] @ W_q)
        keys.append(x[..., t, :] @ W_k)
        values.append(x[..., t, :] @ W_v)
    return torch.stack(queries, dim=-2), torch.stack(keys, dim=-2), torch.stack(values, dim=-2)
""",
    ),
    LabelledAnswer(
        name="every pair of a query and a key",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("loop", 11, 15),),
        source='''
def attention_scores(Q, K, scale=None):
    """Compare every query with every key.

    Q: (…, n_q, d_k)    K: (…, n_k, d_k)
    scale: the factor; None means 1 / sqrt(d_k)
    Returns the scores, (…, n_q, n_k).
    """
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    rows = []
    for i in range(Q.shape[-2]):
        row = []
        for j in range(K.shape[-2]):
            row.append((Q[..., i, :] * K[..., j, :]).sum(-1))
        rows.append(torch.stack(row, dim=-1))
    return torch.stack(rows, dim=-2) * scale
''',
    ),
    LabelledAnswer(
        name="a softmax for each row",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("loop", 6, 8),),
        source="""
def attention_weights(scores, mask=None):
    # scores: (…, n_q, n_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    rows = []
    for i in range(scores.shape[-2]):
        row = scores[..., i, :]  # (…, n_k)
        rows.append(torch.softmax(row, dim=-1))
    return torch.stack(rows, dim=-2)
""",
    ),
    LabelledAnswer(
        name="one query after the other",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("loop", 8, 10),),
        source='''
def aggregate_values(weights, V):
    """Mix the values by the weights.

    weights: (…, n_q, n_k)    V: (…, n_k, d_v)
    Returns (…, n_q, d_v).
    """
    output = []
    for q in range(weights.shape[-2]):
        mixed = weights[..., q, :].unsqueeze(-1) * V  # (…, n_k, d_v)
        output.append(mixed.sum(dim=-2))
    return torch.stack(output, dim=-2)
''',
    ),
    LabelledAnswer(
        name="added up key by key in a while",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("loop", 5, 7),),
        source="""
def aggregate_values(weights, V):
    # weights (…, n_q, n_k), V (…, n_k, d_v)
    output = weights[..., 0:1] * V[..., 0:1, :]
    k = 1
    while k < V.shape[-2]:
        output = output + weights[..., k:k + 1] * V[..., k:k + 1, :]
        k += 1
    return output  # (…, n_q, d_v)
""",
    ),
    LabelledAnswer(
        name="column by column in a comprehension",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("loop", 4, 4),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    def project(W):
        # one column of W at a time: (…, seq, d_model) times (d_model,)
        columns = [(x * W[:, c]).sum(-1) for c in range(W.shape[1])]
        return torch.stack(columns, dim=-1)

    return project(W_q), project(W_k), project(W_v)
""",
    ),
)
