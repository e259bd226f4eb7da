"""Planted: several changes of shape, and not a word about any shape."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="pairs by broadcasting, unexplained",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 1, 5),),
        source="""
def attention_scores(Q, K, scale=None):
    pairs = Q.unsqueeze(-2) * K.unsqueeze(-3)
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    return pairs.sum(-1) * scale
""",
    ),
    LabelledAnswer(
        name="flattened for bmm, unexplained",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 1, 6),),
        also_true=(Problem("redundant_step", 2, 6), Problem("non_idiomatic_call", 5, 5)),
        source="""
def aggregate_values(weights, V):
    lead = weights.shape[:-2]
    w = weights.reshape(-1, *weights.shape[-2:])
    v = V.reshape(-1, *V.shape[-2:])
    mixed = torch.bmm(w, v)
    return mixed.reshape(*lead, *mixed.shape[-2:])
""",
    ),
    LabelledAnswer(
        name="joined and split, unexplained",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 1, 5),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # one product instead of three
    widths = [W.shape[-1] for W in (W_q, W_k, W_v)]
    joined = torch.cat([W_q, W_k, W_v], dim=-1)
    return torch.split(x @ joined, widths, dim=-1)
""",
    ),
    LabelledAnswer(
        name="viewed as one long matrix, unexplained",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 1, 6),),
        also_true=(Problem("redundant_step", 2, 6),),
        source="""
def attention_weights(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    matrix = scores.reshape(-1, scores.shape[-1])
    rows = torch.softmax(matrix, dim=1)
    return rows.reshape(scores.shape)
""",
    ),
    LabelledAnswer(
        name="all three matrices in one product, unexplained",
        cell="attention_head",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 8, 13),),
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        joined = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight])
        Q, K, V = (x @ joined.T).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        output = (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)
        return output, weights
""",
    ),
    LabelledAnswer(
        name="swapped, multiplied and swapped back, unexplained",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("missing_shape_comment", 1, 5),),
        also_true=(Problem("redundant_step", 2, 5),),
        source="""
def aggregate_values(weights, V):
    columns = V.transpose(-2, -1)
    turned = weights.transpose(-2, -1)
    mixed = columns @ turned
    return mixed.transpose(-2, -1)
""",
    ),
)
