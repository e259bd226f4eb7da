"""All that code can prove of answers' style. No answer is run."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from attention_lib.findings.code import Code
from attention_lib.findings.dead_code import dead_code
from attention_lib.findings.finding import KINDS, Finding, grouped
from attention_lib.findings.hard_coded_size import hard_coded_sizes
from attention_lib.findings.linter import linted
from attention_lib.findings.loop import loops
from attention_lib.findings.missing_shape_comment import missing_shape_comments
from attention_lib.findings.non_idiomatic_call import non_idiomatic_calls
from attention_lib.findings.redundant_step import redundant_steps
from attention_lib.findings.unclear_name import unclear_names

MOST_SHOWN = 3
# Nine times what the longest answers have. Some finders take the square of the length.
MOST_NODES = 2_000
FINDERS: dict[str, Callable[[Code], Iterator[Finding]]] = {
    "hard_coded_size": hard_coded_sizes,
    "loop": loops,
    "dead_code": dead_code,
    "redundant_step": redundant_steps,
    "non_idiomatic_call": non_idiomatic_calls,
    "unclear_name": unclear_names,
    "missing_shape_comment": missing_shape_comments,
}
# Noise for most: many a good answer has no comment.
UNLESS_ASKED = frozenset({"missing_shape_comment"})
# These may well be why a test fails.
_FIRST = frozenset(
    {"thrown away", "unused value", "data", "by way of numpy", "bare except", "mutable default", "overwritten"}
)
_MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|.*\?[ \t]*)$", re.MULTILINE)


def find(
    sources: Sequence[str],
    given: Collection[str] = (),
    used_elsewhere: Sequence[Collection[str]] = (),
    shape_comments: bool = False,
) -> list[list[Finding]]:
    """For each answer all findings, the most useful first.

    sources: the answers' texts
    given: the names that the assignment's answers have to define
    used_elsewhere: for each answer the names that other cells use, if there are any
    shape_comments: whether missing comments on shapes count, too
    """
    used = used_elsewhere or [()] * len(sources)
    codes = [code_of(source, given, names) for source, names in zip(sources, used, strict=True)]
    kinds = [kind for kind in FINDERS if shape_comments or kind not in UNLESS_ASKED]
    found = []
    for code, by_ruff in zip(codes, linted(codes), strict=True):
        own = [each for kind in kinds for each in _safely(FINDERS[kind], code)] if code.tree else []
        found.append(_most_useful_first(grouped([*own, *by_ruff])))
    return found


def code_of(source: str, given: Collection[str] = (), used_elsewhere: Collection[str] = ()) -> Code:
    """An answer's text as finders read it: where it is not Python, its lines with magics are taken for `...`; one that
    is far too long is taken for an empty one."""
    code = Code(source, given, used_elsewhere)
    code = code if code.tree else Code(_MAGIC.sub(r"\1...", source), given, used_elsewhere)
    return code if len(code.all_nodes) <= MOST_NODES else Code("", given)


def _safely(finder: Callable[[Code], Iterator[Finding]], code: Code) -> list[Finding]:
    try:
        return list(finder(code))
    except (RecursionError, MemoryError):
        return []


def _most_useful_first(findings: list[Finding]) -> list[Finding]:
    """What may be a mistake, then by kind as in KINDS, then by line; what lies in dead code is not worth a word."""
    dead = [each for each in findings if each.kind == "dead_code"]
    by_hand = [each for each in findings if each.form in ("softmax", "none", "truth value")]
    rounds = [each for each in findings if each.kind == "loop"]

    def is_covered(each: Finding) -> bool:
        around = [*dead, *by_hand] if each.kind == "redundant_step" else rounds if each.form == "range len" else []
        return any(other.first <= each.first and each.last <= other.last for other in around)

    left = [each for each in findings if not is_covered(each)]
    return sorted(left, key=lambda each: (each.form not in _FIRST, KINDS.index(each.kind), each.first))
