"""The class's table as CSV: for a learning management system, and harmless in a spreadsheet."""

import csv
import io
import re

from grading.class_record.formats import number, printable
from grading.class_record.record import ClassRecord

# What a spreadsheet takes for the beginning of a formula, spaces and quotes before it or not.
_BEGINS_A_FORMULA = "[\\s\"']*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
# Some spreadsheets split at other separators than the comma, whatever stands in quotes.
_A_CELL_BEGINS = re.compile(rf"(?:^|(?<=[;|\t\r\n]))(?={_BEGINS_A_FORMULA}|[\t\r\n])")


def csv_table(record: ClassRecord) -> str:
    """A header line and a line per student, as RFC 4180 has it. Times are ISO 8601 with their zone; what is not known,
    or not graded, is an empty cell."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    columns = [sanitize_text(printable(column)) for column in record.columns]
    lines.writerow(["student_id", *columns, "score", "submitted", "late", "status", "reason", "mended"])
    for student in record.students:
        lines.writerow(
            [
                sanitize_text(printable(student.student)),
                *(number(student.scores[column]) if column in student.scores else "" for column in record.columns),
                "" if student.score is None else number(student.score),
                student.submitted.isoformat(timespec="seconds") if student.submitted else "",
                ("yes" if student.late else "no") if student.judged or student.submitted else "",
                student.status,
                sanitize_text(student.reason),
                sanitize_text(" ".join(student.mended)),
            ]
        )
    return text.getvalue()


def sanitize_text(text: str) -> str:
    """The text with an apostrophe before all that a spreadsheet would run as a formula."""
    return _A_CELL_BEGINS.sub("'", text)
