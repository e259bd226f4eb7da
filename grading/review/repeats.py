"""Which finding a model's comment is beside, and whether it says no more than that one."""

from collections.abc import Sequence

from attention_lib.findings.code import Code
from attention_lib.findings.finding import Finding
from grading.review.claims import Comment
from grading.review.named import identifiers, names_in


def finding_beside(comment: Comment, findings: Sequence[Finding], code: Code) -> Finding | None:
    """The finding of the comment's kind whose lines meet the comment's: one that it repeats, if there is one.

    Of several it is that with the fewest lines.
    """
    first, last = comment.lines
    met = [each for each in findings if each.kind == comment.kind and each.first <= last and first <= each.last]
    said = [each for each in met if repeats(comment, each, code)]
    return min(said or met, key=lambda each: each.last - each.first, default=None)


def repeats(comment: Comment, finding: Finding, code: Code) -> bool:
    """Whether a comment beside a finding names nothing that the finding does not name.

    A finding without names is about its lines, and all that stands there is its own.
    """
    own = {name for text in (*finding.names, finding.code) for name in identifiers(text)}
    if not finding.names:
        own |= identifiers(code.text(finding.first, finding.last))
    return not names_in(comment.text) - own
