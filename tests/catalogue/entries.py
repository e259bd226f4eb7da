"""Reads the catalogue: `answers/` and `held_out/`, one Python file per graded cell, in the "percent" format."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.lesson_answers import ANSWERS

HERE = Path(__file__).parent
_ENTRY = re.compile(r"^# %% (right|wrong): (.+)\n(?:# cause: (.+)\n)?", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One answer.

    answer: grade_id of the cell that it is for
    right: whether it keeps the contract
    what: a line that says what it stands for
    cause: of a wrong one, in `answers/`: names of `causes.CAUSES`, any of which is the right one to be named; in
        `held_out/`: a regular expression for a sentence about the true cause
    """

    answer: str
    right: bool
    what: str
    cause: str
    source: str

    @property
    def causes(self) -> set[str]:
        return {name.strip() for name in self.cause.split(",")}


@cache
def entries(folder: str = "answers") -> tuple[Entry, ...]:
    """All entries, in the order of the notebook. Raises ValueError for a wrong one without a cause."""
    found = []
    for answer in ANSWERS:
        text = (HERE / folder / f"{answer}.py").read_text(encoding="utf-8")
        heads = list(_ENTRY.finditer(text))
        for head, following in zip(heads, [*heads[1:], None]):
            kind, what, cause = head.groups()
            if kind == "wrong" and not cause:
                raise ValueError(f"{folder}/{answer}.py: {what!r} has no `# cause:`")
            source = text[head.end() : following.start() if following else None].strip() + "\n"
            found.append(Entry(answer, kind == "right", what.strip(), cause or "", source))
    return tuple(found)
