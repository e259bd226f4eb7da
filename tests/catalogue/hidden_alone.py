"""The catalogue's wrong answers that no visible check catches, each with the reason why it must stay so."""

MATRICES = (
    "to show it takes right results of two sets of numbers, and a function that gives them would be the solution"
)
DIGITS = (
    "the numbers of a worked example are round; it takes random ones, whose right results only the solution gives"
)
SIZE = "sizes at the edge are what hidden checks vary"
MANY = "with hundreds of tokens no result can be written down; it takes the solution to know it"
TWICE = "visible checks call no answer twice with the same tensors, for the time that it takes"
GRADIENTS = "the values of gradients can be known from the solution's alone"
LARGE = (
    "the visible scores are so far apart that clamping changes no weight; the rest is a value that hidden checks vary"
)
STATES = "states and their order are what hidden checks vary"

HIDDEN_ALONE: dict[tuple[str, str], str] = {
    ("project_qkv", "the matrices are joined at the first call"): MATRICES,
    ("project_qkv", "bfloat16 inside"): DIGITS,
    ("project_qkv", "a single token loses its dimension"): SIZE,
    ("project_qkv", "at most 256 tokens"): MANY,
    ("attention_scores", "the result is kept by the identity of Q and K"): TWICE,
    ("attention_scores", "gradients are scaled, not scores"): GRADIENTS,
    ("attention_scores", "keys beyond the 256th are left out"): MANY,
    ("attention_weights", "weights below 1e-3 are dropped"): MANY,
    ("attention_weights", "softmax in blocks of 64 keys"): MANY,
    ("attention_weights", "the 128 largest alone get weight"): MANY,
    ("attention_weights", "scores are clamped to 50"): LARGE,
    ("attention_weights", "the gradient of the sum is left out"): GRADIENTS,
    ("attention_weights", "e to a hidden score overflows in the backward"): GRADIENTS,
    ("attention_weights", "a mask without anything hidden raises"): SIZE,
    ("attention_weights", "a single key gives a row too few"): SIZE,
    ("aggregate_values", "weights below 1e-3 count for nothing"): MANY,
    ("aggregate_values", "keys in blocks of 64, the last one left out"): MANY,
    ("aggregate_values", "bfloat16 inside"): DIGITS,
    ("aggregate_values", "one key gives the value itself"): SIZE,
    ("attention_head", "a fused matrix is kept in eval()"): STATES,
    ("attention_head", "no gradient in eval()"): STATES,
    ("attention_head", "keys and values of earlier calls are kept in eval()"): STATES,
    ("attention_head", "one output buffer for all calls in eval()"): STATES,
    ("attention_head", "x is added to in place where the widths allow"): SIZE,
    ("attention_head", "a batch of one is squeezed away"): SIZE,
    ("attention_head", "at most 256 tokens"): MANY,
    ("attention_head", "masks kept by length, for all heads"): STATES,
}
