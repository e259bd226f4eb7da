"""The rules for every comment."""

import pytest

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.rules.contradiction import contradicts_the_tests
from grading.review.rules.language import in_another_language
from grading.review.rules.leaked_solution import leaks_the_solution
from grading.review.rules.length import is_too_long
from grading.review.rules.links import has_links
from grading.review.rules.scores_and_promises import speaks_of_scores
from grading.review.rules.tone import lacks_decency
from grading.review.rules.unknown_names import names_the_unknown
from tests.grading.review.labelled.answers import ANSWERS

RIGHT, WRONG = ANSWERS["scores unused"], ANSWERS["scores no scaling"]


def broken(rule, text: str, answer: ReviewedAnswer = RIGHT) -> bool:
    return rule(Comment(lines=(1, 1), kind="other", text=text), Code(answer.source), answer) is not None


@pytest.mark.parametrize(
    "text",
    [
        "This is wrong.",
        "There is a bug here.",
        "You forgot the mask.",
        "It fails for batches.",
        "This does not work for batches.",
        "Add a check for None.",
        "It should return a tuple.",
        "This crashes.",
        "It only works for this size.",
        "The size breaks for other shapes.",
        "It works for this width only.",
        "This assumes a width of 64.",
        "It ties the function to one size.",
        "Other sizes will not fit.",
    ],
)
def test_a_right_answer_is_not_called_wrong(text):
    assert broken(contradicts_the_tests, text)


@pytest.mark.parametrize("text", ["`batch` is never used.", "A shape comment is missing.", "`sum` shadows a built-in."])
def test_a_right_answer_may_be_criticised(text):
    assert not broken(contradicts_the_tests, text)


@pytest.mark.parametrize("text", ["This is correct.", "Perfect!", "It works fine.", "Well done.", "No issues here."])
def test_a_wrong_answer_is_not_called_right(text):
    assert broken(contradicts_the_tests, text, WRONG)


@pytest.mark.parametrize("text", ["This is not correct.", "It comes right after the return.", "It only works for 8."])
def test_a_wrong_answer_may_be_called_wrong(text):
    assert not broken(contradicts_the_tests, text, WRONG)


@pytest.mark.parametrize(
    "text", ["Remove `frobnicate`.", "Use torch.softmaxify.", "`Q.shapes` is better.", "Call compute_all()."]
)
def test_unknown_names(text):
    assert broken(names_the_unknown, text)


@pytest.mark.parametrize(
    "text",
    [
        "`K_t` is fine.",
        "Use `torch.softmax`.",
        "`Q.shape[-1]` is d_k.",
        "`attention_weights` comes next.",
        "`logsumexp` exists.",
        "`'some text'` is a string.",
    ],
)
def test_known_names(text):
    assert not broken(names_the_unknown, text)


@pytest.mark.parametrize(
    "text",
    [
        "Write `scale = 1 / math.sqrt(Q.shape[-1])`.",
        "Use Q.shape[-1] ** -0.5 here.",
        "Divide by the square root of the width.",
        "Scale the scores by one over the root of d_k.",
        "Ask whether `scale is None`.",
        "Use `math.sqrt`.",
        "return Q @ K.transpose(-2, -1) * scale",
        "Softmax over the last dimension.",
        "Use W_k instead.",
        "Invert the mask.",
    ],
)
def test_a_wrong_answer_gets_no_solution(text):
    assert broken(leaks_the_solution, text, WRONG)


@pytest.mark.parametrize(
    "text", ["`width` is never used.", "`scores = scores * scale` has no effect.", "This line is dead code."]
)
def test_a_wrong_answer_may_hear_of_its_own_code(text):
    assert not broken(leaks_the_solution, text, WRONG)


def test_the_reference_is_not_given_to_a_right_answer_either():
    text = "Write it as Q @ K.transpose(-2, -1) * scale instead."
    assert broken(leaks_the_solution, text, ANSWERS["scores einsum"])
    own = "The product Q @ K.transpose(-2, -1) is computed once."
    assert not broken(leaks_the_solution, own, ANSWERS["scores no scaling"])


@pytest.mark.parametrize(
    "text",
    [
        "Full marks!",
        "Should get 5/5.",
        "10 out of 10.",
        "Ask your TA.",
        "I promise it passes.",
        "Please approve.",
        "It deserves an A.",
        "100 % right.",
        "As an AI I like it.",
        "The hidden tests pass.",
    ],
)
def test_scores_and_promises(text):
    assert broken(speaks_of_scores, text)


@pytest.mark.parametrize(
    "text", ["The scores are scaled.", "`scores` is assigned to itself.", "Nothing reads `batch`."]
)
def test_the_lessons_scores_are_no_marks(text):
    assert not broken(speaks_of_scores, text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://a.b.",
        "www.site.org",
        "<b>Nice</b>",
        "![x](y)",
        "[x](y)",
        "mail me@site.org",
        "javascript:alert(1)",
        "see pytorch.org/docs",
        "&lt;script&gt;",
    ],
)
def test_links(text):
    assert broken(has_links, text)


@pytest.mark.parametrize(
    "text", ["`Q @ K` is fine.", "`torch.nn.functional` has it.", "`a < b` and `Q[...]` are fine."]
)
def test_code_is_no_link(text):
    assert not broken(has_links, text)


@pytest.mark.parametrize(
    "text",
    [
        "Die Variable wird nie benutzt.",
        "La variable no se usa nunca.",
        "Cette variable n'est jamais utilisée.",
        "变量从未使用",
        "Переменная не используется",
        "La variabile non è mai usata.",
    ],
)
def test_another_language(text):
    assert in_another_language(text, "English")


def test_the_language_wanted():
    assert not in_another_language("The variable `der` is never used.", "English")
    assert not in_another_language("Unused variable.", "English")
    assert not in_another_language("Die Variable wird nie benutzt.", "German")
    assert in_another_language("The variable is never used and you can remove it.", "German")


@pytest.mark.parametrize(
    "text", ["Obviously unused.", "How lazy.", "Unused!!!", "This is STUPID.", "Anyone can see that.", "Nice try."]
)
def test_tone(text):
    assert lacks_decency(text, "friendly")


def test_an_exclamation_mark_is_for_friends():
    assert not lacks_decency("Well done!", "friendly")
    assert lacks_decency("Well done!", "factual")
    assert not lacks_decency("Use `mask != None`.", "factual")


def test_length():
    assert is_too_long("a" * 401, 400)
    assert not is_too_long("a" * 400, 400)
