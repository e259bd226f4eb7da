"""What a call left changed in what it was given."""

import numpy
import torch

from grading.sandbox.line.values import Incoming, Outgoing, check_extent


class Given:
    """The things of one call that it could change, as they were before.

    tensors: by number
    incoming: made the call's arguments, and knows the containers and arrays among them
    """

    def __init__(self, tensors: dict[int, torch.Tensor], incoming: Incoming):
        self._tensors, self._containers = tensors, incoming.containers
        self._before = {number: value.detach().clone() for number, value in tensors.items()}
        self._contents = [_contents(value) for value in self._containers]

    def forms(self) -> dict[int, dict]:
        """By the id of each thing: how a reply speaks of it."""
        known = {id(value): {"given tensor": number} for number, value in self._tensors.items()}
        return known | {id(value): {"given": place} for place, value in enumerate(self._containers)}

    def changed_containers(self, outgoing: Outgoing) -> list:
        """The number and the new contents of each container that is not as it was. Raises Unsendable."""
        changed = []
        for place, value in enumerate(self._containers):
            if not _same(_contents(value), self._contents[place]):
                check_extent(value)
                changed.append([place, outgoing.contents(value)])
        return changed

    def changed_tensors(self, outgoing: Outgoing) -> list:
        """The number and the new values of each tensor that is not as it was. Raises Unsendable."""
        changed = []
        for number, value in self._tensors.items():
            now, then = value.detach(), self._before[number]
            if now.shape != then.shape or now.dtype != then.dtype or not torch.equal(now, then):
                changed.append([number, outgoing.encoded(now)])
        return changed


def _contents(value: object) -> list | tuple:
    """A list of the very things that a container holds, or all that an array is."""
    if isinstance(value, numpy.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return [*value, *value.values()] if isinstance(value, dict) else list(value)


def _same(now: list | tuple, then: list | tuple) -> bool:
    if isinstance(now, tuple):
        return now == then
    # Not by `==`: what is in it may be a tensor, or of a class of the student's.
    return len(now) == len(then) and all(one is other for one, other in zip(now, then))
