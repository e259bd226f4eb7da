"""A course that was graded, written with nbgrader's own gradebook: six answers, one of them of 2 points, an essay, code
that a person reads, and a task."""

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from bs4 import BeautifulSoup
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades, SaveAutoGrades
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from attention_lib.assignment.check_records import TEST_AT_FAULT, CheckRecord, checks_output
from course.folders import load_config, open_course
from grading.class_record.record import class_record
from grading.class_record.table import class_table
from grading.grade.gradebook.completed import seal, submission_digest
from grading.pages.feedback.page import FeedbackExporter
from grading.pages.report.command import make_report

POINTS = {
    "mean": 1,
    "variance": 2,
    "essay": 3,
    "centred": 1,
    "gram": 1,
    "own_try": 1,
    "rank": 1,
    "explore": 2,
    "trace": 1,
}
MANUAL = ("essay", "own_try", "explore")
ANSWERS = tuple(column for column in POINTS if column not in MANUAL)
DUE = datetime(2026, 11, 25, 12, 0)
BY_HAND = {"essay": 3, "own_try": 1, "explore": 2}
BLANK = "*Why is the mean taken off?*"


def passed(answer: str) -> list[CheckRecord]:
    return [CheckRecord(f"{answer} on numbers", True, "It comes out.")]


def failed(answer: str) -> list[CheckRecord]:
    message = f"`{answer}` gives 3 where 2 is right."
    return [CheckRecord(f"{answer} on numbers", False, message)]


def at_fault(answer: str) -> list[CheckRecord]:
    message = f"`test_{answer}` fails over the instructor's own solution, too."
    return [CheckRecord("the test", None, message, code=TEST_AT_FAULT)]


@dataclass
class Handed:
    """A submission. records: of answers that do not pass; by_hand: points that a person gave, by gradebook cell."""

    student: str
    records: dict[str, list[CheckRecord]] = field(default_factory=dict)
    essay: str = "Because **second** moments are about it."
    by_hand: dict[str, float] = field(default_factory=dict)
    comment: str = ""
    submitted: datetime = DUE - timedelta(hours=1)
    extension: timedelta | None = None
    is_graded: bool = True


class WrittenCourse:
    def __init__(self, folder: Path, points: dict[str, float] = POINTS, due: datetime | None = DUE):
        self.folder, self.due = folder, due
        self.config = load_config()
        self.config.CourseDirectory.root = str(folder)
        self.db_url = f"sqlite:///{folder / 'gradebook.db'}"
        self.config.CourseDirectory.db_url = self.db_url
        self.declare(points)
        self.course = open_course("attention", self.config)
        with Gradebook(self.db_url, "attention101") as gradebook:
            gradebook.add_assignment("attention", duedate=due)
            gradebook.add_notebook("attention", "attention")
            for cell, points in self.points.items():
                place = {"notebook": "attention", "assignment": "attention"}
                if cell == "explore":
                    gradebook.add_task_cell(cell, **place, max_score=points, cell_type="markdown")
                    continue
                graded = cell if cell in MANUAL else f"test_{cell}"
                kind = "markdown" if cell == "essay" else "code"
                gradebook.add_grade_cell(graded, **place, max_score=points, cell_type=kind)
                gradebook.add_solution_cell(cell, **place)

    def declare(self, points: dict[str, float]) -> None:
        """Write the source notebook with these cells and points."""
        self.points = points
        source = self.folder / "source" / "attention" / "attention.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(json.dumps(self._source()))

    def _source(self) -> NotebookNode:
        cells = [_cell("about", "# Numbers"), _cell("setup", "import math", locked=True)]
        for cell, points in self.points.items():
            cells.append(_cell(f"about_{cell}", f"## About {cell}"))
            if cell == "essay":
                cells.append(_cell(cell, BLANK, grade=True, solution=True, points=points))
            elif cell == "own_try":
                cells.append(_cell(cell, "print('my own')", grade=True, solution=True, points=points))
            elif cell == "explore":
                cells.append(_cell(cell, "### Explore\nTry what you like.", task=True, locked=True, points=points))
            else:
                cells.append(_cell(cell, f"def {cell}(x):\n    return x", solution=True))
                test = f'checks = Checks("{cell}")\n{cell}(2)\nchecks.report()'
                cells.append(_cell(f"test_{cell}", test, grade=True, locked=True, points=points))
        return v4.new_notebook(cells=cells)

    def add(self, handed: Handed) -> None:
        """Hand it in, and write what grading writes: points, and the judged notebook with the digest."""
        folder = self.folder / "submitted" / handed.student / "attention"
        folder.mkdir(parents=True)
        (folder / "attention.ipynb").write_text("{}")
        (folder / "timestamp.txt").write_text(f"{handed.submitted} UTC")
        with Gradebook(self.db_url, "attention101") as gradebook:
            gradebook.update_or_create_student(handed.student)
            if handed.extension:
                gradebook.add_submission("attention", handed.student)
                minutes = handed.extension.total_seconds() / 60
                gradebook.grant_extension("attention", handed.student, minutes=minutes)
        if handed.is_graded:
            self.grade(handed)

    def enrol(self, student: str) -> None:
        with Gradebook(self.db_url, "attention101") as gradebook:
            gradebook.update_or_create_student(student)

    def grade(self, handed: Handed) -> None:
        notebook = self._source()
        for cell in notebook.cells:
            entry = cell.metadata.nbgrader
            if entry.grade_id == "essay":
                entry["checksum"] = compute_checksum(cell)
                cell.source = handed.essay
            if entry.grade_id.startswith("test_"):
                answer = entry.grade_id.removeprefix("test_")
                records = handed.records.get(answer, passed(answer))
                cell.outputs = [checks_output(records)]
                if not all(record.passed for record in records):
                    cell.outputs.append(v4.new_output("error", ename="ChecksFailed", evalue="1", traceback=[]))
        own = v4.new_markdown_cell("I tried *negative* numbers.", metadata={"attention101": {"own": True}})
        notebook.cells.append(own)
        notebook.metadata["attention101"] = {"mended": []}
        seal(notebook, submission_digest(self.course, "attention", handed.student))
        path = self.folder / "autograded" / handed.student / "attention" / "attention.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        with Gradebook(self.db_url, "attention101") as gradebook:
            gradebook.update_or_create_submission("attention", handed.student, timestamp=handed.submitted)
        SaveAutoGrades().preprocess(notebook, self._resources(handed.student))
        path.write_text(json.dumps(notebook))
        with Gradebook(self.db_url, "attention101") as gradebook:
            for answer, records in handed.records.items():
                if records == at_fault(answer):
                    grade = gradebook.find_grade(f"test_{answer}", "attention", "attention", handed.student)
                    grade.auto_score, grade.needs_manual_grade = None, True
            for cell, points in handed.by_hand.items():
                grade = gradebook.find_grade(cell, "attention", "attention", handed.student)
                # As formgrader saves it.
                grade.manual_score, grade.needs_manual_grade = points, False
            if handed.comment:
                comment = gradebook.find_comment("essay", "attention", "attention", handed.student)
                comment.manual_comment = handed.comment
            gradebook.db.commit()

    def _resources(self, student: str) -> ResourcesDict:
        names = {"notebook": "attention", "assignment": "attention", "student": student, "db_url": self.db_url}
        return ResourcesDict(nbgrader=names)

    def outputs(self) -> SimpleNamespace:
        """The terminal's `table` and its `lines` by student; the CSV's `rows`; the report's `text`, its `page`, and by
        student the `cells` of the page's table, without what only a screen reader or a phone says."""
        table = class_table(class_record(self.course, "attention"))
        report = make_report("attention", self.config)
        rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO(report.table.read_text("utf-8")))}
        page, shown = (BeautifulSoup(report.page.read_text("utf-8"), "html.parser") for _ in range(2))
        for extra in shown.select(".class .name, .class sup, .class .full"):
            extra.decompose()
        cells = {
            row.th.get_text(strip=True): [" ".join(cell.get_text(" ").split()) for cell in row.find_all("td")]
            for row in shown.select(".class tbody tr")
        }
        lines = {line.split("  ")[0].strip(): line for line in table.splitlines()}
        return SimpleNamespace(table=table, lines=lines, rows=rows, page=page, cells=cells, text=report.text)

    def feedback(self, student: str) -> str:
        """The page, made as nbgrader's GenerateFeedback makes it."""
        exporter = FeedbackExporter(config=Config())
        exporter.register_preprocessor(GetGrades, enabled=True)
        path = self.folder / "autograded" / student / "attention" / "attention.ipynb"
        return exporter.from_filename(str(path), resources=self._resources(student))[0]


def _cell(grade_id: str, source: str, **flags) -> NotebookNode:
    new = v4.new_code_cell if "\n    " in source or "(" in source or "import" in source else v4.new_markdown_cell
    about = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3} | flags
    return new(source, metadata={"nbgrader": {"grade_id": grade_id} | about})


def class_with_every_status(folder: Path) -> WrittenCourse:
    """What its students stand for is in their ids."""
    course = WrittenCourse(folder)
    wrong, fault = {"variance": failed("variance")}, {"gram": at_fault("gram")}
    course.add(Handed("all right", by_hand=BY_HAND))
    course.add(Handed("wrong", records=wrong, by_hand=BY_HAND | {"essay": 1.5}, comment="Say *why*."))
    course.add(Handed("waits", records=wrong))
    course.add(Handed("blank essay", essay=BLANK, by_hand={"own_try": 1, "explore": 0}))
    course.add(Handed("fault", records=fault, by_hand=BY_HAND))
    course.add(Handed("fault waits", records=fault | wrong, by_hand={"own_try": 0}))
    course.add(Handed("fault by hand", records=fault, by_hand=BY_HAND | {"test_gram": 1}))
    course.add(Handed("ungraded", is_graded=False, submitted=DUE + timedelta(hours=3)))
    course.enrol("missing")
    return course
