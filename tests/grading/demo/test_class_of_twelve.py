"""The students' answers, judged by torch itself, and the notebooks that they hand in."""

import ast
import math
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from grading.demo.answers import EINSUM
from grading.demo.class_of_twelve import CLASS
from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).resolve().parents[3]
STUDENTS = {student.student: student for student in CLASS}
# More lines than any answer here runs on the small inputs below.
LINES = 5_000


class NoEnd(Exception):
    pass


def head_output(sources):
    """The output of AttentionHead, made by the sources one after the other, and what torch gives for the same."""
    torch.manual_seed(9)
    names = {"math": math, "torch": torch, "nn": nn, "F": F}
    for source in sources:
        exec(compile(source, "<answer>", "exec"), names)
    head = names["AttentionHead"](6, 4)
    x, mask = torch.randn(2, 5, 6), torch.ones(5, 5, dtype=torch.bool).tril()
    q, k, v = (x @ getattr(head, name).weight.T for name in ("W_q", "W_k", "W_v"))
    return head(x, mask)[0], F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def limited(call, *arguments):
    """Call, and raise NoEnd after LINES lines of Python in code of an answer."""
    left = LINES

    def trace(frame, event, argument):
        nonlocal left
        if frame.f_code.co_filename != "<answer>":
            return None
        left -= event == "line"
        if left < 0:
            raise NoEnd
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return call(*arguments)
    finally:
        sys.settrace(before)


def agrees_with_torch(student, answer):
    """Whether the answer gives what torch gives, where all the other answers are right."""
    if answer not in student.texts:
        return False
    others = [text for name, text in EINSUM.items() if name != answer]
    try:
        got, wanted = limited(head_output, [student.helper, *others, student.texts[answer]])
    except (SyntaxError, NoEnd):
        return False
    return got.shape == wanted.shape and torch.allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_the_class_has_twelve_students_with_ids_of_their_own():
    assert len(CLASS) == len(STUDENTS) == 12


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", STUDENTS)
def test_the_points_that_are_expected_are_those_that_torch_would_give(name, answer):
    assert agrees_with_torch(STUDENTS[name], answer) == STUDENTS[name].expected[answer]


def test_a_loop_without_end_is_one():
    with pytest.raises(NoEnd):
        limited(head_output, STUDENTS["leslie"].texts.values())


def test_every_answer_parses_and_defines_its_name_but_the_one_with_the_syntax_error():
    broken = []
    for student in CLASS:
        for answer, text in student.texts.items():
            try:
                (definition,) = ast.parse(text).body
            except SyntaxError:
                broken.append((student.student, answer))
            else:
                assert definition.name == ANSWERS[answer]
    assert broken == [("john", "attention_scores")]


def test_every_answer_is_got_wrong_alone_by_somebody_and_three_styles_are_all_right():
    assert {student.lost for student in CLASS if len(student.lost) == 1} == {(answer,) for answer in ANSWERS}
    assert len({tuple(student.texts.values()) for student in CLASS if not student.lost}) == 3
    assert [student.student for student in CLASS if student.late] == ["emmy"]


@pytest.fixture(scope="module")
def released():
    return nbformat.read(ROOT / "release/attention/attention.ipynb", as_version=4)


@pytest.mark.parametrize("name", STUDENTS)
def test_a_submission_is_the_released_notebook_with_the_answers_written_in(released, name):
    student, before = STUDENTS[name], deepcopy(released)
    notebook = student.notebook(released)
    assert released == before
    nbformat.validate(notebook)
    own = [cell.source for cell in notebook.cells if "nbgrader" not in cell.metadata]
    assert own == ([student.helper.strip("\n")] if student.helper else [])
    known = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    for cell, original in zip(known, released.cells, strict=True):
        assert cell.metadata == original.metadata
        text = student.texts.get(cell.metadata.nbgrader.grade_id, original.source)
        assert cell.source == text.strip("\n")


def test_the_helper_stands_above_the_answer_that_calls_it(released):
    cells = STUDENTS["katherine"].notebook(released).cells
    at = next(i for i, cell in enumerate(cells) if "def default_scale" in cell.source)
    assert cells[at + 1].metadata.nbgrader.grade_id == "attention_scores"
    assert "default_scale(Q)" in cells[at + 1].source
