"""The names that a comment mentions exist."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.torch_names import is_known
from grading.review.claims import Comment
from grading.review.said import names_in

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")


def names_the_unknown(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it mention a name that is neither in the code, nor in the task, nor in torch, math or Python?"""
    own = code.names if code.tree else frozenset(re.findall(r"[A-Za-z_]\w*", code.source))
    for fragment in names_in(comment.text):
        for name in re.findall(r"[A-Za-z_]\w*", _STRING.sub(" ", fragment)):
            if name not in own and not re.search(rf"\b{re.escape(name)}\b", answer.task) and not is_known(name):
                return f"There is no `{name[:60]}` in the code, the task, or torch."
    return None
