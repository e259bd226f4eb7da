"""The demo's class: twelve submissions as real students hand them in, and the points that each should get."""

from copy import deepcopy
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from attention_lib.assignment.cells import view
from grading.demo import answers as a


@dataclass(frozen=True)
class Student:
    """One submission.

    student: the id
    shows: what it stands for, in a few words
    texts: what was written, by answer; an answer that is not there is left blank
    lost: the answers whose point is not earned
    helper: an extra cell above the answer `attention_scores`; "" for none
    late: handed in after the due date
    """

    student: str
    shows: str
    texts: dict[str, str]
    lost: tuple[str, ...] = ()
    helper: str = ""
    late: bool = False

    @property
    def expected(self) -> dict[str, int]:
        """The points that each answer should get."""
        return {name: int(name not in self.lost) for name in a.PRODUCTS}

    def notebook(self, release: NotebookNode) -> NotebookNode:
        """The released notebook, filled in by this student."""
        notebook = deepcopy(release)
        for cell in notebook.cells:
            cell.source = self.texts.get(view(cell).grade_id, cell.source).strip("\n")
        if self.helper:
            at = next(i for i, c in enumerate(notebook.cells) if view(c).grade_id == "attention_scores")
            notebook.cells.insert(at, new_code_cell(self.helper.strip("\n"), id="my-helper"))
        return notebook


def _but(**changed: str) -> dict[str, str]:
    return a.PRODUCTS | changed


CLASS = (
    Student("ada", "all right, with matrix products", a.PRODUCTS),
    Student("emmy", "all right, with Einstein sums, but late", a.EINSUM, late=True),
    Student("blaise", "one matrix for queries and keys", _but(project_qkv=a.SHARED_MATRIX), ("project_qkv",)),
    Student("carl", "no scaling", _but(attention_scores=a.NO_SCALING), ("attention_scores",)),
    Student(
        "dorothy",
        "softmax over the wrong dimension, and rows taken one by one",
        _but(attention_weights=a.WRONG_SOFTMAX, aggregate_values=a.ROW_BY_ROW),
        ("attention_weights",),
    ),
    Student("edsger", "the mask upside down", _but(attention_weights=a.MASK_INVERTED), ("attention_weights",)),
    Student(
        "grace",
        "a head with biases, and a function that is never called",
        _but(attention_head=a.HEAD_WITH_BIAS, attention_weights=a.UNUSED_FUNCTION),
        ("attention_head",),
    ),
    Student(
        "hedy",
        "half finished",
        {name: a.PRODUCTS[name] for name in ("project_qkv", "attention_scores")},
        ("attention_weights", "aggregate_values", "attention_head"),
    ),
    Student("ida", "blank", {}, tuple(a.PRODUCTS)),
    Student(
        "john",
        "a syntax error in one cell, and words to the reviewer in another",
        _but(attention_scores=a.SYNTAX_ERROR, aggregate_values=a.TALKS_TO_THE_REVIEWER),
        ("attention_scores",),
    ),
    Student(
        "katherine",
        "all right, by hand, with prints and a helper in a cell of her own",
        a.BY_HAND | {"attention_scores": a.SCORES_BY_HELPER},
        helper=a.HELPER_CELL,
    ),
    Student("leslie", "an endless loop", _but(aggregate_values=a.ENDLESS_LOOP), ("aggregate_values",)),
)
