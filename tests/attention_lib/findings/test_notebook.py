"""Findings in a student's notebook."""

import nbformat
import pytest

from attention_lib.findings.notebook import findings_in, not_looked_at
from tests.lesson_answers import SOURCE

RELEASED = SOURCE.parents[2] / "release" / "attention" / "attention.ipynb"
WEIGHTED = "def aggregate_values(weights, V):\n    n = len(V)\n    return weights @ V\n"


def handed_in(**answers: str) -> nbformat.NotebookNode:
    """The released notebook with these answers."""
    notebook = nbformat.read(RELEASED, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return notebook


def test_an_entry_has_the_contracts_form():
    [[found]] = findings_in([handed_in(aggregate_values=WEIGHTED)])
    assert found.as_entry() == {
        "answer": "aggregate_values",
        "kind": "dead_code",
        "lines": [2, 2],
        "names": ["n"],
        "text": "Nothing reads `n`. Whoever reads the code has to find out what it is for, and it is for nothing.",
    }


@pytest.mark.parametrize("path", [SOURCE, RELEASED], ids=["reference", "untouched"])
def test_the_lesson_itself_has_none(path):
    assert findings_in([nbformat.read(path, as_version=4)]) == [[]]


def test_each_notebook_has_its_own():
    other = "def project_qkv(x, W_q, W_k, W_v):\n    l = x @ W_q\n    return l, x @ W_k, x @ W_v\n"
    found = findings_in([handed_in(aggregate_values=WEIGHTED), handed_in(), handed_in(project_qkv=other)])
    assert [[each.finding.names for each in of_one] for of_one in found] == [[("n",)], [], [("l",)]]


def test_an_answer_has_three_at_most_and_the_most_useful_ones():
    source = (
        "def aggregate_values(weights, V):\n    tmp = len(V)\n    mixed = (weights @ V).clone()\n\n"
        "    size = 3\n\n    rest = V == None\n\n    rows = [row @ V for row in weights]\n    return mixed * 1.0\n"
    )
    found = findings_in([handed_in(aggregate_values=source)])[0]
    assert [each.finding.kind for each in found] == ["loop", "dead_code", "dead_code"]
    assert len(findings_in([handed_in(aggregate_values=source)], most=20)[0]) > 5


def test_a_cell_without_its_id_counts_by_the_name_it_defines():
    notebook = handed_in(aggregate_values=WEIGHTED)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.source == WEIGHTED)
    notebook.cells[place].metadata.pop("nbgrader")
    [[found]] = findings_in([notebook])
    assert (found.answer, found.cell, found.finding.names) == ("aggregate_values", place, ("n",))


def test_two_cells_of_one_answer_are_both_read():
    notebook = handed_in(aggregate_values=WEIGHTED)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.source == WEIGHTED)
    notebook.cells.insert(place, notebook.cells[place].copy())
    assert [each.cell for each in findings_in([notebook])[0]] == [place, place + 1]


def test_a_helper_in_a_cell_of_its_own_is_no_dead_code():
    notebook = handed_in(
        project_qkv="def turn(t):\n    return t.mT\n", aggregate_values="def unheard_of(V):\n    return turn(V)\n"
    )
    assert [each.finding.names for each in findings_in([notebook])[0]] == [("unheard_of",)]


def test_magics_are_no_obstacle_and_what_is_not_python_is_told():
    notebook = handed_in(
        aggregate_values="%matplotlib inline\n" + WEIGHTED, attention_scores="def attention_scores(:\n"
    )
    assert [each.finding.first for each in findings_in([notebook])[0]] == [3]
    [said] = not_looked_at(notebook)
    assert "`attention_scores`" in said and not_looked_at(handed_in()) == []
