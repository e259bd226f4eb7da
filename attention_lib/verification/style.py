"""What could be written better in a student's answers. It costs no points, so nothing here may stop a check."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from attention_lib.findings.notebook import AnswerFinding, findings_in, not_looked_at
from attention_lib.findings.shown import as_html, as_text
from attention_lib.sentences import code_marks, error_in_words

HEADING = "Could be written better (no points)"


@dataclass(frozen=True)
class Style:
    """findings: at most three for each answer; notes: what was not looked at, a sentence for each reason."""

    findings: Sequence[AnswerFinding] = ()
    notes: Sequence[str] = ()

    def as_text(self) -> str:
        """A part of the card; "" where there is nothing to say."""
        lines = [as_text(each, with_example=False) for each in self.findings] + list(self.notes)
        return "\n".join([HEADING, *lines]) if lines else ""

    def as_html(self, notebook: str) -> str:
        """The same with examples and links into the notebook of this file name."""
        if not self.findings and not self.notes:
            return ""
        notes = "".join(f'<div style="margin-top:6px;font-size:.92em">{code_marks(note)}</div>' for note in self.notes)
        return f'<div style="font-weight:600">{HEADING}</div>{as_html(self.findings, notebook)}{notes}'


def style_of(notebook: NotebookNode) -> Style:
    """What code finds in the answers. Never raises: where it fails, a note says so."""
    try:
        return Style(findings_in([notebook])[0], not_looked_at(notebook))
    # A fault of a finder must not cost anybody the check.
    except Exception as error:
        return Style(notes=[f"Nothing was looked for in the style of the answers ({error_in_words(error)})."])
