"""`python -m grading report`: terminal, CSV, page and gradebook say the same."""

import csv
import os
import shutil

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from course.folders import CourseError, open_course
from grading.class_record.not_graded import keep_reasons
from grading.commands.autograde import autograde_class
from tests.course_folder import RIGHT
from tests.grading.kept_pool import pool, run_command
from tests.grading.pages.report.written_report import config_of, report_of
from tests.lesson_answers import ANSWERS

pytestmark = pytest.mark.kernel

COLUMNS = ["student_id", *ANSWERS, "score", "submitted", "late", "status", "reason", "mended"]
GRADED = {
    "'=1": 5,
    "blank": 0,
    "by hand": 4.5,
    "changed test": 4,
    "extra credit": 5.5,
    "late": 3.5,
    "no notebook": 0,
    "raises": 4,
    "renamed": 5,
    "right": 5,
    "wrong": 4,
}


def scores(report):
    return {student: float(row["score"]) for student, row in report.rows.items() if row["score"]}


def cells(row):
    """A row of the page's table: its cells' texts, without what only a screen reader or a phone says."""
    return [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]


@pytest.fixture(scope="module")
def table(report):
    page = BeautifulSoup(report.html, "html.parser")
    for extra in page.select(".class .name, .class sup, .class .full"):
        extra.decompose()
    return {row[0]: row for row in map(cells, page.select(".class tbody tr"))}


def test_the_csv_has_the_contracts_columns_and_everybody_in_it(report):
    assert report.raw.splitlines()[0].split(",") == COLUMNS
    assert scores(report) == GRADED
    assert {s for s, row in report.rows.items() if row["status"] == "missing"} == {"missing", "'@missing"}
    assert {"again", "interrupted", "no time", "star*"} < {
        s for s, row in report.rows.items() if row["status"] == "not graded"
    }


def test_the_csv_has_the_scores_that_nbgrader_exports(report, graded, tmp_path):
    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}", "attention101") as gradebook:
        CsvExportPlugin(to=str(tmp_path / "grades.csv")).export(gradebook)
    with (tmp_path / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    ours = {student.removeprefix("'"): score for student, score in scores(report).items()}
    assert ours == {student: exported[student] for student in ours}


def test_points_per_cell_are_the_gradebooks(report, graded):
    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}", "attention101") as gradebook:
        for student in GRADED:
            for answer in ANSWERS:
                grade = gradebook.find_grade(f"test_{answer}", "attention", "attention", student.removeprefix("'"))
                assert float(report.rows[student][answer]) == grade.score, (student, answer)
    assert report.rows["by hand"]["attention_scores"] == "0.5"
    assert report.rows["extra credit"]["attention_scores"] == "1.5"


def test_the_page_has_the_same_table(report, table):
    assert len(table) == len(report.rows)
    for row in report.rows.values():
        student, *points, status, why = table[row["student_id"].removeprefix("'")]
        assert [p.replace("–", "") for p in points[:6]] == [row[c] for c in (*ANSWERS, "score")]
        submitted = points[6].removesuffix(" late")
        assert submitted.replace("–", "") == row["submitted"].replace("T", " ")[:16]
        assert points[6].endswith(" late") == (row["late"] == "yes")
        assert status == row["status"]
        # A formula that is harmless in the CSV is the text that it was on the page.
        told = " ".join(filter(None, (row["reason"], row["mended"] and f"Mended: {row['mended']}")))
        assert "".join(why.split()) == "".join(told.replace(";'=", ";=").replace("`", "").split())


def test_times_say_their_zone_and_what_is_late_is_said(report):
    assert report.rows["late"]["submitted"] == "2026-11-26T13:30:00+00:00"
    assert (report.rows["late"]["late"], report.rows["right"]["late"], report.rows["missing"]["late"]) == (
        "yes",
        "no",
        "",
    )
    assert "1.5 points taken off for being late." in report.rows["late"]["reason"]
    assert "1 day 1 hour late, 1.5 taken off" in report.page.select_one("[aria-labelledby=late]").get_text()


def test_reasons_say_why_points_are_lost(report):
    assert report.rows["wrong"]["reason"] == "attention_scores: wrong number"
    assert report.rows["by hand"]["reason"] == "attention_scores: a grader gave 0.5 of 1."
    assert "There is no attention.ipynb in what was handed in" in report.rows["no notebook"]["reason"]
    assert report.rows["blank"]["reason"].startswith("`project_qkv` is not defined.")
    assert all(f"`{name}`" in report.rows["blank"]["reason"] for name in ANSWERS if name != "attention_head")
    assert not report.rows["right"]["reason"] and not report.rows["extra credit"]["reason"]


def test_what_was_mended_is_said(report):
    assert "attention (1).ipynb" in report.rows["renamed"]["mended"]
    assert report.rows["changed test"]["mended"] == (
        "The test cell test_attention_scores had been changed; the original was used."
    )
    section = report.page.select_one("[aria-labelledby=mended]").get_text()
    assert "renamed" in section and "changed test" in section


def test_not_graded_is_not_0_and_has_its_reason(report):
    reasons = {student: row["reason"] for student, row in report.rows.items() if row["status"] == "not graded"}
    assert all(not report.rows[student][column] for student in reasons for column in (*ANSWERS, "score"))
    assert "handed in again after it had been graded" in reasons["again"]
    assert "not begun, or not finished (run `python -m grading autograde attention`)" in reasons["interrupted"]
    assert "timestamp.txt holds no time" in reasons["no time"]
    assert "its id holds *" in reasons["star*"]
    section = report.page.select_one("[aria-labelledby=not-graded]").get_text()
    assert all(student in section for student in reasons)
    assert f"{len(reasons)} submissions without a score" in section


def test_the_reason_of_the_last_run_is_told(graded, tmp_path):
    folder = shutil.copytree(graded.folder, tmp_path / "course")
    course = open_course("attention", config_of(folder))
    keep_reasons(course, "attention", {"interrupted": "its worker was lost twice", "right": "of the run before"})
    rows = report_of(folder).rows
    assert rows["interrupted"]["reason"] == "Not graded, because its worker was lost twice."
    assert rows["right"]["status"] == "graded"
    keep_reasons(course, "attention", {})
    assert "not finished" in report_of(folder).rows["interrupted"]["reason"]


def test_who_has_not_submitted_is_listed(report):
    names = report.page.select_one("[aria-labelledby=missing]")
    assert [each.get_text() for each in names.select(".who")] == ["@missing", "missing"]
    assert "Has not submitted: @missing, missing" in report.text


def test_numbers_are_of_graded_submissions_alone(report):
    numbers = [" ".join(tile.get_text().split()) for tile in report.page.select(".tiles li")]
    graded, not_graded = len(GRADED), len(report.rows) - len(GRADED) - 2
    assert f"{graded + not_graded} of {len(report.rows)} handed in" in numbers
    assert f"{graded} graded" in numbers and f"{not_graded} not graded" in numbers and "2 missing" in numbers
    assert f"{sum(GRADED.values()) / graded:.2f} of 5 mean score" in numbers
    rates, distribution = (svg["aria-label"] for svg in report.page.select("svg"))
    assert f"attention_scores: 5 of {graded}, 45%" in rates and f"attention_head: 9 of {graded}" in rates
    assert "0 points: 2; 1 points: 0; 2 points: 0; 3 points: 1; 4 points: 4; 5 points: 4." in distribution


def test_the_most_frequent_failed_checks_come_with_their_sentences(report):
    first = report.page.select_one(".findings > li")
    assert first.select_one(".often").get_text(strip=True).startswith("5")
    assert "attention_scores" in first.get_text() and "wrong number" in first.get_text()
    assert "<script>1</script>" in first.get_text()


def test_texts_of_students_are_texts(report):
    tags = {tag.name for tag in report.page.find_all(True)}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "a"})
    assert {tuple(tag.parent["class"]) for tag in report.page.find_all("b")} == {("often",)}
    assert "default-src 'none'" in report.page.find("meta", {"http-equiv": True})["content"]
    assert "Ada <b>Lovelace</b>" in report.page.get_text()
    assert "tab\\there" in report.rows and "tab\\there" in report.page.get_text() and "tab\there" not in report.text


def test_no_source_of_a_hidden_test_is_shown(report):
    assert not [text for text in (report.html, report.raw, report.text) if "secret = 1" in text or "@checks" in text]


def test_nothing_in_the_csv_begins_like_a_formula(report):
    for line in csv.reader(report.raw.splitlines()):
        assert not [cell for cell in line if cell.strip()[:1] in tuple("=+-@")]
    for line in csv.reader(report.raw.splitlines(), delimiter=";"):
        assert not [cell for cell in line if cell.strip()[:1] in tuple("=+-@")]


def test_plots_have_text_as_text_and_ids_of_their_own(report):
    shown = [text.get_text() for text in report.page.select("svg text")]
    assert set(ANSWERS) < set(shown) and "points" in shown
    ids = [tag["id"] for tag in report.page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not [svg for svg in report.page.select("svg") if "#1d2430" in str(svg)]


def test_the_command_prints_the_table_and_writes_both_files(graded):
    shutil.rmtree(graded.folder / "report", ignore_errors=True)
    answer = run_command(graded.folder, "report", "attention")
    assert answer.returncode == 0, answer.stderr
    lines = {line.split("  ")[0]: line.split() for line in answer.stdout.splitlines()}
    assert lines["late"][1:8] == ["1", "1", "1", "1", "1", "3.5", "late"]
    assert lines["raises"][1:7] == ["1", "0", "1", "1", "1", "4"]
    assert lines["points in all"][-5:-2] == [f"{sum(GRADED.values()):g}", str(len(GRADED)), "of"]
    for name in ("attention.csv", "attention.html"):
        assert str(graded.folder / "report" / name) in answer.stdout
    assert sorted(os.listdir(graded.folder / "report")) == ["attention.csv", "attention.html"]


def test_a_class_of_nobody(empty_course):
    report = report_of(empty_course)
    assert report.raw == ",".join(COLUMNS) + "\r\n"
    assert "Nobody is in the gradebook" in report.page.get_text() and not report.page.select("svg, table")
    assert "0 of 0 handed in" in report.text


def test_a_class_of_one(course, empty_course, tmp_path):
    folder = shutil.copytree(empty_course, tmp_path / "course")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "attention101") as gradebook:
        gradebook.add_student("one")
    report = report_of(folder)
    assert [row["status"] for row in report.rows.values()] == ["missing"]
    assert "Nothing is graded yet" in report.page.get_text() and not report.page.select("svg")
    target = folder / "submitted" / "one" / "attention"
    target.mkdir(parents=True)
    shutil.copy(course.hand_in("one", course.submission(RIGHT)) / "attention.ipynb", target)
    shutil.rmtree(course.folder / "submitted" / "one")
    assert report_of(folder).rows["one"]["status"] == "not graded"
    assert autograde_class("attention", config_of(folder), pool=pool()).graded == ["one"]
    report = report_of(folder)
    assert (report.rows["one"]["score"], report.rows["one"]["submitted"]) == ("5", "")
    assert "No check failed" in report.page.get_text()


def test_what_cannot_be_written_or_read_is_named_with_the_remedy(empty_course, tmp_path):
    folder = shutil.copytree(empty_course, tmp_path / "course")
    shutil.rmtree(folder / "report", ignore_errors=True)
    (folder / "report").write_text("a file where a folder should be")
    with pytest.raises(CourseError, match="See that it is a folder"):
        report_of(folder)
    (folder / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="nbgrader generate_assignment attention"):
        report_of(folder)
