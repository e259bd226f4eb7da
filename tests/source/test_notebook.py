"""The shape of the lesson: what stands where, how long it is, and that it gives nothing away."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source" / "attention" / "attention.ipynb"
_BY_WHICH_PYTHON = re.compile(rb'"python": "3\.\d+"')


@pytest.fixture(scope="module")
def release():
    return nbformat.read(ROOT / "release" / "attention" / "attention.ipynb", as_version=4)


def ids(source, cell_type=None):
    return [c.metadata.nbgrader.grade_id for c in source.cells if cell_type in (None, c.cell_type)]


def test_every_cell_has_an_id_of_its_own_and_all_code_but_the_answers_is_locked(source):
    assert len(set(ids(source))) == len(source.cells)
    for cell in source.cells:
        info = cell.metadata.nbgrader
        assert info.solution == (info.grade_id in ANSWERS)
        assert info.locked != info.solution
        assert info.grade == info.grade_id.startswith("test_")
        assert info.get("points") == (1 if info.grade else None)
        assert not cell.get("outputs")


def test_the_sections_come_in_order_with_their_time(source):
    text = "\n".join(c.source for c in source.cells if c.cell_type == "markdown")
    sections = re.findall(r"^## (\d+) · .*\n\*(\d+) minutes?", text, flags=re.M)
    assert [int(number) for number, _ in sections] == list(range(1, 11))
    assert sum(int(minutes) for _, minutes in sections) == 30


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_has_task_hints_test_guess_and_picture_in_this_order(source, text_of, answer):
    code_and_text = ids(source)
    at = code_and_text.index(answer)
    around = [f"hints_{answer}", f"test_{answer}", f"guess_{answer}", f"picture_{answer}"]
    assert code_and_text[at + 1 : at + 5] == around
    task = source.cells[at - 1].source
    assert "**Write**" in task and "$$" in task and "| name | shape |" in task and "minutes ·" in task
    assert text_of[f"hints_{answer}"].count("<details>") == 3
    assert "Guess first" in text_of[f"guess_{answer}"]


def test_pictures_and_verify_are_for_the_lesson_only_and_tests_do_not_stop_run_all(source):
    for cell in source.cells:
        grade_id = cell.metadata.nbgrader.grade_id
        tags = cell.metadata.get("tags", [])
        assert ("lesson-only" in tags) == grade_id.startswith(("picture_", "verify_"))
        assert ("raises-exception" in tags) == grade_id.startswith("test_")


def test_a_student_writes_at_most_25_lines(text_of):
    solutions = [re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text_of[a], flags=re.S) for a in ANSWERS]
    lines = [line for parts in solutions for part in parts for line in part.splitlines() if line.strip()]
    assert 10 <= len(lines) <= 25


def test_test_cells_have_visible_checks_first_and_hidden_ones_after(text_of):
    for answer in ANSWERS:
        visible, hidden = text_of[f"test_{answer}"].split("### BEGIN HIDDEN TESTS")
        assert "@checks.visible" in visible and "@checks.hidden" not in visible
        assert "@checks.hidden" in hidden and "@checks.visible" not in hidden
        assert hidden.rstrip().endswith("checks.report()")


def solution_lines(text_of):
    for answer in ANSWERS:
        for part in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text_of[answer], flags=re.S):
            for line in part.splitlines():
                code = line.split("#")[0].strip()
                if len(code) > 12 and code != "return Q, K, V":
                    yield code


def test_nothing_that_a_student_gets_holds_a_line_of_the_solution(text_of):
    given = [p for p in (ROOT / "attention_lib").rglob("*") if p.suffix in (".py", ".md", ".html", ".txt")]
    given += [ROOT / "release" / "attention" / "attention.ipynb", ROOT / "source" / "attention" / "index.html"]
    lines = set(solution_lines(text_of))
    assert len(lines) >= 8
    for path in given:
        text = path.read_text(encoding="utf-8")
        assert [line for line in lines if line in text] == [], path


def test_the_release_holds_no_line_of_a_hidden_test(source, release):
    """But lines that stand in visible text as well."""
    visible, hidden = [], []
    for cell in source.cells:
        before, _, rest = cell.source.partition("### BEGIN HIDDEN TESTS")
        inside, _, after = rest.partition("### END HIDDEN TESTS")
        visible += [before, after]
        hidden += [line.strip() for line in inside.splitlines()]
    lines = {line for line in hidden if len(line) > 20 and not any(line in text for text in visible)}
    assert len(lines) > 100
    released = json.dumps([cell.source for cell in release.cells], ensure_ascii=False)
    assert [line for line in lines if json.dumps(line, ensure_ascii=False)[1:-1] in released] == []


def nbgrader(course: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=ROOT,
        env=os.environ | {"ATTENTION101_COURSE": str(course)},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> Path:
    """A course with the lesson, compiled."""
    course = tmp_path_factory.mktemp("compiled")
    shutil.copytree(SOURCE.parent, course / "source" / "attention")
    nbgrader(course, "generate_assignment", "attention")
    return course


def test_the_release_is_the_one_that_the_source_gives(compiled):
    made = compiled / "release" / "attention"
    for path in [p for p in made.rglob("*") if p.is_file()]:
        committed = ROOT / "release" / "attention" / path.relative_to(made)
        remedy = "The release lags behind the source: run `nbgrader generate_assignment attention` and commit it."
        contents = [_BY_WHICH_PYTHON.sub(b"", file.read_bytes()) for file in (committed, path)]
        assert contents[0] == contents[1], f"{committed}: {remedy}"


@pytest.mark.kernel
def test_the_reference_runs_from_the_top_without_errors_or_warnings_and_verifies_itself(compiled):
    # nbgrader would run it beside the source, where `verify()` finds another notebook.
    nbgrader(compiled, "generate_solution", "attention", "--Execute.enabled=False")
    folder = compiled / "solution" / "attention"
    reference = nbformat.read(folder / "attention.ipynb", as_version=4)
    ran = NotebookClient(reference, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    progress = json.loads((folder / "progress" / "lesson_progress.json").read_text())
    assert (progress["score"], progress["warnings"]) == (5, [])
    pictures = [o for o in outputs if "<img alt=" in o.get("data", {}).get("text/html", "")]
    assert len(pictures) == 17


@pytest.mark.kernel
def test_the_release_runs_to_its_end_unanswered_and_its_pictures_say_what_they_wait_for(tmp_path):
    shutil.copy(ROOT / "release" / "attention" / "attention.ipynb", tmp_path)
    blank = nbformat.read(tmp_path / "attention.ipynb", as_version=4)
    ran = NotebookClient(blank, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    for answer in ANSWERS:
        cell = next(c for c in ran.cells if c.metadata.nbgrader.grade_id == f"picture_{answer}")
        assert "comes once" in cell.outputs[0].data["text/plain"]
    assert json.loads((tmp_path / "progress" / "lesson_progress.json").read_text())["score"] == 0
