"""Autograded notebooks as the grader leaves them, built by code, and the pages made of them."""

import base64
import io
from types import SimpleNamespace

import nbformat.v4 as v4
import numpy as np
import pytest
from PIL import Image

from attention_lib.assignment.check_records import CHECKS_MIME
from grading.pages.feedback.page import FeedbackExporter

ANSWERS = {
    "project_qkv": "4 · Linear projections",
    "attention_scores": "5 · Scaled dot-product scores",
    "attention_weights": "6 · Softmax and attention *weights*",
    "aggregate_values": "7 · Value aggregation",
    "attention_head": "8 · The full attention head",
}

RIGHT = {
    "project_qkv": "def project_qkv(x, W_q, W_k, W_v):\n    return x @ W_q, x @ W_k, x @ W_v",
    "attention_scores": (
        "def attention_scores(Q, K, scale=None):\n"
        '    """Dot products of every query with every key, times `scale`."""\n'
        "    if scale is None:\n"
        "        scale = 1 / math.sqrt(Q.shape[-1])  # d_k\n"
        "    return Q @ K.transpose(-2, -1) * scale"
    ),
    "attention_weights": (
        "def attention_weights(scores, mask=None):\n"
        "    if mask is not None:\n"
        '        scores = scores.masked_fill(~mask, float("-inf"))\n'
        "    return torch.softmax(scores, dim=-1)"
    ),
    "aggregate_values": "def aggregate_values(weights, V):\n    return weights @ V",
    "attention_head": (
        "class AttentionHead(nn.Module):\n"
        "    def __init__(self, d_model, d_head):\n"
        "        super().__init__()\n"
        "        self.W_q = nn.Linear(d_model, d_head, bias=False)\n"
        "        self.W_k = nn.Linear(d_model, d_head, bias=False)\n"
        "        self.W_v = nn.Linear(d_model, d_head, bias=False)\n"
        "\n"
        "    def forward(self, x, mask=None):\n"
        "        Q, K, V = project_qkv(x, self.W_q.weight.T, self.W_k.weight.T, self.W_v.weight.T)\n"
        "        weights = attention_weights(attention_scores(Q, K), mask)\n"
        "        return aggregate_values(weights, V), weights"
    ),
}

HIDDEN_LINES = [
    "generator = torch.Generator().manual_seed(20_251_101)",
    "Q_hidden, K_hidden = torch.randn(2, 3, 5, 7, generator=generator).double().chunk(2, 1)",
    'expected_rows = torch.einsum("...qd,...kd->...qk", Q_hidden, K_hidden) / 7**0.5',
    'report.close("leading dimensions", answer(Q_hidden), expected_rows, rtol=1e-4)',
]
VISIBLE_TEST_LINE = "report.shape('shape on the running example', answer, (13, 13))"


def test_source(answer):
    hidden = "\n".join(f"    {line}" for line in HIDDEN_LINES)
    return (
        f"with checks('{answer}') as report:\n    {VISIBLE_TEST_LINE}\n"
        f"    ### BEGIN HIDDEN TESTS\n{hidden}\n    )\n    ### END HIDDEN TESTS\n"
    )


def record(check, passed=True, message="", hidden=False):
    return {"check": check, "passed": passed, "message": message, "hidden": hidden}


PASSED = [
    record("shape", message="The result has one row per query and one column per key."),
    record("worked example", message="The numbers of the worked example come out."),
    record("leading dimensions", message="Batches and heads are carried along.", hidden=True),
    record("inputs unchanged", message="Your function leaves its inputs as they were.", hidden=True),
]


def lesson(grade_id, source, kind="markdown"):
    cell = v4.new_markdown_cell(source) if kind == "markdown" else v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "grade": False,
        "grade_id": grade_id,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return cell


def answer_cell(answer, source, outputs=(), comment=None, **ours):
    cell = v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata["nbgrader"] = {
        "grade": False,
        "grade_id": answer,
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    if comment is not None:
        cell.metadata["nbgrader"]["comment"] = comment
    if ours:
        cell.metadata["attention101"] = ours
    return cell


def test_cell(answer, records, score=None):
    outputs = []
    if records is not None:
        outputs.append(
            v4.new_output(
                "display_data", data={CHECKS_MIME: records, "text/html": "<b>records</b>", "text/plain": "records"}
            )
        )
    if records is None or not all(entry["passed"] for entry in records):
        frame = "Cell In[7], line 5\n" + "\n".join(f"----> {n} {line}" for n, line in enumerate(HIDDEN_LINES, 4))
        outputs.append(v4.new_output("error", ename="ChecksFailed", evalue=HIDDEN_LINES[3], traceback=["---", frame]))
        outputs.append(v4.new_output("stream", name="stdout", text="\n".join(HIDDEN_LINES)))
    cell = v4.new_code_cell(test_source(answer), outputs=outputs)
    cell.metadata["nbgrader"] = {
        "grade": True, "grade_id": f"test_{answer}", "locked": True, "points": 1, "schema_version": 3, "solution": False, "task": False,
    }  # fmt: skip
    if score is None:
        score = float(records is not None and all(entry["passed"] for entry in records))
    if score is not False:
        cell.metadata["nbgrader"]["score"] = score
    cell.metadata["tags"] = ["raises-exception"]
    return cell


def own(source, kind="code", outputs=(), attachments=None):
    if kind == "code":
        cell = v4.new_code_cell(source, outputs=list(outputs))
    else:
        cell = {"markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[kind](source)
    if attachments is not None:
        cell["attachments"] = attachments
    cell.metadata["attention101"] = {"own": True}
    return cell


def autograded(answers=None, records=None, own_cells=None, mended=(), problem=None, cells=None, scores=None):
    """An autograded notebook.

    `answers`: answer -> source, or a list of cells; `records`: answer -> records; `own_cells`: answer -> cells that
    stand after its test; `cells` replaces the student's part of an answer's section altogether.
    """
    given = v4.new_notebook()
    given.cells = [
        lesson("intro", "# Attention, one head at a time\n\nThe lesson's own words."),
        lesson("setup", "import math\nimport torch  # the lesson's own set-up", kind="code"),
    ]
    for answer, heading in ANSWERS.items():
        given.cells.append(lesson(f"about_{answer}", f"## {heading}\n\nThe lesson's own words.\n\n### Your turn"))
        source = (answers or {}).get(answer, RIGHT[answer])
        given.cells += source if isinstance(source, list) else [answer_cell(answer, source)]
        given.cells.append(test_cell(answer, (records or {}).get(answer, PASSED), (scores or {}).get(answer)))
        given.cells += (own_cells or {}).get(answer, [])
    given.metadata["attention101"] = {"mended": list(mended)}
    if problem:
        given.metadata["attention101"]["problem"] = problem
    return given


def page_of(notebook, **nbgrader):
    """The page of a notebook without a gradebook (what `GetGrades` writes is in the cells already)."""
    resources = {"nbgrader": {"assignment": "attention", "student": "ada", **nbgrader}}
    return FeedbackExporter().from_notebook_node(notebook, resources)[0]


@pytest.fixture(scope="session")
def samples():
    names = (
        "ANSWERS",
        "RIGHT",
        "HIDDEN_LINES",
        "VISIBLE_TEST_LINE",
        "PASSED",
        "record",
        "own",
        "answer_cell",
        "autograded",
        "page_of",
    )
    return SimpleNamespace(**{name: globals()[name] for name in names})


@pytest.fixture(scope="session")
def png():
    """Makes base64 PNG data of noise, which does not compress, of a width and a height in pixels."""

    def make(width, height):
        pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode("ascii")

    return make
