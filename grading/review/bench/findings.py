"""What code finds in the labelled answers, without a model."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from attention_lib.findings.find import find
from attention_lib.findings.finding import KINDS, Finding
from attention_lib.findings.sentences import text_of
from grading.review.labelled import LABELLED, OTHER_WAYS, LabelledAnswer, Problem


@dataclass(frozen=True)
class FoundTally:
    """The figures.

    found: by kind, how many labelled problems a finding of the same kind meets, and of how many
    false: findings that match no label, with their answers
    """

    found: dict[str, tuple[int, int]]
    false: list[tuple[LabelledAnswer, Finding]]


def tally_findings(
    given: Collection[str], labelled: Sequence[LabelledAnswer] = (*LABELLED, *OTHER_WAYS), shape_comments: bool = False
) -> FoundTally:
    """Look for findings in the labelled answers and count them.

    given: the names that the assignment's answers have to define
    shape_comments: whether missing comments on shapes count, too
    """
    found = find([each.source for each in labelled], given, shape_comments=shape_comments)
    pairs = list(zip(labelled, found, strict=True))
    problems = [
        (problem, any(_meets(each, problem) for each in f)) for answer, f in pairs for problem in answer.problems
    ]
    shares = {}
    for kind in KINDS:
        hits = [is_found for problem, is_found in problems if problem.kind == kind]
        shares[kind] = (sum(hits), len(hits))
    false = [
        (answer, each)
        for answer, findings in pairs
        for each in findings
        if not any(_meets(each, label) for label in answer.problems + answer.also_true)
    ]
    return FoundTally(shares, false)


def found_table(tally: FoundTally) -> str:
    """Found per kind, then what is false, with no newline at the end."""
    lines = [f"{kind:<24}{count:>4} of {of}" for kind, (count, of) in tally.found.items()]
    right = sum(answer.right for answer, _ in tally.false)
    lines.append(f"false findings: {len(tally.false)}, {right} of them in right answers")
    return "\n".join(lines + [f"  {answer.name}: {text_of(each)}" for answer, each in tally.false])


def _meets(finding: Finding, problem: Problem) -> bool:
    return finding.kind == problem.kind and finding.first <= problem.last and problem.first <= finding.last
