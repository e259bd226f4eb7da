"""A temporary course with the small lesson of `tests/attention_lib/lesson_notebook.py`, and nbgrader run on it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbgrader.api
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]


def _load(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# A copy of its own: in grading `AttentionHead` has to be a module, and records come from `Checks`.
lesson_notebook = _load("lesson_for_grading", ROOT / "tests/attention_lib/lesson_notebook.py")
lesson_notebook.SETUP += "\nfrom torch import nn"
for _texts in (lesson_notebook.RIGHT, lesson_notebook.STUBS):
    _texts["attention_head"] = _texts["attention_head"].replace("AttentionHead:", "AttentionHead(nn.Module):")
lesson_notebook.TEST = """\
from attention_lib.checks import Checks, expect
checks = Checks("{answer}"{over})
@checks.visible
def check_worked_example():
    "The number of the worked example comes out."
    expect({call}, "wrong number")
checks.report()
"""
RIGHT, lesson, at, insert_after = (getattr(lesson_notebook, n) for n in ("RIGHT", "lesson", "at", "insert_after"))


class CourseFolder:
    """`folder` is the course, made unless it is there; commands run in the checkout, ATTENTION101_COURSE names it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.source = folder / "source" / "attention" / "attention.ipynb"
        if self.source.exists():
            return
        self.source.parent.mkdir(parents=True)
        notebook = lesson(RIGHT)
        del notebook.metadata["attention101"]
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        at(notebook, "test_project_qkv").source += "\n### BEGIN HIDDEN TESTS\nsecret = 1\n### END HIDDEN TESTS"
        at(notebook, "picture").source += "\nraise RuntimeError('a picture was run in grading')"
        self.source.write_text(json.dumps(notebook))

    def copied_to(self, folder: Path) -> "CourseFolder":
        """The same course in another folder."""
        return CourseFolder(Path(shutil.copytree(self.folder, folder, dirs_exist_ok=True)))

    @property
    def released(self) -> Path:
        return self.folder / "release" / "attention" / "attention.ipynb"

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=os.environ | {"ATTENTION101_COURSE": str(self.folder), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=280,
        )

    def submission(self, answers: dict[str, str] | None = None) -> NotebookNode:
        """The released notebook with these answers written in."""
        notebook = json.loads(self.released.read_text(), object_hook=NotebookNode)
        for answer, source in (answers or {}).items():
            at(notebook, answer).source = source
        return notebook

    def hand_in(self, student: str, content: NotebookNode | str, name: str = "attention.ipynb") -> Path:
        folder = self.folder / "submitted" / student / "attention"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "timestamp.txt").write_text("2026-11-25 10:00:00.000000 UTC")
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return folder

    def autograded(self, student: str) -> NotebookNode:
        return json.loads(self._autograded(student).read_text(), object_hook=NotebookNode)

    def replace_autograded(self, student: str, content: NotebookNode | str) -> None:
        """nbgrader makes the file read-only, so that it cannot be written into."""
        path = self._autograded(student)
        path.unlink()
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def _autograded(self, student: str) -> Path:
        return self.folder / "autograded" / student / "attention" / "attention.ipynb"

    def scores(self) -> dict[str, list[float]]:
        """Points per student, in the answers' order, out of the gradebook."""
        from nbgrader.api import Gradebook

        from tests.lesson_answers import ANSWERS

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            found = {}
            for submission in gradebook.assignment_submissions("attention"):
                grades = {g.name: g for notebook in submission.notebooks for g in notebook.grades}
                found[submission.student.id] = [grades[f"test_{answer}"].auto_score for answer in ANSWERS]
            return found


@pytest.fixture(scope="session", autouse=True)
def alembic_asked_once() -> Iterator[None]:
    """For each new gradebook nbgrader starts a program that says which version of the tables is the newest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, "get_alembic_version", cache(nbgrader.api.get_alembic_version))
        yield


@pytest.fixture(scope="session")
def compiled_course(tmp_path_factory) -> CourseFolder:
    """A course of the small lesson, compiled by plain nbgrader, twice, as on a clean clone. To copy, not to change."""
    course = CourseFolder(tmp_path_factory.mktemp("compiled"))
    for _ in range(2):
        answer = course.command("nbgrader", "generate_assignment", "attention")
        assert answer.returncode == 0, answer.stderr
    return course


@pytest.fixture(scope="module")
def course(compiled_course, tmp_path_factory) -> CourseFolder:
    """A compiled course of the small lesson for the tests of one file."""
    return compiled_course.copied_to(tmp_path_factory.mktemp("course"))
