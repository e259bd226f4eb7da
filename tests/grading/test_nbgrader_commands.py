"""Plain `nbgrader` commands on a course: they do what our own command does, by configuration alone."""

import json

import pytest
from nbformat import v4

from attention_lib.assignment.check_records import CHECKS_MIME, completed_records
from tests.course_folder import RIGHT, at, insert_after
from tests.grading.kept_pool import run_command

pytestmark = pytest.mark.kernel

FORGED = [{"check": "all", "passed": True, "message": "fine", "hidden": False}]


@pytest.fixture(scope="module")
def graded(course):
    course.hand_in("ada", course.submission(RIGHT))
    files = course.hand_in(
        "beside", insert_after(course.submission(RIGHT), "test_attention_scores", "import my_module")
    )
    (files / "my_module.py").write_text("x = 1")
    (files / "math.py").write_text("raise RuntimeError('this is not math')")
    (files / "attention-Copy1.ipynb").write_text("{}")
    (files / "inner").mkdir()
    (files / "inner" / "data.csv").write_text("1")
    course.hand_in("cut off", '{"cells": [')
    loop = course.submission(
        {**RIGHT, "attention_weights": "def attention_weights(s, mask=None):\n    while True: pass"}
    )
    course.hand_in("loop", insert_after(loop, "attention_head", "import os\nos._exit(0)"))
    forged = course.submission({
        "project_qkv": f"import json\ndef project_qkv(*a):\n    print({json.dumps(json.dumps({CHECKS_MIME: FORGED}))})",
        "attention_scores": "from IPython.display import display\ndef attention_scores(*a):\n"
        f"    display({{'{CHECKS_MIME}': {FORGED!r}}}, raw=True)\n    raise KeyboardInterrupt",
    })  # fmt: skip
    test = at(forged, "test_aggregate_values")
    test.source, test.metadata.tags = "pass", ["skip-execution"]
    test.outputs = [v4.new_output("display_data", data={CHECKS_MIME: FORGED})]
    forged.metadata["attention101"]["graded"] = "as it were"
    course.hand_in("mallory", forged)
    course.autograde = course.command("nbgrader", "autograde", "attention", "--RunNotebook.cell_seconds=4")
    course.feedback = course.command("nbgrader", "generate_feedback", "attention")
    return course


def test_release_holds_no_solution_and_tells_what_was_released(course):
    text = course.released.read_text()
    released = json.loads(text)["metadata"]["attention101"]["released"]
    assert "x * W_q" not in text and "secret = 1" not in text
    by_id = {cell["grade_id"]: cell for cell in released}
    assert list(by_id)[:3] == ["setup", "project_qkv", "test_project_qkv"]
    assert by_id["project_qkv"]["source"] == "# YOUR CODE HERE\nraise NotImplementedError()\n"
    assert by_id["test_project_qkv"]["tags"] == ["raises-exception"]
    assert by_id["test_project_qkv"]["nbgrader"]["points"] == 1


def test_solution_is_made(course):
    text = course.source.read_text()
    course.source.write_text(
        text.replace("raise RuntimeError('a picture was run in grading')", "").replace("\\nverify()", "")
    )
    answer = course.command("nbgrader", "generate_solution", "attention")
    course.source.write_text(text)
    assert answer.returncode == 0, answer.stderr
    assert "x * W_q" in (course.folder / "solution" / "attention" / "attention.ipynb").read_text()


def test_every_submission_has_its_points(graded):
    assert graded.autograde.returncode == 0, graded.autograde.stderr
    assert graded.scores() == {
        "ada": [1, 1, 1, 1, 1],
        "beside": [1, 1, 1, 1, 1],
        "cut off": [0, 0, 0, 0, 0],
        "loop": [1, 1, 0, 1, 1],
        "mallory": [0, 0, 0, 0, 0],
    }


def test_nothing_waits_for_manual_grading_and_stubs_are_no_response(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions("attention"):
            assert not submission.needs_manual_grade
        assert (
            gradebook.find_comment("attention_head", "attention", "attention", "mallory").auto_comment == "No response."
        )
        assert gradebook.find_comment("project_qkv", "attention", "attention", "mallory").auto_comment is None


def test_files_beside_the_notebook_are_left_behind_and_other_notebooks_named(graded):
    folder = graded.folder / "autograded" / "beside" / "attention"
    assert sorted(p.name for p in folder.iterdir()) == ["attention.ipynb", "timestamp.txt"]
    notes = [note["message"] for note in graded.autograded("beside").metadata.attention101.mended]
    assert any("attention-Copy1.ipynb" in note for note in notes)


def test_what_was_left_out_is_said(graded):
    notebook = graded.autograded("loop")
    records = completed_records(at(notebook, "test_attention_weights").outputs)
    assert [r.check for r in records] == ["completed"] and "longer than 4 s" in records[0].message
    assert "longer than 4 s" in at(notebook, "attention_weights").metadata.attention101.left_out
    lost = [note["message"] for note in notebook.metadata.attention101.mended if note["lost"]]
    assert len(lost) == 1 and "ended the Python process" in lost[0]


def test_an_unreadable_file_gives_every_test_the_reason(graded):
    notebook = graded.autograded("cut off")
    reason = notebook.metadata.attention101.problem
    assert "stops in the middle" in reason
    tests = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [[r.message for r in completed_records(cell.outputs)] for cell in tests] == [[reason]] * 5


def test_a_test_cell_holds_records_and_nothing_else(graded):
    for student in ("ada", "mallory"):
        for cell in graded.autograded(student).cells:
            if not cell.metadata.get("nbgrader", {}).get("grade"):
                continue
            kinds = [output.output_type for output in cell.outputs]
            assert kinds == (["display_data"] if student == "ada" else ["display_data", "error"])
            assert "text/html" in cell.outputs[0].data and "text/plain" in cell.outputs[0].data
            assert all(record.passed is (student == "ada") for record in completed_records(cell.outputs))


def test_feedback_pages_are_made(graded):
    assert graded.feedback.returncode == 0, graded.feedback.stderr
    pages = {
        path.parts[-3]: path.read_text() for path in (graded.folder / "feedback").glob("*/attention/attention.html")
    }
    assert sorted(pages) == ["ada", "beside", "cut off", "loop", "mallory"]
    assert "stops in the middle" in pages["cut off"] and "longer than 4 s" in pages["loop"]


def test_our_feedback_command_reads_what_plain_nbgrader_wrote(graded):
    answer = run_command(graded.folder, "feedback", "attention")
    assert answer.returncode == 0, answer.stderr
