"""What a worker is asked and what it answers, both as JSON between processes."""

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from grading.grade.judging import TimeLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode

THE_REFERENCE = ""  # in place of a student's id


@dataclass(frozen=True)
class Request:
    """To judge one submission, within its settings.

    sandbox: the settings of `Sandbox`
    source, released: the instructor's notebook and its student version, as text
    stubs: nbgrader's checksums of the answers' stubs
    seed: a secret from which the random numbers of hidden checks are made; the student's process never has it
    student: whose submission it is, or THE_REFERENCE

    What to judge is one of these; without any of them the worker does no more than get ready:
    canonical: a canonical notebook, as text
    reference: whether it is the instructor's own solution
    submitted: the path at which a submitted notebook should be
    parcel: a submitted folder packed by `grading.grade.workers.parcel`
    """

    sandbox: dict
    limits: TimeLimits
    source: str = ""
    released: str = ""
    stubs: dict[str, str] = field(default_factory=dict)
    seed: str = ""
    student: str = THE_REFERENCE
    canonical: str = ""
    reference: bool = False
    submitted: str = ""
    parcel: dict | None = None

    @property
    def has_work(self) -> bool:
        """Whether there is something to judge."""
        return bool(self.canonical or self.reference or self.submitted or self.parcel)

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Request":
        given = json.loads(text)
        return cls(**given | {"limits": TimeLimits(**given["limits"])})


@dataclass(frozen=True)
class Outcome:
    """What came of a request.

    student: as in the request
    notebook: the judged notebook as text; "" where there is none
    walls: the name of the walls; warning: what they do not protect, a sentence or ""
    refused: where demanded walls do not stand, a sentence
    failed: where it is the grader's fault that there is no notebook, a clause that says why
    """

    student: str = THE_REFERENCE
    notebook: str = ""
    walls: str = ""
    warning: str = ""
    refused: str = ""
    failed: str = ""

    @property
    def judged(self) -> "NotebookNode | None":
        """The judged notebook; None where there is none."""
        import nbformat

        return nbformat.from_dict(json.loads(self.notebook)) if self.notebook else None

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        return cls(**json.loads(text))
