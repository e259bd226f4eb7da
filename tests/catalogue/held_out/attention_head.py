# %% right: the four functions, the weights turned
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% right: everything inline, none of the four functions
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super(AttentionHead, self).__init__()
        self.d_head = d_head
        self.W_v = nn.Linear(d_model, d_head, False)
        self.W_k = nn.Linear(d_model, d_head, False)
        self.W_q = nn.Linear(d_model, d_head, False)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        att = q @ k.transpose(-2, -1) / self.d_head ** 0.5
        if mask is not None:
            att = att.masked_fill(~mask, float("-inf"))
        att = F.softmax(att, dim=-1)
        return att @ v, att

# %% right: layers made in a loop, called through getattr
class AttentionHead(nn.Module):
    names = ("W_q", "W_k", "W_v")

    def __init__(self, d_model, d_head):
        super().__init__()
        for name in self.names:
            setattr(self, name, nn.Linear(d_model, d_head, bias=False))

    def forward(self, x, mask=None):
        Q, K, V = (getattr(self, name)(x) for name in self.names)
        A = attention_weights(attention_scores(Q, K), mask=mask)
        return (aggregate_values(A, V), A)

# %% right: a namedtuple, keyword arguments, its own scale
from collections import namedtuple

HeadOutput = namedtuple("HeadOutput", ["output", "weights"])

class AttentionHead(nn.Module):
    def __init__(self, d_model: int, d_head: int):
        nn.Module.__init__(self)
        self.scale = 1 / math.sqrt(d_head)
        make = lambda: nn.Linear(in_features=d_model, out_features=d_head, bias=False)
        self.W_q, self.W_k, self.W_v = make(), make(), make()

    def forward(self, x: torch.Tensor, mask=None):
        scores = attention_scores(Q=self.W_q(x), K=self.W_k(x), scale=self.scale)
        weights = attention_weights(scores=scores, mask=mask)
        return HeadOutput(output=aggregate_values(weights=weights, V=self.W_v(x)), weights=weights)

# %% right: add_module, a method for each step
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.add_module("W_q", nn.Linear(d_model, d_head, bias=False))
        self.add_module("W_k", nn.Linear(d_model, d_head, bias=False))
        self.add_module("W_v", nn.Linear(d_model, d_head, bias=False))

    def look(self, x, mask):
        return attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)

    def forward(self, x, mask=None):
        self.last_weights = self.look(x, mask)
        out = aggregate_values(self.last_weights, self.W_v(x))
        return out, self.last_weights

# %% right: torch's own attention, for the output and for the weights
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        n = x.shape[-2]
        if mask is not None:
            mask = mask.expand(*x.shape[:-2], n, n)
        output = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        one_hot = torch.eye(n, dtype=x.dtype).expand(*x.shape[:-2], n, n)
        weights = F.scaled_dot_product_attention(q, k, one_hot, attn_mask=mask)
        return output, weights

# %% right: the matrices started with Xavier's method, and a print
class AttentionHead(nn.Module):
    """One attention head."""

    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        for p in self.parameters():
            nn.init.xavier_uniform_(p)

    def forward(self, x, mask=None):
        matrices = [layer.weight.transpose(0, 1) for layer in (self.W_q, self.W_k, self.W_v)]
        Q, K, V = project_qkv(x, *matrices)
        scores = attention_scores(Q, K)
        print("scores between", scores.min().item(), "and", scores.max().item())
        weights = attention_weights(scores, mask)
        output = aggregate_values(weights, V)
        return output, weights

# %% right: an alias for nn.Linear, the layers handed to F.linear
Linear = nn.Linear

class AttentionHead(torch.nn.Module):
    def __init__(self, d_model, d_head, **unused):
        super().__init__()
        self.W_k: nn.Linear = Linear(d_model, d_head, bias=None)
        self.W_q: nn.Linear = Linear(d_model, d_head, bias=None)
        self.W_v: nn.Linear = Linear(d_model, d_head, bias=None)

    def forward(self, x, mask=None):
        Q = F.linear(x, self.W_q.weight)
        K = F.linear(x, self.W_k.weight)
        weights = attention_weights(attention_scores(Q, K, K.shape[-1] ** -0.5), mask)
        # (A x) W = A (x W)
        return aggregate_values(weights, x) @ self.W_v.weight.T, weights

# %% wrong: layers with a bias
# cause: bias
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head)
        self.W_k = nn.Linear(d_model, d_head)
        self.W_v = nn.Linear(d_model, d_head)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: bias="False" is a bias
# cause: bias
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias="False")
        self.W_k = nn.Linear(d_model, d_head, bias="False")
        self.W_v = nn.Linear(d_model, d_head, bias="False")

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: super().__init__() is missing
# cause: super|__init__
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the mask is not passed on
# cause: mask
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        scores = attention_scores(Q, K)
        weights = attention_weights(scores)
        output = aggregate_values(weights, V)
        return output, weights

# %% wrong: only the output is returned
# cause: \bweights\b|tuple|pair|\btwo\b|both
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        w = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(w, V)

# %% wrong: weights first, output second
# cause: order|swap|exchang|first|other way
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        weights = attention_weights(attention_scores(Q, K), mask)
        output = aggregate_values(weights, V)
        return weights, output

# %% wrong: the matrices are not turned
# cause: transpos|\.T\b|\.mT|\bturn|other way|shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight, self.W_k.weight, self.W_v.weight)
        scores = attention_scores(Q, K)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, V), weights

# %% wrong: the matrices reshaped instead of turned
# cause: reshape|\bview\b|transpos|\.T\b|\bturn
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.d_model, self.d_head = d_model, d_head
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        shape = (self.d_model, self.d_head)
        Q, K, V = project_qkv(x, self.W_q.weight.view(shape), self.W_k.weight.view(shape), self.W_v.weight.view(shape))
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the scale is made from d_model
# cause: scale|d_model|d_head|sqrt|d_k
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.scale = d_model ** -0.5

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K, self.scale), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the mask lands in the place of the scale
# cause: scale|argument|attention_scores
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = attention_scores(Q, K, mask)
        weights = attention_weights(scores)
        return aggregate_values(weights, V), weights

# %% wrong: an output projection as a fourth layer
# cause: fourth|W_o|extra|only param|three|parameter|projection|additional
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.W_o = nn.Linear(d_head, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return self.W_o(aggregate_values(weights, V)), weights

# %% wrong: nn.Parameter matrices instead of nn.Linear
# cause: nn\.Linear|Parameter|layer
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Parameter(torch.randn(d_model, d_head) / math.sqrt(d_model))
        self.W_k = nn.Parameter(torch.randn(d_model, d_head) / math.sqrt(d_model))
        self.W_v = nn.Parameter(torch.randn(d_model, d_head) / math.sqrt(d_model))

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q, self.W_k, self.W_v)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: one layer under three names
# cause: same|shared?|one layer|three (different|separate)|separate|\bown\b
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = self.W_k = self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: new layers at each call of forward
# cause: __init__|each call|every call|\bnew\b|in forward|random|train
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.d_model = d_model
        self.d_head = d_head

    def forward(self, x, mask=None):
        self.W_q = nn.Linear(self.d_model, self.d_head, bias=False)
        self.W_k = nn.Linear(self.d_model, self.d_head, bias=False)
        self.W_v = nn.Linear(self.d_model, self.d_head, bias=False)
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: causal even where no mask is given
# cause: mask|causal|tril|None
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        if mask is None:
            T = x.shape[-2]
            mask = torch.tril(torch.ones(T, T)).bool()
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the mask turned round on the way
# cause: mask|invert|other way|opposite|~
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        if mask is not None:
            mask = mask == 0
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: weight.data lets no gradient reach the matrices
# cause: \.data|gradient|detach|train|learn
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight.data.T, self.W_k.weight.data.T, self.W_v.weight.data.T)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the softmax once more on top of attention_weights
# cause: softmax|twice|again
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = attention_scores(Q, K)
        weights = F.softmax(attention_weights(scores, mask), dim=-1)
        return aggregate_values(weights, V), weights

# %% wrong: the layers in a plain Python list
# cause: list|W_q|attribute|ModuleList|register|parameter
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.layers = [nn.Linear(d_model, d_head, bias=False) for _ in range(3)]

    def forward(self, x, mask=None):
        Q, K, V = [layer(x) for layer in self.layers]
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: lower-case names for the layers
# cause: W_q|name|attribute
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = nn.Linear(d_model, d_head, bias=False)
        self.w_k = nn.Linear(d_model, d_head, bias=False)
        self.w_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.w_q(x), self.w_k(x), self.w_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: queries and keys change places
# cause: swap|order|exchang|W_q|W_k|quer|keys?\b
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        K, Q, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        scores = attention_scores(Q, K)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, V), weights

# %% wrong: a scale that is learned is one parameter too many
# cause: parameter|scale|learn|extra
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.scale = nn.Parameter(torch.tensor(1 / math.sqrt(d_head)))

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K, self.scale), mask)
        return aggregate_values(weights, V), weights

# %% wrong: divided by sqrt(d_head) before attention_scores does the same
# cause: twice|again|already|once|sqrt|scal|divid
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.d_head = d_head
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x) / math.sqrt(self.d_head)
        K = self.W_k(x)
        V = self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights

# %% wrong: the mask of the first call is kept for all later ones
# cause: mask|first call|kept|remember|stor|later
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.mask = None

    def forward(self, x, mask=None):
        if self.mask is None:
            self.mask = mask
        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)
        weights = attention_weights(attention_scores(Q, K), self.mask)
        return aggregate_values(weights, V), weights

# %% wrong: the mix is made from the queries
# cause: \bV\b|value|W_v
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        output = aggregate_values(weights, Q)
        return output, weights

# %% wrong: forward has no mask argument
# cause: mask|argument
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K))
        return aggregate_values(weights, V), weights

# %% wrong: a batch dimension put in front and left there
# cause: unsqueeze|dimension|batch|shape|extra
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        if x.dim() == 2:
            x = x.unsqueeze(0)
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        weights = attention_weights(attention_scores(Q, K), mask)
        output = aggregate_values(weights, V)
        return output, weights

# %% wrong: d_model and d_head the wrong way round in nn.Linear
# cause: d_model|d_head|swap|other way|order|shape|in_features
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        # so that .weight has the shape (d_model, d_head)
        self.W_q = nn.Linear(d_head, d_model, bias=False)
        self.W_k = nn.Linear(d_head, d_model, bias=False)
        self.W_v = nn.Linear(d_head, d_model, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q.weight, self.W_k.weight, self.W_v.weight)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
