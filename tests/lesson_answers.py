"""The lesson's answers as its source notebook declares them: each one's grade_id with the name that it must define."""

from pathlib import Path

import nbformat

from attention_lib.assignment.declaration import declared

SOURCE = Path(__file__).resolve().parents[1] / "source" / "attention" / "attention.ipynb"
LESSON = declared(nbformat.read(SOURCE, as_version=4))
ANSWERS = {answer.grade_id: answer.name for answer in LESSON.answers}
