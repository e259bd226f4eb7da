"""Describes a student's nn.Module as data: its layers, parameters and buffers, each under a number."""

import torch
from torch import nn

from grading.sandbox.line.layers import MOST_LAYERS, MOST_PARAMETERS, check_size
from grading.sandbox.line.values import Outgoing, Unsendable, name_of


class KnownModules:
    """The modules that the trusted side has been told of, and their parameters, by number."""

    def __init__(self):
        self._modules: list[nn.Module] = []
        self._parameters: list[torch.Tensor] = []
        self._told: dict[int, dict] = {}

    def module(self, number: int) -> nn.Module:
        return self._modules[number]

    def parameter(self, number: int) -> torch.Tensor:
        return self._parameters[number]

    def described(self, module: nn.Module, outgoing: Outgoing) -> dict:
        """JSON for a module and all below it. Raises Unsendable."""
        layers, parameters = self._parts(module)
        self._told |= {layer["number"]: layer for layer in layers}
        return {"layers": layers, "parameters": [[n, outgoing.encoded(value)] for n, value in parameters.items()]}

    def changed(self, module: nn.Module, given: dict[int, torch.Tensor], outgoing: Outgoing) -> dict | None:
        """The same, or None where the module is as it was last described, and each parameter as it was given.

        given: by number, the parameters that the trusted side sent with the call
        """
        layers, parameters = self._parts(module)
        is_as_told = all(self._told.get(layer["number"]) == layer for layer in layers)
        if is_as_told and all(n in given and _alike(value, given[n]) for n, value in parameters.items()):
            return None
        return self.described(module, outgoing)

    def _parts(self, module: nn.Module) -> tuple[list[dict], dict[int, torch.Tensor]]:
        """The layers as JSON, and the parameters by number. Raises Unsendable."""
        layers: dict[int, int] = {}
        described: list[dict] = []
        parameters: dict[int, torch.Tensor] = {}

        def add_parameter(value: torch.Tensor | None) -> int | None:
            if value is None:
                return None
            if not isinstance(value, torch.Tensor) or len(parameters) >= MOST_PARAMETERS:
                raise Unsendable("more parameters than can be sent")
            number = _number(self._parameters, value)
            parameters[number] = value
            return number

        def add_layer(layer: nn.Module | None) -> int | None:
            if layer is None:
                return None
            if id(layer) in layers:
                return layers[id(layer)]
            if len(layers) >= MOST_LAYERS:
                raise Unsendable("more layers than can be sent")
            layers[id(layer)] = place = len(described)
            entry = {"kind": "Linear" if isinstance(layer, nn.Linear) else "Module", "name": name_of(type(layer))}
            described.append(entry)
            entry["number"] = _number(self._modules, layer)
            entry["parameters"] = [[name, add_parameter(value)] for name, value in layer._parameters.items()]
            entry["buffers"] = [
                [name, add_parameter(value), name not in layer._non_persistent_buffers_set]
                for name, value in layer._buffers.items()
            ]
            entry["training"] = bool(layer.training)
            entry["layers"] = [[name, add_layer(child)] for name, child in layer._modules.items()]
            return place

        add_layer(module)
        check_size([[place for _, place in entry["layers"] if place is not None] for entry in described])
        return described, parameters


def _alike(value: torch.Tensor, given: torch.Tensor) -> bool:
    is_one_kind = value.dtype == given.dtype and value.requires_grad == given.requires_grad
    return is_one_kind and value.layout is torch.strided and torch.equal(value, given)


def _number(known: list, thing: object) -> int:
    for number, other in enumerate(known):
        if other is thing:
            return number
    known.append(thing)
    return len(known) - 1
