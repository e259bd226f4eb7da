"""The report in the terminal."""

from grading.class_record.formats import number, printable
from grading.class_record.record import ClassRecord
from grading.class_record.student import MISSING, NOT_GRADED
from grading.class_record.table import class_table
from grading.pages.report.failed_checks import FailedCheck, failed_checks
from grading.pages.report.statistics import Statistics

MOST_FAILED = 5


def summary(record: ClassRecord) -> str:
    """The class's table, its numbers, what failed most often, what is open, and who has no score."""
    parts = [class_table(record, record.students)] if record.students else []
    parts.append("\n".join(_numbers(Statistics(record))))
    found = [each for each in failed_checks(record.students) if each.passed is False][:MOST_FAILED]
    if found:
        parts.append("\n".join(["What failed most often:", *map(_failed_check, found)]))
    if missing := record.with_status(MISSING):
        parts.append(f"Has not submitted: {', '.join(printable(student.student) for student in missing)}")
    if not_graded := record.with_status(NOT_GRADED):
        parts.append("\n".join(f"{printable(student.student)}: {student.reason}" for student in not_graded))
    return "\n\n".join(parts)


def _numbers(numbers: Statistics) -> list[str]:
    states = [f"{numbers.graded} graded"]
    states += [f"{numbers.partly} partly graded, because a test was at fault"] * bool(numbers.partly)
    states += [f"{numbers.waiting} waiting for a person"] * bool(numbers.waiting)
    lines = [
        f"{numbers.handed_in} of {numbers.students} handed in: {', '.join(states)}, "
        f"{numbers.not_graded} not graded, {numbers.late} late. {numbers.missing} missing."
    ]
    if numbers.mean is not None:
        lines.append(
            f"Mean {numbers.mean:.2f} of {number(numbers.of)}, median {number(numbers.median)}; "
            f"{numbers.all_right} with all answers right."
        )
    if numbers.judged:
        rates = (
            f"{column} {passed / numbers.scored[column]:.0%}" if numbers.scored[column] else f"{column} not graded yet"
            for column, passed in numbers.passed.items()
        )
        lines.append(f"Who has all points: {', '.join(rates)}.")
    return lines


def _failed_check(found: FailedCheck) -> str:
    sentence = found.sentences[0][0]
    return f"{found.students:5d}  {found.answer}, {found.check or 'several checks'}: {sentence}"
