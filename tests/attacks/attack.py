"""What an attack is, and what the attacker hands in."""

import json
import textwrap
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from world import prelude

from tests import extended_lesson

FAMILIES = {
    "cheat_the_verdict": "wrong answers that want points",
    "read_what_is_hidden": "hidden tests, the reference, other students' work, the grader's secrets",
    "reach_out": "the network, other processes, files outside",
    "exhaust_or_crash": "no result, no machine, no end",
    "tamper_with_the_file": "the notebook's format and the submission's folder",
    "attack_the_channel": "what goes back from the student's process to the one that judges",
    "extend_the_lesson": "answers that the instructor added, and the run over correct versions of them",
}
EITHER, BOTH_WALLS = "either", "both walls"

# Each is wrong in a way that students know, and none of them earns a point.
WRONG = extended_lesson.WRONG | {
    "project_qkv": """
        def project_qkv(x, W_q, W_k, W_v):
            return x @ W_q, x @ W_q, x @ W_v
    """,
    "attention_scores": """
        def attention_scores(Q, K, scale=None):
            return Q @ K.transpose(-2, -1)
    """,
    "attention_weights": """
        def attention_weights(scores, mask=None):
            return torch.softmax(scores, dim=0)
    """,
    "aggregate_values": """
        def aggregate_values(weights, V):
            return weights.sum(-1, keepdim=True) * V.sum(-2, keepdim=True)
    """,
    "attention_head": """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                self.W_q = nn.Linear(d_model, d_head, bias=False)
                self.W_k = nn.Linear(d_model, d_head, bias=False)
                self.W_v = nn.Linear(d_model, d_head, bias=False)

            def forward(self, x, mask=None):
                scores = self.W_q(x) @ self.W_k(x).transpose(-2, -1)
                weights = torch.softmax(scores, dim=-1)
                return weights @ self.W_v(x), weights
    """,
}
RIGHT = extended_lesson.RIGHT | {
    "project_qkv": """
        def project_qkv(x, W_q, W_k, W_v):
            return x @ W_q, x @ W_k, x @ W_v
    """,
    "attention_scores": """
        def attention_scores(Q, K, scale=None):
            return Q @ K.transpose(-2, -1) * (Q.shape[-1] ** -0.5 if scale is None else scale)
    """,
    "attention_weights": """
        def attention_weights(scores, mask=None):
            if mask is not None:
                scores = scores.masked_fill(~mask, -torch.inf)
            return torch.softmax(scores, dim=-1)
    """,
    "aggregate_values": """
        def aggregate_values(weights, V):
            return weights @ V
    """,
    "attention_head": """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                self.W_q = nn.Linear(d_model, d_head, bias=False)
                self.W_k = nn.Linear(d_model, d_head, bias=False)
                self.W_v = nn.Linear(d_model, d_head, bias=False)

            def forward(self, x, mask=None):
                weights = attention_weights(attention_scores(self.W_q(x), self.W_k(x)), mask)
                return aggregate_values(weights, self.W_v(x)), weights
    """,
}
FUNCTIONS = tuple(answer for answer in RIGHT if answer != "attention_head")


class Submission:
    """One attacker's folder, to be filled. It begins as the released notebook with wrong answers.

    folder: where the notebook and what lies beside it go
    notebook: what is written as attention.ipynb; None if the attack has put something there itself
    course: the course's folder, whose layout the attacker knows
    """

    def __init__(self, name: str, released: NotebookNode, folder: Path, course: Path):
        self.name, self.folder, self.course = name, folder, course
        self.notebook: NotebookNode | None = deepcopy(released)
        for grade_id, source in WRONG.items():
            self.answer(grade_id, source)
        self._write_before("project_qkv", prelude(name))

    def cell(self, grade_id: str) -> NotebookNode:
        """A cell of the released notebook."""
        return self.notebook.cells[self._place(grade_id)]

    def answer(self, grade_id: str, source: str) -> None:
        """Write an answer."""
        self.cell(grade_id).source = _plain(source)

    def right_answers(self) -> None:
        """All answers are right: the attacker has nothing to gain but harm."""
        for grade_id, source in RIGHT.items():
            self.answer(grade_id, source)

    def after_answers(self, line: str) -> None:
        """Add a line to each function's cell, `{name}` standing for the function's name."""
        for grade_id in FUNCTIONS:
            self.cell(grade_id).source += "\n" + line.replace("{name}", grade_id)

    def own_cell(self, source: str, before: str | None = "project_qkv") -> NotebookNode:
        """A cell of the student's own above that answer; None: at the notebook's end."""
        return self._write_before(before, _plain(source))

    def in_call(self, source: str, answer: str = "attention_scores") -> None:
        """`source` runs whenever the tests call this function; what it leaves in `result` is returned."""
        arguments = {
            "project_qkv": "x, W_q, W_k, W_v",
            "attention_scores": "Q, K, scale=None",
            "band_mask": "n, width",
            "attention_weights": "scores, mask=None",
            "local_weights": "scores, width",
            "aggregate_values": "weights, V",
        }[answer]
        body = textwrap.indent(_plain(source), "    ")
        self.cell(answer).source = f"def {answer}({arguments}):\n    result = None\n{body}\n    return result"

    def file(self, name: str, text: str) -> Path:
        """A file beside the notebook."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_plain(text))
        return path

    def write(self) -> None:
        """Put attention.ipynb where it belongs, unless the attack did."""
        if self.notebook is not None:
            (self.folder / "attention.ipynb").write_text(json.dumps(self.notebook))

    def _write_before(self, grade_id: str | None, source: str) -> NotebookNode:
        cell = new_code_cell(source)
        self.notebook.cells.insert(len(self.notebook.cells) if grade_id is None else self._place(grade_id), cell)
        return cell

    def _place(self, grade_id: str) -> int:
        found = (
            i for i, c in enumerate(self.notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        )
        return next(found)


def _plain(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


@dataclass(frozen=True)
class Attack:
    """One attack.

    family: a key of FAMILIES
    sentence: what it tries
    build: fills in a Submission
    deserved: the points that its answers are worth
    promised_by: EITHER if each wall setting has to hold it off, BOTH_WALLS if only the two together promise it
    may_stay_ungraded: the grader may answer with a reason that names the student's folder, instead of with points
    """

    name: str
    family: str
    sentence: str
    build: Callable[[Submission], None]
    deserved: int = 0
    promised_by: str = EITHER
    may_stay_ungraded: bool = False


ATTACKS: dict[str, Attack] = {}


def family(name: str):
    """The decorator of a family: a function that fills in a Submission becomes an attack; its docstring says which."""

    def attack(build=None, **told):
        if build is None:
            return partial(attack, **told)
        if name not in FAMILIES or build.__name__ in ATTACKS:
            raise ValueError(f"{build.__name__}: a second attack of this name, or the unknown family {name}")
        sentence = " ".join(build.__doc__.split())
        ATTACKS[build.__name__] = Attack(build.__name__, name, sentence, build, **told)
        return build

    return attack
