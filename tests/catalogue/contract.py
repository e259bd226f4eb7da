"""The contract as code: whether a function keeps it for given inputs. Written apart from the test cells, in float64."""

from collections.abc import Callable

import torch

RTOL, ATOL = 1e-4, 1e-5


def right_result(answer: str, *inputs) -> tuple[torch.Tensor, ...]:
    """What the contract asks of one of the four functions, in float64."""
    match answer, [value.double() if _is_float(value) else value for value in inputs]:
        case "project_qkv", [x, *matrices]:
            return tuple((x[..., :, None] * W).sum(-2) for W in matrices)
        case "attention_scores", [Q, K, scale]:
            factor = Q.shape[-1] ** -0.5 if scale is None else float(scale)
            return ((Q[..., :, None, :] * K[..., None, :, :]).sum(-1) * factor,)
        case "attention_weights", [scores, mask]:
            keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
            largest = scores.masked_fill(~keep, -torch.inf).amax(-1, keepdim=True)
            powers = torch.where(keep, (scores - largest).clamp(max=0).exp(), 0.0)
            return (powers / powers.sum(-1, keepdim=True),)
        case "aggregate_values", [weights, V]:
            return ((weights[..., :, :, None] * V[..., None, :, :]).sum(-2),)
    raise ValueError(f"no such function: {answer}")


def trouble(answer: str, function: Callable, *inputs) -> str:
    """In which way a function breaks the contract for these inputs; "" if it keeps it.

    Values are held to a float32 computation's accuracy: that of the result, and that which the inputs' size allows.
    """
    given = [value.clone() if isinstance(value, torch.Tensor) else value for value in inputs]
    try:
        result = function(*given)
    except Exception as error:
        return f"stopped with {type(error).__name__}: {error}"
    if any(isinstance(a, torch.Tensor) and not torch.equal(a, b) for a, b in zip(given, inputs)):
        return "changed its inputs"
    results = result if answer == "project_qkv" else (result,)
    wanted = right_result(answer, *inputs)
    if not isinstance(results, tuple | list) or len(results) != len(wanted):
        return "wrong number of results"
    for got, want in zip(results, wanted):
        if not isinstance(got, torch.Tensor) or got.shape != want.shape or got.dtype != torch.float32:
            return "wrong kind, shape or dtype"
        size = max((float(v.abs().max()) for v in inputs if _is_float(v)), default=1.0)
        noise = 4 * torch.finfo(torch.float32).eps * size * (1 if answer == "attention_weights" else 0)
        if not torch.allclose(got.double(), want, rtol=RTOL + noise, atol=ATOL):
            return "wrong values"
    if answer == "attention_weights" and inputs[1] is not None:
        if (results[0][~inputs[1].expand_as(results[0])] != 0).any():
            return "a hidden weight is not exactly 0"
    return _trouble_with_gradients(answer, function, inputs)


def _trouble_with_gradients(answer: str, function: Callable, inputs: tuple) -> str:
    leaves = [value.clone().requires_grad_() if _is_float(value) else value for value in inputs]
    wanted = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.requires_grad]
    try:
        result = function(*leaves)
    except Exception as error:
        return f"stopped with {type(error).__name__} where gradients are wanted"
    results = result if answer == "project_qkv" else (result,)
    right = right_result(answer, *leaves)
    if not any(got.requires_grad for got in results):
        return "no gradient"
    probes = [torch.linspace(-1, 1, got.numel()).reshape(got.shape) for got in results]
    found = torch.autograd.grad(_total(results, probes), wanted, allow_unused=True)
    for gradient, want in zip(found, torch.autograd.grad(_total(right, probes), wanted)):
        if gradient is None:
            return "no gradient"
        scale = max(1.0, float(want.abs().max()))
        if not torch.allclose(gradient.double(), want.double(), rtol=1e-3, atol=1e-3 * scale):
            return "wrong gradient"
    return ""


def _total(results, probes) -> torch.Tensor:
    return sum((got.double() * probe.double()).sum() for got, probe in zip(results, probes))


def _is_float(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()
