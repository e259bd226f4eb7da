"""The report in the terminal."""

from grading.gradebook.class_table import Row, class_table, printable
from grading.report.class_facts import ClassFacts, number
from grading.report.findings import Finding, findings
from grading.report.statistics import Statistics, class_statistics
from grading.report.student import Student

MOST_FINDINGS = 5


def summary(facts: ClassFacts) -> str:
    """The class's table, its numbers, what failed most often, and who has no score."""
    parts = [class_table([_row(student) for student in facts.students])] if facts.students else []
    parts.append("\n".join(_numbers(class_statistics(facts))))
    found = [each for each in findings(facts.students) if each.passed is False][:MOST_FINDINGS]
    if found:
        parts.append("\n".join(["What failed most often:", *map(_finding, found)]))
    if missing := facts.with_status("missing"):
        parts.append(f"Has not submitted: {', '.join(printable(student.student) for student in missing)}")
    if not_graded := facts.with_status("not graded"):
        parts.append("\n".join(f"{printable(student.student)}: {student.reason}" for student in not_graded))
    return "\n\n".join(parts)


def _row(student: Student) -> Row:
    remark = " ".join(filter(None, (student.reason, *student.mended)))
    return Row(student.student, student.scores, student.late_by > 0, remark, student.penalty)


def _numbers(numbers: Statistics) -> list[str]:
    lines = [
        f"{numbers.handed_in} of {numbers.students} handed in: {numbers.graded} graded, "
        f"{numbers.not_graded} not graded, {numbers.late} late. {numbers.missing} missing."
    ]
    if numbers.graded:
        lines.append(
            f"Mean {numbers.mean:.2f} of {number(numbers.of)}, median {number(numbers.median)}; "
            f"{numbers.all_right} with all answers right."
        )
        rates = (f"{answer} {passed / numbers.graded:.0%}" for answer, passed in numbers.passed.items())
        lines.append(f"Who has the point: {', '.join(rates)}.")
    return lines


def _finding(found: Finding) -> str:
    sentence = found.sentences[0][0]
    return f"{found.students:5d}  {found.answer}, {found.check or 'several checks'}: {sentence}"
