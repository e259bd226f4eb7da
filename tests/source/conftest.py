"""The source notebook, and a way to run one of its test cells against an answer's text."""

from pathlib import Path

import nbformat
import pytest

from attention_lib import checks
from attention_lib.checks import ChecksFailed
from tests.lesson_answers import ANSWERS

SOURCE = Path(__file__).parents[2] / "source" / "attention" / "attention.ipynb"


@pytest.fixture(scope="session")
def source():
    return nbformat.read(SOURCE, as_version=4)


@pytest.fixture(scope="session")
def text_of(source):
    """The text of each instructor cell by its grade_id."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in source.cells}


@pytest.fixture
def judge(text_of, monkeypatch):
    """judge(answer, text) -> the records of that answer's test cell, with the reference for the other answers."""

    monkeypatch.setattr(checks, "passed_in_this_session", {})

    def run(answer: str, text: str) -> list[dict]:
        names = {}
        for grade_id in ("setup", *ANSWERS):
            exec(text if grade_id == answer else text_of[grade_id], names)
        try:
            exec(text_of[f"test_{answer}"], names)
        except ChecksFailed:
            pass
        return names["checks"].records

    return run
