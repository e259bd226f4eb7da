"""`python -m grading findings`."""

import json

import nbformat
import pytest

from grading.__main__ import main
from tests.lesson_answers import SOURCE


@pytest.fixture
def handed_in(tmp_path):
    notebook = nbformat.read(SOURCE, as_version=4)
    cell = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "aggregate_values"
    )
    cell.source = "def aggregate_values(weights, V):\n    tmp = weights @ V\n    return tmp * 1.0\n"
    path = tmp_path / "attention.ipynb"
    nbformat.write(notebook, path)
    return path


def test_findings_as_text(handed_in, capsys):
    assert main(["findings", str(handed_in)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("aggregate_values, line 3: `tmp * 1.0` gives what was there before.")
    assert "The name `tmp` does not say" in printed and "See section 1 · Introduction and theory" in printed


def test_findings_as_json(handed_in, capsys):
    assert main(["findings", str(handed_in), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["answer"], each["kind"], each["lines"], each["names"]) for each in found] == [
        ("aggregate_values", "redundant_step", [3, 3], ["tmp"]),
        ("aggregate_values", "unclear_name", [2, 2], ["tmp"]),
    ]
    assert all(set(each) == {"answer", "kind", "lines", "names", "text"} for each in found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"cells": [{"cell_ty', "its JSON stops in the middle"),
        ("<html>", "it is a web page"),
        ('{"cells": []}', "has no answer of an assignment in it"),
    ],
)
def test_a_damaged_notebook_is_told(text, why, tmp_path, capsys):
    path = tmp_path / "attention.ipynb"
    path.write_text(text)
    assert main(["findings", str(path), "--json"]) == 1
    printed = capsys.readouterr()
    assert why in printed.err and "attention.ipynb" in printed.err and not printed.out
