"""Errors of a student's cells: their own lines, nobody else's."""

import nbformat.v4 as v4
import pytest
from nbclient import NotebookClient

from grading.pages.feedback.tracebacks import Frame, StudentCell, cell_error


@pytest.fixture(scope="module")
def run():
    """Outputs of cells that a real kernel ran."""
    sources = [
        "def secret_test(answer):\n    expected_value_of_the_test = 41\n    return answer(expected_value_of_the_test)",
        "def answer(x):\n    y = x + 1\n    return y.shape",
        "z = 1\nanswer(2)",
        "secret_test(answer)",
        "def broken(:\n    pass",
        "import json\njson.loads('{')",
        "raise ValueError('\\x1b[31mred\\x1b[0m' * 2)",
    ]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    return notebook.cells


def error_of(run, index, own=(1, 2, 3, 4, 5, 6)):
    cells = {i: StudentCell(f"cell {i}", run[i].source) for i in own}
    return cell_error(run[index].outputs[-1], cells[index], list(cells.values()))


def test_frames_in_this_cell_and_in_another_of_the_students(run):
    error = error_of(run, 2)
    assert (error.kind, error.message) == ("AttributeError", "'int' object has no attribute 'shape'")
    assert error.frames == (Frame("", 2, "answer(2)"), Frame("cell 1", 3, "return y.shape"))


def test_frames_of_a_test_are_left_out(run):
    error = error_of(run, 3)
    assert error.frames == (Frame("", 1, "secret_test(answer)"), Frame("cell 1", 3, "return y.shape"))
    assert "expected_value_of_the_test" in str(run[3].outputs)
    assert "expected_value_of_the_test" not in str(error)


def test_frames_of_libraries_are_left_out(run):
    error = error_of(run, 5)
    assert error.kind == "JSONDecodeError" and error.frames == (Frame("", 2, "json.loads('{')"),)


def test_a_syntax_error_names_its_line(run):
    error = error_of(run, 4)
    assert error.kind == "SyntaxError" and error.message.endswith("(line 1)")
    assert error.frames == (Frame("", 1, "def broken(:"),)


def test_terminal_colours_are_dropped(run):
    assert error_of(run, 6).message == "redred"


@pytest.mark.parametrize(
    "output",
    [{}, {"ename": None, "evalue": None, "traceback": None}, {"traceback": "text"}, {"traceback": [None, 5, {}]}],
)
def test_a_malformed_error_is_still_an_error(output):
    assert cell_error(output, StudentCell("", "x"), []).kind == "Error"


def test_giants_are_cut():
    code = "f()"
    output = {
        "ename": "E" * 10_000,
        "evalue": "m" * 1_000_000,
        "traceback": [f"----> {n} {code}" for n in range(1, 5_000)],
    }
    error = cell_error(output, StudentCell("", f"{code}\n" * 5_000), [])
    assert len(error.kind) < 200 and len(error.message) < 2_000 and len(error.frames) <= 8
