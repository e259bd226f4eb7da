"""What holds for the checkers of all kinds."""

import time

import pytest

from grading.review.checkers import CHECKERS
from grading.review.claims import KINDS, Comment
from grading.review.judgement import judge
from grading.review.wording import READERS
from tests.grading.review.checkers.cases import answer_of, scores

HOSTILE = {
    "empty": "",
    "a null byte": "def f():\n    return '\0'\n",
    "too deep": "x = " + "(" * 500 + ")" * 500,
    "a long chain": "x = " + "-" * 5_000 + "1",
    "attributes": "x = a" + ".b" * 3_000,
    "long": scores(*["Q = Q * 1"] * 6_000, "return Q @ K"),
    "one long line": "x = '" + "a b" * 30_000 + "'",
    "carriage returns": "def f():\r    return 1\r",
    "not Python": "SELECT * FROM students; -- \\",
    "half a string": "def f():\n    return '''never closed",
    "surrogates": "x = '\ud800'",
}


def test_every_kind_has_a_checker_and_all_but_other_a_wording():
    assert set(CHECKERS) == set(KINDS)
    assert set(READERS) == set(KINDS) - {"other"}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_neither_raises_nor_hangs(source):
    answer = answer_of(source)
    comments = [Comment(lines=(1, 1), kind=kind, text="`x` is never used. Nice use of einsum.") for kind in KINDS]
    begin = time.monotonic()
    judged = judge(comments, answer)
    assert time.monotonic() - begin < 10
    assert [one.state for one in judged].count("shown") == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lines", [(0, 1), (2, 1), (3, 9), (-1, -1), (99, 99)])
def test_lines_that_do_not_exist_are_refuted(kind, lines):
    answer = answer_of(scores("return Q @ K.mT"))
    assert judge([Comment(lines=lines, kind=kind, text="This is never used.")], answer)[0].state == "refuted"


def test_sixty_answers_take_seconds():
    answer = answer_of(scores("n = 3", "return Q @ K.transpose(-2, -1)"))
    comments = [Comment(lines=(2, 2), kind=kind, text="`n` is never used.") for kind in KINDS]
    judge(comments, answer)
    begin = time.monotonic()
    for _ in range(60):
        judge(comments, answer)
    assert time.monotonic() - begin < 10
