"""Trouble that other courses met, on the real notebook: each must cost what it should and be said in words.

The public threads are named by repository and number.
"""

import html
import json
import re
import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from course.folders import load_config
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.demo.answers import PRODUCTS
from tests.course_folder import CourseFolder
from tests.grading.kept_pool import pool
from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.kernel

TROUBLES = {}


def trouble(points, words=()):
    """points: of the five answers in all; words: one of them stands in the student's page."""

    def add(edit):
        TROUBLES[edit.__name__.replace("_", "-")] = (edit, points, words)
        return edit

    return add


def position(notebook, grade_id):
    return next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def cell(notebook, grade_id):
    return notebook.cells[position(notebook, grade_id)]


@trouble(5)
def all_right(notebook):
    pass


@trouble(5, ["more than once", "twice"])
def split_cell(notebook):
    """jupyter/nbgrader #1083, #1941"""
    at = position(notebook, "attention_scores")
    lower = deepcopy(notebook.cells[at])
    notebook.cells[at].source = "def default(Q):\n    return Q.shape[-1] ** -0.5"
    lower.source = PRODUCTS["attention_scores"].replace("d_k ** -0.5", "default(Q)")
    notebook.cells.insert(at + 1, lower)


@trouble(5, ["more than once", "twice"])
def old_attempt_above(notebook):
    at = position(notebook, "attention_weights")
    old = deepcopy(notebook.cells[at])
    old.source = "def attention_weights(scores, mask=None):\n    return torch.softmax(scores, dim=0)"
    notebook.cells.insert(at, old)


@trouble(0, ["not the notebook of this assignment"])
def another_assignment(notebook):
    """ucbds-infra/otter-grader #433"""
    notebook.cells = [new_code_cell("print('lab 3')", metadata={"nbgrader": {"grade_id": "lab3", "solution": True}})]


@trouble(4, ["np"])
def import_in_the_locked_cell(notebook):
    """jupyter/nbgrader #500"""
    cell(notebook, "setup").source += "\nimport numpy as np"
    answer = cell(notebook, "attention_scores")
    answer.source = answer.source.replace("d_k ** -0.5", "float(np.sqrt(1 / d_k))")


@trouble(3, ["my_attention"])
def module_beside(notebook):
    """jupyter/nbgrader #940. The head here does not use the four functions."""
    cell(notebook, "attention_scores").source = "from my_attention import attention_scores"
    cell(notebook, "aggregate_values").source = "from my_attention import aggregate_values"


@trouble(5)
def asks_for_input(notebook):
    """jupyter/nbgrader #1844"""
    cell(notebook, "attention_head").source += "\n\nn = int(input('How many heads? '))"
    notebook.cells.insert(2, new_code_cell("from getpass import getpass\ngetpass('Token: ')"))


@trouble(5)
def debugger_left_in(notebook):
    """jupyter/nbgrader #1210"""
    for source in ("breakpoint()", "1 / 0", "%debug", "%pdb on", "import pdb; pdb.set_trace()"):
        notebook.cells.insert(position(notebook, "test_attention_scores") + 1, new_code_cell(source))


@trouble(4, ["stopped with RuntimeError in line 5 of its cell: expected a matrix"])
def prints_the_call_stack(notebook):
    """jupyter/nbgrader #917: tracebacks and call stacks run through the hidden tests."""
    cell(notebook, "aggregate_values").source = (
        "def aggregate_values(weights, V):\n    import traceback\n    traceback.print_stack()\n"
        "    if weights.dim() != 2:\n        raise RuntimeError('expected a matrix')\n    return weights @ V"
    )


@trouble(5)
def cell_ids_lost_and_doubled(notebook):
    """jupyter/nbformat #335"""
    for i, each in enumerate(notebook.cells):
        each["id"] = ["same", "same", "", "x" * 80][i % 4]
    del notebook.cells[5]["id"]


@trouble(5)
def foreign_kernel_and_metadata(notebook):
    """ucbds-infra/otter-grader #340"""
    notebook.metadata.kernelspec = {"name": "conda-env-dl-py", "display_name": "dl", "language": "python"}
    notebook.metadata.kaggle = {"isGpuEnabled": True}
    notebook.nbformat_minor = 2


@trouble(4, ["ended the Python process"])
def leaves_the_process(notebook):
    cell(notebook, "aggregate_values").source = "import os\ndef aggregate_values(weights, V):\n    os._exit(0)"


@trouble(4, ["took longer than"])
def never_ends(notebook):
    cell(notebook, "project_qkv").source = "while True:\n    pass"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = tmp_path_factory.mktemp("troubles")
    shutil.copytree(ROOT / "source", course / "source")
    compiled = CourseFolder(course).command("nbgrader", "generate_assignment", "attention")
    assert compiled.returncode == 0, compiled.stderr
    release = nbformat.read(course / "release/attention/attention.ipynb", as_version=4)
    for student, (edit, _, _) in TROUBLES.items():
        notebook = deepcopy(release)
        for answer in ANSWERS:
            cell(notebook, answer).source = PRODUCTS[answer].strip()
        edit(notebook)
        folder = course / "submitted" / student / "attention"
        folder.mkdir(parents=True)
        (folder / "attention.ipynb").write_text(json.dumps(notebook))
    (course / "submitted/module-beside/attention/my_attention.py").write_text("attention_scores = aggregate_values = 1")
    renamed = course / "submitted/all-right/attention/attention.ipynb"
    for student, name in (("download-renamed", "attention (1).ipynb"), ("copy-beside", "attention-Copy1.ipynb")):
        folder = course / "submitted" / student / "attention"
        folder.mkdir(parents=True)
        shutil.copy(renamed, folder / name)
    nbformat.write(release, course / "submitted/copy-beside/attention/attention.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTENTION101_COURSE", str(course))
        config = load_config()
        config.RunNotebook.cell_seconds = 8.0
        run = autograde_class("attention", config, pool=pool())
        assert not run.not_graded and not run.at_fault
        assert not generate_feedback_for_class("attention", config)[1]
    return course


def page_text(course, student):
    page = (course / "feedback" / student / "attention" / "attention.html").read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def points(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission("attention", student)
        assert not submission.needs_manual_grade
        return submission.score


@pytest.mark.parametrize("student", TROUBLES)
def test_it_costs_what_it_should_and_the_reason_is_said(graded, student):
    _, expected, words = TROUBLES[student]
    assert points(graded, student) == expected
    text = page_text(graded, student)
    assert not words or any(word in text for word in words)


def test_a_renamed_download_is_graded_and_a_copy_beside_is_named(graded):
    """jupyter/nbgrader #1302, #416"""
    assert points(graded, "download-renamed") == 5
    assert "attention (1).ipynb" in page_text(graded, "download-renamed")
    assert points(graded, "copy-beside") == 0
    assert "attention-Copy1.ipynb" in page_text(graded, "copy-beside")


def test_files_beside_the_notebook_are_left_behind(graded):
    left = {path.name for path in (graded / "autograded/module-beside").rglob("*") if path.is_file()}
    assert "my_attention.py" not in left


def test_no_page_holds_a_line_of_a_hidden_test_or_of_the_solution(graded):
    source = nbformat.read(ROOT / "source/attention/attention.ipynb", as_version=4)
    visible, secret = "", []
    for each in source.cells:
        before, _, rest = each.source.partition("### BEGIN HIDDEN TESTS")
        inside, _, after = rest.partition("### END HIDDEN TESTS")
        visible += before + after
        secret += [line.strip() for line in inside.splitlines()]
    lines = {line for line in secret if len(line) > 25 and line not in visible}
    assert len(lines) > 100
    for page in graded.glob("feedback/*/attention/attention.html"):
        text = page_text(graded, page.parent.parent.name)
        assert [line for line in lines if line in text] == [], page
