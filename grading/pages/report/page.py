"""The report as one HTML page: no scripts, no network, in the look of the feedback pages."""

from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup

from course.zone import CourseZone
from grading.class_record.formats import number, printable
from grading.class_record.record import ClassRecord
from grading.class_record.student import Student
from grading.pages.feedback.page import page_template
from grading.pages.feedback.plain_text import plain_text
from grading.pages.report.failed_checks import failed_checks
from grading.pages.report.statistics import Statistics

WIDEST = 82  # rem, of the page's body


def report_page(record: ClassRecord, zone: CourseZone) -> str:
    """The page, with times in `zone`. All that came from students is text in it, whatever it looks like."""
    numbers = Statistics(record)
    filters = {"points": number, "time": zone.words, "printable": printable, "breakable": _breakable}
    page = page_template("report.html.j2", **filters).render(
        zone=zone,
        record=record,
        numbers=numbers,
        failed_checks=failed_checks(record.students),
        mended=_by_word(record.students, lambda student: student.mended),
        at_fault=_by_word(record.students, lambda student: student.at_fault),
        waits=_by_word(record.students, lambda student: student.waits),
        made=datetime.now(UTC),
        widest=WIDEST,
        table_width=_table_width(record.columns),
    )
    return plain_text(page).strip() + "\n"


def _by_word(students: list[Student], words: Callable[[Student], tuple[str, ...]]) -> list[tuple[str, list[Student]]]:
    """Sentences or names, and whom they are about; the most frequent first."""
    found: dict[str, list[Student]] = {}
    for student in students:
        for word in words(student):
            found.setdefault(word, []).append(student)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _table_width(columns: list[str]) -> int:
    """How wide a page must be, in rem, to show the class as a table; narrower ones show a list."""
    longest = (max(len(part) + 1 for part in column.split("_")) for column in columns)
    needed = round(48.5 + sum(1 + 0.47 * letters for letters in longest))
    return needed if needed <= WIDEST else 1_000


def _breakable(name: str) -> Markup:
    """A name that may be broken after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))
