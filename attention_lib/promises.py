"""What every answer promises, whatever it computes, as checks of a call.

    scores = Promises(attention_scores, correct_scores)
    scores.expect_right({"Q": Q, "K": K})
    scores.expect_gradients({"Q": Q, "K": K})
    scores.expect_nothing_kept({"Q": Q, "K": K}, {"Q": other_Q, "K": other_K})

Each check also holds every call to the inputs' dtype, and sees that the inputs stay as they were.
"""

import random
from collections.abc import Callable, Sequence

import torch

from attention_lib.checks import (
    CUTS,
    CheckFailed,
    Mistakes,
    expect,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_tensor,
    expect_unchanged,
    is_close,
)
from attention_lib.sentences import listed

# By name: tensors; in their place a number or None, where an answer takes them.
Inputs = dict[str, object]
Results = Sequence[torch.Tensor] | torch.Tensor

NOT_THE_SAME_TWICE = (
    "Two equal calls gave different results. Is there something random in it, such as dropout? Are layers made in "
    "`forward`? Or does the first call leave something behind?"
)
KEPT = "The result of an earlier call came back, although the inputs have other values now. Is something kept?"
KEPT_SOMETHING = "The first call was right, and this one, with other numbers, is not. Is something kept between calls?"
SHARED = "A later call changed the result of an earlier one: both are one tensor. Make a new one in each call."


class Promises:
    """An answer, with what it should give.

    call: called with the inputs; gives a tensor, or several
    right: called likewise, gives what is right; None where only promises are checked that need no right results
    results: what the results are called in sentences
    rule: what the results are, said where values are off in an unknown way; one for each result, or one for all
    mistakes: called with the inputs; for each result, what comes out of mistakes, see `expect_close`
    """

    def __init__(
        self,
        call: Callable[..., Results],
        right: Callable[..., Results] | None = None,
        results: Sequence[str] = ("the result",),
        rule: str | Sequence[str] = "",
        mistakes: Callable[..., Sequence[Mistakes]] | None = None,
    ):
        self._call, self._right, self._results, self._mistakes = call, right, results, mistakes
        self._rules = [rule] * len(results) if isinstance(rule, str) else rule

    def expect_right(self, inputs: Inputs, what: str = "", not_finite: str = "", rtol: float = 1e-4) -> list:
        """The results of a call, which have the right values, or the check fails.

        what: goes on from the names of the results, such as " of a batch"
        """
        return self.expect_results(inputs, self._rights(inputs), what, not_finite, rtol)

    def expect_results(
        self, inputs: Inputs, wanted: Results, what: str = "", not_finite: str = "", rtol: float = 1e-4
    ) -> list:
        """The results of a call, which are the wanted ones, or the check fails."""
        wanted = _as_list(wanted)
        given, before = _copied(inputs), _copied(inputs)
        got = self._called(given, whatever_it_changes=True)
        mistakes = _Late(lambda: self._mistakes(*before.values()) if self._mistakes else [{}] * len(wanted))
        for number, (name, value, want) in enumerate(zip(self._results, got, wanted)):
            try:
                sentences = lambda number=number: mistakes.value()[number]  # noqa: E731
                expect_close(name + what, value, want, self._rules[number], sentences, not_finite, rtol)
            except CheckFailed as failure:
                if not failure.cause_named and self._differs(before, got):
                    raise CheckFailed(NOT_THE_SAME_TWICE, cause_named=True) from None
                raise
            expect_dtype(name, value)
        self._expect_unchanged(given, before)
        return got

    def expect_gradients(
        self,
        inputs: Inputs,
        parameters: dict[str, torch.nn.Parameter] | None = None,
        reached: dict[str, Sequence[str]] | None = None,
        results: Results | None = None,
        not_finite: str = "",
    ) -> None:
        """Gradients flow from each result to all that it is made of, and are right where the results are.

        parameters: what else they should reach, by name
        reached, results: by result, what it is made of, and the right results; needed only where no function gives them
        """
        given = {name: _leaf(value) for name, value in inputs.items()}
        sources = {name: value for name, value in given.items() if _has_gradient(value)} | (parameters or {})
        frozen = [name for name, value in sources.items() if not value.requires_grad]
        expect(not frozen, f"{listed(frozen)} should require gradients, but do not: so they cannot learn.")
        wanted = self._right_gradients(given, sources) if self._right else None
        got = self._called(given)
        if wanted is not None and self._are_right(got, wanted, sources):
            return
        for number, (name, value) in enumerate(zip(self._results, got)):
            probe = torch.randn(value.shape) if wanted is None else wanted[number][1]
            if wanted is not None:
                expect_shape(name, value, tuple(probe.shape))
            is_right = is_close(value, wanted[number][0] if wanted else _as_list(results)[number])
            found = self._gradients(value, probe, sources)
            rights = wanted[number][2] if wanted else [source in reached[name] or None for source in sources]
            cut_off = [gradient is None and right is not None for gradient, right in zip(found, rights)]
            missing = [source for source, is_cut in zip(sources, cut_off) if is_cut]
            if missing:
                not_right = "See to the result first, which is not right yet."
                why = self._why_cut_off(given, got, missing) if is_right else not_right
                raise CheckFailed(f"No gradient flows from {name} back to {listed(missing)}. {why}", is_right)
            for source, gradient, right in zip(sources, found, rights):
                if wanted is not None and is_right and gradient is not None:
                    right = torch.zeros_like(gradient) if right is None else right
                    expect_close(f"the gradient of {source} from {name}", gradient, right, not_finite=not_finite)

    def expect_nothing_kept(self, *in_turn: Inputs, what: str = "", wanted: Sequence[Results] | None = None) -> None:
        """Calls one after another, with the same tensors that have other values each time, do not touch each other.

        in_turn: the inputs of each call, of the same sizes; where one is None, it is left out of that call
        wanted: the results of each call; what is right if left out, and then the last call is made twice
        """
        twice = wanted is None
        wanted = [self._rights(each) for each in in_turn] if wanted is None else [_as_list(each) for each in wanted]
        given = _copied(in_turn[0])
        earlier: list[list[torch.Tensor]] = []
        for number, (inputs, want) in enumerate(zip(in_turn, wanted)):
            call_with = _refilled(given, inputs)
            got = self._called(call_with)
            self._expect_all(got, want, in_turn[0], inputs, what, earlier, wanted[:number])
            for then, right in zip(earlier, wanted):
                expect(all(is_close(value, each) for value, each in zip(then, right)), SHARED)
            earlier.append(got)
        if twice:
            self._expect_same_again(call_with, earlier[-1], wanted[-1])

    def expect_each_alone(self, inputs: Inputs, unbatched: Sequence[str] = ()) -> None:
        """With dimensions in front, a part comes out as it does alone.

        unbatched: the names of the inputs that have none in front
        """
        names = [name for name, value in inputs.items() if isinstance(value, torch.Tensor) and name not in unbatched]
        lead = inputs[names[0]].shape[:-2]
        whole = self._called(_copied(inputs))
        last = tuple(size - 1 for size in lead)
        part = {name: value[last] if name in names else value for name, value in inputs.items()}
        for name, value, alone in zip(self._results, whole, self._called(_copied(part))):
            expect_shape(f"{name} of a batch", value, (*lead, *alone.shape))
            rule = "Each part of a batch should come out as it does alone."
            expect_close(f"{name} of part {last} of a batch", value[last], alone.detach(), rule)

    def _expect_same_again(self, given: Inputs, before: list[torch.Tensor], wanted: list[torch.Tensor]) -> None:
        """The last call once more gives the same, but other tensors."""
        again = self._called(given)
        expect(all(is_close(value, right) for value, right in zip(again, wanted)), NOT_THE_SAME_TWICE)
        taken = {_memory(value) for value in given.values() if isinstance(value, torch.Tensor)}
        for value in before:
            expect(_memory(value) in taken or all(_memory(value) != _memory(other) for other in again), SHARED)

    def _expect_all(self, got, want, first, inputs, what, earlier, wanted_earlier) -> None:
        for number, (name, value, right) in enumerate(zip(self._results, got, want)):
            expect_shape(name + what, value, tuple(right.shape))
            if is_close(value, right):
                continue
            if not earlier:
                # What is off in a first call is not put down to memory.
                expect_close(name + what, value, right, self._rules[number])
            if any(is_close(value, then[number]) for then in wanted_earlier):
                raise CheckFailed(KEPT, cause_named=True)
            if self._differs(inputs, got):
                raise CheckFailed(NOT_THE_SAME_TWICE, cause_named=True)
            is_far_off = bool((value - right).abs().max() > 0.01 * right.abs().max())
            if is_far_off and self._is_led_astray(first, inputs, number, right):
                raise CheckFailed(KEPT_SOMETHING, cause_named=True)
            expect_close(f"{name}{what} after another call", value, right, self._rules[number])

    def _is_led_astray(self, first: Inputs, inputs: Inputs, number: int, right: torch.Tensor) -> bool:
        """Whether it is the first call, which was right, that makes a later one wrong."""
        if is_close(self._called(_copied(inputs))[number], right):
            return True
        if self._right is None:
            return False
        near = _moved(first)
        return not is_close(self._called(_copied(near))[number], self._rights(near)[number])

    def _called(self, given: Inputs, whatever_it_changes: bool = False) -> list[torch.Tensor]:
        before = {} if whatever_it_changes else _copied(given)
        got = _as_list(self._call(*given.values()))
        if before:
            self._expect_unchanged(given, before)
        return [expect_tensor(name, value) for name, value in zip(self._results, got, strict=True)]

    def _rights(self, inputs: Inputs) -> list[torch.Tensor]:
        return [value.detach() for value in _as_list(self._right(*_copied(inputs).values()))]

    def _differs(self, inputs: Inputs, got: list[torch.Tensor]) -> bool:
        """Whether the same call gives something else now."""
        again = self._called(_copied(inputs))
        return not all(is_close(value, other, equal_nan=True) for value, other in zip(again, got))

    def _expect_unchanged(self, given: Inputs, before: Inputs) -> None:
        names = [name for name, value in given.items() if isinstance(value, torch.Tensor)]
        expect_unchanged({name: given[name] for name in names}, before)

    def _right_gradients(self, given: Inputs, sources: dict) -> list[tuple]:
        """For each right result: the result, a probe, and the gradients of their product's sum; None where cut off."""
        found = []
        for right in _as_list(self._right(*given.values())):
            probe = torch.randn_like(right)
            found.append((right.detach(), probe, self._gradients(right, probe, sources)))
        return found

    def _are_right(self, got: list[torch.Tensor], wanted: list[tuple], sources: dict) -> bool:
        """Whether all results are right, and their gradients together, which takes one call."""
        if not all(value.requires_grad and is_close(value, right) for value, (right, _, _) in zip(got, wanted)):
            return False
        total = sum((value * probe).sum() for value, (_, probe, _) in zip(got, wanted))
        found = torch.autograd.grad(total, list(sources.values()), allow_unused=True, retain_graph=True)
        for gradient, *rights in zip(found, *(each for _, _, each in wanted)):
            reached = [right for right in rights if right is not None]
            right = sum(reached) if reached else None
            if (gradient is None) != (right is None) or (right is not None and not is_close(gradient, right)):
                return False
        return True

    @staticmethod
    def _gradients(value: torch.Tensor, probe: torch.Tensor, sources: dict) -> Sequence[torch.Tensor | None]:
        if not value.requires_grad:
            return [None] * len(sources)
        total = (value * probe).sum()
        return torch.autograd.grad(total, list(sources.values()), allow_unused=True, retain_graph=True)

    def _why_cut_off(self, given: Inputs, got: list[torch.Tensor], missing: list[str]) -> str:
        moved = _moved({name: value for name, value in given.items() if name in missing})
        if not moved:
            return f"Is there a {CUTS}?"
        # A result that does not even change with the input was not made of it in this call.
        again = self._called({**given, **moved})
        return KEPT if all(is_close(value, other) for value, other in zip(again, got)) else f"Is there a {CUTS}?"


class _Late:
    """A value that is computed when it is first wanted."""

    def __init__(self, make: Callable):
        self._make, self._made = make, None

    def value(self):
        if self._made is None:
            self._made = self._make()
        return self._made


def different_sizes(count: int, low: int = 2, high: int = 7) -> list[int]:
    """Sizes for a random check, no two the same, so that dimensions that were mixed up show."""
    return random.sample(range(low, high + 1), count)


def _as_list(results: Results) -> list[torch.Tensor]:
    return list(results) if isinstance(results, tuple | list) else [results]


def _copied(inputs: Inputs) -> Inputs:
    return {
        name: value.detach().clone() if isinstance(value, torch.Tensor) else value for name, value in inputs.items()
    }


def _has_gradient(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _moved(inputs: Inputs) -> Inputs:
    """Other inputs of the same kind, with other values."""
    return {
        name: value.detach() + torch.randn_like(value) if _has_gradient(value) else value
        for name, value in inputs.items()
    }


def _leaf(value: object) -> object:
    if not isinstance(value, torch.Tensor):
        return value
    return value.detach().clone().requires_grad_(value.is_floating_point())


def _refilled(given: Inputs, inputs: Inputs) -> Inputs:
    """The tensors of `given` with the values of `inputs` put into them; what is no tensor there is as it is there."""
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor):
            with torch.no_grad():
                given[name].copy_(value)
    return {name: given[name] if isinstance(value, torch.Tensor) else value for name, value in inputs.items()}


def _memory(value: torch.Tensor) -> int:
    return value.untyped_storage().data_ptr()
