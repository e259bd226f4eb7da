# %% right: the four functions, the layers called
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: project_qkv over transposed weights
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


# %% right: layers made in another order, a list returned
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_q = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return [aggregate_values(weights, self.W_v(x)), weights]


# %% right: all by hand, without the four functions
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = Q @ K.mT / math.sqrt(K.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = F.softmax(scores, dim=-1)
        return weights @ V, weights


# %% right: fused projections from the three weights
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        fused = F.linear(x, torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight]))
        Q, K, V = fused.chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% right: its width and scale kept as numbers, other initial values
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.d_head = d_head
        self.scale = d_head**-0.5
        for layer in (self.W_q, self.W_k, self.W_v):
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x), scale=self.scale)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a method of its own, type hints, prints
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def look(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        print("looking at", tuple(x.shape))
        return attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        weights = self.look(x, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: layers set in a loop
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        for name in ("W_q", "W_k", "W_v"):
            setattr(self, name, nn.Linear(d_model, d_head, bias=False))

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a base class of its own, and a named tuple as result
from collections import namedtuple

Attended = namedtuple("Attended", ["output", "weights"])


class Projections(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)


class AttentionHead(Projections):
    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return Attended(aggregate_values(weights, self.W_v(x)), weights)


# %% right: a buffer that the state does not need
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_buffer("causal", torch.ones(64, 64).tril())

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: not written yet
# cause: not written
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        raise NotImplementedError()

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: nothing is returned
# cause: no return
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        aggregate_values(weights, self.W_v(x))


# %% wrong: only the output is returned
# cause: two results
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x))


# %% wrong: the results are in the wrong order
# cause: wrong order, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return weights, aggregate_values(weights, self.W_v(x))


# %% wrong: layers with a bias
# cause: bias
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head)
        self.W_k = nn.Linear(d_model, d_head)
        self.W_v = nn.Linear(d_model, d_head)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: one layer for all three
# cause: same layer
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = self.W_k = self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: queries and keys share a layer
# cause: same layer, another matrix
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = self.W_q
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the sizes of the layers are swapped
# cause: matrix shape, swapped shape, error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_head, d_model, bias=False)
        self.W_k = nn.Linear(d_head, d_model, bias=False)
        self.W_v = nn.Linear(d_head, d_model, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the layers keep the width of the model
# cause: matrix shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: parameters instead of layers
# cause: no Linear
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Parameter(torch.randn(d_model, d_head))
        self.W_k = nn.Parameter(torch.randn(d_model, d_head))
        self.W_v = nn.Parameter(torch.randn(d_model, d_head))

    def forward(self, x, mask=None):
        Q, K, V = project_qkv(x, self.W_q, self.W_k, self.W_v)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: layers under other names
# cause: no Linear
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.query = nn.Linear(d_model, d_head, bias=False)
        self.key = nn.Linear(d_model, d_head, bias=False)
        self.value = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.query(x), self.key(x)), mask)
        return aggregate_values(weights, self.value(x)), weights


# %% wrong: super().__init__() is forgotten
# cause: error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: an output layer on top
# cause: other parameters
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.W_o = nn.Linear(d_head, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return self.W_o(aggregate_values(weights, self.W_v(x))), weights


# %% wrong: the scale is a parameter
# cause: other parameters
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.scale = nn.Parameter(torch.tensor(d_head**-0.5))

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x), self.scale), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the mask is not handed on
# cause: mask not handed on, mask not used
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)))
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the mask is turned upside down
# cause: mask not handed on, upside down, rows, hidden whole
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), None if mask is None else ~mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: forward takes no mask
# cause: error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)))
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: a causal mask is made in the head
# cause: causal always, mask not handed on
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        causal = torch.ones(x.shape[-2], x.shape[-2], dtype=torch.bool).tril()
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), causal)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: no scaling
# cause: no scale
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x), scale=1), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: scaled by the width of the model
# cause: scale from d_model
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x), scale=x.shape[-1] ** -0.5), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: divided by d_head instead of its root
# cause: no root, scaled twice
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x), scale=1 / self.W_q.out_features), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: scaled twice
# cause: no root, scaled twice
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)) / math.sqrt(self.W_k.out_features), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: queries and keys have changed places
# cause: changed places
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_k(x), self.W_q(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: queries on both sides
# cause: another matrix
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_q(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the keys are mixed instead of the values
# cause: mixes another
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_k(x)), weights


# %% wrong: the tokens themselves are mixed
# cause: mixes another, shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, x), weights


# %% wrong: the values come back as they are
# cause: unmixed, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return self.W_v(x), weights


# %% wrong: the scores come back instead of the weights
# cause: scores not weights, rows, mask not handed on
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x))
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), scores


# %% wrong: softmax over the queries
# cause: softmax dimension, rows, mask not handed on
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x))
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=-2)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: fresh layers at each call
# cause: fresh layers, own matrices
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.d_head = d_head
        self.make(d_model)

    def make(self, d_model):
        self.W_q = nn.Linear(d_model, self.d_head, bias=False)
        self.W_k = nn.Linear(d_model, self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, self.d_head, bias=False)

    def forward(self, x, mask=None):
        self.make(x.shape[-1])
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: dropout on the weights
# cause: fresh layers, rule, own matrices
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        weights = F.dropout(weights, 0.5)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: matrices of its own besides those on self
# cause: other parameters, own matrices, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.inner = nn.Linear(d_model, 3 * d_head, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.inner(x).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: copies of the matrices from when it was made
# cause: own matrices, cut off
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.first = [layer.weight.detach().clone() for layer in (self.W_q, self.W_k, self.W_v)]

    def forward(self, x, mask=None):
        Q, K, V = (x @ W.T for W in self.first)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: cut off from the gradient
# cause: cut off
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        with torch.no_grad():
            weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the values are cut off from the gradient
# cause: cut off
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x).detach()), weights


# %% wrong: x is changed in place
# cause: in place
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        with torch.no_grad():
            x += 1
        weights = attention_weights(attention_scores(self.W_q(x - 1), self.W_k(x - 1)), mask)
        return aggregate_values(weights, self.W_v(x - 1)), weights


# %% wrong: x is added to the output
# cause: shape, error, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)) + x, weights


# %% wrong: a batch is not thought of
# cause: error, shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        n, _ = x.shape
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: a function instead of a class
# cause: error, no Linear
def AttentionHead(d_model, d_head):
    W_q, W_k, W_v = (nn.Linear(d_model, d_head, bias=False) for _ in range(3))

    def forward(x, mask=None):
        weights = attention_weights(attention_scores(W_q(x), W_k(x)), mask)
        return aggregate_values(weights, W_v(x)), weights

    return forward


# %% wrong: scaled_dot_product_attention, which gives no weights
# cause: two results, no return, error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        return F.scaled_dot_product_attention(self.W_q(x), self.W_k(x), self.W_v(x), attn_mask=mask)


# %% wrong: a fused matrix is kept at the first forward
# cause: kept, own matrices, error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.fused = None

    def forward(self, x, mask=None):
        if self.fused is None:
            self.fused = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight])
        Q, K, V = F.linear(x, self.fused).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: a fused matrix is kept in eval()
# cause: kept
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.fused = None

    def forward(self, x, mask=None):
        if self.training:
            self.fused = None
        if self.fused is None:
            fused = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight])
            self.fused = None if self.training else fused
        else:
            fused = self.fused
        Q, K, V = F.linear(x, fused).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: the weights come back detached
# cause: cut off
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights.detach()


# %% wrong: the weights come back in float64
# cause: dtype
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights.double()


# %% wrong: the output comes back in float64
# cause: dtype
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)).double(), weights


# %% wrong: the mask is ignored in eval()
# cause: mask not used, mask not handed on
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        mask = mask if self.training else None
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: no gradient in eval()
# cause: cut off
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        with torch.set_grad_enabled(self.training):
            weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
            return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the last mask is used again
# cause: kept, causal always, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.mask = None

    def forward(self, x, mask=None):
        self.mask = self.mask if mask is None else mask
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), self.mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: keys and values of earlier calls are kept in eval()
# cause: fresh layers, kept, shape, error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.keys, self.values = [], []

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        if not self.training and mask is None:
            K, V = torch.cat([*self.keys, K], dim=-2), torch.cat([*self.values, V], dim=-2)
            self.keys, self.values = [K], [V]
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% wrong: the result is kept by the identity of x
# cause: kept
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.last = None

    def forward(self, x, mask=None):
        if self.last is None or self.last[0] is not x:
            weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
            self.last = x, (aggregate_values(weights, self.W_v(x)), weights)
        return self.last[1]


# %% wrong: one output buffer for all calls in eval()
# cause: shared
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.buffer = None

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)

        output = aggregate_values(weights, self.W_v(x))
        if output.requires_grad:
            return output, weights
        if self.buffer is None or self.buffer.shape != output.shape:
            self.buffer = torch.empty_like(output)
        return self.buffer.copy_(output), weights


# %% wrong: the mask is opened on its diagonal in place
# cause: in place
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        if mask is not None:
            mask.diagonal(dim1=-2, dim2=-1).fill_(True)
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the mask is turned around in place and back in the wrong way
# cause: in place, error
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        if mask is not None:
            mask.logical_not_()
            weights = attention_scores(self.W_q(x), self.W_k(x)).masked_fill(mask, -math.inf).softmax(-1)
            return aggregate_values(weights, self.W_v(x)), weights
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)))
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: x is added to in place where the widths allow
# cause: in place
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)

        output = aggregate_values(weights, self.W_v(x))
        if x.shape == output.shape and not x.requires_grad:
            x += output
        return output, weights


# %% wrong: a batch of one is squeezed away
# cause: shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)).squeeze(0), weights.squeeze(0)


# %% wrong: scores are clamped to 50
# cause: rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x)).clamp(-50, 50)
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the weights come back transposed
# cause: transposed weights, softmax dimension, rows
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights.mT


# %% wrong: at most 256 tokens
# cause: error, shape
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x)) + torch.zeros(256, 256)[: x.shape[-2], : x.shape[-2]]
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: the value matrix does not learn
# cause: frozen
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.W_v.weight.requires_grad_(False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: dropout of 0.1 on the output, in train()
# cause: fresh layers, rule
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return self.dropout(aggregate_values(weights, self.W_v(x))), weights


# %% wrong: a learned temperature
# cause: other parameters
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x)) * self.temperature
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: layers shared by all heads of one size
# cause: shared
_layers = {}


class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        if (d_model, d_head) not in _layers:
            _layers[d_model, d_head] = [nn.Linear(d_model, d_head, bias=False) for _ in range(3)]
        self.W_q, self.W_k, self.W_v = _layers[d_model, d_head]

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% wrong: masks kept by length, for all heads
# cause: kept, rule, mask not used
_masks = {}


class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.masks = _masks

    def forward(self, x, mask=None):
        if mask is not None:
            mask = self.masks.setdefault(x.shape[-2], mask)
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a buffer that is not persistent, as in a well-known book
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_buffer("mask", torch.triu(torch.ones(64, 64), diagonal=1), persistent=False)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a buffer with the scale, which is used
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_buffer("scale", torch.tensor(d_head**-0.5))

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x), float(self.scale))
        weights = attention_weights(scores, mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: dropout of 0
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.dropout = nn.Dropout(0.0)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        weights = self.dropout(weights)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: the layers in a list, too
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.layers = nn.ModuleList([self.W_q, self.W_k, self.W_v])

    def forward(self, x, mask=None):
        Q, K, V = (layer(x) for layer in self.layers)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights


# %% right: the last weights are kept for a picture
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.last_weights = None

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        self.last_weights = weights.detach()
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a count of its calls
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.calls = 0

    def forward(self, x, mask=None):
        self.calls += 1
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a buffer that counts its calls
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, x, mask=None):
        self.calls += 1
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a parameter that is None
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.register_parameter("bias", None)

    def forward(self, x, mask=None):
        weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: layers of torch's without parameters
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, mask=None):
        scores = attention_scores(self.W_q(x), self.W_k(x))
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = self.softmax(scores)
        return aggregate_values(weights, self.W_v(x)), weights


# %% right: a fused matrix that is kept as long as the parameters are the same
class AttentionHead(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.W_q = nn.Linear(d_model, d_head, bias=False)
        self.W_k = nn.Linear(d_model, d_head, bias=False)
        self.W_v = nn.Linear(d_model, d_head, bias=False)
        self.version, self.fused = None, None

    def forward(self, x, mask=None):
        weights_of = [layer.weight for layer in (self.W_q, self.W_k, self.W_v)]
        if torch.is_grad_enabled():
            fused = torch.cat(weights_of)
        else:
            version = [weight._version for weight in weights_of]
            if self.version != version:
                self.version, self.fused = version, torch.cat(weights_of)
            fused = self.fused
        Q, K, V = F.linear(x, fused).chunk(3, dim=-1)
        weights = attention_weights(attention_scores(Q, K), mask)
        return aggregate_values(weights, V), weights
