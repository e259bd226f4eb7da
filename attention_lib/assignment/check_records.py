"""Read the records that a test cell left: the only thing by which a cell is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_lib.assignment.record_view import CHECKS_MIME, as_bundle

if TYPE_CHECKING:
    from nbformat import NotebookNode

# The `code` of the record of a test that fails over the instructor's own solution, too.
TEST_AT_FAULT = "test at fault"

# In a message, before what is known already of a check that waits for other answers.
FOR_NOW = "For now: "
_TYPES = {"check": str, "passed": (bool, type(None)), "message": str, "hidden": bool}


def completed_records(outputs: list[NotebookNode]) -> list[dict]:
    """The records of a test cell that ran to its end, in order; an empty list where they are not complete.

    outputs: the cell's outputs. Complete are records that come in exactly one output, each with the entries
    "check", "passed", "message", "hidden" of the right types; others may stand beside them. A cell that says that all
    passed and yet stopped with an error is not complete.
    """
    found = [out.data[CHECKS_MIME] for out in outputs if CHECKS_MIME in out.get("data", {})]
    if len(found) != 1 or not isinstance(found[0], list) or not all(map(_is_record, found[0])):
        return []
    records = [dict(record) for record in found[0]]
    if all_passed(records) and any(out.output_type == "error" for out in outputs):
        return []
    return records


def checks_output(records: list[dict]) -> NotebookNode:
    """The records as the output of a notebook's cell: JSON, HTML and plain text side by side."""
    # Not needed in a notebook, where its import would take a second.
    from attention_lib.assignment.notebook_file import new_output

    return new_output("display_data", data=as_bundle(records, ""))


def set_records(test: NotebookNode, records: list[dict]) -> None:
    """Make a test cell's outputs of its records, as it leaves them in a notebook."""
    from attention_lib.assignment.notebook_file import new_output

    test.outputs = [checks_output(records)]
    if not all_passed(records):
        failed = sum(record["passed"] is not True for record in records)
        message = f"{failed} of {len(records)} checks did not pass. The sentences above say why."
        test.outputs.append(
            new_output("error", ename="ChecksFailed", evalue=message, traceback=[f"ChecksFailed: {message}"])
        )


def all_passed(records: list[dict]) -> bool:
    """True where there are records and each of them passed. `None` ("could not be checked") has not passed."""
    return bool(records) and all(record["passed"] is True for record in records)


def is_at_fault(records: list[dict]) -> bool:
    """True for a test that could judge nobody, since it fails over the instructor's own solution."""
    return any(record.get("code") == TEST_AT_FAULT for record in records)


def _is_record(record: object) -> bool:
    return (
        isinstance(record, dict)
        and all(key in record and isinstance(record[key], kind) for key, kind in _TYPES.items())
    )
