"""`python -m grading report`: the class's table in the terminal, as CSV, and as an HTML page."""

from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config

from attention_lib.written_file import write_file
from course.folders import CourseError, load_config, open_course
from course.zone import course_zone
from grading.class_record.record import class_record
from grading.pages.report.csv_table import csv_table
from grading.pages.report.page import report_page
from grading.pages.report.summary import summary


@dataclass(frozen=True)
class Report:
    """text: for the terminal; table, page: where the CSV and the HTML were written."""

    text: str
    table: Path
    page: Path


def make_report(assignment: str, config: Config | None = None) -> Report:
    """Write `report/<assignment>.csv` and `report/<assignment>.html` into the course's folder, in place of older ones.

    Raises CourseError for an unknown assignment, a gradebook that cannot be used, and a folder that cannot be written.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    record = class_record(course, assignment)
    folder = Path(course.root) / "report"
    table, page = folder / f"{assignment}.csv", folder / f"{assignment}.html"
    try:
        folder.mkdir(exist_ok=True)
        write_file(table, csv_table(record))
        write_file(page, report_page(record, course_zone(config)))
    except OSError as error:
        raise CourseError(
            f"The report could not be written to {folder}: {error}. See that it is a folder, that you may write to it, "
            "and that its disk has room; then run the same command again."
        ) from None
    return Report(summary(record), table, page)
