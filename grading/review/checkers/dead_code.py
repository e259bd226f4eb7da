"""Dead code: what is computed, imported or written and never used or reached."""

import ast

from attention_lib.findings.code import Code, bound_by
from attention_lib.findings.dead_code import dead_things, reads_in_secret
from attention_lib.findings.finding import Proof
from grading.review.answer import ReviewedAnswer
from grading.review.checkers.grounded import Grounded, confirmed, refuted, undecided
from grading.review.checkers.named import contract_names, named
from grading.review.claims import Comment
from grading.review.said import names_in


def dead_code(comment: Comment, code: Code, answer: ReviewedAnswer) -> Grounded:
    """Is what the comment names, or else all that begins in its lines, dead?"""
    first, last = comment.lines
    if code.is_blank(first, last):
        text = code.text(first, last).strip()
        return undecided("These lines are a comment.") if text else refuted("These lines are blank.")
    if code.tree is None:
        return undecided(code.why_unread)
    dead = dead_things(code)
    here = [thing for thing in dead if thing.first <= last and first <= thing.last]
    subjects = [
        name for name in named(comment.text, code, whole=True) if name in code.bound_names or _is_dead(name, dead)
    ]
    about = [thing for thing in here if any(name in thing.words for name in subjects)]
    # Where something in these lines is dead, a living name may only be mentioned beside it.
    for name in subjects if not here else ():
        if name in contract_names(answer) and not _is_dead(name, dead):
            return refuted(f"`{name}` is a name that the task gives.")
        if name not in code.places_at(first, last) and not _is_dead(name, dead) and _is_used(name, code):
            return refuted(f"`{name}` is used.")
    if about:
        # What is said of "these lines" has to be true of all of them.
        begun = code.statements(first, last)
        whole = all(any(thing.first <= node.lineno <= thing.last for thing in about) for node in begun)
        return _confirmed(about, but=frozenset() if whole else frozenset({"statement"}))
    alive = _named_and_alive(comment.text, code, dead, contract_names(answer))
    if alive:
        return refuted(f"`{alive}` is used.")
    if subjects:
        return undecided("Whether this is dead cannot be told from this cell alone.")
    return _of_lines(first, last, here, code)


def _of_lines(first: int, last: int, here: list[Proof], code: Code) -> Grounded:
    """The verdict where the text names nothing: every statement that begins in the lines has to be dead."""
    begun = code.statements(first, last)
    if begun and all(any(thing.first <= node.lineno <= thing.last for thing in here) for node in begun):
        return _confirmed(here)
    if here:
        return undecided("Some of these lines are dead and some are not.")
    if begun and all(_surely_alive(node, code) for node in begun):
        return refuted("What these lines do is used.")
    return undecided("Whether this is dead cannot be told from this cell alone.")


def _confirmed(things: list[Proof], but: frozenset[str] = frozenset()) -> Grounded:
    facts = frozenset.intersection(*(thing.facts for thing in things)) - but
    names = frozenset().union(*(thing.words for thing in things))
    if "self assignment" in facts:
        # Not the variable is dead but the assignment.
        names = frozenset(name for name in names if not name.isidentifier())
    return confirmed(" ".join(dict.fromkeys(thing.why for thing in things)), facts=facts, names=names)


def _is_dead(name: str, dead: list[Proof]) -> bool:
    return any(name in thing.words for thing in dead)


def _is_used(name: str, code: Code) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) for node in code.all_nodes
    )


def _surely_alive(node: ast.stmt, code: Code) -> bool:
    if isinstance(node, ast.Return | ast.Raise | ast.If | ast.For | ast.While | ast.With):
        return True
    function = code.function_of(node)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Import | ast.ImportFrom):
        names = [name for part in ast.walk(node) for name in bound_by(part)]
        return bool(names) and all(_is_used(name, code) for name in names)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return function is None and not reads_in_secret(code, node) and _is_used(node.name, code)
    return False


def _named_and_alive(text: str, code: Code, dead: list[Proof], given: frozenset[str]) -> str:
    """A statement that the text gives whole and that surely is reached and used; "" if there is none."""
    whole = {"".join(fragment.split()) for fragment in names_in(text) if not fragment.isidentifier()}
    for node in code.all_nodes:
        if not isinstance(node, ast.Return | ast.Assign) or "".join(ast.unparse(node).split()) not in whole:
            continue
        if any(thing.first <= node.lineno <= thing.last for thing in dead):
            continue
        attributes = [target.attr for target in getattr(node, "targets", []) if isinstance(target, ast.Attribute)]
        if isinstance(node, ast.Return) or any(_is_read(name, code) or name in given for name in attributes):
            return ast.unparse(node)
    return ""


def _is_read(attribute: str, code: Code) -> bool:
    reads = (node for node in code.all_nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))
    return any(node.attr == attribute for node in reads)
