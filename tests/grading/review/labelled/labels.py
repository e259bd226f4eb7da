"""Reads the labelled comments: a JSON file for each set, a comment a line."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grading.review.claims import Comment
from tests.grading.review.labelled.answers import ANSWERS

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Labelled:
    """A comment on an answer. `bad` says what is bad about it, and is empty for a good one."""

    answer: str
    comment: Comment
    bad: str


@dataclass(frozen=True)
class LabelledSet:
    """The good and the bad comments of one file."""

    good: tuple[Labelled, ...]
    bad: tuple[Labelled, ...]


@cache
def labelled_set(name: str) -> LabelledSet:
    """The set `name`.json. Raises KeyError for an unknown answer, pydantic's ValidationError for a bad comment."""
    data = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return LabelledSet(*(tuple(map(_labelled, data[key])) for key in ("good", "bad")))


def _labelled(row: dict) -> Labelled:
    ANSWERS[row["answer"]]
    comment = Comment(lines=tuple(row["lines"]), kind=row["kind"], text=row["text"])
    return Labelled(row["answer"], comment, row.get("bad", ""))
