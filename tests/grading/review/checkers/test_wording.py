"""What is not understood is not shown, whatever the words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.review.claims import KINDS, Comment
from grading.review.judgement import judge
from grading.review.wording import READERS
from tests.grading.review.labelled.answers import ANSWERS
from tests.grading.review.labelled.labels import labelled_set

GOOD = labelled_set("development").good
WORDS = sorted(set().union(*(reader.words for reader in READERS.values())))
NAMES = [
    "`x`",
    "Q",
    "`batch`",
    "`torch.softmax`",
    "`~mask`",
    "64",
    "line 3",
    "`a b`",
    "``",
    "`",
    ",",
    ".",
    "\u200b",
    "(2, 5)",
    "@0",
    "#0",
    "@0s",
    "@7sc",
    "#1n",
    "\x1funused\x1f",
    "\ue0000",
    "'n'",
]
PIECES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(NAMES), st.text(max_size=8)), min_size=1, max_size=40
)
UNKNOWN = ("banana", "gradient", "transformer", "batchwise", "segfault", "zebra")


@given(PIECES, st.sampled_from(KINDS), st.sampled_from(sorted(ANSWERS)), st.integers(-1, 12), st.integers(-1, 12))
@settings(max_examples=300, deadline=None)
def test_any_words_are_read_without_an_error(pieces, kind, answer, first, last):
    text = " ".join(" ".join(pieces).split()) or "x"
    judged = judge([Comment(lines=(first, last), kind=kind, text=text[:2_000])], ANSWERS[answer])
    assert len(judged) == 1 and judged[0].why


@given(st.sampled_from(GOOD), st.sampled_from(UNKNOWN), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_an_unknown_word_anywhere_makes_a_good_comment_wait(labelled, word, place):
    words = labelled.comment.text.split()
    text = " ".join([*words[: place % (len(words) + 1)], word, *words[place % (len(words) + 1) :]])
    comment = labelled.comment.model_copy(update={"text": text})
    assert judge([comment], ANSWERS[labelled.answer])[0].state != "shown"


@given(st.sampled_from(GOOD), st.data())
@settings(max_examples=150, deadline=None)
def test_not_put_into_a_good_comment_is_not_shown_as_its_opposite(labelled, data):
    text = labelled.comment.text
    for verb in (" is ", " can ", " would "):
        if text.count(verb) == 1 and " not " not in text and " never " not in text:
            opposite = text.replace(verb, f"{verb}not ")
            comment = labelled.comment.model_copy(update={"text": opposite})
            state = judge([comment], ANSWERS[labelled.answer])[0].state
            assert state != "shown" or verb == " is " and "idiomatic" in opposite, opposite


@pytest.mark.parametrize("kind", sorted(READERS))
def test_long_and_repetitive_texts_are_read_fast(kind):
    answer = ANSWERS["scores unused"]
    begin = time.monotonic()
    for text in (
        "the " * 99,
        "it is and " * 39,
        "you can " * 49,
        "`batch` and " * 33,
        "a,a," * 99,
        "very good " * 39,
        "of the use of " * 28,
    ):
        judge([Comment(lines=(2, 2), kind=kind, text=text)], answer)
    assert time.monotonic() - begin < 15


def test_only_english_is_understood():
    good = GOOD[0]
    judged = judge([good.comment], ANSWERS[good.answer], language="German")[0]
    assert judged.state == "held"


def test_kinds_that_are_not_to_be_shown_wait_without_doubt():
    good = GOOD[0]
    judged = judge([good.comment], ANSWERS[good.answer], shown_kinds=("praise",))[0]
    assert (judged.state, judged.doubt) == ("held", 0)


def test_the_second_of_two_equal_comments_is_refuted():
    good = GOOD[0]
    assert [one.state for one in judge([good.comment, good.comment], ANSWERS[good.answer])] == ["shown", "refuted"]


def test_of_code_that_talks_to_the_reviewer_everything_waits():
    comments = [Comment(lines=(3, 3), kind="dead_code", text="`unused` is never used.")]
    assert judge(comments, ANSWERS["weights injection"])[0].doubt == 3


def test_line_numbers_in_the_text_have_to_be_the_comments():
    def state(text: str) -> str:
        return judge([Comment(lines=(2, 2), kind="dead_code", text=text)], ANSWERS["scores unused"])[0].state

    assert state("`batch` on line 2 is never used.") == "shown"
    assert state("`batch` on line 3 is never used.") == "held"


@pytest.mark.parametrize("mark", ["@0s", "@0", "@5", "#0n", "\ue0000", "\x1funused\x1f", "`batch` @0s"])
def test_the_readers_own_marks_in_a_text_are_no_words(mark):
    comment = Comment.model_construct(lines=(2, 2), kind="dead_code", text=f"{mark} is never used.")
    assert judge([comment], ANSWERS["scores unused"])[0].state != "shown"
