"""Dead code: what must be confirmed, refuted, left open."""

import pytest

from grading.review.claims import Comment
from grading.review.judgement import judge
from tests.grading.review.checkers.cases import answer_of, finding, scores

CONFIRMED = {
    "assigned, never read": (scores("n = 3", "return Q @ K.mT"), (2, 2), "`n` is unused."),
    "no name given": (scores("n = 3", "return Q @ K.mT"), (2, 2), "This variable is unused."),
    "one of two": (scores("n, d = Q.shape[-2:]", "return Q @ K.mT / d"), (2, 2), "`n` is unused."),
    "only appended to": (scores("rows = []", "rows.append(1)", "return Q @ K.mT"), (2, 2), "`rows` is unused."),
    "import": (scores("import warnings", "return Q @ K.mT"), (2, 2), "`warnings` is unused."),
    "inner function": (scores("def f():", "    return 1", "return Q @ K.mT"), (2, 3), "`f` is never called."),
    "overwritten": (scores("s = Q.sum()", "s = Q @ K.mT", "return s"), (2, 2), "`s` is overwritten."),
    "after return": (scores("return Q @ K.mT", "print(1)"), (3, 3), "Never reached."),
    "after both arms": (
        scores("if scale:", "    return 1", "else:", "    return 2", "Q = 1"),
        (6, 6),
        "Never reached.",
    ),
    "after break": (scores("for i in K:", "    break", "    print(i)", "return Q"), (4, 4), "Never reached."),
    "to itself": (scores("Q = Q", "return Q @ K.mT"), (2, 2), "`Q` is assigned to itself."),
    "result thrown away": (scores("Q.transpose(0, 1)", "return Q @ K.mT"), (2, 2), "The result is not used."),
    "expression": (scores("Q @ K.mT", "return Q @ K.mT"), (2, 2), "No effect."),
    "pass": (scores("pass", "return Q @ K.mT"), (2, 2), "`pass` does nothing."),
}
REFUTED = {
    "used in the next line": (scores("n = 3", "return Q @ K.mT * n"), (2, 2), "`n` is never used."),
    "read by an inner function between two values": (
        scores("f = lambda: s", "s = 1", "t = f()", "s = 2", "return t + s"),
        (3, 3),
        "`s` is overwritten.",
    ),
    "used in an inner function": (scores("n = 3", "f = lambda: n", "return Q @ K.mT * f()"), (2, 2), "`n` is unused."),
    "a parameter of the task": (scores("return Q @ K.mT"), (1, 1), "`scale` is never used."),
    "a return": (scores("return Q @ K.mT"), (2, 2), "This is dead code."),
    "blank": (scores("", "return Q @ K.mT"), (2, 2), "This is dead code."),
    "no name, but used": (scores("n = 3", "return Q @ K.mT * n"), (2, 2), "Unused variable."),
    "grown and read": (scores("rows = []", "rows.append(Q)", "return torch.stack(rows)"), (2, 2), "`rows` is unused."),
    "in a try": (
        scores("try:", "    s = Q", "    s = Q @ K.mT", "except TypeError:", "    s = s @ K", "return s"),
        (3, 3),
        "`s` is overwritten before it is used.",
    ),
}
OPEN = {
    "top level": ("limit = 3\n" + scores("return Q @ K.mT"), (1, 1), "`limit` is unused."),
    "top-level import": ("import numpy\n" + scores("return Q @ K.mT"), (1, 1), "`numpy` is unused."),
    "exec": (scores("n = 3", "exec('print(n)')", "return Q @ K.mT"), (2, 2), "`n` is unused."),
    "locals": (scores("n = 3", "print(locals())", "return Q @ K.mT"), (2, 2), "This is unused."),
    "in place": (scores("Q.zero_()", "return Q @ K.mT"), (2, 2), "The result is not used."),
    "unknown call": (scores("helper(Q)", "return Q @ K.mT"), (2, 2), "The result is not used."),
    "commented out": (scores("# n = 3", "return Q @ K.mT"), (2, 2), "Commented-out code."),
    "in part": (scores("n = 3", "d = 4", "return Q @ K.mT * d"), (2, 3), "These variables are unused."),
    "does not parse": ("def f(:\n    n = 3\n", (2, 2), "`n` is unused."),
    "beside a living name": (scores("n = Q.sum()", "return Q @ K.mT"), (2, 2), "The tensor `Q` is summed for nothing."),
    "assigned elsewhere": (scores("n = 3", "d = 4", "return Q @ K.mT * d"), (3, 3), "`n` is never used."),
}
CASES = [
    (name, case, want)
    for want, group in (("confirmed", CONFIRMED), ("refuted", REFUTED), ("open", OPEN))
    for name, case in group.items()
]


@pytest.mark.parametrize(("case", "want"), [(case, want) for _, case, want in CASES], ids=[name for name, *_ in CASES])
def test_dead_code(case, want):
    assert finding("dead_code", *case) == want


def test_what_is_used_before_is_not_called_unused():
    answer = answer_of(scores("s = Q @ K.mT", "r = s * 2", "s = s + 1", "return r"))

    def state(text: str) -> str:
        return judge([Comment(lines=(4, 4), kind="dead_code", text=text)], answer)[0].state

    assert state("`s` is never used.") == "held"
    assert state("`s` is not used again.") == "shown"


@pytest.mark.parametrize("more", ["It is left over from an earlier version.", "Did you forget to use it?"])
def test_guesses_about_the_author_wait(more):
    answer = answer_of(scores("n = 3", "return Q @ K.mT"))
    for text, want in (("`n` is never used.", "shown"), (f"`n` is never used. {more}", "held")):
        assert judge([Comment(lines=(2, 2), kind="dead_code", text=text)], answer)[0].state == want


def test_a_living_name_may_be_mentioned_beside_the_dead_one():
    answer = answer_of(scores("n = Q.sum()", "return Q @ K.mT"))
    for text in ("`n` is computed from `Q` but nothing reads it.", "`Q` is fine, but `n` is unused."):
        assert judge([Comment(lines=(2, 2), kind="dead_code", text=text)], answer)[0].state != "refuted"
    both = "`Q` and `n` are never used."
    assert judge([Comment(lines=(2, 2), kind="dead_code", text=both)], answer)[0].state == "held"
