"""Planted: a name that says nothing, says the wrong thing, or hides another one."""

from grading.review.labelled.labelled_answer import LabelledAnswer, Problem

ANSWERS = (
    LabelledAnswer(
        name="tmp and tmp2",
        cell="attention_scores",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 3, 6),),
        source="""
def attention_scores(Q, K, scale=None):
    # Q (…, n_q, d_k), K (…, n_k, d_k) -> (…, n_q, n_k)
    tmp = K.transpose(-2, -1)
    tmp2 = Q @ tmp
    if scale is None:
        return tmp2 / math.sqrt(Q.shape[-1])
    return tmp2 * scale
""",
    ),
    LabelledAnswer(
        name="a variable called sum",
        cell="aggregate_values",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 8, 9),),
        source='''
def aggregate_values(weights, V):
    """Mix the values by the weights.

    weights: (…, n_q, n_k)    V: (…, n_k, d_v)
    Returns (…, n_q, d_v).
    """
    # every weight times its row of V: (…, n_q, n_k, d_v)
    sum = (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(dim=-2)
    return sum
''',
    ),
    LabelledAnswer(
        name="capital O and small l",
        cell="project_qkv",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 3, 6),),
        source="""
def project_qkv(x, W_q, W_k, W_v):
    # x (…, seq, d_model) -> (…, seq, d_head) twice, (…, seq, d_v)
    O = x @ W_q
    l = x @ W_k
    I = x @ W_v
    return O, l, I
""",
    ),
    LabelledAnswer(
        name="foo does the work",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 1, 8),),
        source='''
def foo(stuff, thing):
    """stuff (…, n_q, n_k), thing: boolean and broadcasts to it"""
    return stuff.masked_fill(~thing, float("-inf"))


def attention_weights(scores, mask=None):
    if mask is not None:
        scores = foo(scores, mask)
    return torch.softmax(scores, dim=-1)  # (…, n_q, n_k)
''',
    ),
    LabelledAnswer(
        name="max and pow hide what they name",
        cell="attention_weights",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 5, 7), Problem("non_idiomatic_call", 5, 7)),
        source="""
def attention_weights(scores, mask=None):
    # scores (…, n_q, n_k); the largest of each row is (…, n_q, 1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    max = scores.amax(dim=-1, keepdim=True)
    pow = torch.exp(scores - max)
    return pow / pow.sum(dim=-1, keepdim=True)
""",
    ),
    LabelledAnswer(
        name="F means something else",
        cell="attention_head",
        right=True,
        group="planted",
        problems=(Problem("unclear_name", 9, 11),),
        source="""
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        F = attention_scores(self.W_q(x), self.W_k(x))  # (…, seq, seq)
        nn2 = attention_weights(F, mask)  # (…, seq, seq)
        return aggregate_values(nn2, self.W_v(x)), nn2
""",
    ),
)
