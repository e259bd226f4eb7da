"""What students fetched before goes on working: an earlier release's notebook over the library as it is now.

`earlier_release.ipynb` holds all code cells of the notebook as it was released in November 2026, before releases
carried what the source declares.
"""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.lesson_answers import ANSWERS, SOURCE

CHECKS_MIME = "application/vnd.attention101.checks+json"
pytestmark = [pytest.mark.slow, pytest.mark.kernel]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cells(home):
    """All cells by grade_id, run from the top with the instructor's answers in place of the stubs."""
    solved = {cell.metadata.nbgrader.grade_id: cell.source for cell in nbformat.read(SOURCE, as_version=4).cells}
    notebook = nbformat.read(Path(__file__).with_name("earlier_release.ipynb"), as_version=4)
    assert "declared" not in notebook.metadata.attention101
    by_id = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    for answer in ANSWERS:
        assert by_id[answer].source != solved[answer]
        by_id[answer].source = solved[answer]
    nbformat.write(notebook, home / "attention.ipynb")
    NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(home)}}).execute()
    return by_id


def test_no_cell_fails(cells):
    failed = {name: out.evalue for name, cell in cells.items() for out in cell.outputs if out.output_type == "error"}
    assert failed == {} and len(cells) == 28


def test_every_check_passes(cells):
    for answer in ANSWERS:
        shown = (out.get("data", {}).get(CHECKS_MIME) for out in cells[f"test_{answer}"].outputs)
        (records,) = filter(None, shown)
        assert len(records) >= 2 and all(record["passed"] for record in records), records


def test_every_picture_is_drawn(cells):
    pictures = {name: cell for name, cell in cells.items() if name.startswith("picture_")}
    assert len(pictures) >= 12
    for name, cell in pictures.items():
        pages = [out.data["text/html"] for out in cell.outputs if "text/html" in out.get("data", {})]
        assert pages and not any("This picture comes once" in page for page in pages), name
        assert any("data:image/png" in page for page in pages), name


def test_verify_counts_all_points_and_warns_of_nothing(cells, home):
    told = json.loads((home / "progress" / "lesson_progress.json").read_text())
    assert told["score"] == len(ANSWERS) and told["warnings"] == []
    assert {name: cell["passed"] for name, cell in told["cells"].items()} == dict.fromkeys(ANSWERS, True)
