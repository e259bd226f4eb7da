"""A small lesson with the contract's five answers, for the tests of `verify()`."""

import json

from nbformat import NotebookNode, v4

from attention_lib.assignment.check_records import CHECKS_MIME
from tests.lesson_answers import ANSWERS

RIGHT = {
    "project_qkv": "def project_qkv(x, W_q, W_k, W_v):\n    return x * W_q, x * W_k, x * W_v",
    "attention_scores": "def attention_scores(Q, K, scale=None):\n    return Q * K * (1 if scale is None else scale)",
    "attention_weights": "def attention_weights(scores, mask=None):\n    return scores + 1",
    "aggregate_values": "def aggregate_values(weights, V):\n    return weights * V",
    "attention_head": (
        "class AttentionHead:\n    def forward(self, x, mask=None):\n"
        "        Q, K, V = project_qkv(x, 1, 2, 3)\n        return aggregate_values(attention_scores(Q, K), V)"
    ),
}
CALLS = {
    "project_qkv": "project_qkv(2, 3, 4, 5) == (6, 8, 10)",
    "attention_scores": "attention_scores(2, 3) == 6",
    "attention_weights": "attention_weights(1) == 2",
    "aggregate_values": "aggregate_values(2, 3) == 6",
    "attention_head": "AttentionHead().forward(2) == 48",
}
STUBS = {
    answer: f"def {name}(*args):\n    raise NotImplementedError()"
    if answer != "attention_head"
    else "class AttentionHead:\n    def forward(self, x):\n        raise NotImplementedError()"
    for answer, name in ANSWERS.items()
}
SETUP = "import math\nimport os"
TEST = """\
from IPython.display import display as _show
try:
    _record = {{"passed": bool({call}), "message": "wrong number"}}
except Exception as error:
    _record = {{"passed": False, "message": f"It stopped with {{type(error).__name__}}: {{error}}."}}
_show({{"{mime}": [_record | {{"check": "{answer}: worked example", "hidden": False}}]}}, raw=True)
if not _record["passed"]:
    raise AssertionError("checks failed")
"""


def cell(grade_id: str, source: str, **metadata) -> NotebookNode:
    """A cell of the instructor's; `metadata` may hold `tags` and nbgrader's flags."""
    tags = metadata.pop("tags", [])
    flags = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3} | metadata
    return v4.new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id} | flags, "tags": tags})


def lesson(answers: dict[str, str] | None = None) -> NotebookNode:
    """The released notebook with these answers written in; the others hold their stubs."""
    cells = [cell("setup", SETUP)]
    for answer in ANSWERS:
        cells.append(cell(answer, STUBS[answer], solution=True, locked=False))
        over = f', name="AttentionHead", over={tuple(CALLS)[:-1]!r}' if answer == "attention_head" else ""
        test = TEST.format(call=CALLS[answer], mime=CHECKS_MIME, answer=answer, over=over)
        cells.append(cell(f"test_{answer}", test, grade=True, points=1, tags=["raises-exception"]))
    cells.append(cell("picture", "tokens = ['The', 'cat']", tags=["lesson-only"]))
    cells.append(cell("verify", "from attention_lib.progress import verify\nverify()", tags=["lesson-only"]))
    released = [
        {
            "grade_id": c.metadata.nbgrader.grade_id,
            "cell_type": c.cell_type,
            "source": c.source,
            "tags": c.metadata.tags,
            "nbgrader": c.metadata.nbgrader,
        }
        for c in cells
    ]
    notebook = v4.new_notebook(cells=cells, metadata={"attention101": {"released": json.loads(json.dumps(released))}})
    for answer, source in (answers or {}).items():
        at(notebook, answer).source = source
    return notebook


def at(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def insert_after(notebook: NotebookNode, grade_id: str, *sources: str) -> NotebookNode:
    """Put code cells of the student's own behind a known cell."""
    where = notebook.cells.index(at(notebook, grade_id)) + 1
    notebook.cells[where:where] = [v4.new_code_cell(source) for source in sources]
    return notebook


def save(notebook: NotebookNode, folder, name: str = "attention.ipynb"):
    path = folder / name
    path.write_text(json.dumps(notebook), "utf-8")
    return path
