"""Which names a comment speaks of, and which names the task gives."""

import ast
import re
from functools import lru_cache

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.said import names_in

CONTRACT = frozenset(
    """project_qkv attention_scores attention_weights aggregate_values AttentionHead
    x W_q W_k W_v Q K V scale scores mask weights d_model d_head forward __init__ self""".split()
)


def named(text: str, code: Code, whole: bool = False) -> list[str]:
    """The names in a text: what stands in backticks or looks like code, and its words that only can be names.

    A fragment such as `x = y` is given whole, and then, unless only `whole` ones are wanted, its own identifiers.
    """
    found: list[str] = []
    for fragment in names_in(text):
        fragment = fragment.removesuffix("()")
        found.append(fragment)
        if not fragment.isidentifier() and not whole:
            found += re.findall(r"[A-Za-z_]\w*", fragment)
    for word in re.findall(r"(?<![\w`.])[A-Za-z_]\w*(?![\w`])", text):
        if word in code.bound_names and (len(word) == 1 and word not in "aAI" or word != word.lower()):
            found.append(word)
    return list(dict.fromkeys(found))


def contract_names(answer: ReviewedAnswer) -> frozenset[str]:
    """The names that this answer's task gives: its function or class, its parameters, its methods."""
    return _given_by(answer.task)


@lru_cache(maxsize=64)
def _given_by(task: str) -> frozenset[str]:
    try:
        tree = ast.parse(task)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CONTRACT
    found: set[str] = {"self"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.arg):
            found.add(node.arg)
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
    return frozenset(found | {"W_q", "W_k", "W_v"} if "AttentionHead" in found else found)
