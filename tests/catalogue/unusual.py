"""Right answers of unusual build: heads put together of ways to make layers, to compute, and of what else they hold.

Each is judged in the notebook's way and by grading (`python -m tests.catalogue --unusual`): right both times, with the
same words.
"""

from tests.catalogue.entries import Entry, entries

# Inside `__init__`, or before the class.
LAYERS = {
    "one by one": (
        "self.W_q = nn.Linear(d_model, d_head, bias=False)\n"
        "self.W_k = nn.Linear(d_model, d_head, bias=False)\n"
        "self.W_v = nn.Linear(d_model, d_head, bias=False)"
    ),
    "unpacked, values first": (
        "self.W_v, self.W_k, self.W_q = (nn.Linear(d_model, d_head, bias=False) for _ in range(3))"
    ),
    "in a loop": 'for name in "qkv":\n    setattr(self, f"W_{name}", nn.Linear(d_model, d_head, bias=False))',
    "by add_module": 'for name in "vqk":\n    self.add_module("W_" + name, nn.Linear(d_model, d_head, False))',
    "in a list first": (
        "self.layers = nn.ModuleList(nn.Linear(d_model, d_head, bias=False) for _ in range(3))\n"
        "self.W_q, self.W_k, self.W_v = self.layers"
    ),
    "in a dictionary, too": (
        "made = {name: nn.Linear(d_model, d_head, bias=False) for name in ('W_k', 'W_v', 'W_q')}\n"
        "self.by_name = nn.ModuleDict(made)\nfor name, layer in made.items():\n    setattr(self, name, layer)"
    ),
    "with other starting values": (
        "make = lambda: nn.init.orthogonal_(nn.Linear(d_model, d_head, bias=False).weight)\n"
        "for name in ('W_q', 'W_k', 'W_v'):\n    layer = nn.Linear(d_model, d_head, bias=False)\n"
        "    layer.weight = nn.Parameter(make().detach().clone())\n    setattr(self, name, layer)"
    ),
    "of a subclass": (
        "class Projection(nn.Linear):\n    def __init__(self):\n        super().__init__(d_model, d_head, bias=False)\n"
        "self.W_q, self.W_k, self.W_v = Projection(), Projection(), Projection()"
    ),
}
EXTRAS = {
    "nothing else": "pass",
    "a persistent buffer": 'self.register_buffer("causal", torch.ones(8, 8, dtype=torch.bool).tril())',
    "a buffer that is not persistent": 'self.register_buffer("root", torch.tensor(d_head**0.5), persistent=False)',
    "buffers of both kinds": (
        'self.register_buffer("a", torch.arange(4))\nself.register_buffer("b", torch.ones(2), persistent=False)'
    ),
    "a buffer that is None": 'self.register_buffer("cache", None)',
    "dropout of 0": "self.dropout = nn.Dropout(0.0)",
    "layers without parameters": "self.softmax = nn.Softmax(dim=-1)\nself.same = nn.Identity()",
    "numbers and texts": "self.sizes = {'d_model': d_model, 'd_head': d_head}\nself.title = 'head'",
    "a function": "self.scaled = lambda scores: scores * d_head**-0.5",
    "a tensor that is no buffer": "self.ones = torch.ones(3)",
    "a parameter that is None": 'self.register_parameter("bias", None)',
    "a container of layers that is empty": "self.more = nn.ModuleList()",
}
# Inside `forward`.
WAYS = {
    "the four functions": (
        "weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)\n"
        "return aggregate_values(weights, self.W_v(x)), weights"
    ),
    "by hand": (
        "scores = self.W_q(x) @ self.W_k(x).mT / math.sqrt(self.W_q.out_features)\n"
        "if mask is not None:\n    scores = scores.masked_fill(mask.logical_not(), -math.inf)\n"
        "weights = F.softmax(scores, dim=-1)\nreturn weights @ self.W_v(x), weights"
    ),
    "Einstein sums, a list": (
        "Q, K, V = (torch.einsum('...m,hm->...h', x, layer.weight) for layer in (self.W_q, self.W_k, self.W_v))\n"
        "scores = torch.einsum('...ih,...jh->...ij', Q, K) * Q.shape[-1] ** -0.5\n"
        "if mask is not None:\n    scores = torch.where(mask, scores, -torch.inf)\n"
        "weights = scores.softmax(-1)\nreturn [torch.einsum('...ij,...jh->...ih', weights, V), weights]"
    ),
    "one fused product": (
        "fused = F.linear(x, torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight]))\n"
        "Q, K, V = fused.chunk(3, dim=-1)\nweights = attention_weights(attention_scores(Q, K), mask)\n"
        "return aggregate_values(weights, V), weights"
    ),
    "float64 inside": (
        "Q, K, V = (layer(x).double() for layer in (self.W_q, self.W_k, self.W_v))\n"
        "scores = Q @ K.mT * K.shape[-1] ** -0.5\n"
        "if mask is not None:\n    scores = scores.masked_fill(~mask, -torch.inf)\n"
        "weights = scores.softmax(-1)\nreturn (weights @ V).float(), weights.float()"
    ),
    "flattened, with bmm": (
        "*lead, seq, width = x.shape\nflat = x.reshape(-1, seq, width)\n"
        "scores = torch.bmm(self.W_q(flat), self.W_k(flat).transpose(1, 2)) / self.W_k.out_features**0.5\n"
        "scores = scores.reshape(*lead, seq, seq)\n"
        "if mask is not None:\n    scores = scores + torch.zeros_like(scores).masked_fill(~mask, -torch.inf)\n"
        "weights = scores.softmax(-1)\n"
        "output = torch.bmm(weights.reshape(-1, seq, seq), self.W_v(flat))\n"
        "return output.reshape(*lead, seq, -1), weights"
    ),
    "torch's own attention for the output": (
        "Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)\n"
        "weights = attention_weights(attention_scores(Q, K), mask)\n"
        "kept = None if mask is None else mask.expand(weights.shape)\n"
        "return F.scaled_dot_product_attention(Q, K, V, kept), weights"
    ),
    "log-softmax and a helper": (
        "def scores_of(Q, K):\n    return (Q.unsqueeze(-2) * K.unsqueeze(-3)).sum(-1) / K.shape[-1] ** 0.5\n"
        "scores = scores_of(self.W_q(x), self.W_k(x))\n"
        "if mask is not None:\n    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)\n"
        "weights = torch.log_softmax(scores, -1).exp()\nreturn torch.matmul(weights, self.W_v(x)), weights"
    ),
    "projected by project_qkv, query by query": (
        "Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)\n"
        "rows = [attention_scores(Q[..., i : i + 1, :], K) for i in range(Q.shape[-2])]\n"
        "weights = attention_weights(torch.cat(rows, dim=-2), mask)\n"
        "return aggregate_values(weights, V), weights"
    ),
}
_HEAD = """\
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
{layers}
{extra}

    def forward(self, x, mask=None):
{way}
"""


def unusual(step: int = 1) -> tuple[Entry, ...]:
    """The heads, and the right functions of the catalogue; every `step`-th of them."""
    heads = []
    for number in range(len(LAYERS) * len(WAYS)):
        layers, extra, way = (list(parts)[number % len(parts)] for parts in (LAYERS, EXTRAS, WAYS))
        text = _HEAD.format(layers=_block(LAYERS[layers]), extra=_block(EXTRAS[extra]), way=_block(WAYS[way]))
        heads.append(Entry("attention_head", True, f"layers {layers}; {extra}; {way}", "", text))
    functions = [e for e in (*entries(), *entries("held_out")) if e.right]
    return tuple(heads + functions)[::step]


def _block(text: str) -> str:
    return "\n".join(f"        {line}" for line in text.splitlines())
