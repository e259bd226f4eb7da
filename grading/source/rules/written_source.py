"""An assignment's source as the rules read it, and what they say of it."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode
from traitlets.config import Config

from attention_lib.assignment.cell_code import CellCode, read_code
from attention_lib.assignment.cells import CellView, nbgrader_entry, view
from attention_lib.assignment.declaration import Assignment, declared, set_up_of
from attention_lib.sentences import listed_names
from grading.source.rules.syntax import syntax_error

LONGEST_QUOTE = 60  # characters
_DEFINING_MAGIC = re.compile(r"^\s*%+(capture|load|prun|pylab|run|store|time)\b", re.MULTILINE)


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
    """

    node: NotebookNode
    view: CellView
    number: int

    @property
    def text(self) -> str:
        return self.node.source

    @property
    def nbgrader(self) -> dict:
        """What nbgrader's metadata say, of whatever types."""
        return nbgrader_entry(self.node)

    @property
    def kind(self) -> str:
        """What people call its type."""
        return {"code": "code", "markdown": "Markdown"}.get(self.node.cell_type, "raw")

    @property
    def called(self) -> str:
        """What sentences call it within, such as "the cell `setup`"."""
        if self.view.grade_id:
            return f"the cell `{shown(self.view.grade_id)}`"
        if not self.text.strip():
            return f"the empty {self.kind} cell, number {self.number} of the notebook,"
        return f"the {self.kind} cell that begins {self.beginning}"

    @property
    def beginning(self) -> str:
        """Its first line, quoted."""
        return quoted(next(iter(self.text.strip().splitlines()), ""))

    @cached_property
    def syntax_error(self) -> tuple[int | None, str] | None:
        return syntax_error(self.text) if self.view.is_code else None

    @cached_property
    def code(self) -> CellCode:
        return read_code(self.text)

    @cached_property
    def tree(self) -> ast.Module | None:
        return self.code.tree

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
        self.cells = [SourceCell(node, view(node), number) for number, node in enumerate(notebook.cells, start=1)]
        self.assignment: Assignment = declared(self.notebook)
        text = set_up_of(self.notebook)
        self.set_up = next((cell for cell in self.cells if cell.view.is_code and cell.text == text), None)

    def gives(self, cell: SourceCell) -> set[str] | None:
        """The names that a cell gives to those below when it is graded; None if reading it does not tell."""
        if not cell.view.is_code or (cell.view.is_lesson_only and not cell.view.solution):
            return set()
        is_plain = cell.tree is not None and "*" not in cell.code.defines and not _DEFINING_MAGIC.search(cell.text)
        return set(cell.code.defines) if is_plain else None

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


def quoted(line: str) -> str:
    """The beginning of a line, quoted."""
    line = shown(line)
    return f"`{line[:LONGEST_QUOTE]}{'…' if len(line) > LONGEST_QUOTE else ''}`"


def listed(names, word: str = "and") -> str:
    """`a`, `b` and `c`."""
    return listed_names(map(shown, names), word)
