"""What an instructor adds to the notebook is all there is to add: an answer, a second assignment, an essay."""

import csv
import json
import re
from copy import deepcopy
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from nbgrader.api import Gradebook

from attention_lib.assignment.check_records import completed_records, is_at_fault
from attention_lib.progress import verify
from course.folders import load_config, open_course
from grading.class_record.record import class_record
from grading.class_record.table import class_table
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.demo.answers import PRODUCTS
from grading.pages.report.command import make_report
from grading.review.answers_of import answers_of, instructors_cells
from tests import extended_lesson, second_assignment
from tests.course_folder import CourseFolder, at
from tests.grading.kept_pool import pool, run_command
from tests.lesson_answers import SOURCE

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(300)]

RIGHT = {answer: dedent(text) for answer, text in (PRODUCTS | extended_lesson.RIGHT).items()}
SECRETS = ("gap_between_places", "local_view", *second_assignment.SECRETS)
WRONG_MASK = "def band_mask(n, width):\n    return torch.ones(n, n, dtype=torch.bool)"
ESSAY = "Waves stay small, and near positions get near rows."
ANSWERS = [
    *("project_qkv", "attention_scores", "band_mask", "attention_weights", "local_weights"),
    *("aggregate_values", "attention_head"),
]
POSITIONAL = ["positional_encoding", "why_waves", "positional_module"]


class Course(CourseFolder):
    """The lesson with two answers more, and beside it a second assignment with two answers and an essay."""

    def __init__(self, folder: Path):
        self.folder = folder
        lessons = {
            "attention": extended_lesson.extended(nbformat.read(SOURCE, 4)),
            "positional": second_assignment.second_assignment(),
        }
        for name, notebook in lessons.items():
            path = folder / "source" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(notebook))
        self.source = folder / "source" / "attention" / "attention.ipynb"

    def released_notebook(self, assignment: str):
        path = self.folder / "release" / assignment / f"{assignment}.ipynb"
        return nbformat.read(path, 4)

    def hand_in_texts(self, assignment: str, student: str, texts: dict[str, str]) -> None:
        notebook = self.released_notebook(assignment)
        for grade_id, text in texts.items():
            at(notebook, grade_id).source = text
        self.hand_in_notebook(assignment, student, notebook)

    def hand_in_notebook(self, assignment: str, student: str, notebook) -> None:
        folder = self.folder / "submitted" / student / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_text(json.dumps(notebook))

    def rows(self, assignment: str) -> dict[str, dict]:
        lines = (self.folder / "report" / f"{assignment}.csv").read_text("utf-8").splitlines()
        return {row["student_id"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def config():
    with pytest.MonkeyPatch.context() as patch:
        yield lambda course: (patch.setenv("ATTENTION101_COURSE", str(course.folder)), load_config())[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory, config):
    course = Course(tmp_path_factory.mktemp("extended"))
    for assignment in ("attention", "positional"):
        answer = course.command("nbgrader", "generate_assignment", assignment)
        assert answer.returncode == 0, answer.stderr
    blank = dict.fromkeys(RIGHT, "")
    course.hand_in_texts("attention", "right", RIGHT)
    course.hand_in_texts("attention", "blank", RIGHT | {"band_mask": "", "local_weights": ""})
    course.hand_in_texts("attention", "wrong", RIGHT | {"band_mask": WRONG_MASK})
    course.hand_in_texts("attention", "nothing", {})
    course.hand_in_texts("attention", "cleared", blank)
    deleted = course.released_notebook("attention")
    deleted.cells = [cell for cell in deleted.cells if not cell.metadata.get("nbgrader", {}).get("solution")]
    course.hand_in_notebook("attention", "deleted", deleted)
    course.hand_in_texts("positional", "right", second_assignment.RIGHT | {"why_waves": ESSAY})
    course.hand_in_texts(
        "positional", "wrong", second_assignment.RIGHT | {"positional_encoding": "", "why_waves": ESSAY}
    )
    course.hand_in_texts("positional", "blank", {})
    course.hand_in_texts("positional", "emptied", second_assignment.RIGHT | {"why_waves": " "})
    given = config(course)
    for assignment in ("attention", "positional"):
        run = autograde_class(assignment, given, pool=pool())
        assert not run.not_graded and not run.at_fault
        make_report(assignment, given)
        given.CodeReview.enabled = False
        course.pages, failed = generate_feedback_for_class(assignment, given)
        assert not failed
    return course


def points(course, assignment, student) -> list[str]:
    columns = {"attention": ANSWERS, "positional": POSITIONAL}[assignment]
    return [course.rows(assignment)[student][column] for column in columns]


def test_the_added_answers_are_graded_by_what_the_notebook_says(course, config):
    assert list(course.rows("attention")["right"])[1:-6] == ANSWERS
    table = class_table(class_record(open_course("attention", config(course)), "attention"))
    assert table.split("\n")[0].split()[1 : len(ANSWERS) + 1] == ANSWERS
    assert points(course, "attention", "right") == ["1"] * 7
    # A right answer over a wrong or a blank mask keeps its point: its test declares what it is built over.
    assert points(course, "attention", "wrong") == ["1", "1", "0", "1", "1", "1", "1"]
    assert points(course, "attention", "blank") == ["1", "1", "0", "1", "0", "1", "1"]
    for student in ("nothing", "cleared", "deleted"):
        assert points(course, "attention", student) == ["0"] * 7


def test_no_line_of_a_solution_is_on_a_page_or_in_an_autograded_copy(course):
    made = [*course.folder.glob("autograded/*/*/*.ipynb"), *course.folder.glob("feedback/*/*/*.html")]
    made += course.folder.glob("release/*/*.ipynb")
    assert len(made) == 10 + 10 + 2
    found = [(path, secret) for path in made for secret in SECRETS if secret in path.read_text("utf-8")]
    assert found == []


def test_the_feedback_page_shows_all_answers(course):
    page = (course.folder / "feedback/wrong/attention/attention.html").read_text("utf-8")
    shown = re.findall(r'<p class="under"><code>(\w+)</code>', page)
    assert shown == ANSWERS and "torch.ones(n, n" in re.sub(r"<[^>]+>", "", page)


def test_the_student_checks_all_answers(course, tmp_path):
    notebook = course.released_notebook("attention")
    for grade_id, text in (RIGHT | {"band_mask": WRONG_MASK}).items():
        at(notebook, grade_id).source = text
    (tmp_path / "attention.ipynb").write_text(json.dumps(notebook))
    result = verify(tmp_path / "attention.ipynb")
    assert list(result["cells"]) == ANSWERS and not result["cells"]["band_mask"]["passed"]
    assert result["cells"]["attention_head"]["passed"]


def test_the_review_knows_the_added_answers(course, config):
    cells = instructors_cells(open_course("attention", config(course)), "attention")
    assert list(cells) == ANSWERS
    found = {each.answer.cell: each.answer for each in answers_of(course.autograded("wrong"), cells)}
    assert list(found) == ANSWERS and not found["band_mask"].right and found["local_weights"].right


def test_a_second_assignment_beside_the_lesson_is_graded_by_its_own_notebook(course):
    assert points(course, "positional", "right") == ["1", "", "2"]
    assert points(course, "positional", "wrong") == ["0", "", "2"]
    # What was left as it was handed out needs no person.
    assert points(course, "positional", "blank") == ["0", "0", "0"]
    assert points(course, "positional", "emptied") == ["1", "0", "2"]
    status = {student: row["status"] for student, row in course.rows("positional").items()}
    assert status["right"] == status["wrong"] == "waits for a person" and status["blank"] == "graded"
    page = (course.folder / "feedback/right/positional/positional.html").read_text("utf-8")
    assert ESSAY in page


def test_a_person_grades_the_essay(course, config):
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("why_waves", "positional", "positional", "right")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    make_report("positional", config(course))
    row = course.rows("positional")["right"]
    assert (row["why_waves"], row["score"], row["status"]) == ("1.5", "4.5", "graded")


def test_it_is_regraded_by_what_the_notebook_says(course, config):
    """A corrected test of the added answer: everybody with a mask gets the point."""
    text = course.source.read_text()
    loosened = json.loads(text)
    for cell in loosened["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_band_mask":
            visible, _, rest = "".join(cell["source"]).partition("@checks.visible")
            cell["source"] = (
                f'{visible}@checks.visible\ndef check_any_mask():\n    "A mask comes back."\n'
                f'    expect(band_mask(2, 1) is not None, "nothing")\n\n\nchecks.report()'
            )
    course.source.write_text(json.dumps(loosened))
    try:
        answer = run_command(course.folder, "regrade", "attention", "--preview")
    finally:
        course.source.write_text(text)
    assert answer.returncode == 0, answer.stderr
    assert re.findall(r"^(\w+) (\w+) (\S+) -> (\S+)$", answer.stdout, re.M) == [("wrong", "band_mask", "0", "1")]


def with_a_broken_test(course) -> str:
    """The test of `band_mask` asks for something that the reference does not give, either."""
    text = course.source.read_text()
    course.source.write_text(text.replace("torch.equal(got, want)", "torch.equal(got, ~want)"))
    assert course.source.read_text() != text
    return text


@pytest.mark.parametrize("command", [("regrade", "attention", "--yes"), ("release", "attention")])
def test_a_reference_that_loses_a_point_stops_release_and_regrade(course, command):
    before = {path: path.read_bytes() for path in course.folder.rglob("*.ipynb") if "source" not in path.parts}
    text = with_a_broken_test(course)
    try:
        answer = run_command(course.folder, *command)
    finally:
        course.source.write_text(text)
    assert answer.returncode == 1 and "Traceback" not in answer.stderr
    assert "test_band_mask fails over the instructor's own band_mask" in answer.stderr
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("plain", [False, True], ids=["ours", "nbgrader"])
def test_a_test_at_fault_judges_nobody(course, config, plain):
    """It is empty for everybody, the rest is scored, and once it is corrected the next run fills it."""
    text = with_a_broken_test(course)
    for student in ("right", "wrong"):
        stamp = course.folder / "submitted" / student / "attention" / "timestamp.txt"
        stamp.write_text(f"2026-11-2{5 + plain} 10:00:00.000000 UTC")
    command = ("autograde", "attention")
    try:
        answer = course.command("nbgrader", *command) if plain else run_command(course.folder, *command)
        assert answer.returncode == 1 and "test_band_mask fails over the instructor's own band_mask" in answer.stderr
        make_report("attention", config(course))
        for student in ("right", "wrong"):
            row = course.rows("attention")[student]
            assert (row["band_mask"], row["score"], row["status"]) == ("", "6", "partly graded")
            assert "test_band_mask" in row["reason"]
            assert is_at_fault(completed_records(at(course.autograded(student), "test_band_mask").outputs))
    finally:
        course.source.write_text(text)
    assert not autograde_class("attention", config(course), pool=pool()).at_fault
    make_report("attention", config(course))
    assert points(course, "attention", "wrong") == ["1", "1", "0", "1", "1", "1", "1"]
    assert points(course, "attention", "right") == ["1"] * 7


@pytest.mark.parametrize("plain", [True, False], ids=["nbgrader", "ours"])
def test_a_cell_that_is_added_after_grading_is_refused_and_the_release_stays(course, plain):
    source = course.folder / "source" / "positional" / "positional.ipynb"
    release = course.folder / "release" / "positional" / "positional.ipynb"
    text, before = source.read_text(), release.read_bytes()
    longer = json.loads(text)
    essay = deepcopy(at(nbformat.from_dict(longer), "why_waves"))
    essay["metadata"]["nbgrader"]["grade_id"], essay["id"] = "and_why_two", "and-why-two"
    source.write_text(json.dumps(longer | {"cells": [*longer["cells"], essay]}))
    try:
        if plain:
            answer = course.command("nbgrader", "generate_assignment", "positional")
        else:
            answer = run_command(course.folder, "release", "positional")
    finally:
        source.write_text(text)
    assert answer.returncode == 1 and "Traceback" not in answer.stderr and release.read_bytes() == before
    assert "added: and_why_two" in answer.stderr and "put what is new into one of them" in answer.stderr
