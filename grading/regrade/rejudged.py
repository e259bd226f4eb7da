"""A submission judged by the tests of now, beside what was decided before."""

from dataclasses import dataclass

from nbformat import NotebookNode

from attention_lib.assignment.cells import noted, notes_of, view
from grading.regrade.earlier import Earlier
from grading.regrade.verdict import points_of, records_of, sentences_of, tests_of, written_of


@dataclass(frozen=True)
class Change:
    """One point gained or lost.

    cell: the answer's name
    reason: the sentence of the check that decides it, and by which tests
    by_hand: the points that a person has set, which stay; None if nobody has
    """

    student: str
    cell: str
    old: float
    new: float
    reason: str
    by_hand: float | None


class Rejudged:
    """A new judgement of a submission beside the old one, and what it comes to.

    notebook: the judged notebook, of which notes that are the instructor's doing are taken out
    tests_are_shown: whether feedback pages show hidden tests' source
    changes: points gained and lost
    new_page: whether the feedback page says something else now, or was to be made by an interrupted run
    to_write: whether anything at all is to be written
    """

    def __init__(self, earlier: Earlier, notebook: NotebookNode, tests_are_shown: bool):
        self.earlier, self.notebook = earlier, notebook
        _forget_new_notes(notebook, earlier.notebook)
        old, new = earlier.points, points_of(notebook)
        self.changes = [
            Change(
                earlier.student,
                view(tests_of(notebook)[test_id]).tested,
                old.get(test_id, 0),
                new[test_id],
                _reason(earlier.notebook, notebook, test_id, gained=new[test_id] > old.get(test_id, 0)),
                earlier.by_hand.get(test_id),
            )
            for test_id in new
            if new[test_id] != old.get(test_id)
        ]
        other_words = sentences_of(notebook) != sentences_of(earlier.notebook)
        other_tests = tests_are_shown and _sources(notebook) != _sources(earlier.notebook)
        self.new_page = bool(self.changes) or earlier.begun or other_words or other_tests
        self.to_write = self.new_page or written_of(notebook) != written_of(earlier.notebook)


def _forget_new_notes(notebook: NotebookNode, before: NotebookNode) -> None:
    """The submission is the same: a locked cell that is "changed" only now was changed by the instructor."""
    notes, said = notes_of(notebook), noted(before).get("mended", [])
    written = {seen.grade_id for cell in notebook.cells if (seen := view(cell)).solution}
    notes.mended = [note for note in notes.mended if note in said or not note.cell or note.cell in written]


def _reason(before: NotebookNode, now: NotebookNode, test_id: str, gained: bool) -> str:
    """The first check that stood, or stands now, in the point's way."""
    failed = [record.message for record in records_of(before if gained else now, test_id) if not record.passed]
    return f"{'Before' if gained else 'Now'}: {failed[0]}" if failed else "No check says why."


def _sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in tests_of(notebook).values()]
