"""An unclear or shadowing name: is the one that a comment is about bound here?"""

import ast
import builtins
import re

from attention_lib.findings.code import Code, bound_by
from attention_lib.findings.unclear_name import MODULES, PLACEHOLDER
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import contract_names, named
from grading.review.claims import Comment

_BUILTINS = frozenset(name for name in dir(builtins) if name.islower() and not name.startswith("_")) - {
    "copyright",
    "credits",
}
_LESSON = frozenset({"project_qkv", "attention_scores", "attention_weights", "aggregate_values", "AttentionHead"})
_ALIKE = frozenset({"l", "O", "I"})
_USUAL = frozenset(
    """
    i j k n m t s b h q v w x y e d p c a z o _ B T D H N Q K V W q k v A S d_k d_v d_q dk dv n_q n_k n_v seq
    seq_len scores weights out output result mask scale dots logits exp attn att attention probs head lead rows
    row total keep hidden layer name queries keys values query key value Q_ K_ V_ xd w_q w_k w_v
    """.split()
)


def unclear_name(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is the name that the comment is about bound here, and does it shadow another or say nothing?"""
    first, last = comment.lines
    if code.tree is None:
        return undecided(code.why_unread)
    binding = [node for node in code.nodes(first, last) if not isinstance(node, ast.alias)]
    here = {name for node in binding for name in bound_by(node)}
    given = contract_names(answer)
    shadowing = {name for name in here if _facts(name, given) & {"shadows"}}
    if any(isinstance(node, ast.alias) for node in code.nodes(first, last)) and not here:
        return undecided("An import gives a module its own name.")
    subjects = [name for name in named(comment.text, code) if name in code.names or name in here]
    subjects = [name for name in subjects if name in code.bound_names] or subjects
    if not subjects:
        words = set(re.findall(r"[A-Za-z_]\w*", comment.text))
        subjects = sorted(words & shadowing) or sorted(here - given)
        if len(subjects) != 1:
            return (
                refuted("No name is given in these lines.")
                if not here
                else undecided("It is not clear which name is meant.")
            )
    # A name that the task gives may only be mentioned beside the one that the comment is about.
    unclear = [name for name in subjects if name in here - given and _facts(name, given)]
    if unclear:
        subjects = [name for name in subjects if name not in given]
    facts = []
    for name in subjects:
        if name in given and not _shadows_lesson(name, code, answer):
            return refuted(f"`{name}` is a name that the task gives.")
        if name not in code.bound_names:
            return refuted(f"`{name}` gets its meaning elsewhere, not in this code.")
        if name not in here:
            return undecided(f"`{name}` is not given its meaning in these lines.")
        if all(_is_in_a_class(node, code) for node in binding if name in bound_by(node)):
            return undecided(f"`{name}` is a name of a class, reached by a dot, so it hides nothing.")
        found = _facts(name, given) | ({"shadows", "lesson"} if _shadows_lesson(name, code, answer) else set())
        if not found and name in _USUAL:
            return refuted(f"`{name}` is a usual name.")
        facts.append(found)
    if all(facts):
        common = frozenset.intersection(*map(frozenset, facts))
        return confirmed(f"`{subjects[0]}` shadows another name or says nothing.", facts=common, names=subjects)
    return undecided("Whether a name is clear is for people to say.")


def _facts(name: str, given: frozenset[str]) -> set[str]:
    if name in given:
        return set()
    if name in MODULES:
        return {"shadows", "module"}
    if name in _BUILTINS:
        return {"shadows", "builtin"}
    if name in _ALIKE:
        return {"alike", "vague", "like zero" if name == "O" else "like one"}
    return {"vague"} if PLACEHOLDER.fullmatch(name) else set()


def _is_in_a_class(node: ast.AST, code: Code) -> bool:
    inner = next(iter(code.around(node)), None)
    return isinstance(inner, ast.ClassDef)


def _shadows_lesson(name: str, code: Code, answer: ReviewedAnswer) -> bool:
    """Whether one of the five names is bound inside a function, where it hides the function of the lesson."""
    if name not in _LESSON:
        return False
    for node in code.all_nodes:
        if name in bound_by(node) and code.function_of(node) and not isinstance(node, ast.alias):
            return True
    return False
