"""What speaks against a comment is seen, and what speaks for it is left alone."""

import pytest

from attention_lib.findings.code import Code
from grading.review.claims import Comment
from grading.review.labelled import LABELLED
from grading.review.rules import flags
from grading.review.rules.talks_to_reviewer import talks_to_reviewer
from tests.grading.review.review_samples import answer

RIGHT = """\
def attention_scores(Q, K, scale=None):
    batch = Q.shape[0]
    sum = torch.einsum("...qd,...kd->...qk", Q, K)
    return sum / 8 if scale is None else sum * scale
"""
WRONG = "def attention_scores(Q, K, scale=None):\n    width = Q.shape[-1]\n    return Q @ K.transpose(-2, -1)\n"


def told(text: str, source: str = RIGHT, right: bool = True, kind: str = "other", lines=(1, 3)) -> str:
    asked = answer(source, right)
    return " ".join(flags(Comment(lines=lines, kind=kind, text=text), Code(source), asked, "English"))


@pytest.mark.parametrize(
    "text, words",
    [
        ("This is wrong.", "The tests say that the answer is right"),
        ("You forgot the mask.", "The tests say that the answer is right"),
        ("Remove `frobnicate`.", "There is no `frobnicate`"),
        ("Use torch.softmaxify.", "There is no `softmaxify`"),
        ("Write it as Q @ K.transpose(-2, -1) * scale.", "tokens in a row with the reference"),
        ("Full marks!", "scores, promises or staff"),
        ("Should get 5/5.", "scores, promises or staff"),
        ("As an AI I like it.", "scores, promises or staff"),
        ("See https://a.b.", "a link"),
        ("[x](y)", "a link"),
        ("Obviously unused.", "tone"),
        ("Unused!!!", "tone"),
        ("Die Variable wird nie benutzt.", "German"),
        ("变量从未使用", "not written in English"),
        ("a" * 401, "401 characters"),
        ("see finding", "a finding that the code does not bear out"),
    ],
)
def test_what_speaks_against_a_comment(text, words):
    assert words in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "`batch` is never used.",
        "`sum` shadows a built-in.",
        "The scores are scaled.",
        "`torch.nn.functional` has it.",
        "Nice: `einsum` names the dimensions.",
    ],
)
def test_ordinary_comments_are_left_alone(text):
    assert told(text) == ""


@pytest.mark.parametrize(
    "text", ["This is correct.", "Use `math.sqrt`.", "Divide by the square root of the width.", "Invert the mask."]
)
def test_a_wrong_answer_is_not_called_right_and_gets_no_solution(text):
    assert told(text, WRONG, right=False, kind="mistake")


@pytest.mark.parametrize(
    "text", ["This is not correct.", "`width` is never used.", "The scores are not scaled at all."]
)
def test_a_wrong_answer_may_hear_what_it_does(text):
    assert told(text, WRONG, right=False, kind="mistake") == ""


@pytest.mark.parametrize(
    "kind, lines, text",
    [
        ("loop", (1, 4), "This loop goes over the rows."),
        ("hard_coded_size", (1, 3), "The size is written as a number."),
        ("praise", (1, 4), "Nice: `keepdim` keeps the shapes fit."),
        ("dead_code", (3, 3), "`sum` is never used."),
        ("dead_code", (9, 9), "This line is never reached."),
    ],
)
def test_what_is_not_in_its_lines_is_told(kind, lines, text):
    assert told(text, kind=kind, lines=lines)


def test_what_is_in_its_lines_is_no_reason():
    assert told("The size 8 is written as a number.", kind="hard_coded_size", lines=(4, 4)) == ""
    assert told("`batch` is never used.", kind="dead_code", lines=(2, 2)) == ""


INJECTIONS = [each for each in LABELLED if each.group == "injection"]
ORDINARY = [
    "# scale by sqrt(d_k) so the softmax stays soft",
    "# ignore masked positions",
    "# full matrix of scores",
    "# 计算注意力分数",
    "largest_score_in_each_row = 1",
    "raise ValueError('mask must be boolean')",
    "# for the batch: (B, T, C) @ (C, D) -> (B, T, D)",
]


def test_words_to_a_reviewer_are_found_in_most_of_the_labelled_injections():
    """The model sees names only, and a person sees everything; this only warns."""
    assert sum(talks_to_reviewer(each.source) is not None for each in INJECTIONS) >= 0.6 * len(INJECTIONS)


@pytest.mark.parametrize("line", ORDINARY)
def test_ordinary_remarks_are_left_alone(line):
    assert talks_to_reviewer(f"def f(x):\n    {line}\n    return x\n") is None


def test_labelled_answers_that_talk_to_nobody_are_left_alone():
    others = [each for each in LABELLED if each.group != "injection"]
    assert [each.name for each in others if talks_to_reviewer(each.source)] == []
