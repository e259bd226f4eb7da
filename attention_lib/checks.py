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

from __future__ import annotations

import contextlib
import html
import io
import random
import re
import warnings
from typing import TYPE_CHECKING

import numpy
import torch

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECKS_MIME = "application/vnd.attention101.checks+json"

RTOL = 1e-4
ATOL = 1e-5

_PRINTED_LIMIT = 4_000
_IN_A_CELL = re.compile(r"ipykernel_\d+|<ipython-input")
# By answer: whether its test cell passed when it last ran in this process.
passed_in_this_session: dict[str, bool] = {}


class ChecksFailed(Exception):
    """At least one check of a test cell did not pass. Its message counts them; the records say why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CheckFailed(Exception):
    """Raised inside a check; its message is the sentence that the student reads."""


class Checks:
    """The checks of one answer.

    answer: grade_id of the answer, for example "attention_scores"
    name: the name that the answer defines, if it is another
    over: the answers that this one may call. Where this one fails while one of them does not pass, it counts as
        "could not be checked" instead of failed.
    """

    def __init__(self, answer: str, name: str | None = None, over: tuple[str, ...] = ()):
        self.answer = answer
        self.name = name or answer
        self.over = over
        self.records: list[dict] = []
        self._printed = _Printed(_PRINTED_LIMIT)

    def visible(self, check):
        """Run a check that the student can read."""
        return self._run(check, hidden=False)

    def hidden(self, check):
        """Run a check that only grading has. What the answer prints during it is dropped."""
        return self._run(check, hidden=True)

    def report(self) -> None:
        """Show the records as one output and raise ChecksFailed unless all of them passed."""
        from IPython.display import clear_output, display

        passed = all(record["passed"] is True for record in self.records) and bool(self.records)
        passed_in_this_session[self.answer] = passed
        clear_output()
        display(_bundle(self.records, self._printed.getvalue()), raw=True)
        if not passed:
            count = sum(record["passed"] is not True for record in self.records)
            raise ChecksFailed(f"{count} of {len(self.records)} checks did not pass. The sentences above say why.")

    def _run(self, check, hidden: bool):
        printed = _Printed(0) if hidden else self._printed
        passed, message, blank = True, " ".join((check.__doc__ or "").split()), False
        try:
            with _steady(), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                check()
        except CheckFailed as failure:
            passed, message = False, str(failure)
        except (Exception, SystemExit) as error:
            passed, message = False, self._explain(error, check.__code__.co_filename)
            blank = self._is_blank(error)
        waiting = [f"`{name}`" for name in self.over if passed_in_this_session.get(name) is False]
        if passed is False and waiting and not blank:
            passed = None
            names = " and ".join(filter(None, [", ".join(waiting[:-1]), waiting[-1]]))
            message = f"This comes once {names} {'is' if len(waiting) == 1 else 'are'} right. For now: {message}"
        name = check.__name__.removeprefix("check_").replace("_", " ")
        self.records.append({"check": name, "passed": passed, "message": message, "hidden": hidden})
        return check

    def _is_blank(self, error: BaseException) -> bool:
        """Whether the answer itself, and not another one that it calls, is still the stub."""
        if not isinstance(error, NotImplementedError) or str(error):
            return False
        step = error.__traceback__
        while step.tb_next is not None:
            step = step.tb_next
        return step.tb_frame.f_code.co_qualname.partition(".")[0] in (self.name, self.answer)

    def _explain(self, error: BaseException, test_file: str) -> str:
        if self._is_blank(error):
            return f"`{self.name}` is not written yet."
        if isinstance(error, NameError) and getattr(error, "name", None) == self.name:
            return f"`{self.name}` is not defined. Write it in the answer cell above and run that cell."
        line = _line_in_a_cell(error, test_file)
        where = f" in line {line} of its cell" if line else ""
        what = " ".join(str(error).split())
        said = f": {what[:300]}" if what else ""
        return f"`{self.name}` stopped with {type(error).__name__}{where}{said}."


def expect(condition: bool, message: str) -> None:
    """Fail the check with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailed(message)


def expect_tensor(what: str, got: object) -> torch.Tensor:
    """`got`, if it is a tensor; else the check fails and says what it is."""
    if got is None:
        raise CheckFailed(f"{_capital(what)} came back as None. Is a `return` missing?")
    expect(isinstance(got, torch.Tensor), f"{_capital(what)} should be a tensor, but came back as {_kind(got)}.")
    return got


def expect_shape(what: str, got: object, shape: tuple[int, ...], hint: str = "") -> None:
    """The check fails unless `got` is a tensor of this shape."""
    expect_tensor(what, got)
    message = f"{_capital(what)} should have shape {tuple(shape)}, but came back with {tuple(got.shape)}."
    expect(tuple(got.shape) == tuple(shape), f"{message} {hint}".strip())


def is_close(got: torch.Tensor, want: torch.Tensor) -> bool:
    """Whether `got` could come from a float32 computation of `want` in another order (rtol 1e-4, atol 1e-5)."""
    return got.shape == want.shape and torch.allclose(
        got.detach().double(), want.detach().double(), rtol=RTOL, atol=ATOL
    )


def expect_close(what: str, got: object, want: torch.Tensor, hint: str = "") -> None:
    """The check fails unless `got` has the shape and, within the tolerance, the values of `want`.

    The message names the first entry that is off and what was found there, never what is expected.
    """
    expect_shape(what, got, tuple(want.shape), hint)
    expect(not got.is_complex(), f"{_capital(what)} should be real numbers, but came back as {got.dtype}.")
    bad = ~torch.isfinite(got.detach())
    if bad.any():
        place = tuple(bad.nonzero()[0].tolist())
        value = got.detach()[place].item()
        raise CheckFailed(
            f"{_capital(what)} should hold finite numbers, but the entry {place} is {value}. {hint}".strip()
        )
    if is_close(got, want):
        return
    off = (got.detach().double() - want.double()).abs() > ATOL + RTOL * want.double().abs()
    place = tuple(off.nonzero()[0].tolist())
    count = f"{int(off.sum())} of {off.numel()} entries"
    value = f"{got.detach()[place].item():.4f}"
    raise CheckFailed(f"{_capital(what)} is off in {count}, first at {place}, where it is {value}. {hint}".strip())


def checks_output(records: list[dict]) -> NotebookNode:
    """The records as the output of a notebook's cell: JSON, HTML and plain text side by side."""
    # Not needed in a notebook, where its import would take a second.
    from nbformat.v4 import new_output

    return new_output("display_data", data=_bundle(records, ""), metadata={})


@contextlib.contextmanager
def _steady():
    """The same seed, dtype, device and grad mode for every check, whatever a student's cell left behind."""
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    states = torch.get_rng_state(), numpy.random.get_state(), random.getstate()
    with (
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.autocast("cpu", enabled=False),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            torch.set_default_dtype(torch.float32)
            torch.set_default_device("cpu")
            torch.manual_seed(0)
            numpy.random.seed(0)
            random.seed(0)
            yield
        finally:
            torch.set_default_dtype(dtype)
            torch.set_default_device(device)
            torch.set_rng_state(states[0])
            numpy.random.set_state(states[1])
            random.setstate(states[2])


class _Printed(io.StringIO):
    """Takes any amount of text and keeps the first `limit` characters."""

    def __init__(self, limit: int):
        super().__init__()
        self._left = limit

    def write(self, text: str) -> int:
        if self._left > 0:
            super().write(text[: self._left])
            self._left -= len(text)
        return len(text)


def _line_in_a_cell(error: BaseException, test_file: str) -> int | None:
    """The last line of the traceback that stands in a cell of the notebook other than the test cell."""
    line, step = None, error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file != test_file and _IN_A_CELL.search(file):
            line = step.tb_lineno
        step = step.tb_next
    return line


def _kind(got: object) -> str:
    if isinstance(got, (tuple, list)):
        return f"a {type(got).__name__} of {len(got)} things"
    return f"a {type(got).__name__}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_LOOK = {True: ("✓", "passed", "#0072B2"), False: ("✗", "not yet", "#D55E00"), None: ("○", "not checked", "#777777")}


def _bundle(records: list[dict], printed: str) -> dict:
    return {CHECKS_MIME: records, "text/html": _as_html(records, printed), "text/plain": _as_text(records, printed)}


def _as_html(records: list[dict], printed: str) -> str:
    rows = []
    for record in records:
        symbol, word, colour = _LOOK[record["passed"]]
        message = _code_marks(html.escape(record["message"]))
        rows.append(
            f'<li style="display:flex;gap:0.6em;margin:0.3em 0;list-style:none">'
            f'<span style="color:{colour};font-weight:bold" title="{word}" aria-label="{word}">{symbol}</span>'
            f"<span><b>{html.escape(record['check'])}</b> · {message}</span></li>"
        )
    note = ""
    if printed.strip():
        note = (
            "<details><summary>What your code printed</summary>"
            f'<pre style="white-space:pre-wrap">{html.escape(printed)}</pre></details>'
        )
    return f'<ul style="margin:0.3em 0;padding:0">{"".join(rows)}</ul>{note}'


def _code_marks(text: str) -> str:
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return text
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def _as_text(records: list[dict], printed: str) -> str:
    lines = [f"{_LOOK[record['passed']][0]} {record['check']}: {record['message']}" for record in records]
    return "\n".join(lines + (["", "What your code printed:", printed] if printed.strip() else []))
