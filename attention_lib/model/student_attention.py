"""Three functions written by hand become the attention of a whole model, in every layer and head.

transformers looks up how a model attends by name, in its `AttentionInterface`
(https://huggingface.co/docs/transformers/attention_interface), and which mask goes with it in its
`AttentionMaskInterface`. A name without a mask function would let every token see those after it.
"""

import contextlib
import math
import traceback
from collections.abc import Callable, Iterator
from itertools import count

import torch

from attention_lib.checks import Printed
from attention_lib.model.architecture import require_gpt2
from attention_lib.sentences import kind_of


class AttentionProblem(Exception):
    """A function that attends inside a model went wrong. The message is one sentence.

    function: its name, for example "attention_scores"
    layer: where in the model, from 0
    """

    def __init__(self, function: str, layer: int, what: str):
        super().__init__(f"In layer {layer} of the model, `{function}` {what}.")
        self.function = function
        self.layer = layer

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@contextlib.contextmanager
def attend_with(
    model, attention_scores: Callable, attention_weights: Callable, aggregate_values: Callable
) -> Iterator[None]:
    """Within the `with` block, `model` attends by these three functions, in every layer and head.

    attention_scores: Q (batch, heads, n_q, d_head), K (batch, heads, n_k, d_head) → (batch, heads, n_q, n_k). It is
        called without a scale, unless the model's own is another than 1 / sqrt(d_head).
    attention_weights: scores, and a boolean mask (batch, 1, n_q, n_k), True where a query may attend: itself and what
        stands before it, no padding. A query that may attend to nothing (padding) attends to itself.
    aggregate_values: weights, V (batch, heads, n_k, d_head) → (batch, heads, n_q, d_head)

    Each gets copies, so editing them in place does no harm to the model, and what it prints is dropped. Afterwards,
    also after an error, the model attends as before. Blocks may be nested.

    Raises OtherArchitecture (see `architecture`) when `model` is no GPT-2, TypeError when one of the three cannot be
    called; inside the block the model raises AttentionProblem when one of them stops or does not return finite numbers
    of the right shape and dtype, and ValueError when it trains with dropout on the weights.
    """
    from transformers.masking_utils import AttentionMaskInterface
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    require_gpt2(getattr(model, "config", None))
    functions = {
        "attention_scores": attention_scores,
        "attention_weights": attention_weights,
        "aggregate_values": aggregate_values,
    }
    for name, function in functions.items():
        if not callable(function):
            raise TypeError(
                f"`{name}` should be a function, but is {kind_of(function)}. "
                "Hand over the function itself, without calling it."
            )
    name = next(free for n in count() if (free := f"attention101_{n}") not in ALL_ATTENTION_FUNCTIONS)
    AttentionMaskInterface.register(name, _boolean_mask)
    ALL_ATTENTION_FUNCTIONS[name] = _Attention(functions)
    before = model.config._attn_implementation
    try:
        model.set_attn_implementation(name)
        yield
    finally:
        model.set_attn_implementation(before)
        del ALL_ATTENTION_FUNCTIONS[name]


def _boolean_mask(
    batch_size: int, q_length: int, kv_length: int, q_offset: int = 0, kv_offset: int = 0, **settings
) -> torch.Tensor:
    """The mask that transformers makes for torch's own attention, never left out: (batch, 1, n_q, n_k)."""
    from transformers.masking_utils import sdpa_mask

    settings |= {"allow_is_causal_skip": False, "allow_is_bidirectional_skip": False}
    mask = sdpa_mask(batch_size, q_length, kv_length, q_offset, kv_offset, **settings)
    queries = torch.arange(q_length, device=mask.device) + q_offset
    keys = torch.arange(kv_length, device=mask.device) + kv_offset
    itself = queries[:, None] == keys
    return mask | (itself & ~mask.any(dim=-1, keepdim=True))


class _Attention:
    """What transformers calls in each layer."""

    def __init__(self, functions: dict[str, Callable]):
        self._functions = functions

    def __call__(self, module, query, key, value, attention_mask, scaling=None, dropout=0.0, **settings):
        if dropout > 0:
            raise ValueError(
                f"The model is in training mode and drops {dropout:.0%} of its attention weights, which the three "
                "functions do not. Call `model.eval()` first."
            )
        if attention_mask is None or attention_mask.dtype != torch.bool:
            raise ValueError(
                "The model was given a ready mask that is not boolean. "
                "Give it a mask of shape (batch, seq) with 1 for a token and 0 for padding."
            )
        d_head = query.shape[-1]
        usual = scaling is None or math.isclose(scaling, d_head**-0.5)
        scale = {} if usual else {"scale": scaling}
        pairs = (*query.shape[:-1], key.shape[-2])
        scores = self._call("attention_scores", module, pairs, {"Q": query, "K": key}, **scale)
        weights = self._call("attention_weights", module, pairs, {"scores": scores, "mask": attention_mask})
        mixed = self._call("aggregate_values", module, (*pairs[:-1], value.shape[-1]), {"weights": weights, "V": value})
        return mixed.transpose(1, 2), weights

    def _call(self, name: str, module, shape: tuple[int, ...], given: dict[str, torch.Tensor], **scale: float):
        function = self._functions[name]
        copies = [tensor.clone(memory_format=torch.contiguous_format) for tensor in given.values()]
        got = "given " + " and ".join(f"{what} of shape {tuple(tensor.shape)}" for what, tensor in given.items())
        try:
            with contextlib.redirect_stdout(Printed(0)), contextlib.redirect_stderr(Printed(0)):
                result = function(*copies, **scale)
        except (Exception, SystemExit) as error:
            said = " ".join(str(error).split()).rstrip(".")[:300]
            what = f"stopped with {type(error).__name__}{_line(error, function)}, {got}" + (f": {said}" if said else "")
            raise AttentionProblem(name, module.layer_idx, what) from error
        dtype = next(iter(given.values())).dtype
        if problem := _problem(result, shape, dtype):
            raise AttentionProblem(name, module.layer_idx, f"{problem}, {got}")
        return result


def _problem(result: object, shape: tuple[int, ...], dtype: torch.dtype) -> str:
    """What is wrong with a result; empty where nothing is."""
    if result is None:
        return f"returned None (is a `return` missing?) instead of a tensor of shape {shape}"
    if not isinstance(result, torch.Tensor):
        return f"returned {kind_of(result)} instead of a tensor of shape {shape}"
    if tuple(result.shape) != shape:
        return f"returned shape {tuple(result.shape)} instead of {shape}"
    if result.dtype != dtype:
        return f"returned {result.dtype} instead of {dtype}, in shape {shape}"
    finite = torch.isfinite(result)
    if not finite.all():
        place = tuple((~finite).nonzero()[0].tolist())
        count = f"{int((~finite).sum())} of {result.numel()} numbers"
        return f"returned shape {shape} in which {count} are not finite, the first of them {result[place].item()}"
    return ""


def _line(error: BaseException, function: Callable) -> str:
    """Where it stopped: the last line of the traceback in the file or cell of the function."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return f" in line {lines[-1]}" if lines else ""
