"""What is known of an answer that is to be reviewed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A check of the tests: its name and whether the answer passed it; None if it could not be made."""

    check: str
    passed: bool | None


@dataclass(frozen=True)
class ReviewedAnswer:
    """One student's answer to one graded cell.

    cell: the answer's grade_id
    source: the student's text, untouched; lines of comments are counted in it, from 1
    outcomes: what the tests found; empty if they did not come to their end
    right: whether the answer has its point
    reference: the instructor's answer
    task: the answer cell as students get it, its docstring included
    """

    cell: str
    source: str
    outcomes: tuple[Outcome, ...]
    right: bool
    reference: str
    task: str
