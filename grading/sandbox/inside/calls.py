"""Calls of what the student defined, from the trusted side: values come in as data, and go back as data."""

from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import asdict

import torch
from torch import nn

from attention_lib.assignment.notebook_file import encodable
from attention_lib.checks import Printed, begin_steadily, settings_kept
from attention_lib.raised import Raised, where_raised
from grading.sandbox.inside.changes import Given
from grading.sandbox.inside.earlier import EarlierArguments, EarlierResults
from grading.sandbox.inside.modules import KnownModules
from grading.sandbox.line.values import Incoming, Outgoing, Unsendable, name_of

_MOST_PRINTED = 4_000
_LONGEST_MESSAGE = 2_000
_MOST_GRAPHS = 64


class Calls:
    """What the trusted side may ask of the student's names; `namespace` is the notebook's."""

    def __init__(self, namespace: dict, most_tensor_bytes: int):
        self._namespace = namespace
        self._most_tensor_bytes = most_tensor_bytes
        self._modules = KnownModules()
        self._settings: ExitStack | None = None
        self._graphs: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
        self._arguments, self._results = EarlierArguments(), EarlierResults()

    def settle(self) -> None:
        """The row of calls is over: settings are again what the student's cells made them."""
        if self._settings is not None:
            self._settings.close()
            self._settings = None

    def kinds(self, names: list[str]) -> dict:
        """What each name stands for: "class" (of modules), "callable", or "value"; undefined ones are left out."""
        found = {}
        for name in names:
            if name in self._namespace:
                thing = self._namespace[name]
                if isinstance(thing, type) and issubclass(thing, nn.Module):
                    found[name] = "class"
                else:
                    found[name] = "callable" if callable(thing) else "value"
        return found

    def call(self, message: dict, tensors: dict) -> tuple[dict, dict]:
        """Call a name or a module. The reply has the result, or the error; and the inputs that are not as they were."""
        if self._settings is None:
            # Kept over a row of calls, since no other code of the student's runs between them.
            self._settings = ExitStack()
            self._settings.enter_context(settings_kept())
        inputs: dict[int, torch.Tensor] = {}

        def as_input(number: int, value: torch.Tensor, grad: bool) -> torch.Tensor:
            inputs[number] = self._arguments.same(message["identities"][number], value, grad)
            return inputs[number]

        incoming = Incoming(tensors, self._no_other, as_input)
        wanted, parameters = inputs.copy(), {}
        for number, value in message["parameters"]:
            parameter = self._modules.parameter(number)
            parameters[number] = incoming.decoded(value)
            _set(parameter, parameters[number].detach())
            wanted[value["tensor"]] = parameter
        of_the_module = set(inputs)
        arguments = [incoming.decoded(value, 1) for value in message["arguments"]]
        named = {name: incoming.decoded(value, 1) for name, value in message["named"].items()}
        own = {number: value for number, value in inputs.items() if number not in of_the_module}
        given = Given(own, incoming)
        wanted |= own
        printed = Printed(_MOST_PRINTED)
        begin_steadily(message["seed"])
        with torch.set_grad_enabled(message["grad"]):
            with redirect_stdout(printed), redirect_stderr(printed):
                result, error = None, None
                try:
                    result = self._target(message)(*arguments, **named)
                except (Exception, SystemExit, KeyboardInterrupt) as raised:
                    error = _facts(raised)
                graph_inputs = [wanted[n] for n in sorted(wanted)]
                reply, outgoing = self._reply(message, result, error, given, parameters, graph_inputs)
        reply["printed"] = encodable(printed.getvalue())
        return reply, outgoing.tensors

    def backward(self, message: dict, tensors: dict) -> tuple[dict, dict]:
        """Gradients of an earlier call: None for what they do not reach."""
        outputs, inputs = self._graphs[message["call"]]
        incoming = Incoming(tensors, self._no_other, lambda number, value, grad: value)
        gradients = incoming.decoded(message["gradients"])
        outgoing = self._outgoing()
        printed = Printed(_MOST_PRINTED)
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                # The gradient of a sum of products; with `grad_outputs` torch imports a computer algebra system.
                weighted = sum(
                    (out * grad).sum() for out, grad in zip(outputs, gradients, strict=True) if grad is not None
                )
                wanted = [value for value in inputs if value.requires_grad]
                found = iter(torch.autograd.grad(weighted, wanted, allow_unused=True, retain_graph=True))
                answer = [next(found) if value.requires_grad else None for value in inputs]
                reply = {"result": outgoing.encoded(answer)}
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                reply, outgoing = {"error": _facts(error)}, self._outgoing()
        return reply, outgoing.tensors

    def _target(self, message: dict):
        if "module" in message:
            module = self._modules.module(message["module"])
            if module.training != message["training"]:
                module.train(message["training"])
            return module
        name = message["name"]
        if name not in self._namespace:
            raise NameError(f"name {name!r} is not defined", name=name)
        return self._namespace[name]

    def _outgoing(self, given: dict[int, dict] | None = None) -> Outgoing:
        outgoing = Outgoing(lambda value: self._other(value, outgoing), self._most_tensor_bytes, given or {})
        return outgoing

    def _reply(
        self,
        message: dict,
        result: object,
        error: dict | None,
        given: Given,
        parameters: dict[int, torch.Tensor],
        inputs: list[torch.Tensor],
    ) -> tuple[dict, Outgoing]:
        """The result or the error, and the inputs and the module's layers that are not as they were."""
        outgoing, did = self._outgoing(given.forms()), "left"
        try:
            rewritten = self._results.rewritten(outgoing)
            reply: dict = {"left": given.changed_containers(outgoing), "rewritten": rewritten, "identities": []}
            if error is None:
                outgoing.extent.parts, did = 0, "returned"
                reply["result"] = outgoing.encoded(result)
                reply["identities"] = self._results.identities(outgoing)
                did = "left"
            else:
                reply["error"] = error
            self._keep_graph(message["number"], outgoing, inputs)
            reply["changed"] = given.changed_tensors(outgoing)
            if "module" in message:
                reply["module"] = self._modules.changed(self._modules.module(message["module"]), parameters, outgoing)
            return reply, outgoing
        except Unsendable as reason:
            instead = _fact("ValueError", f"it {did} {reason}")
        except (Exception, SystemExit, KeyboardInterrupt) as odd:
            instead = _facts(odd)
        if did == "returned":
            return self._reply(message, None, instead, given, parameters, inputs)
        nothing_else = {"left": [], "changed": [], "rewritten": [], "identities": []}
        return {"error": instead, **nothing_else}, self._outgoing()

    def _other(self, value: object, outgoing: Outgoing) -> dict:
        if isinstance(value, nn.Module):
            return {"module": self._modules.described(value, outgoing)}
        bases = [name_of(kind) for kind in type(value).__mro__][:20]
        return {"other": [name_of(type(value)), bases, callable(value)]}

    def _no_other(self, given: dict) -> object:
        raise Unsendable("an argument that is no data")

    def _keep_graph(self, number: int, outgoing: Outgoing, inputs: list[torch.Tensor]) -> None:
        outputs = [value for value in outgoing.originals if value.requires_grad and not value.is_complex()]
        self._graphs[number] = (outputs, inputs)
        if len(self._graphs) > _MOST_GRAPHS:
            del self._graphs[min(self._graphs)]


def _set(parameter: torch.Tensor, value: torch.Tensor) -> None:
    with torch.no_grad():
        if parameter.shape != value.shape or parameter.dtype != value.dtype:
            parameter.data = value.clone()
        elif not torch.equal(parameter, value):
            parameter.copy_(value)


def _facts(error: BaseException) -> dict:
    """An error as data: its type, its text, and where in the notebook it was raised."""
    try:
        text = str(error)
    except Exception:
        text = ""
    name = getattr(error, "name", None)
    fact = _fact(name_of(type(error)), text)
    fact["bases"] = [name_of(kind) for kind in type(error).__mro__][:20]
    fact["raised"] = asdict(where_raised(error))
    fact["name"] = name[:200] if isinstance(error, NameError) and isinstance(name, str) else None
    return fact


def _fact(kind: str, text: str) -> dict:
    text = encodable(text[:_LONGEST_MESSAGE])
    return {"type": kind, "text": text, "bases": [kind], "raised": asdict(Raised()), "name": None}
