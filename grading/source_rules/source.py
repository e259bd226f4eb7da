"""An assignment's source as the rules read it, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode
from traitlets.config import Config

from attention_lib.assignment.cells import CellView, view
from attention_lib.assignment.declaration import Assignment, declared, set_up_of
from attention_lib.cell_code import CellCode, read_code, syntax_error

LONGEST_BEGINNING = 50  # characters


@dataclass(frozen=True)
class SourceFault:
    """One mistake in an assignment's source.

    sentence: what is wrong, where, and the remedy
    grade_id: of the cell; "" where it has none, or no cell is meant
    number: the cell's place in the notebook, from 1; 0 where no cell is meant
    """

    sentence: str
    grade_id: str = ""
    number: int = 0


@dataclass(frozen=True)
class SourceCell:
    """A cell of the source.

    number: its place in the notebook, from 1
    points: as its metadata has them, of whatever type
    """

    node: NotebookNode
    view: CellView
    number: int
    points: object

    @property
    def text(self) -> str:
        return self.node.source

    @property
    def kind(self) -> str:
        """What people call its type."""
        return {"code": "code", "markdown": "Markdown"}.get(self.node.cell_type, "raw")

    @property
    def called(self) -> str:
        """What sentences call it within, such as "the cell `setup`"."""
        if self.view.grade_id:
            return f"the cell `{shown(self.view.grade_id)}`"
        return f"the {self.kind} cell that begins {self.beginning}" if self.text.strip() else self.by_number

    @property
    def beginning(self) -> str:
        """Its first line, quoted."""
        first = shown(next(iter(self.text.strip().splitlines()), ""))
        return f"`{first[:LONGEST_BEGINNING]}{'…' if len(first) > LONGEST_BEGINNING else ''}`"

    @property
    def by_number(self) -> str:
        return f"the empty {self.kind} cell, number {self.number} of the notebook,"

    @property
    def is_marked(self) -> bool:
        """Whether nbgrader does anything with it."""
        return self.view.grade or self.view.solution or self.view.locked or self.view.task

    @cached_property
    def syntax_error(self) -> tuple[int | None, str] | None:
        return syntax_error(self.text) if self.view.is_code else None

    @property
    def code(self) -> CellCode:
        return read_code(self.text)

    def fault(self, sentence: str) -> SourceFault:
        """A fault of this cell. The sentence goes on where `called` ends."""
        return SourceFault(f"{self.called[0].upper()}{self.called[1:]} {sentence}", self.view.grade_id, self.number)


class Source:
    """A source notebook, read once for all rules.

    config: nbgrader's configuration, for its marks; None for its defaults
    """

    def __init__(self, notebook: NotebookNode, config: Config | None = None):
        # A carried declaration is a released version's, and says nothing of the cells that stand here.
        self.notebook = NotebookNode(notebook)
        self.notebook.metadata = NotebookNode(notebook.get("metadata") or {})
        self.notebook.metadata.pop("attention101", None)
        self.config = config
        self.cells = [_cell(node, number) for number, node in enumerate(notebook.cells, start=1)]
        self.assignment: Assignment = declared(self.notebook)
        self.set_up: CellCode = read_code(set_up_of(self.notebook))

    @property
    def tests(self) -> list[SourceCell]:
        """The tests that carry an answer's name."""
        return [cell for cell in self.cells if cell.view.tested]

    def find(self, grade_id: str) -> SourceCell | None:
        """The first cell with this id."""
        return next((cell for cell in self.cells if cell.view.grade_id == grade_id), None)


def shown(text: str) -> str:
    """A text of the notebook's as a sentence can show it: on one line, and without what a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in " ".join(text.split()))


def listed(names, word: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{shown(name)}`" for name in names]
    return f" {word} ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))


def _cell(node: NotebookNode, number: int) -> SourceCell:
    nbgrader = node.get("metadata", {}).get("nbgrader")
    return SourceCell(node, view(node), number, nbgrader.get("points") if isinstance(nbgrader, dict) else None)
