"""Which calls of torch and its neighbours only compute."""

PURE_METHODS = frozenset(
    """
    abs amax amin bmm bool broadcast_to chunk clone contiguous cos cpu detach dim div double eq exp expand
    expand_as flatten float ge gt half le log log_softmax logical_not logsumexp lt masked_fill matmul max mean
    min mm movedim mul mv narrow ne neg permute pow prod reciprocal repeat repeat_interleave reshape round rsqrt
    select sigmoid sin size softmax split sqrt squeeze std sub sum swapaxes swapdims t tanh to transpose tril
    triu type_as unsqueeze var view where
    """.split()
)
PURE_FUNCTIONS = PURE_METHODS | frozenset(
    """
    add arange baddbmm cat concat einsum eye full linear normalize ones ones_like stack tensor tensordot zeros
    zeros_like finfo len tuple list int str
    """.split()
)
MODULES = frozenset({"torch", "math", "F", "nn", "np", "numpy"})
# These give a new tensor, which shares nothing with the old one.
FRESH = frozenset(
    """
    matmul bmm mm einsum masked_fill softmax log_softmax exp add mul div sub sum mean where cat concat stack clone
    zeros ones zeros_like ones_like full randn tensor sqrt rsqrt abs neg pow cumsum tril triu clamp logical_not
    """.split()
)
