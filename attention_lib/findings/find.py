"""All that code can prove of answers' style. No answer is run."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from attention_lib.findings.code import Code
from attention_lib.findings.dead_code import dead_code
from attention_lib.findings.finding import Finding, grouped, most_useful_first
from attention_lib.findings.hard_coded_size import hard_coded_sizes
from attention_lib.findings.linter import linted
from attention_lib.findings.loop import loops
from attention_lib.findings.missing_shape_comment import missing_shape_comments
from attention_lib.findings.needless_copy import needless_copies
from attention_lib.findings.non_idiomatic_call import non_idiomatic_calls
from attention_lib.findings.repeated_work import repeated_work
from attention_lib.findings.softmax_step import softmax_steps
from attention_lib.findings.unclear_name import unclear_names
from attention_lib.findings.undone_step import undone_steps

MOST_SHOWN = 3
# Nine times what the longest answers have. Some finders take the square of the length.
MOST_NODES = 2_000
FINDERS: tuple[Callable[[Code], Iterator[Finding]], ...] = (
    hard_coded_sizes,
    loops,
    dead_code,
    undone_steps,
    needless_copies,
    repeated_work,
    softmax_steps,
    non_idiomatic_calls,
    unclear_names,
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
    shape_comments: whether missing comments on shapes count, too; many a good answer has none
    """
    used = used_elsewhere or [()] * len(sources)
    codes = [code_of(source, given, names) for source, names in zip(sources, used, strict=True)]
    finders = [*FINDERS, missing_shape_comments] if shape_comments else FINDERS
    found = []
    for code, by_ruff in zip(codes, linted(codes), strict=True):
        own = [each for finder in finders for each in _safely(finder, code)] if code.tree else []
        found.append(most_useful_first(grouped([*own, *by_ruff])))
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
