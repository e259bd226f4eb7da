import sys

import pytest
from nbformat import v4

from attention_lib.verification.fresh_run import OUTPUT_LIMIT, run_afresh

pytestmark = pytest.mark.kernel


def test_a_flood_of_output_is_cut_and_its_end_kept(tmp_path, monkeypatch):
    """One run: an empty folder as cwd, an empty profile, output in order, a flood cut, a display updated."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beside.py").write_text("x = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell(
                "import os, sys\nprint(os.listdir(), sys.executable, 'beside' in os.environ['IPYTHONDIR'])"
            ),
            v4.new_code_cell("import beside"),
            v4.new_code_cell(
                "from IPython.display import display\nfor i in range(300): display('y' * 20_000)\ndisplay('end')"
            ),
            v4.new_code_cell("h = display(1, display_id=True)\nh.update(2)"),
            v4.new_code_cell("print('not run')", metadata={"tags": ["lesson-only"]}),
            v4.new_markdown_cell("text"),
        ]
    )
    before = str(notebook)
    run = run_afresh(notebook)
    assert str(notebook) == before
    assert run.finished and not run.left_out and sorted(run.seconds) == [0, 1, 2, 3]
    assert run.notebook.cells[0].outputs[0].text.split() == ["[]", sys.executable, "False"]
    assert run.notebook.cells[1].outputs[-1].ename == "ModuleNotFoundError"
    flood = run.notebook.cells[2].outputs
    assert flood[-1].data["text/plain"] == "'end'"
    assert sum(len(str(output)) for output in flood) <= OUTPUT_LIMIT * 1.1
    assert [out.data["text/plain"] for out in run.notebook.cells[3].outputs] == ["2"]


def test_a_test_that_never_ends_takes_its_answer_out_and_runs_again():
    def known(grade_id, source, **flags):
        return v4.new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id, **flags}})

    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell("def f():\n    while True: pass", metadata={"attention101": {"answer": "project_qkv"}}),
            known("project_qkv", "g = f", solution=True),
            known("test_project_qkv", "g()", grade=True),
            v4.new_code_cell("print('after')"),
        ]
    )
    told = []
    run = run_afresh(notebook, cell_limit_s=4, tell=told.append)
    assert sorted(run.left_out) == [0, 1]
    assert run.notebook.cells[2].outputs[-1].ename == "NameError"
    assert run.notebook.cells[3].outputs[0].text == "after\n"
    assert len(told) == 1 and "test_project_qkv" in told[0]
