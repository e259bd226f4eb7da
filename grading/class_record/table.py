"""The class's record as a table for the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grading.class_record.formats import number, printable
from grading.class_record.record import ClassRecord
from grading.class_record.student import GRADED, PARTLY_GRADED, WAITS, Student

REMARK_WIDTH = 90


@dataclass(frozen=True)
class ExtraColumn:
    """A column that the record does not have: its name, its texts by student id, and the text at its end."""

    name: str
    texts: Mapping[str, str]
    foot: str


def class_table(record: ClassRecord, students: list[Student] | None = None, extra: Sequence[ExtraColumn] = ()) -> str:
    """The record as a table of fixed-width text, with the class's points per cell at its end.

    students: those that are shown; without it those who handed in something
    extra: columns after the score
    """
    students = record.handed_in if students is None else students
    head = ["student", *map(printable, record.columns), "score", *(column.name for column in extra), "late", "remark"]
    lines = [
        [
            printable(student.student),
            *(_points(student.scores.get(column)) for column in record.columns),
            _points(student.score),
            *(column.texts.get(student.student, "-") for column in extra),
            "late" if student.late else "",
            _cut(printable(student.remark)),
        ]
        for student in students
    ]
    foot = ["points in all", *(_points(sum(s.scores.get(column, 0) for s in students)) for column in record.columns)]
    foot += [_points(sum(s.score or 0 for s in students)), *(column.foot for column in extra), "", _states(students)]
    widths = [max(len(line[i]) for line in [head, *lines, foot]) for i in range(len(head))]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    right = range(1, len(head) - 2)
    as_text = [
        "  ".join(
            c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *lines, foot]
    ]
    return "\n".join([as_text[0], rule, *as_text[1:-1], rule, as_text[-1]])


def _states(students: list[Student]) -> str:
    partly, waiting, graded = (sum(s.status == state for s in students) for state in (PARTLY_GRADED, WAITS, GRADED))
    more = [f"{partly} partly"] * bool(partly) + [f"{waiting} waiting for a person"] * bool(waiting)
    return ", ".join([f"{graded} of {len(students)} graded", *more])


def _points(points: float | None) -> str:
    return "-" if points is None else number(points)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= REMARK_WIDTH else text[: REMARK_WIDTH - 1] + "…"
