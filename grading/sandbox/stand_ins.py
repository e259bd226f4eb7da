"""Stand-ins: what a test cell sees instead of the student's functions and modules.

A function's stand-in ships its arguments to the student's process, calls there, and takes back data. A module's is a
real nn.Module with the same layers; its forward is such a call. Gradients flow through both: the backward of a call is
a second call (torch.autograd.Function, https://pytorch.org/docs/stable/notes/extending.html).
"""

from collections import OrderedDict, deque
from collections.abc import Callable

import numpy
import torch
from torch import nn
from torch.autograd.function import once_differentiable
from torch.utils.weak import WeakIdKeyDictionary

from attention_lib.assignment.notebook_file import encodable
from attention_lib.checks import CheckFailed
from grading.sandbox.errors import as_exception
from grading.sandbox.line.layers import MOST_LAYERS, MOST_PARAMETERS, check_size
from grading.sandbox.line.values import LONGEST_NAME, Incoming, Outgoing, Unsendable, as_name, check_extent
from grading.sandbox.opaque import is_opaque, opaque
from grading.sandbox.student_process import StudentProcess, broken_line

_FIRST_SEED = 1_000_001
_MOST_PRINTED = 4_000
_MOST_BASES = 20
_MOST_RESULTS = 12
# What to make of a result that is no plain data: what the call did with it, in words, and its form.
Taking = Callable[[str, dict, Incoming], object]


class StudentNamespace:
    """The names that a student's process defines, as stand-ins.

    secret: where the student's process holds what must not come out; of its errors only the kind is then told, and
        nothing that it prints is passed on
    """

    def __init__(self, process: StudentProcess, secret: bool = False):
        self._process, self._secret = process, secret
        self._layers: dict[int, nn.Module] = {}
        self._parameters: dict[int, nn.Parameter] = {}
        self._made: dict[tuple[str, str], object] = {}
        self._seed = _FIRST_SEED
        self._identities, self._arguments_count = WeakIdKeyDictionary(), 0
        self._results: OrderedDict[int, torch.Tensor] = OrderedDict()

    def names(self, wanted: list[str]) -> dict[str, object]:
        """Stand-ins for those of the names that are defined."""
        found = {}
        for name, kind in self._process.kinds(wanted).items():
            if kind in ("class", "callable"):
                # The same object in every test cell: whether an answer is still the one that failed is told by that.
                make = self._module_class if kind == "class" else self._function
                if (name, kind) not in self._made:
                    self._made[name, kind] = make(name)
                found[name] = self._made[name, kind]
            else:
                sentence = f"`{name}` is neither a function nor a class, so it cannot be judged."
                found[name] = opaque("object", sentence)
        return found

    def _function(self, name: str):
        def stand_in(*arguments, **named):
            return self._call({"name": name}, (), arguments, named, self._new_value)

        stand_in.__name__ = stand_in.__qualname__ = as_name(name)
        return stand_in

    def _module_class(self, name: str) -> type:
        """A class whose instances are made in the student's process, and here as modules with the same layers."""
        namespace = self

        class Made(_ModuleStandIn):
            def __init__(self, *arguments, **named):
                super().__init__()

                def take(did: str, given: dict, incoming: Incoming) -> object:
                    return namespace._new_value(did, given, incoming, self)

                made = namespace._call({"name": name}, (), arguments, named, take)
                if made is not self:
                    raise TypeError(f"`{name}` made something else than a module of its own")

        Made.__name__ = Made.__qualname__ = as_name(name)
        return Made

    def _call(self, target: dict, parameters, arguments: tuple, named: dict, take: Taking):
        """Call in the student's process. Raises the student's error, CheckFailed and StudentStopped."""
        outgoing = Outgoing(_no_argument, self._process.settings["message_mb"] * 1_000_000)
        message = {
            "do": "call",
            **target,
            "seed": self._seed,
            "grad": torch.is_grad_enabled(),
            "parameters": [[number, outgoing.encoded(value)] for number, value in parameters],
            "arguments": [outgoing.encoded(value, 1) for value in arguments],
            "named": {name: outgoing.encoded(value, 1) for name, value in named.items()},
        }
        self._seed += 1
        message["identities"] = [self._identity(value) for value in outgoing.originals]
        reply, tensors = self._process.ask(message, outgoing.tensors)
        who, did = f"`{target.get('name', 'forward')}`", "put {} into an argument"
        try:
            call = _Call(self._process, reply, tensors, outgoing.originals, self._results, self._secret)
            incoming = Incoming(tensors, lambda given: take(f"{who} {did}", given, incoming), call.tensor, outgoing)
            call.take_over_changes()
            _refill(outgoing.containers, reply.get("left"), incoming, who)
            printed, did, incoming.extent.parts = reply.get("printed"), "returned {}", 0
            if isinstance(printed, str) and not self._secret:
                print(encodable(printed[:_MOST_PRINTED]), end="")
            if "module" in target and ("module" in reply or "error" not in reply):
                if reply["module"] is not None:
                    self._mirrored({"module": reply["module"]}, incoming, self._layers[target["module"]])
            if "error" not in reply:
                incoming.extent.parts, incoming.given_is_settled = 0, True
                return incoming.decoded(reply["result"])
        except (Unsendable, KeyError) as reason:
            raise broken_line(reason) from None
        raise as_exception(reply["error"], self._secret)

    def _new_value(self, did: str, given: dict, incoming: Incoming, root: nn.Module | None = None) -> object:
        match given:
            case {"other": [str(name), list(bases), bool(is_callable)], **rest} if not rest:
                name = as_name(name)
                sentence = did.format(f"a {name}") + ", which cannot be judged."
                if did.startswith(f"`{name}`"):
                    sentence += " Is it a subclass of `nn.Module`?"
                return opaque(name, sentence, tuple(map(as_name, bases[:_MOST_BASES])), is_callable)
        return self._mirrored(given, incoming, _ModuleStandIn() if root is None else root)

    def _mirrored(self, given: dict, incoming: Incoming, root: nn.Module) -> nn.Module:
        """Make `root` and the layers below it as they are described. Raises Unsendable."""
        try:
            layers, parameters = given["module"]["layers"], given["module"]["parameters"]
            if not 0 < len(layers) <= MOST_LAYERS or len(parameters) > MOST_PARAMETERS:
                raise Unsendable("more layers than can be taken")
            numbers = [layer["number"] for layer in layers]
            if not all(type(number) is int for number in numbers):
                raise Unsendable("an unknown form")
            check_size([[place for _, place in layer["layers"] if place is not None] for layer in layers])
            known = {number: self._parameter(number, incoming.decoded(value)) for number, value in parameters}
            self._layers[numbers[0]] = root
            mirrors = [self._layer(number, layer["kind"]) for number, layer in zip(numbers, layers)]
            for mirror, layer in zip(mirrors, layers):
                mirror._parameters.clear()
                mirror._buffers.clear()
                mirror._modules.clear()
                mirror._non_persistent_buffers_set.clear()
                for name, number in layer["parameters"]:
                    mirror.register_parameter(_attribute(name), None if number is None else known[number])
                for name, number, persistent in layer["buffers"]:
                    value = None if number is None else known[number].detach()
                    mirror.register_buffer(_attribute(name), value, persistent is True)
                mirror.training = layer["training"] is True
                for name, place in layer["layers"]:
                    mirror.add_module(_attribute(name), None if place is None else mirrors[place])
                if isinstance(mirror, nn.Linear) and mirror._parameters.get("weight") is not None:
                    mirror.out_features, mirror.in_features = mirror.weight.shape
            return root
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError) as error:
            raise Unsendable(f"a module that cannot be described, {type(error).__name__}") from None

    def _layer(self, number: int, kind: str) -> nn.Module:
        mirror = self._layers.get(number)
        if mirror is None:
            mirror = nn.Linear.__new__(nn.Linear) if kind == "Linear" else _ModuleStandIn()
            if kind == "Linear":
                nn.Module.__init__(mirror)
            self._layers[number] = mirror
        if isinstance(mirror, _ModuleStandIn):
            mirror.__dict__["_stands_for"] = (self, number)
        return mirror

    def _parameter(self, number: int, value: object) -> nn.Parameter:
        """The parameter with this number: the same object as before, with what is in it now."""
        if type(number) is not int or not isinstance(value, torch.Tensor):
            raise Unsendable("an unknown form")
        known = self._parameters.get(number)
        if known is None:
            known = nn.Parameter(value.detach().clone(), requires_grad=value.requires_grad)
            self._parameters[number] = known
        elif known.shape != value.shape or known.dtype != value.dtype:
            known.data = value.detach().clone()
        elif not torch.equal(known, value):
            with torch.no_grad():
                known.copy_(value)
        return known

    def call_module(self, number: int, module: nn.Module, arguments: tuple, named: dict) -> object:
        """What the module with this number makes of the arguments, with the parameters that its mirror has now."""
        numbers = {id(value): place for place, value in self._parameters.items()}
        parameters = [(numbers[id(value)], value) for value in module.parameters() if id(value) in numbers]
        target = {"module": number, "training": module.training}
        return self._call(target, parameters, arguments, named, self._new_value)

    def _identity(self, value: torch.Tensor) -> int:
        """A number for this tensor object, the same in every call."""
        number = self._identities.get(value)
        if number is None:
            self._arguments_count += 1
            number = self._identities[value] = self._arguments_count
        return number


class _ModuleStandIn(nn.Module):
    """A module of the student's; its layers stand here as mirrors."""

    def forward(self, *arguments, **named):
        namespace, number = self.__dict__["_stands_for"]
        return namespace.call_module(number, self, arguments, named)


class _Call:
    """What came back from a call; joins its tensors to the arguments, so that gradients flow."""

    def __init__(
        self,
        process: StudentProcess,
        reply: dict,
        tensors: dict,
        originals: list,
        earlier: OrderedDict[int, torch.Tensor],
        secret: bool,
    ):
        """earlier: results of the latest calls, by number; this call's are put in"""
        self._process, self._number, self._secret = process, process.number, secret
        self._reply, self._tensors, self._originals, self._earlier = reply, tensors, originals, earlier
        self._result_identities = reply.get("identities")
        self._take_over_rewritten()
        self._share_memory_again()
        self._joined: dict[int, torch.Tensor] = {}
        numbers = sorted(_with_gradient([reply.get("result"), reply.get("left")]))
        wanted = [value for value in originals if value.requires_grad]
        outputs = [tensors.get(str(number)) for number in numbers]
        if torch.is_grad_enabled() and wanted and outputs and all(map(_can_have_gradient, outputs)):
            self._joined = dict(zip(numbers, _Join.apply(self, outputs, *wanted)))

    def tensor(self, number: int, value: torch.Tensor, grad: bool) -> torch.Tensor:
        """The tensor of the result with this number, joined to the arguments."""
        made = self._joined[number] if number in self._joined else value.requires_grad_() if grad else value
        if (identity := self._result_identity(number)) is not None:
            self._earlier[identity] = made
            self._earlier.move_to_end(identity)
            if len(self._earlier) > _MOST_RESULTS:
                self._earlier.popitem(last=False)
        return made

    def _result_identity(self, number: int) -> int | None:
        identities = self._result_identities
        if not isinstance(identities, list) or not 0 <= number < len(identities):
            return None
        return identities[number] if type(identities[number]) is int else None

    def _take_over_rewritten(self) -> None:
        """Change earlier results as this call changed them. Raises Unsendable."""
        incoming = Incoming(self._tensors, _no_argument, lambda number, value, grad: value)
        rewritten = self._reply.get("rewritten", [])
        if not isinstance(rewritten, list):
            raise Unsendable("an unknown form")
        for item in rewritten:
            if not (isinstance(item, list) and len(item) == 2 and type(item[0]) is int):
                raise Unsendable("an unknown form")
            known, value = self._earlier.get(item[0]), incoming.decoded(item[1])
            if known is not None and isinstance(value, torch.Tensor) and _alike(known, value):
                with torch.no_grad():
                    known.copy_(value)

    def _share_memory_again(self) -> None:
        """Let a tensor that lies where an earlier result does in the student's process do so here, too."""
        for key, value in self._tensors.items():
            known = self._earlier.get(self._result_identity(int(key)) if key.isdecimal() else None)
            if known is not None and _alike(known, value):
                with torch.no_grad():
                    known.copy_(value)
                self._tensors[key] = known.detach()

    def take_over_changes(self) -> None:
        """Change the arguments as the student's function changed them. Raises Unsendable."""
        incoming = Incoming(self._tensors, _no_argument, lambda number, value, grad: value)
        changed = self._reply.get("changed")
        if not isinstance(changed, list):
            raise Unsendable("an unknown form")
        for item in changed:
            if not (isinstance(item, list) and len(item) == 2 and type(item[0]) is int):
                raise Unsendable("an unknown form")
            value = incoming.decoded(item[1])
            if not 0 <= item[0] < len(self._originals) or not isinstance(value, torch.Tensor):
                raise Unsendable("an unknown form")
            original = self._originals[item[0]]
            if original.requires_grad and not (value.is_floating_point() or value.is_complex()):
                raise Unsendable("a gradient for whole numbers")
            with torch.no_grad():
                if original.shape == value.shape and original.dtype == value.dtype:
                    original.copy_(value)
                else:
                    original.data = value

    def gradients(self, given: tuple) -> list[torch.Tensor | None]:
        """The gradients of the arguments, out of those of the tensors in the result. Raises the student's error."""
        outgoing = Outgoing(_no_argument, self._process.settings["message_mb"] * 1_000_000)
        message = {"do": "backward", "call": self._number, "gradients": outgoing.encoded(list(given))}
        reply, tensors = self._process.ask(message, outgoing.tensors)
        if "error" in reply:
            raise as_exception(reply["error"], self._secret)
        try:
            incoming = Incoming(tensors, _no_argument, lambda number, value, grad: value)
            found = incoming.decoded(reply.get("result"))
        except Unsendable as reason:
            raise broken_line(reason) from None
        if not isinstance(found, list) or len(found) != len(self._originals):
            raise broken_line("gradients that do not fit")
        for value, original in zip(found, self._originals):
            if value is not None and not (
                isinstance(value, torch.Tensor) and value.shape == original.shape and value.dtype == original.dtype
            ):
                raise broken_line("gradients that do not fit")
        return [value for value, original in zip(found, self._originals) if original.requires_grad]


class _Join(torch.autograd.Function):
    @staticmethod
    def forward(ctx, call: _Call, outputs: list, *arguments):
        ctx.call = call
        ctx.set_materialize_grads(False)
        return tuple(outputs)

    @staticmethod
    @once_differentiable
    def backward(ctx, *gradients):
        return None, None, *ctx.call.gradients(gradients)


def _with_gradient(given: object) -> set[int]:
    """The numbers of the real tensors in a result, as JSON, that say that they take part in gradients."""
    found, rest = set(), [given]
    while rest:
        item = rest.pop()
        if isinstance(item, list):
            rest += item
        elif isinstance(item, dict):
            if item.get("grad") is True and item.get("complex") is False and type(item.get("tensor")) is int:
                found.add(item["tensor"])
            rest += item.values()
    return found


def _alike(known: torch.Tensor, value: torch.Tensor) -> bool:
    return known.shape == value.shape and known.dtype == value.dtype


def _can_have_gradient(value: torch.Tensor | None) -> bool:
    return value is not None and value.is_floating_point()


def _refill(containers: list, left: object, incoming: Incoming, who: str) -> None:
    """Fill the containers and arrays of the arguments with what the student's function left in them.

    Raises Unsendable; CheckFailed for an array that has become another one.
    """
    if not isinstance(left, list) or len(left) > len(containers):
        raise Unsendable("an unknown form")
    changed = []
    for item in left:
        if not (isinstance(item, list) and len(item) == 2 and type(item[0]) is int):
            raise Unsendable("an unknown form")
        if not 0 <= item[0] < len(containers):
            raise Unsendable("an unknown form")
        incoming.extent.parts = 0
        original, contents = containers[item[0]], incoming.decoded(item[1])
        if not isinstance(contents, list | set | deque | dict | numpy.ndarray) or not isinstance(
            original, type(contents)
        ):
            raise Unsendable("an unknown form")
        changed.append((original, contents))
    for original, contents in changed:
        if isinstance(original, numpy.ndarray):
            _refill_array(original, contents, who)
        elif isinstance(original, list):
            original[:] = contents
        else:
            original.clear()
            (original.extend if isinstance(original, deque) else original.update)(contents)
    for original, _ in changed:
        # They may hold one another now.
        check_extent(original)


def _refill_array(original: numpy.ndarray, contents: numpy.ndarray, who: str) -> None:
    if original.shape != contents.shape or original.dtype != contents.dtype or not original.flags.writeable:
        raise CheckFailed(f"{who} made another array of an argument, which cannot be judged.")
    original[...] = contents


def _no_argument(value: object) -> object:
    if is_opaque(value):
        bool(value)
    raise Unsendable(f"{type(value).__name__}: only tensors, arrays, numbers, texts and containers of them go over")


def _attribute(name: object) -> str:
    if not isinstance(name, str) or len(name) > LONGEST_NAME or name.startswith("__") or encodable(name) != name:
        raise Unsendable("a name that cannot be taken")
    return name
