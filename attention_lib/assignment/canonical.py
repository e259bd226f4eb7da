"""The canonical notebook: the instructor's cells, with the student's text put in. It alone is graded.

The rules are the contract's "What is graded". `verify()` on the student's side and the grader use this one module, so
that the student's check sees what the grader sees.
"""

import re
from dataclasses import asdict, dataclass

from nbformat import NotebookNode

from attention_lib.assignment.matching import Matching, Place, match
from attention_lib.assignment.mended import Mended, notes, why_unusable
from attention_lib.assignment.notebook_file import copied, new_cell, new_notebook

__all__ = ["Canonical", "Mended", "canonical_notebook"]

KERNEL = ("kernelspec", "language_info")
LONGEST_ID = 64


@dataclass(frozen=True)
class Canonical:
    """The notebook to run, and what had to be mended to get it.

    unusable: why nothing of the submission is this assignment's, in sentences, or ""; then nothing was mended
    """

    notebook: NotebookNode
    mended: list[Mended]
    unusable: str = ""


def canonical_notebook(
    instructor: NotebookNode, submitted: NotebookNode, released: NotebookNode | None = None
) -> Canonical:
    """Puts the text of a submission into the instructor's notebook; changes none of its arguments.

    instructor: the source notebook, or on the student's side the released one
    submitted: the student's notebook, as `read_notebook` returns it. Of each cell only type, text and grade_id count
    released: the student version of `instructor`. Its texts tell a changed cell from an unchanged one, an answer from a
        stub, and recognise cells that lost their grade_id. Left out, it is `instructor` itself, which is right where
        that has no solutions and no hidden tests
    Returns a notebook of format 4.5 without outputs. The instructor's cells have all their metadata; where an answer
    runs as several cells, the last has it, and those before it have {"attention101": {"answer": grade_id}}; the
    student's own cells have {"attention101": {"own": True}}. The notebook's metadata holds the instructor's kernelspec
    and language_info, and {"attention101": {"mended": [{"cell", "message", "lost"}, ...]}}.
    Raises ValueError where two cells of the instructor's have the same grade_id.
    """
    matching = match(instructor, submitted, released or instructor)
    unusable = why_unusable(matching)
    mended = [] if unusable else notes(matching)
    metadata = NotebookNode(
        {key: copied(instructor.metadata[key]) for key in KERNEL if key in instructor.metadata},
        attention101=NotebookNode(mended=[NotebookNode(asdict(note)) for note in mended]),
    )
    return Canonical(new_notebook(_Cells(matching).cells, metadata), mended, unusable)


class _Cells:
    """The canonical notebook's cells, each with an id that is the same in every run."""

    def __init__(self, matching: Matching):
        self.matching = matching
        self.cells: list[NotebookNode] = []
        self._ids: set[str] = set()
        self._own = 0
        for number in matching.top:
            self._add_own(number)
        for place in matching.places:
            if place.is_written:
                self._add_written(place)
            else:
                self._add_instructors(place, place.cell.source)
                for number in place.body:
                    self._add_own(number)

    def _add_written(self, place: Place) -> None:
        kind = place.cell.cell_type
        # Where there is nothing for a person to read, nbgrader shall see that it was left as it was handed out.
        left = place.released if place.view.is_manual else ""
        if not place.stands:
            self._add_instructors(place, left)
        for number in place.body:
            cell = self.matching.given[number]
            text = _students_text(kind, cell.source)
            if cell.own:
                self._add_own(number)
            elif number == place.stands[-1]:
                text = text if text.strip() else left
                self._add_instructors(place, "" if self.matching.hides_a_definition(place) else text)
            else:
                metadata = NotebookNode(attention101=NotebookNode(answer=place.grade_id))
                self._add(kind, f"{place.grade_id}-part", text, metadata)

    def _add_instructors(self, place: Place, source: str) -> None:
        self._add(place.cell.cell_type, place.grade_id, source, copied(place.cell.metadata))
        if "attachments" in place.cell:
            self.cells[-1]["attachments"] = copied(place.cell["attachments"])

    def _add_own(self, number: int) -> None:
        cell = self.matching.given[number]
        text = _students_text(cell.cell_type, cell.source)
        self._own += 1
        self._add(cell.cell_type, f"own-{self._own}", text, NotebookNode(attention101=NotebookNode(own=True)))

    def _add(self, cell_type: str, wanted_id: str, source: str, metadata: NotebookNode) -> None:
        base = re.sub(r"[^A-Za-z0-9_-]", "-", wanted_id)[: LONGEST_ID - 8] or "cell"
        cell_id, count = base, 1
        while cell_id in self._ids:
            count += 1
            cell_id = f"{base}-{count}"
        self._ids.add(cell_id)
        self.cells.append(new_cell(cell_type, cell_id, source, metadata))


def _students_text(cell_type: str, text: str) -> str:
    # Attachments are left behind, and nbconvert makes no page of a notebook that names one it has not.
    return text.replace("attachment:", "attachment%3A") if cell_type == "markdown" else text
