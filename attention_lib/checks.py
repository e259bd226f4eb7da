"""Checks: what a test cell finds out about an answer, one record and one sentence each.

A check is a function without arguments whose docstring is the rule that it checks. It runs as soon as it is defined:

    checks = Checks("attention_scores")

    @checks.visible
    def check_shape():
        "Every query gets one score for every key."
        expect_shape("the scores", attention_scores(Q, K), (3, 5))

    checks.report()

`report()` shows the records and raises `ChecksFailed` unless every check passed.
"""

import contextlib
import hashlib
import io
import random
import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy
import torch

from attention_lib.assignment.check_records import WAITS_FOR_OTHERS, CheckRecord, all_passed, as_bundle, how_many_failed
from attention_lib.raised import Raised, is_in_a_cell, where_raised
from attention_lib.sentences import kind_of, listed_names, upper_first
from attention_lib.torch_errors import in_plain_words

# By a sentence that names a mistake: what comes out if it is made.
Mistakes = dict[str, torch.Tensor | tuple[torch.Tensor, ...]]
RTOL = 1e-4
ATOL = 1e-5
TOO_FEW_DIGITS = "These are numbers of too few digits, as if computed in bfloat16 or float16. Keep float32."

CUTS = "`detach`, `no_grad`, `.data`, `.item()` or `.numpy()`"
_PRINTED_LIMIT = 4_000
_LONGEST_MESSAGE = 1_500
# By answer: whether its test cell passed when it last ran in this process.
passed_in_this_session: dict[str, bool] = {}
# By answer: what its test cell judged then. Defined anew since, it is no longer known not to pass.
_judged_then: dict[str, object] = {}


class ChecksFailed(Exception):
    """At least one check of a test cell did not pass. Its message counts them; the records say why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CheckFailed(Exception):
    """Raised inside a check; its message is the sentence that the student reads.

    cause_named: whether the sentence says what the mistake is, and not only where it shows
    """

    def __init__(self, message: str = "", cause_named: bool = False):
        super().__init__(message)
        self.cause_named = cause_named


class FromAnotherProcess(Exception):
    """An error in an answer that runs in another process, as in grading, where no traceback of it can be had.

    raised: where it was raised
    """

    raised: Raised = Raised()


class Checks:
    """The checks of one answer.

    answer: grade_id of the answer, for example "attention_scores"
    name: the name that the answer defines, if it is another
    over: the answers that this one may call, a literal in the test cell: by grade_id, or by what they define. Where
        this one fails while one of them does not pass, it counts as "could not be checked" instead of failed.
    """

    def __init__(self, answer: str, name: str | None = None, over: tuple[str, ...] = ()):
        self.answer = answer
        self.name = name or answer
        self.over = over
        self.records: list[CheckRecord] = []
        self._printed = Printed(_PRINTED_LIMIT)
        self._judged: object = None

    def visible(self, check):
        """Run a check that the student can read."""
        return self._run(check, hidden=False)

    def hidden(self, check):
        """Run a check that only grading has. What the answer prints during it is dropped."""
        return self._run(check, hidden=True)

    def report(self) -> None:
        """Show the records as one output and raise ChecksFailed unless all of them passed."""
        passed = all_passed(self.records)
        passed_in_this_session[self.answer] = passed_in_this_session[self.name] = passed
        _judged_then[self.answer] = _judged_then[self.name] = self._judged
        bundle = as_bundle(self.records, self._printed.getvalue())
        if taken := _collected.get():
            taken.bundles.append(bundle)
        else:
            # Not needed in grading, where its import would take half a second.
            from IPython.display import clear_output, display

            clear_output()
            display(bundle, raw=True)
        if not passed:
            raise ChecksFailed(how_many_failed(self.records))

    def _run(self, check, hidden: bool):
        printed = Printed(0) if hidden else self._printed
        rule = " ".join((check.__doc__ or "").split())
        passed, message, blank = True, rule, False
        self._judged = check.__globals__.get(self.name)
        waiting = [name for name in self.over if _fails_still(name, check.__globals__)]
        called = _Called([check.__globals__.get(name) for name in waiting])
        says_wanted = _says_wanted.set(not hidden)
        try:
            with (
                steady(self._seed(check) if hidden else 0),
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                called.seen(),
            ):
                check()
        except CheckFailed as failure:
            passed, message = False, _said(failure)
        except (Exception, SystemExit) as error:
            passed, message = False, self._explain(error, check.__code__.co_filename, rule)
            blank = self._is_blank(error)
        finally:
            _says_wanted.reset(says_wanted)
        if (taken := _collected.get()) and taken.rules_only:
            message = rule
        code, fields = "", {}
        if passed is False and waiting and not blank and called.any:
            passed, code, fields = None, WAITS_FOR_OTHERS, {"for_now": _shortened(message)}
            are = "is" if len(waiting) == 1 else "are"
            message = f"This comes once {listed_names(waiting)} {are} right. For now: {message}"
        name = check.__name__.removeprefix("check_").replace("_", " ")
        self.records.append(CheckRecord(name, passed, _shortened(message), hidden, code, fields))
        return check

    def _seed(self, check) -> int:
        """A number for this check that only who knows the course's secret can know."""
        secret = taken.seed if (taken := _collected.get()) else ""
        text = f"{secret}/{self.answer}/{check.__name__}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])

    def _is_blank(self, error: BaseException) -> bool:
        """Whether the answer itself, and not another one that it calls, is still the stub."""
        if not isinstance(error, NotImplementedError) or _said(error):
            return False
        return _raised(error).function.partition(".")[0] in (self.name, self.answer)

    def _explain(self, error: BaseException, test_file: str, rule: str) -> str:
        if self._is_blank(error):
            return f"`{self.name}` is not written yet."
        if isinstance(error, NameError) and getattr(error, "name", None) == self.name:
            return f"`{self.name}` is not defined. Write it in the answer cell above and run that cell."
        place = _raised(error, test_file)
        whose = "its cell" if place.owner in ("", self.name, self.answer) else f"the cell of `{place.owner}`"
        where = f" in line {place.line} of {whose}" if place.line else ""
        what = " ".join(_said(error).split())[:300].rstrip(".")
        plain = in_plain_words(what, place.code)
        said = f": {plain}" if plain else f": {what}." if what else "."
        return f"`{self.name}` stopped with {type(error).__name__}{where}{said} Checked was this: {rule}"


@dataclass
class Collected:
    """What test cells reported that run outside of a notebook, as in grading.

    rules_only: whether a message is the check's rule, whatever the answer did, because it runs beside secrets
    seed: a secret from which the random numbers of hidden checks are made
    bundles: by `report()`, the records as JSON, HTML and plain text, by type
    """

    rules_only: bool = False
    seed: str = ""
    bundles: list[dict] = field(default_factory=list)


_collected: ContextVar[Collected | None] = ContextVar("collected", default=None)
# Whether the check that runs may say what it wanted: the student can read it.
_says_wanted: ContextVar[bool] = ContextVar("says_wanted", default=False)


@contextlib.contextmanager
def collected(rules_only: bool = False, seed: str = ""):
    """Within this, `report()` shows nothing in a notebook; gives what it reports instead, a `Collected`."""
    taken = Collected(rules_only, seed)
    token = _collected.set(taken)
    try:
        yield taken
    finally:
        _collected.reset(token)


_kept = False


def expect(condition: bool, message: str) -> None:
    """Fail the check with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailed(message)


def expect_tensor(what: str, got: object) -> torch.Tensor:
    """`got`, if it is a tensor; else the check fails and says what it is."""
    if got is None:
        raise CheckFailed(f"{upper_first(what)} came back as None. Is a `return` missing?")
    expect(isinstance(got, torch.Tensor), f"{upper_first(what)} should be a tensor, but came back as {kind_of(got)}.")
    return got


def expect_shape(what: str, got: object, shape: tuple[int, ...], hint: str = "") -> None:
    """The check fails unless `got` is a tensor of this shape."""
    expect_tensor(what, got)
    message = f"{upper_first(what)} should have shape {tuple(shape)}, but came back with {tuple(got.shape)}."
    expect(tuple(got.shape) == tuple(shape), _joined(message, _about_shape(tuple(got.shape), tuple(shape)) or hint))


def expect_dtype(what: str, got: torch.Tensor) -> None:
    """The check fails unless `got` has the inputs' dtype, float32."""
    message = f"{upper_first(what)} should keep the inputs' dtype, float32, but came back as {got.dtype}."
    expect(got.dtype == torch.float32, message.replace("torch.", ""))


def expect_unchanged(inputs: dict[str, torch.Tensor], before: dict[str, torch.Tensor], hint: str = "") -> None:
    """The check fails unless each input has the values that it had before; both by name."""
    changed = [name for name, value in inputs.items() if not torch.equal(value, before[name])]
    message = f"The call changed {' and '.join(changed)}."
    in_place = "Avoid operations that work in place, such as `*=`, or names that end in `_`."
    expect(not changed, _joined(message, hint or in_place))


class RightGradients:
    """The gradients of right results, known before the answer is called, to compare those of the answer with.

    outputs: the right results
    inputs: what they were computed from, by name; each requires gradients
    """

    def __init__(self, outputs: list[torch.Tensor], inputs: dict[str, torch.Tensor]):
        self._inputs = inputs
        self._outputs = [output.detach() for output in outputs]
        self._probes = [torch.randn_like(output) for output in outputs]
        self._gradients = torch.autograd.grad(self._total(outputs), list(inputs.values()))

    def expect(self, outputs: list[torch.Tensor]) -> None:
        """The check fails unless gradients flow from `outputs` to each input; and where the results are right, unless
        the gradients are, too."""
        for output, right in zip(outputs, self._outputs, strict=True):
            expect_shape("the result", output, tuple(right.shape))
        are_right = all(is_close(output, right) for output, right in zip(outputs, self._outputs))
        # A result that is off may be off because an input is not used; then nothing is cut off.
        why = f"Is there a {CUTS}?" if are_right else "See to the result first, which is not right yet."
        names = list(self._inputs)
        if not any(output.requires_grad for output in outputs):
            raise CheckFailed(f"No gradient reaches any of {', '.join(names)}. {why}")
        found = torch.autograd.grad(self._total(outputs), list(self._inputs.values()), allow_unused=True)
        missing = [name for name, gradient in zip(names, found) if gradient is None]
        expect(not missing, f"No gradient reaches {' and '.join(missing)}. {why}")
        if are_right:
            for name, gradient, right in zip(names, found, self._gradients):
                expect_close(f"the gradient of {name}", gradient, right)

    def _total(self, outputs: list[torch.Tensor]) -> torch.Tensor:
        return sum((output * probe).sum() for output, probe in zip(outputs, self._probes))


def is_close(got: torch.Tensor, want: torch.Tensor, rtol: float = RTOL, equal_nan: bool = False) -> bool:
    """Whether `got` could come from a float32 computation of `want` in another order (rtol 1e-4, atol 1e-5)."""
    if got.shape != want.shape:
        return False
    if got.dtype == want.dtype and torch.equal(got, want):
        return True
    return torch.allclose(got.detach().double(), want.detach().double(), rtol=rtol, atol=ATOL, equal_nan=equal_nan)


def expect_close(
    what: str,
    got: object,
    want: torch.Tensor,
    hint: str = "",
    mistakes: Mistakes | Callable[[], Mistakes] | None = None,
    not_finite: str = "",
    rtol: float = RTOL,
) -> None:
    """The check fails unless `got` has the shape and, within the tolerance, the values of `want`.

    The message names the first entry that is off and what was found there; what is wanted only in a visible check.

    hint: the rule, for values that are off in an unknown way
    mistakes: by a sentence that names a mistake, what comes out if it is made, or several such results. The sentence
        is told where one of them, and nothing that another sentence stands for, is what came out. A function that
        gives them is only called where the values are off.
    not_finite: the sentence for values that are infinite or no numbers, if no mistake explains them
    rtol: the relative tolerance
    """
    expect_shape(what, got, tuple(want.shape))
    expect(not got.is_complex(), f"{upper_first(what)} should be real numbers, but came back as {got.dtype}.")
    if is_close(got, want, rtol):
        return
    known = mistakes() if callable(mistakes) else mistakes or {}
    made = {sentence for sentence, results in known.items() if _is_one_of(got, results)}
    values = got.detach().double()
    bad = ~torch.isfinite(values)
    if bad.any():
        place = tuple(bad.nonzero()[0].tolist())
        message = f"{upper_first(what)} should hold finite numbers, but the entry {place} is {values[place].item()}."
        raise CheckFailed(_joined(message, made.pop() if len(made) == 1 else not_finite), bool(made or not_finite))
    off = (values - want.detach().double()).abs() > ATOL + rtol * want.detach().double().abs()
    place = tuple(off.nonzero()[0].tolist())
    message = f"{upper_first(what)}: {int(off.sum())} of {off.numel()} entries are off, first that at {place}, "
    message += f"which is {values[place].item():.4f}"
    message += f" and should be {want[place].item():.4f}." if _says_wanted.get() else "."
    too_few = _has_too_few_digits(got, want)
    if too_few and not made:
        hint = TOO_FEW_DIGITS
    raise CheckFailed(_joined(message, made.pop() if len(made) == 1 else hint), len(made) == 1 or too_few)


@contextlib.contextmanager
def steady(seed: int = 0):
    """The same seed, dtype, device and grad mode for every check, whatever a student's cell left behind."""
    with settings_kept():
        begin_steadily(seed)
        yield


def begin_steadily(seed: int) -> None:
    """Set seeds, dtype, device and grad mode. To be called within `settings_kept`."""
    torch.set_default_dtype(torch.float32)
    if torch.get_default_device().type != "cpu":  # a default device that is set makes every operation slower
        torch.set_default_device("cpu")
    torch.set_grad_enabled(True)
    torch.set_autocast_enabled("cpu", False)
    # Seeds of devices that the checks never use would take half a millisecond more.
    torch.default_generator.manual_seed(seed)
    numpy.random.seed(seed % (1 << 32))
    random.seed(seed)


@contextlib.contextmanager
def settings_kept():
    """All that `begin_steadily` sets is as it was afterwards. The outermost does it, those within it nothing."""
    global _kept
    if _kept:
        yield
        return
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    states = torch.get_rng_state(), numpy.random.get_state(), random.getstate()
    with (
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.autocast("cpu", enabled=False),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        _kept = True
        try:
            yield
        finally:
            _kept = False
            torch.set_default_dtype(dtype)
            if device.type != torch.get_default_device().type:
                torch.set_default_device(device)
            torch.set_rng_state(states[0])
            numpy.random.set_state(states[1])
            random.setstate(states[2])


class Printed(io.StringIO):
    """Takes any amount of text and keeps the first `limit` characters."""

    def __init__(self, limit: int):
        super().__init__()
        self._left = limit

    def write(self, text: str) -> int:
        if self._left > 0:
            super().write(text[: self._left])
            self._left -= len(text)
        return len(text)


def _said(error: BaseException) -> str:
    """The text of an error. An odd one may have none: to ask for it raises another."""
    try:
        return str(error)
    except Exception as odd:
        return _said(odd) if isinstance(odd, CheckFailed) else ""


def _raised(error: BaseException, test_file: str = "") -> Raised:
    """Where an error was raised, in this process or in another."""
    return error.raised if isinstance(error, FromAnotherProcess) else where_raised(error, test_file)


def _fails_still(name: str, names: dict) -> bool:
    """Whether what now stands in the notebook under this name did not pass when its test cell last ran."""
    if passed_in_this_session.get(name) is not False:
        return False
    judged = _judged_then.get(name)
    return judged is None or any(value is judged for value in names.values())


class _Called:
    """Whether some of these functions were called meanwhile."""

    def __init__(self, functions: list):
        self._codes = {getattr(function, "__code__", None) for function in functions}
        # Where one has no code to look for, such as a stand-in's in another process, it may have been called.
        self.any = bool(functions) and not all(map(_is_in_a_cell, self._codes))

    @contextlib.contextmanager
    def seen(self):
        if self.any or not self._codes:
            yield
            return
        before = sys.getprofile()
        sys.setprofile(self._look)
        try:
            yield
        finally:
            sys.setprofile(before)

    def _look(self, frame, event: str, argument: object) -> None:
        self.any = self.any or frame.f_code in self._codes


def _is_in_a_cell(code) -> bool:
    return code is not None and is_in_a_cell(code.co_filename)


def _has_too_few_digits(got: torch.Tensor, want: torch.Tensor) -> bool:
    """Whether `got` is near, and all its numbers, unlike the right ones, are such as bfloat16 or float16 hold."""
    if not got.is_floating_point() or (got.double() - want.double()).abs().max() > 0.02 * want.abs().max():
        return False
    return any(
        torch.equal(got.to(few).double(), got.double()) and not torch.equal(want.to(few).double(), want.double())
        for few in (torch.bfloat16, torch.float16)
    )


def _is_one_of(got: torch.Tensor, results: torch.Tensor | tuple[torch.Tensor, ...]) -> bool:
    results = results if isinstance(results, tuple) else (results,)
    return any(is_close(got, result, equal_nan=True) for result in results)


def _about_shape(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """What is the matter with a shape, where that can be told from it alone."""
    if len(got) == len(want) >= 2 and got[:-2] == want[:-2] and got[-2:] == want[:-3:-1]:
        return "The last two dimensions are swapped."
    if len(got) < len(want) and len(want) > 2:
        return "Dimensions are missing: those in front, such as a batch, should stay as they are."
    return ""


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "…"


def _joined(message: str, hint: str) -> str:
    return f"{message} {hint}".strip()
