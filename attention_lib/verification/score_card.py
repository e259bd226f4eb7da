"""The score card: what a check found, as HTML for light and dark notebooks and phones, and as plain text."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from attention_lib.sentences import code_marks
from attention_lib.verification.style import Style

State = Literal["passed", "not yet", "not started"]

_SYMBOLS: dict[State, str] = {"passed": "✓", "not yet": "✗", "not started": "○"}
# White on these is readable (5:1), and the chips stand out on white and on black alike.
_CHIPS: dict[State, str] = {
    "passed": "background:#1b7f5a;color:#fff;border:1px solid #1b7f5a",
    "not yet": "background:#b3541e;color:#fff;border:1px solid #b3541e",
    "not started": "border:1px solid rgba(128,128,128,.7)",
}
_PART = "margin-top:14px;padding-top:10px;border-top:1px solid rgba(128,128,128,.35)"
HIDDEN_TESTS = "Grading runs the same checks and more: hidden tests try other sizes, masks and scales."


@dataclass(frozen=True)
class Row:
    """One answer. message: why it has not passed, "" where it has or is not started."""

    name: str
    state: State
    attempts: int
    message: str = ""


@dataclass(frozen=True)
class ScoreCard:
    """What a check found.

    rows: the answers in order; warnings: what would surprise at grading; trouble: why nothing was checked, or "";
    by_a_person: the grade_ids of cells that no test judges
    style: what could be written better; it has no part in the score
    notebook: the notebook's file name
    """

    rows: list[Row]
    warnings: list[str]
    trouble: str = ""
    by_a_person: Sequence[str] = ()
    style: Style = Style()
    notebook: str = ""

    @property
    def closing(self) -> str:
        """What the check cannot tell."""
        if not self.by_a_person:
            return HIDDEN_TESTS
        return f"{HIDDEN_TESTS} A person grades {' and '.join(f'`{cell}`' for cell in self.by_a_person)}."

    @property
    def total(self) -> str:
        return f"{sum(row.state == 'passed' for row in self.rows)} of {len(self.rows)}"

    def as_text(self) -> str:
        """The card as plain text."""
        if self.trouble:
            lines = ["Not checked", self.trouble]
        else:
            width = max(len(row.name) for row in self.rows)
            lines = [f"{self.total} passed the visible checks"]
            for row in self.rows:
                lines.append(f"{_SYMBOLS[row.state]} {row.name:{width}}  {row.state}{_attempts(row, ', ')}")
                if row.message:
                    lines += [f"    {line}" for line in row.message.splitlines()]
            if any(row.attempts for row in self.rows):
                lines += ["", _WHAT_COUNTS]
        if self.warnings:
            lines += ["", "What would surprise at grading" if not self.trouble else "Also"]
            lines += [f"! {warning}" for warning in self.warnings]
        elif not self.trouble:
            lines += ["", "Nothing else would surprise at grading."]
        if not self.trouble:
            lines.append(self.closing)
        style = self.style.as_text()
        return "\n".join([*lines, "", style] if style else lines)

    def as_html(self) -> str:
        """The card as HTML with inline styles alone; colours are inherited, and no state is told by colour alone."""
        if self.trouble:
            head = '<div style="font-size:1.15em;font-weight:600">Not checked</div>'
            head += f"<div>{code_marks(self.trouble)}</div>"
        else:
            done = sum(row.state == "passed" for row in self.rows) / len(self.rows)
            head = (
                f'<div style="font-size:1.15em;font-weight:600">{self.total} passed the visible checks</div>'
                '<div aria-hidden="true" style="height:6px;border-radius:3px;margin:8px 0 4px;'
                'background:rgba(128,128,128,.3)"><div style="height:6px;border-radius:3px;background:#1b7f5a;'
                f'width:{100 * done:.0f}%"></div></div>' + "".join(map(_row, self.rows))
            )
            if any(row.attempts for row in self.rows):
                head += f'<div style="font-size:.88em">{code_marks(_WHAT_COUNTS)}</div>'
        return (
            '<div style="max-width:44em;padding:14px 16px;border:1px solid rgba(128,128,128,.5);border-radius:8px;'
            f'line-height:1.45;overflow-wrap:anywhere">{head}{self._warnings()}{self._style()}</div>'
        )

    def _style(self) -> str:
        style = self.style.as_html(self.notebook)
        return f'<div style="{_PART}">{style}</div>' if style else ""

    def _warnings(self) -> str:
        heading = "Also" if self.trouble else "What would surprise at grading"
        small = "" if self.trouble else f'<div style="margin-top:10px;font-size:.92em">{code_marks(self.closing)}</div>'
        if not self.warnings:
            calm = "" if self.trouble else f'<div style="{_PART}">✓ Nothing else would surprise at grading.</div>'
            return calm + small
        items = "".join(
            '<div style="display:flex;gap:8px;margin-top:6px"><span aria-hidden="true" style="flex:none">⚠</span>'
            f'<span style="min-width:0">{code_marks(warning)}</span></div>'
            for warning in self.warnings
        )
        return f'<div style="{_PART}"><div style="font-weight:600">{heading}</div>{items}</div>{small}'


_WHAT_COUNTS = "An attempt is a check by `verify()` of an answer that is written, up to its first pass."


def _row(row: Row) -> str:
    chip = (
        f'<span style="flex:none;width:7.5em;text-align:center;border-radius:999px;font-size:.88em;padding:1px 0;'
        f'{_CHIPS[row.state]}">{_SYMBOLS[row.state]} {row.state}</span>'
    )
    message = ""
    if row.message:
        message = f'<div style="flex-basis:100%;min-width:0;white-space:pre-wrap">{code_marks(row.message)}</div>'
    return (
        '<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px;padding:8px 0;'
        f'border-top:1px solid rgba(128,128,128,.25)">{chip}<code '
        f'style="font-weight:600">{html.escape(row.name)}</code>'
        f'<span style="font-size:.88em;margin-left:auto">{_attempts(row)}</span>{message}</div>'
    )


def _attempts(row: Row, before: str = "") -> str:
    if not row.attempts:
        return ""
    return f"{before}{row.attempts} attempt{'s' if row.attempts > 1 else ''}"


