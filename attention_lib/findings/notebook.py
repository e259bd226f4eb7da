"""Findings in students' notebooks, as files or as they are open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import seems_to_define
from attention_lib.assignment.cells import view
from attention_lib.assignment.declaration import Answer, declared
from attention_lib.findings.find import MOST_SHOWN, code_of, find
from attention_lib.findings.finding import Finding
from attention_lib.findings.linter import is_installed
from attention_lib.findings.sentences import text_of
from attention_lib.sentences import listed_names

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class AnswerFinding:
    """A finding and where it stands.

    answer: the answer's grade_id
    cell: the cell's position in the notebook, from 0; the finding's lines are counted in it
    """

    answer: str
    cell: int
    finding: Finding

    @property
    def where(self) -> str:
        """Its lines in words."""
        first, last = self.finding.first, self.finding.last
        return f"line {first}" if first == last else f"lines {first} to {last}"

    def as_entry(self) -> dict:
        """In the form of the contract."""
        found = self.finding
        return {
            "answer": self.answer,
            "kind": found.kind,
            "lines": [found.first, found.last],
            "names": list(found.names),
            "text": text_of(found),
        }


def findings_in(
    notebooks: Sequence[NotebookNode], most: int = MOST_SHOWN, shape_comments: bool = False
) -> list[list[AnswerFinding]]:
    """For each notebook, answer by answer, the most useful findings first.

    most: how many an answer gets
    shape_comments: whether missing comments on shapes count, too
    """
    places = [(n, answer, cell) for n, notebook in enumerate(notebooks) for answer, cell in _answer_cells(notebook)]
    sources = [notebooks[n].cells[cell].source for n, _, cell in places]
    given = {name for notebook in notebooks for name in declared(notebook).names}
    used = [_names_elsewhere(notebooks[n], cell) for n, _, cell in places]
    by_answer: dict[tuple[int, str], list[AnswerFinding]] = {}
    for (n, answer, cell), found in zip(places, find(sources, given, used, shape_comments), strict=True):
        by_answer.setdefault((n, answer), []).extend(AnswerFinding(answer, cell, each) for each in found)
    results: list[list[AnswerFinding]] = [[] for _ in notebooks]
    for (n, _), found in by_answer.items():
        results[n] += found[:most]
    return results


def not_looked_at(notebook: NotebookNode) -> list[str]:
    """Where findings may be missing, in sentences: without ruff, and in cells that are no Python."""
    said = []
    if not is_installed():
        said.append("ruff is not installed, so what it would find is missing (`pip install ruff`).")
    cells = _answer_cells(notebook)
    broken = [answer for answer, cell in cells if code_of(notebook.cells[cell].source).tree is None]
    if broken:
        names = listed_names(dict.fromkeys(broken))
        said.append(f"Nothing is looked for in the style of {names}, which cannot be read as Python.")
    return said


def _answer_cells(notebook: NotebookNode) -> list[tuple[str, int]]:
    """The answers' grade_ids with the positions of their cells."""
    return [(answer.grade_id, cell) for answer in declared(notebook).answers for cell in _cells_of(answer, notebook)]


def _cells_of(answer: Answer, notebook: NotebookNode) -> list[int]:
    """The cells with the answer's id; where there is none, the student's own that define its name."""
    views = [view(cell) for cell in notebook.cells]
    with_id = [place for place, seen in enumerate(views) if seen.answer == answer.grade_id]
    own = [place for place, seen in enumerate(views) if seen.is_code and not seen.grade_id]
    return with_id or [place for place in own if seems_to_define(notebook.cells[place].source, answer.name)]


def _names_elsewhere(notebook: NotebookNode, cell: int) -> set[str]:
    """What could be a name in the other code cells."""
    others = (each.source for place, each in enumerate(notebook.cells) if place != cell and each.cell_type == "code")
    return set().union(*map(_names_of, others))


# Most cells are the same in all notebooks of a class.
@lru_cache(maxsize=256)
def _names_of(source: str) -> frozenset[str]:
    return frozenset(_NAME.findall(source))
