"""Every status, with answers, points and manually graded cells of another assignment: table, CSV and page agree."""

import pytest
from bs4 import BeautifulSoup

from course.folders import CourseError
from tests.grading.written_course import ANSWERS, MANUAL, POINTS, Handed, WrittenCourse, at_fault

COLUMNS = list(POINTS)
EXPECTED = {
    "all right": ("graded", [1, 2, 3, 1, 1, 1, 1, 2, 1], 13),
    "wrong": ("graded", [1, 0, 1.5, 1, 1, 1, 1, 2, 1], 9.5),
    "waits": ("waits for a person", [1, 0, None, 1, 1, None, 1, None, 1], 5),
    "blank essay": ("graded", [1, 2, 0, 1, 1, 1, 1, 0, 1], 8),
    "fault": ("partly graded", [1, 2, 3, 1, None, 1, 1, 2, 1], 12),
    "fault waits": ("partly graded", [1, 0, None, 1, None, 0, 1, None, 1], 4),
    "fault by hand": ("graded", [1, 2, 3, 1, 1, 1, 1, 2, 1], 13),
    "ungraded": ("not graded", [None] * 9, None),
    "missing": ("missing", [None] * 9, None),
}


@pytest.fixture(scope="module")
def outputs(every_status):
    return every_status.outputs()


def as_text(points):
    return "" if points is None else f"{points:g}"


def test_a_column_for_each_graded_cell_in_the_notebooks_order(outputs):
    row = outputs.rows["all right"]
    assert list(row) == ["student_id", *COLUMNS, "score", "submitted", "late", "status", "reason", "mended"]
    assert outputs.table.splitlines()[0].split() == ["student", *COLUMNS, "score", "late", "remark"]
    heads = [head.get_text() for head in outputs.page.select(".class thead th")]
    assert heads[1:11] == [*COLUMNS, "score"]


@pytest.mark.parametrize("student", EXPECTED)
def test_points_score_and_status_are_the_same_everywhere(outputs, student):
    status, points, score = EXPECTED[student]
    row, cells = outputs.rows[student], outputs.cells[student]
    wanted = [*map(as_text, points), as_text(score)]
    assert [row[column] for column in (*COLUMNS, "score")] == wanted
    assert [cell.replace("–", "") for cell in cells[:10]] == wanted
    assert row["status"] == status == cells[11]
    if status == "missing":
        assert student not in outputs.lines
        return
    line = outputs.lines[student]
    assert line.removeprefix(student).split()[:10] == [each or "-" for each in wanted]
    if status == "graded":
        assert row["reason"].split()[:3] == line.removeprefix(student).split()[10:13]
    else:
        assert status in line


def test_reasons_say_what_is_open_and_what_was_lost(outputs):
    reasons = {student: row["reason"] for student, row in outputs.rows.items()}
    assert reasons["waits"] == (
        "`essay`, `own_try` and `explore` wait for a person. `variance` gives 3 where 2 is right."
    )
    gram = "`test_gram` fails over the instructor's own solution, too, so it judges nobody."
    assert reasons["fault"] == gram
    assert gram in reasons["fault waits"] and "`essay` and `explore` wait for a person." in reasons["fault waits"]
    assert "own_try: a grader gave 0 of 1." in reasons["fault waits"]
    assert "essay: nothing was written there." in reasons["blank essay"]
    assert "essay: a grader gave 1.5 of 3." in reasons["wrong"]
    assert reasons["all right"] == reasons["fault by hand"] == ""


def test_the_score_is_the_sum_of_what_there_is(outputs):
    for row in outputs.rows.values():
        there = [float(row[column]) for column in COLUMNS if row[column]]
        assert row["score"] == (f"{sum(there):g}" if there else "")


def test_new_states_are_counted_in_words(outputs):
    tiles = [" ".join(tile.get_text().split()) for tile in outputs.page.select(".tiles li")]
    assert {"4 graded", "2 partly graded", "1 waits for a person", "1 not graded", "1 missing"} < set(tiles)
    assert "10.88 of 13 mean score" in tiles and "11.25 of 13 median score" in tiles and "2 with all 9 right" in tiles
    assert (
        "8 of 9 handed in: 4 graded, 2 partly graded, because a test was at fault, 1 waiting for a person, "
        "1 not graded, 1 late. 1 missing." in outputs.text
    )
    assert "4 of 8 graded, 2 partly, 1 waiting for a person" in outputs.table.splitlines()[-1]
    fault = outputs.page.select_one("[aria-labelledby=at-fault]").get_text()
    assert "test_gram" in fault and "2 submissions" in fault
    waits = [" ".join(li.get_text().split()) for li in outputs.page.select("[aria-labelledby=waits] li")]
    assert waits == ["essay · of 2 students", "explore · of 2 students", "own_try · of 1 student"]


def test_rates_are_of_those_who_have_points_there(outputs):
    rates = outputs.page.select_one("svg")["aria-label"]
    assert "gram: 5 of 5, 100%" in rates and "variance: 4 of 7, 57%" in rates and "essay: 3 of 5, 60%" in rates
    assert "gram 100%" in outputs.text and "variance 57%" in outputs.text


def test_a_test_at_fault_is_no_finding(outputs):
    found = [" ".join(li.get_text().split()) for li in outputs.page.select(".findings > li")]
    assert len(found) == 1 and found[0].startswith("3 students variance")
    assert "fails over" not in found[0]


def test_a_column_in_which_nobody_has_points(tmp_path):
    course = WrittenCourse(tmp_path)
    course.add(Handed("ada", records={"gram": at_fault("gram")}))
    course.add(Handed("ben", records={"gram": at_fault("gram")}))
    outputs = course.outputs()
    assert [row["status"] for row in outputs.rows.values()] == ["partly graded"] * 2
    rates = outputs.page.select_one("svg")["aria-label"]
    assert all(f"{column}: not graded yet" in rates for column in ("gram", *MANUAL))
    assert "gram not graded yet" in outputs.text and "Mean" not in outputs.text
    assert "No submission is graded in full yet" in outputs.page.get_text()


@pytest.mark.parametrize("column", ["mean", "essay", "explore"])
def test_an_assignment_of_one_cell(tmp_path, column):
    course = WrittenCourse(tmp_path, points={column: 30})
    course.add(Handed("done", by_hand={} if column in ANSWERS else {column: 30}))
    course.add(Handed("open", records={column: at_fault(column)} if column in ANSWERS else {}))
    outputs = course.outputs()
    assert (outputs.rows["done"]["status"], outputs.rows["done"]["score"]) == ("graded", "30")
    assert outputs.rows["open"]["status"] == ("partly graded" if column in ANSWERS else "waits for a person")
    assert outputs.rows["open"]["score"] == "" and outputs.rows["open"][column] == ""
    assert "30–32 points: 1" in outputs.page.select("svg")[1]["aria-label"]


def test_what_is_handed_in_again_after_a_person_graded_it_waits_again(tmp_path):
    """nbgrader keeps the points, and asks for a person to look at it again; so do we."""
    course = WrittenCourse(tmp_path)
    course.add(Handed("ada", by_hand={"essay": 2, "own_try": 1, "explore": 2}))
    assert course.outputs().rows["ada"]["status"] == "graded"
    course.grade(Handed("ada", essay="Another text."))
    row = course.outputs().rows["ada"]
    assert (row["status"], row["essay"], row["score"]) == ("waits for a person", "2", "12")
    again = "wait for a person to read it again; the points are those given before."
    assert again in row["reason"] and "`essay` and `own_try`" in row["reason"]
    page = BeautifulSoup(course.feedback("ada"), "html.parser")
    assert "A person reads this again." in page.find(id="answer-3").find_parent("section").get_text()


@pytest.mark.parametrize("cell", ["rank", "essay", "explore"])
def test_a_declared_cell_that_the_gradebook_does_not_have_is_named_with_the_remedy(tmp_path, cell):
    course = WrittenCourse(tmp_path, points={"mean": 1})
    course.declare({"mean": 1, cell: 2})
    with pytest.raises(CourseError, match=f"no cell .*{cell}. Run `nbgrader generate_assignment attention`"):
        course.outputs()
