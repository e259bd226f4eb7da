"""The report as one HTML page: no scripts, no network, in the look of the feedback pages."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from attention_lib.canonical import ANSWERS
from grading.course_zone import CourseZone
from grading.feedback.page import code_marks
from grading.feedback.plain_text import plain_text
from grading.gradebook.class_table import printable
from grading.report import plots
from grading.report.class_facts import ClassFacts, number
from grading.report.findings import findings
from grading.report.statistics import class_statistics
from grading.report.student import Student

_HERE = Path(__file__).parent


def report_page(facts: ClassFacts, zone: CourseZone) -> str:
    """The page, with times in `zone`. All that came from students is text in it, whatever it looks like."""
    numbers = class_statistics(facts)
    page = _template(zone).render(
        zone=zone,
        facts=facts,
        numbers=numbers,
        answers=list(ANSWERS),
        findings=findings(facts.students),
        rates=plots.pass_rates(numbers) if numbers.graded else "",
        distribution=plots.distribution(numbers) if numbers.graded else "",
        unusable=[student for student in facts.students if student.unusable],
        mended=_by_sentence(facts.students),
        late=[student for student in facts.students if student.late_by > 0],
        made=datetime.now(UTC),
    )
    return plain_text(page).strip() + "\n"


def _by_sentence(students: list[Student]) -> list[tuple[str, list[Student]]]:
    """What had to be mended, and for whom; the most frequent first."""
    found: dict[str, list[Student]] = {}
    for student in students:
        for sentence in student.mended:
            found.setdefault(sentence, []).append(student)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _breakable(name: str) -> Markup:
    """A name that may be broken after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _template(zone: CourseZone):
    environment = Environment(
        # The feedback pages' style sheet is this page's, too.
        loader=FileSystemLoader([_HERE, _HERE.parent / "feedback"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {"points": number, "code_marks": code_marks, "time": zone.words, "printable": printable}
    environment.filters |= filters | {"breakable": _breakable}
    return environment.get_template("report.html.j2")
