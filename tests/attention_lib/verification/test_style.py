"""What could be written better, on the card of `verify()`."""

import sys

import pytest

from attention_lib.verification import style
from attention_lib.verification.score_card import Row, ScoreCard
from attention_lib.verification.style import HEADING, Style, style_of
from tests.attention_lib.lesson_notebook import RIGHT, lesson
from tests.attention_lib.verification.test_score_card import Text

UNUSED = "def project_qkv(x, W_q, W_k, W_v):\n    n_q = 3\n    return x * W_q, x * W_k, x * W_v"
MANY = (
    "def aggregate_values(weights, V):\n    a = 1\n    tmp = 2\n    l = 3\n    if V == None:\n        print(tmp)\n"
    "    print(l)\n    return weights * V"
)


@pytest.fixture
def found():
    return style_of(lesson(RIGHT | {"project_qkv": UNUSED, "aggregate_values": MANY}))


def card(style, state="not yet"):
    return ScoreCard([Row("project_qkv", state, 1, "Q is wrong.")], [], style=style, notebook="my attention.ipynb")


def test_three_at_most_for_each_answer_with_names_and_lines(found):
    assert [each.answer for each in found.findings] == ["project_qkv"] + 3 * ["aggregate_values"]
    assert "project_qkv, line 2: Nothing reads `n_q`." in found.as_text() and found.notes == []


def test_they_stand_last_on_the_card_and_are_no_reason_for_lost_points(found):
    shown = card(found)
    for text in (shown.as_text(), shown.as_html()):
        before, heading, after = text.partition(HEADING)
        assert heading and "no points" in heading
        assert "Q is wrong." in before and "hidden tests" in before and "n_q" not in before
        assert "n_q" in after and "Q is wrong." not in after


def test_the_html_is_whole_has_examples_and_links_into_the_notebook(found):
    html = card(found).as_html()
    page = Text(html)
    assert page.depth == 0 and {"details", "summary", "pre", "a"} <= page.tags and "script" not in page.tags
    assert 'href="my%20attention.ipynb#1-%C2%B7-Introduction-and-theory"' in html
    # Colours come from the theme: only greys that show on white and on black, and the chips of the rows.
    assert "color:#" not in html[html.index(HEADING) :] and "color:inherit" in html


def test_what_a_student_wrote_is_not_html():
    source = "def project_qkv(x, W_q, W_k, W_v):\n    return x * W_q, x * W_k, (x < 3) == True\n"
    html = style_of(lesson({"project_qkv": source})).as_html("<b>.ipynb")
    assert "&lt; 3" in html and "<b>" not in html


def test_nothing_to_say_shows_nothing():
    assert style_of(lesson(RIGHT)) == Style([], [])
    for text in (card(Style()).as_text(), card(Style()).as_html()):
        assert HEADING not in text


def test_a_broken_cell_is_told_in_one_line():
    found = style_of(lesson({"project_qkv": UNUSED, "attention_scores": "def attention_scores(:"}))
    assert [each.answer for each in found.findings] == ["project_qkv"]
    [note] = found.notes
    assert "`attention_scores`" in note and "cannot be read as Python" in note
    assert note in found.as_text() and "\n" not in note


def test_a_missing_ruff_is_told_once_and_our_own_finders_speak(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruff", None)
    found = style_of(lesson({"project_qkv": UNUSED}))
    assert [each.finding.names for each in found.findings] == [("n_q",)]
    assert len(found.notes) == 1 and "ruff is not installed" in found.as_text()


def test_a_finder_that_fails_stops_nothing(monkeypatch):
    def fails(notebooks):
        raise RuntimeError("seven")

    monkeypatch.setattr(style, "findings_in", fails)
    found = style_of(lesson(RIGHT))
    assert found.findings == () and "RuntimeError: seven" in found.as_html("a.ipynb")
