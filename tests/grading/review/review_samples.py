"""An answer, and the question about it."""

import json
import re

from attention_lib.findings.find import find
from grading.review.answer import Outcome, ReviewedAnswer
from grading.review.prompt import Question, question
from grading.review.shown_code import shown_code

TASK = "def attention_scores(Q, K, scale=None):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
REFERENCE = """\
def attention_scores(Q, K, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(Q.shape[-1])
    return Q @ K.transpose(-2, -1) * scale  # (…, n_q, n_k)
"""
# The third line is dead code.
SOURCE = """\
def attention_scores(Q, K, scale=None):
    factor = Q.shape[-1] ** -0.5 if scale is None else scale
    leftover = K.shape[-2]
    return torch.einsum("...qd,...kd->...qk", Q, K) * factor
"""
DEAD = {"lines": [3, 3], "kind": "dead_code", "text": "`leftover` is assigned, but never used."}
FALSE = {"lines": [2, 2], "kind": "dead_code", "text": "`factor` is assigned, but never used."}


def answer(source: str = SOURCE, right: bool = True, cell: str = "attention_scores") -> ReviewedAnswer:
    outcomes = (Outcome("shape", True), Outcome("other sizes", right))
    return ReviewedAnswer(cell, source, outcomes, right, REFERENCE, TASK)


def a_question(source: str = SOURCE, right: bool = True, language: str = "English") -> Question:
    asked = answer(source, right)
    code = shown_code(source)
    return question(asked, code, find([source], [asked.cell])[0], language)


def saying(*comments: dict):
    """A model that has read its prompt and says this, whatever the code."""

    def reply(messages: list[dict]) -> str:
        return json.dumps({"word": word_in(messages), "comments": list(comments)}, ensure_ascii=False)

    return reply


def word_in(messages: list[dict]) -> str:
    found = re.search(r'The code word is "(\w+)"', messages[1]["content"]) if len(messages) > 1 else None
    return found.group(1) if found else ""
