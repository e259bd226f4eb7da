"""The records that a test cell leaves, the only thing by which a cell is judged: their type, their JSON, their look."""

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from attention_lib.sentences import code_marks

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECKS_MIME = "application/vnd.attention101.checks+json"

# What a record's `code` may be, beside "".
TEST_AT_FAULT = "test at fault"  # the test fails over the instructor's own solution, too
WAITS_FOR_OTHERS = "waits for other answers"  # `fields["for_now"]` says what is known already
JUDGED_OVER_CORRECT_FUNCTIONS = "judged over correct functions"  # no check of the answer, but how it was judged

_TYPES = {"check": str, "passed": (bool, type(None)), "message": str, "hidden": bool}
_LOOK = {True: ("✓", "passed", "#0072B2"), False: ("✗", "not yet", "#D55E00"), None: ("○", "not checked", "#777777")}


@dataclass(frozen=True)
class CheckRecord:
    """What a test found out by one check.

    check: its name
    passed: None for "could not be checked"
    message: the sentence for people
    hidden: whether only grading has the check
    code, fields: what programs need to know of it beyond that, see the codes above
    """

    check: str
    passed: bool | None
    message: str
    hidden: bool = False
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def as_json(self) -> dict:
        """The record as it stands in a notebook."""
        return {key: value for key, value in asdict(self).items() if key in _TYPES or value}


def completed_records(outputs: "Sequence[NotebookNode]") -> list[CheckRecord]:
    """The records of a test cell that ran to its end, in order; an empty list where they are not complete.

    outputs: the cell's outputs. Complete are records that come in exactly one output, each with the entries
    "check", "passed", "message", "hidden" of the right types; others may stand beside them. A cell that says that all
    passed and yet stopped with an error is not complete.
    """
    found = [out.data[CHECKS_MIME] for out in outputs if CHECKS_MIME in out.get("data", {})]
    if len(found) != 1 or not isinstance(found[0], list):
        return []
    records = [_record(given) for given in found[0]]
    if None in records or all_passed(records) and any(out.output_type == "error" for out in outputs):
        return []
    return records


def as_bundle(records: Sequence[CheckRecord], printed: str = "") -> dict:
    """The records as JSON, HTML and plain text, by type; with what the answer printed, if it did."""
    as_json = [record.as_json for record in records]
    return {CHECKS_MIME: as_json, "text/html": _as_html(records, printed), "text/plain": _as_text(records, printed)}


def checks_output(records: Sequence[CheckRecord]) -> "NotebookNode":
    """The records as the output of a notebook's cell: JSON, HTML and plain text side by side."""
    # Not needed in a notebook, where its import would take a second.
    from attention_lib.assignment.notebook_file import new_output

    return new_output("display_data", data=as_bundle(records))


def set_records(test: "NotebookNode", records: Sequence[CheckRecord]) -> None:
    """Make a test cell's outputs of its records, as it leaves them in a notebook."""
    from attention_lib.assignment.notebook_file import new_output

    test.outputs = [checks_output(records)]
    if not all_passed(records):
        message = how_many_failed(records)
        test.outputs.append(
            new_output("error", ename="ChecksFailed", evalue=message, traceback=[f"ChecksFailed: {message}"])
        )


def all_passed(records: Sequence[CheckRecord]) -> bool:
    """True where there are records and each of them passed. `None` ("could not be checked") has not passed."""
    return bool(records) and all(record.passed is True for record in records)


def how_many_failed(records: Sequence[CheckRecord]) -> str:
    """The message with which a test cell stops."""
    failed = sum(record.passed is not True for record in records)
    return f"{failed} of {len(records)} checks did not pass. The sentences above say why."


def is_at_fault(records: Sequence[CheckRecord]) -> bool:
    """True for a test that could judge nobody, since it fails over the instructor's own solution."""
    return any(record.code == TEST_AT_FAULT for record in records)


def _record(given: object) -> CheckRecord | None:
    if not isinstance(given, dict) or not all(isinstance(given.get(key, ...), kind) for key, kind in _TYPES.items()):
        return None
    code, fields = given.get("code"), given.get("fields")
    if code is None and given["check"] == JUDGED_OVER_CORRECT_FUNCTIONS:
        # As it was written before records had codes: what was graded then is not graded again.
        code = JUDGED_OVER_CORRECT_FUNCTIONS
    return CheckRecord(
        **{key: given[key] for key in _TYPES},
        code=code if isinstance(code, str) else "",
        fields={k: v for k, v in fields.items() if isinstance(v, str)} if isinstance(fields, dict) else {},
    )


def _as_html(records: Sequence[CheckRecord], printed: str) -> str:
    rows = []
    for record in records:
        symbol, word, colour = _LOOK[record.passed]
        rows.append(
            f'<li style="display:flex;gap:0.6em;margin:0.3em 0;list-style:none">'
            f'<span style="color:{colour};font-weight:bold" title="{word}" aria-label="{word}">{symbol}</span>'
            f"<span><b>{html.escape(record.check)}</b> · {code_marks(record.message)}</span></li>"
        )
    note = ""
    if printed.strip():
        note = (
            "<details><summary>What your code printed</summary>"
            f'<pre style="white-space:pre-wrap">{html.escape(printed)}</pre></details>'
        )
    return f'<ul style="margin:0.3em 0;padding:0">{"".join(rows)}</ul>{note}'


def _as_text(records: Sequence[CheckRecord], printed: str) -> str:
    lines = [f"{_LOOK[record.passed][0]} {record.check}: {record.message}" for record in records]
    return "\n".join(lines + (["", "What your code printed:", printed] if printed.strip() else []))
